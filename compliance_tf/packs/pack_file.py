"""A reader of packs in YAML files."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Final

from msgspec import Meta, Struct, field

from compliance_tf.catalog.usage import MaximumExecutionFrequency
from compliance_tf.checks.folder import CheckFolder
from compliance_tf.checks.run import find_check, read_parameters
from compliance_tf.errors import PackFileError
from compliance_tf.model.members import RuleId, Text
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.packs.pack import (
    MAX_PACK_NAME,
    PACK_NAME,
    CheckPackRule,
    ManagedPackRule,
    Pack,
    PolicyPackRule,
    ResourceTypes,
    SeverityWord,
)

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.model.yaml_file import Entry
    from compliance_tf.packs.pack import PackRule


class CheckFileRule(Struct, frozen=True, forbid_unknown_fields=True):
    """A check in a pack's file, shipped or your own.

    Parameters
    ----------
    check
        The id of a check that is shipped, or of one in your own folder.
    parameters
        Values of the check's own parameters by name; defaults hold for the others.
    frequency
        How often a periodic check is evaluated: every 24 hours unless given. Only for a periodic one.
    resource_types
        The types that it looks at; all of the check's unless given. Not for a periodic check.
    severity
        How bad it is when a resource does not comply; the check's own unless given.
    id
        The last part of the rule's name; the check's id unless given.
    """

    check: Text
    parameters: dict[str, Any] = field(default_factory=dict)
    frequency: MaximumExecutionFrequency | None = None
    resource_types: ResourceTypes = ()
    severity: SeverityWord | None = None
    id: RuleId = ""


KINDS: Final[dict[str, type[Struct]]] = {
    "managed": ManagedPackRule,
    "check": CheckFileRule,
    "policy": PolicyPackRule,
}
"""The kinds of rules in a file, by the member that identifies the rule."""

_RULE: Final = {"oneOf": [{"$ref": f"#/$defs/{kind.__name__}"} for kind in KINDS.values()]}


class PackFile(Struct, frozen=True, forbid_unknown_fields=True):
    """A pack of AWS Config rules.

    Parameters
    ----------
    name
        What tables, reports and waivers call the pack.
    rules
        Its rules: at least one, each of another id.
    title
        A few words for tables; the name unless given.
    process_checks
        Whether the framework also asks for what no rule can evaluate.
    """

    name: Annotated[
        Text, Meta(extra_json_schema={"allOf": [{"pattern": f"^{PACK_NAME}$", "maxLength": MAX_PACK_NAME}]})
    ]
    rules: Annotated[
        list[Annotated[dict[str, Any], Meta(extra_json_schema=_RULE)]], Meta(extra_json_schema={"minItems": 1})
    ]
    title: Text = ""
    process_checks: bool = False


def read_pack_file(path: Path, *, checks: Path | None = None) -> Pack:
    """Read a pack from YAML, as ``docs/reference/pack.schema.json`` describes it.

    Parameters
    ----------
    path
        The file.
    checks
        The folder of your own checks.

    Returns
    -------
    Pack
        The pack, with its rules in the order of the file.

    Raises
    ------
    PackFileError
        When it cannot be read or is not a pack; the message names the file, the line and the place.
    """
    document = read_yaml(path, PackFileError)
    file = document.convert(PackFile)
    folder = None if checks is None else CheckFolder(checks)
    rules = tuple(_rule(entry, folder) for entry in document.entries("rules"))
    with document.named():
        return Pack(file.name, rules, file.title, file.process_checks)


def _rule(entry: Entry, folder: CheckFolder | None) -> PackRule:
    kinds = [kind for kind in KINDS if kind in entry.values]
    if len(kinds) != 1:
        given = " and ".join(kinds) or "none"
        entry.refuse(f"give exactly one of {', '.join(KINDS)}; it has {given}.")
    rule = entry.convert(KINDS[kinds[0]])
    if not isinstance(rule, CheckFileRule):
        return rule  # type: ignore[return-value]  # the other two kinds are those of a pack
    with entry.named():
        check = find_check(rule.check, folder)
        place = f"{entry.path}.parameters"
        parameters = read_parameters(check, json.dumps(rule.parameters), place) if rule.parameters else None
        return CheckPackRule(check, parameters, rule.frequency, rule.resource_types, rule.severity, rule.id)
