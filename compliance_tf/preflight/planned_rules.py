"""The resources and triggers of planned Config rules."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_runtime.checks import check_ids, check_module, load_check
from compliance_runtime.deployment import DEPLOYMENT_FILE, Deployment
from compliance_tf.catalog.managed_rules import managed_rules

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HOURS = {"One_Hour": 1, "Three_Hours": 3, "Six_Hours": 6, "Twelve_Hours": 12, "TwentyFour_Hours": 24}
"""The hours between two evaluations. Source: AWS Config API, ConfigRule.MaximumExecutionFrequency."""

_USUAL_HOURS = 24  # AWS Config API, ConfigRule.MaximumExecutionFrequency: where none is given
_CHANGES = frozenset({"ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"})


@dataclass(frozen=True)
class PlannedRule:
    """A Config rule.

    Parameters
    ----------
    name
        Its full name.
    resource_types
        The types that it evaluates; None for any recorded type, empty where it evaluates something that is not a
        recorded resource, such as the account.
    single
        Whether it evaluates a single resource.
    change_triggered
        Whether changes of resources trigger it.
    every_hours
        The hours between two scheduled evaluations; None where there are none.
    runs_function
        Whether a Lambda function of the deployment evaluates it.
    identifier
        That of a managed rule, or the id of a check; None for a Guard policy.
    """

    name: str
    resource_types: tuple[str, ...] | None
    single: bool
    change_triggered: bool
    every_hours: int | None
    runs_function: bool
    identifier: str | None = None


def checked_types(packages: Iterable[Path], prefix: str) -> dict[str, tuple[str, ...]]:
    """Map the rules of shipped checks in the functions' packages to the types that they evaluate, by the rule's name.

    A periodic rule has no scope with types. The user's own checks are left out: reading them would run their code.

    Parameters
    ----------
    prefix
        The prefix of the rules' names.

    Returns
    -------
    dict[str, tuple[str, ...]]
        The types by the rule's full name, which begins with ``prefix``.
    """
    ids = {check_module(check_id): check_id for check_id in check_ids()}
    found: dict[str, tuple[str, ...]] = {}
    for package in packages:
        with zipfile.ZipFile(package) as archive:
            rules = Deployment.from_json(archive.read(DEPLOYMENT_FILE).decode()).rules_by_name(prefix)
        for name, rule in rules.items():
            if rule.check_module in ids:
                found[name] = load_check(ids[rule.check_module]).resource_types
    return found


def deployed_identifiers(packages: Iterable[Path], prefix: str) -> dict[str, str]:
    """Map the rules to the identifiers of what evaluates them, by the rule's name."""
    found: dict[str, str] = {}
    for package in packages:
        with zipfile.ZipFile(package) as archive:
            rules = Deployment.from_json(archive.read(DEPLOYMENT_FILE).decode()).rules_by_name(prefix)
        found |= {name: rule.identifier for name, rule in rules.items() if rule.identifier}
    return found


def planned_rule(
    block: Mapping[str, Any],
    types_of_checks: Mapping[str, tuple[str, ...]],
    identifiers: Mapping[str, str] | None = None,
) -> PlannedRule:
    """Read a rule from its block in the Terraform JSON.

    Parameters
    ----------
    types_of_checks
        The result of :func:`checked_types`.
    identifiers
        The result of :func:`deployed_identifiers`.

    Returns
    -------
    PlannedRule
        The rule with the types of its scope, else those of its check or of AWS's facts; its hours are None where it is
        not periodic.
    """
    source = _only(block["source"])
    scope = _only(block.get("scope"))
    types = tuple(scope.get("compliance_resource_types") or ())
    frequency = block.get("maximum_execution_frequency")
    if source["owner"] == "AWS":
        facts = managed_rules().rules.get(source["source_identifier"])
        change_triggered, periodic = (facts.change_triggered, facts.periodic) if facts else (True, False)
        known_types = types or (facts.resource_types if facts else None)
    else:
        details = source.get("source_detail") or []
        messages = {detail.get("message_type") for detail in details}
        change_triggered, periodic = bool(messages & _CHANGES), "ScheduledNotification" in messages
        frequency = frequency or next(filter(None, (d.get("maximum_execution_frequency") for d in details)), None)
        known_types = types or types_of_checks.get(block["name"]) or None
    return PlannedRule(
        name=block["name"],
        resource_types=known_types,
        single="compliance_resource_id" in scope,
        change_triggered=change_triggered,
        every_hours=HOURS.get(frequency or "", _USUAL_HOURS) if periodic else None,
        runs_function=source["owner"] == "CUSTOM_LAMBDA",
        identifier=(identifiers or {}).get(block["name"]),
    )


def _only(block: object) -> Mapping[str, Any]:
    """Return a nested block, which JSON may have as an object or as a list of one."""
    if isinstance(block, list):
        return block[0] if block else {}
    return block if isinstance(block, Mapping) else {}
