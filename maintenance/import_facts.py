"""For maintainers: ``python -m maintenance.import_facts PATH --packs PATH`` takes over newer facts.

It shows what the facts change and writes the data files, and the modules of identifiers and of pack names, anew. It
needs the development dependency jsonschema.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Severity
from compliance_tf.catalog.conformance_packs import DATA_FILE as PACKS_DATA_FILE
from compliance_tf.catalog.managed_rules import (
    DATA_FILE,
    ManagedRuleCatalog,
    ManagedRuleParameter,
    kebab_case,
    read_catalog,
)
from compliance_tf.errors import ComplianceError
from maintenance.data_files import Differences, check_by_schema, compact, compare, document_text, literals_module
from maintenance.import_packs import PACK_NAMES_FILE, import_packs
from maintenance.source_facts import read_source_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

IDENTIFIERS_FILE: Final = DATA_FILE.with_name("identifiers.py")
SCHEMA_FILE: Final = DATA_FILE.with_name("managed_rules.schema.json")

SOURCE: Final = (
    "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html; "
    "ratings by a community, AWS publishes none"
)


def import_facts(facts_file: Path, data_file: Path, identifiers_file: Path, as_of: datetime.date) -> Differences:
    """Write the data file and the module of identifiers from a file of facts.

    Parameters
    ----------
    facts_file
        The facts, in the form that `source_facts` describes.
    data_file, identifiers_file
        The files to write. The data file need not exist.
    as_of
        The day on which the facts were true.

    Returns
    -------
    Differences
        What differs from the data file as it was.

    Raises
    ------
    FactsError
        The facts are not valid; nothing was written.
    """
    rules = read_source_facts(facts_file.read_text(encoding="utf-8"))
    before = read_catalog(data_file.read_text(encoding="utf-8")).rules if data_file.exists() else {}
    after = {rule.identifier: rule for rule in rules}
    data = data_text(ManagedRuleCatalog(SOURCE, as_of, after))
    check_schema(data)
    data_file.write_text(data, encoding="utf-8")
    identifiers_file.write_text(identifiers_module(after), encoding="utf-8")
    return compare(before, after, _changes)


def check_schema(data: str) -> None:
    """Check the text of a data file against ``managed_rules.schema.json``.

    Raises
    ------
    FactsError
        It is not valid; the message names the rule and the value.
    """
    check_by_schema(data, SCHEMA_FILE, member="rules", name="identifier")


def data_text(catalog: ManagedRuleCatalog) -> str:
    """Return the text of the data file: one rule a line, so that a change can be reviewed."""
    rules = (compact(_rule_document(rule)) for rule in catalog.rules.values())
    return document_text(SCHEMA_FILE, catalog.source, catalog.as_of, "rules", rules)


def identifiers_module(rules: Mapping[str, ManagedRuleFacts]) -> str:
    """Return the text of the module of identifiers."""
    return literals_module("The identifiers of all managed rules", {"ManagedRuleIdentifier": rules})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is its exit status."""
    parser = argparse.ArgumentParser(prog="python -m maintenance.import_facts", description=__doc__)
    parser.add_argument("facts", type=Path, nargs="?", help="the file of facts about managed rules")
    parser.add_argument("--packs", type=Path, help="the file of facts about conformance packs")
    parser.add_argument(
        "--as-of",
        type=datetime.date.fromisoformat,
        default=datetime.datetime.now(tz=datetime.UTC).date(),
        help="the day on which the facts were true (default: today)",
    )
    options = parser.parse_args(arguments)
    if not (options.facts or options.packs):
        parser.error("give a file of facts, about managed rules, conformance packs or both")
    try:
        if options.facts:
            found = import_facts(options.facts, DATA_FILE, IDENTIFIERS_FILE, options.as_of)
            sys.stdout.write(f"Managed rules:\n{found}\n")
        if options.packs:
            rules = read_catalog(DATA_FILE.read_text(encoding="utf-8")).rules
            found = import_packs(options.packs, PACKS_DATA_FILE, PACK_NAMES_FILE, options.as_of, rules)
            sys.stdout.write(f"Conformance packs:\n{found}\n")
    except (ComplianceError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _changes(before: ManagedRuleFacts, after: ManagedRuleFacts) -> Iterator[str]:
    for field in dataclasses.fields(before):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if old == new:
            continue
        if isinstance(old, tuple):
            marks = [f"+{_show(item)}" for item in new if item not in old]
            marks += [f"-{_show(item)}" for item in old if item not in new]
            yield f"{field.name} {' '.join(marks) or 'in another order'}"
        else:
            yield f"{field.name} {_show(old)} -> {_show(new)}"


def _show(value: object) -> str:
    match value:
        case ManagedRuleParameter():
            return compact(_parameter_document(value))
        case Severity():
            return value.name
        case _:
            return str(value)


def _rule_document(rule: ManagedRuleFacts) -> dict[str, Any]:
    triggers = {"change": rule.change_triggered, "periodic": rule.periodic}
    document = {
        "identifier": rule.identifier,
        "name": rule.name if rule.name != kebab_case(rule.identifier) else None,
        "rating": rule.rating.name if rule.rating else None,
        "triggers": [trigger for trigger, applies in triggers.items() if applies],
        "resource_types": rule.resource_types,
        "parameters": [_parameter_document(parameter) for parameter in rule.parameters],
        "excluded_regions": rule.excluded_regions,
        "only_regions": rule.only_regions,
    }
    return {key: value for key, value in document.items() if value or key == "triggers"}


def _parameter_document(parameter: ManagedRuleParameter) -> dict[str, Any]:
    document = {
        "name": parameter.name,
        "type": parameter.type.value,
        "required": parameter.required or None,
        "default": parameter.default,
    }
    return {key: value for key, value in document.items() if value is not None}


if __name__ == "__main__":
    sys.exit(main())
