"""For maintainers: ``python -m maintenance.import_frameworks PATH`` writes frameworks from facts.

Sources of frameworks rarely name AWS Config's rules: one names controls of AWS Security Hub, another the checks of a
scanner, a third the controls of another framework. The facts keep what each says; here it is resolved to rules.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.catalog.frameworks.framework import FOLDER, SCHEMA_FILE, read_framework
from compliance_tf.errors import ComplianceError, FactsError
from maintenance.data_files import check_by_schema, compact

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_FRAMEWORK: Final = "framework "
"""The prefix in ``by`` of a framework's name."""


@dataclass(frozen=True)
class Evidence:
    """The rules and checks of a control.

    Parameters
    ----------
    rules
        Identifiers of managed rules.
    checks
        Ids of checks of this project.
    unmatched
        The number of the source's other entries for it, to which no rule is equivalent.
    """

    rules: frozenset[str]
    checks: frozenset[str]
    unmatched: int


def import_frameworks(facts_file: Path, folder: Path) -> list[str]:
    """Write a data file for each framework of the facts.

    Parameters
    ----------
    facts_file
        ``mappings`` from what sources name to the identifier of a rule or the id of a check, and ``frameworks``, each
        with its controls ``by`` one of the mappings, or by ``framework <name>``: then they are some of that one's.
    folder
        Where the data files are.

    Returns
    -------
    list[str]
        The names of the frameworks, in the order of the facts.

    Raises
    ------
    FactsError
        A framework is not valid; those before it are written.
    """
    facts = json.loads(facts_file.read_text(encoding="utf-8"))
    for framework in facts["frameworks"]:
        controls = list(_controls(framework, facts["mappings"], folder))
        head = {"$schema": f"../{SCHEMA_FILE.name}"} | {
            key: framework[key] for key in ("name", "title", "source", "as_of")
        }
        entries = "\n".join(f"{json.dumps(key)}: {json.dumps(value)}," for key, value in head.items())
        listed = ",\n".join(map(compact, controls))
        text = f'{{\n{entries}\n"controls": [\n{listed}\n]\n}}\n'
        check_by_schema(text, SCHEMA_FILE, member="controls", name="id")
        (folder / f"{framework['name']}.json").write_text(text, encoding="utf-8")
    return [framework["name"] for framework in facts["frameworks"]]


def _controls(framework: Mapping[str, Any], mappings: Mapping[str, Any], folder: Path) -> Iterable[dict[str, Any]]:
    by = framework["by"]
    if by.startswith(_FRAMEWORK):
        other = read_framework((folder / f"{by.removeprefix(_FRAMEWORK)}.json").read_text(encoding="utf-8"))
        for control in other.controls:
            if control.id in framework["controls"]:
                evidence = Evidence(frozenset(control.rules), frozenset(control.checks), control.unmatched)
                yield _document(control.id, evidence, control.title)
        return
    if by not in mappings:
        raise FactsError(f"{framework['name']}: by {by!r} is none of the mappings: {', '.join(mappings)}.")
    for id_, named in framework["controls"].items():
        evidence = _evidence(named, mappings[by]["rules"])
        if evidence.rules or evidence.checks:
            yield _document(id_, evidence, None)


def _evidence(named: Sequence[str], rules: Mapping[str, str]) -> Evidence:
    found = {rules[one] for one in named if one in rules}
    return Evidence(
        rules=frozenset(one for one in found if one.isupper()),
        checks=frozenset(one for one in found if not one.isupper()),
        unmatched=sum(one not in rules for one in named),
    )


def _document(id_: str, evidence: Evidence, title: str | None) -> dict[str, Any]:
    document = {
        "id": id_,
        "title": title,
        "rules": sorted(evidence.rules),
        "checks": sorted(evidence.checks),
        "unmatched": evidence.unmatched,
    }
    return {key: value for key, value in document.items() if value or key == "rules"}


def main() -> int:
    """Write the frameworks of the file that is named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("facts", type=Path)
    try:
        names = import_frameworks(parser.parse_args().facts, FOLDER)
    except ComplianceError as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command)
        return 1
    print(f"Written: {', '.join(names)}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
