"""A reader of packs in YAML files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Severity
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.checks.run import find_check, read_parameters
from compliance_tf.errors import ComplianceError, PackFileError
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_runtime.check import Check
    from compliance_tf.model.yaml_file import Entry
    from compliance_tf.packs.pack import PackRule

KINDS: Final = ("managed", "check", "policy")
"""The kinds of rules in a file: the member that identifies the rule."""

PACK_MEMBERS: Final = ("title", "process_checks")
RULE_MEMBERS: Final = {
    "managed": ("id", "parameters", "frequency", "resource_types", "severity"),
    "check": ("id", "parameters", "frequency", "resource_types", "severity"),
    "policy": ("severity",),
}
"""The members that a rule may have beside its kind."""

POLICY_REQUIRED: Final = ("id", "resource_types")


def read_pack_file(path: Path, *, checks: Path | None = None) -> Pack:
    """Read a pack from YAML, as ``docs/reference/pack.schema.json`` describes it.

    Parameters
    ----------
    path
        The file.
    checks
        The folder of your own checks.

    Raises
    ------
    PackFileError
        When it cannot be read or is not a pack; the message names the file, the line and the place.
    """
    document = read_yaml(path, PackFileError)
    document.check_members(required=("name", "rules"), optional=PACK_MEMBERS)
    folder = None if checks is None else CheckFolder(checks)
    rules = tuple(_rule(entry, folder) for entry in document.entries("rules"))
    try:
        return Pack(document.text("name"), rules, document.text("title"), document.flag("process_checks"))
    except PackFileError:
        raise
    except ComplianceError as cause:
        document.refuse(str(cause))


def _rule(entry: Entry, folder: CheckFolder | None) -> PackRule:
    match [kind for kind in KINDS if kind in entry.values]:
        case [kind]:
            required = (kind, *(POLICY_REQUIRED if kind == "policy" else ()))
            entry.check_members(required=required, optional=RULE_MEMBERS[kind])
        case kinds:
            entry.refuse(f"give exactly one of {', '.join(KINDS)}; it has {' and '.join(kinds) or 'none'}.")
    common: dict[str, Any] = {
        "id": entry.text("id"),
        "resource_types": entry.texts("resource_types"),
        "severity": entry.member_of("severity", Severity),
    }
    try:
        if kind == "policy":
            return PolicyPackRule(policy=entry.text("policy"), **common)
        timed: dict[str, Any] = {"frequency": entry.text("frequency") or None, **common}
        if kind == "managed":
            managed: Any = entry.text("managed")
            return ManagedPackRule(managed, parameters=entry.entry("parameters").values, **timed)
        check = find_check(entry.text("check"), folder)
        return CheckPackRule(check, _check_parameters(check, entry), **timed)
    except PackFileError:
        raise
    except ComplianceError as cause:
        entry.refuse(str(cause))


def _check_parameters(check: Check[Any], entry: Entry) -> object:
    """Convert a check's parameters to its dataclass; None for its defaults."""
    values = entry.entry("parameters").values
    return read_parameters(check, json.dumps(values), f"{entry.path}.parameters") if values else None
