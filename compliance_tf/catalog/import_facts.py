"""For maintainers: ``python -m compliance_tf.catalog.import_facts PATH`` takes over a newer file of facts.

It shows what the facts change and writes the data file and the module of identifiers anew. It needs the
development dependency jsonschema.
"""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import jsonschema

from compliance_tf.catalog.errors import FactsError
from compliance_tf.catalog.managed_rules import (
    DATA_FILE,
    ManagedRuleCatalog,
    ManagedRuleParameter,
    kebab_case,
    read_catalog,
)
from compliance_tf.catalog.source_facts import read_source_facts
from compliance_tf.errors import ComplianceError
from lambda_src.check import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

IDENTIFIERS_FILE: Final = Path(__file__).with_name("identifiers.py")
SCHEMA_FILE: Final = Path(__file__).with_name("managed_rules.schema.json")

SOURCE: Final = (
    "https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html; "
    "ratings by a community, AWS publishes none"
)

_MODULE_HEAD: Final = '''"""The identifiers of all managed rules, as a type that editors complete.

Written by ``python -m compliance_tf.catalog.import_facts``: change nothing by hand.
"""

from typing import Literal, TypeAlias

ManagedRuleIdentifier: TypeAlias = Literal[
'''


@dataclass(frozen=True, slots=True)
class Differences:
    """What newer facts change.

    Attributes
    ----------
    added
        Identifiers that are new.
    removed
        Identifiers that are gone.
    changed
        One text per changed rule: the identifier and each field with its old and its new value.
    """

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]


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
    return differences(before, after)


def check_schema(data: str) -> None:
    """Check the text of a data file against ``managed_rules.schema.json``.

    Raises
    ------
    FactsError
        It is not valid; the message names the rule and the value.
    """
    document = json.loads(data)
    validator = jsonschema.Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))
    for error in validator.iter_errors(document):
        match list(error.absolute_path):
            case ["rules", int(index), *rest]:
                place = ", ".join([document["rules"][index].get("identifier", f"rule {index}"), *map(str, rest)])
            case path:
                place = ", ".join(map(str, path)) or "the data"
        raise FactsError(f"{place}: {error.message} ({SCHEMA_FILE.name})")


def data_text(catalog: ManagedRuleCatalog) -> str:
    """Return the text of the data file: one rule a line, so that a change can be reviewed."""
    lines = ",\n".join(_compact(_rule_document(rule)) for rule in catalog.rules.values())
    head = {"$schema": SCHEMA_FILE.name, "source": catalog.source, "as_of": catalog.as_of.isoformat()}
    entries = "\n".join(f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items())
    return f'{{\n{entries}\n"rules": [\n{lines}\n]\n}}\n'


def identifiers_module(rules: Mapping[str, ManagedRuleFacts]) -> str:
    """Return the text of the module of identifiers."""
    return _MODULE_HEAD + "".join(f'    "{identifier}",\n' for identifier in rules) + "]\n"


def differences(before: Mapping[str, ManagedRuleFacts], after: Mapping[str, ManagedRuleFacts]) -> Differences:
    """Compare two sets of rules, each given by identifier."""
    return Differences(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(
            f"{identifier}: {'; '.join(_changes(before[identifier], after[identifier]))}"
            for identifier in sorted(before.keys() & after.keys())
            if before[identifier] != after[identifier]
        ),
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the result is its exit status."""
    parser = argparse.ArgumentParser(prog="python -m compliance_tf.catalog.import_facts", description=__doc__)
    parser.add_argument("facts", type=Path, help="the file of facts")
    parser.add_argument(
        "--as-of",
        type=datetime.date.fromisoformat,
        default=datetime.datetime.now(tz=datetime.UTC).date(),
        help="the day on which the facts were true (default: today)",
    )
    options = parser.parse_args(arguments)
    try:
        found = import_facts(options.facts, DATA_FILE, IDENTIFIERS_FILE, options.as_of)
    except (ComplianceError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(_report(found))
    return 0


def _report(found: Differences) -> str:
    lines = [
        *(f"+ {identifier}" for identifier in found.added),
        *(f"- {identifier}" for identifier in found.removed),
        *(f"~ {change}" for change in found.changed),
        f"{len(found.added)} added, {len(found.removed)} removed, {len(found.changed)} changed",
    ]
    return "\n".join(lines) + "\n"


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
            return _compact(_parameter_document(value))
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


def _compact(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    sys.exit(main())
