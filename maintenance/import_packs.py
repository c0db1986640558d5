"""Takes over a newer file of facts about conformance packs, for ``maintenance.import_facts``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from compliance_tf.catalog.conformance_packs import DATA_FILE, ConformancePackCatalog, read_packs
from maintenance.data_files import check_by_schema, compact, compare, document_text, literals_module
from maintenance.source_packs import read_source_packs

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from compliance_tf.catalog.conformance_packs import ConformancePack, ConformancePackRule
    from compliance_tf.catalog.managed_rules import ManagedRuleFacts
    from maintenance.data_files import Differences

PACK_NAMES_FILE: Final = DATA_FILE.with_name("pack_names.py")
SCHEMA_FILE: Final = DATA_FILE.with_name("conformance_packs.schema.json")

SOURCE: Final = "https://docs.aws.amazon.com/config/latest/developerguide/conformancepack-sample-templates.html"


def import_packs(
    facts_file: Path,
    data_file: Path,
    names_file: Path,
    as_of: datetime.date,
    rules: Mapping[str, ManagedRuleFacts],
) -> Differences:
    """Write the data file and the module of names from a file of facts.

    Parameters
    ----------
    facts_file
        The facts, in the form that `source_packs` describes.
    data_file, names_file
        The files to write. The data file need not exist.
    as_of
        The day on which the facts were true.
    rules
        The managed rules that are known, by identifier.

    Returns
    -------
    Differences
        What differs from the data file as it was.

    Raises
    ------
    FactsError
        The facts are not valid; nothing was written.
    """
    packs = read_source_packs(facts_file.read_text(encoding="utf-8"), rules)
    before = read_packs(data_file.read_text(encoding="utf-8")).packs if data_file.exists() else {}
    after = {pack.name: pack for pack in packs}
    data = data_text(ConformancePackCatalog(SOURCE, as_of, after))
    check_schema(data)
    data_file.write_text(data, encoding="utf-8")
    names_file.write_text(names_module(after), encoding="utf-8")
    return compare(before, after, _changes)


def check_schema(data: str) -> None:
    """Check the text of a data file against ``conformance_packs.schema.json``.

    Raises
    ------
    FactsError
        It is not valid; the message names the pack and the value.
    """
    check_by_schema(data, SCHEMA_FILE, member="packs", name="name")


def data_text(catalog: ConformancePackCatalog) -> str:
    """Return the text of the data file: one rule a line, so that a change can be reviewed."""
    packs = map(_pack_text, catalog.packs.values())
    return document_text(SCHEMA_FILE, catalog.source, catalog.as_of, "packs", packs)


def names_module(packs: Mapping[str, ConformancePack]) -> str:
    """Return the text of the module of names."""
    aliases = sorted(pack.aws_name for pack in packs.values())
    return literals_module("The names of all conformance packs", {"PackName": packs, "PackAlias": aliases})


def _pack_text(pack: ConformancePack) -> str:
    head = {"name": pack.name, "aws_name": pack.aws_name, "title": pack.title}
    flag = {"process_checks": True} if pack.process_checks else {}
    rules = ",\n".join(f"{json.dumps(rule.identifier)}:{compact(_rule_document(rule))}" for rule in pack.rules)
    return compact(head | flag)[:-1] + f',"rules":{{\n{rules}\n}}}}'


def _rule_document(rule: ConformancePackRule) -> dict[str, object]:
    document = {"parameters": dict(rule.parameters), "frequency": rule.frequency}
    return {key: value for key, value in document.items() if value}


def _changes(before: ConformancePack, after: ConformancePack) -> Iterator[str]:
    if before.aws_name != after.aws_name:
        yield f"aws_name {before.aws_name} -> {after.aws_name}"
    if before.title != after.title:
        yield f"title {before.title} -> {after.title}"
    if before.process_checks != after.process_checks:
        yield f"process_checks {before.process_checks} -> {after.process_checks}"
    old = {rule.identifier: rule for rule in before.rules}
    new = {rule.identifier: rule for rule in after.rules}
    yield from (f"+{identifier}" for identifier in sorted(new.keys() - old.keys()))
    yield from (f"-{identifier}" for identifier in sorted(old.keys() - new.keys()))
    for identifier in sorted(old.keys() & new.keys()):
        if old[identifier] != new[identifier]:
            was, is_now = (compact(_rule_document(rules[identifier])) for rules in (old, new))
            yield f"{identifier} {was} -> {is_now}"
