"""The deployment's manifest, which the functions read.

``deployment.json`` is beside the package in the zip: written at synthesis with ``Deployment.to_json``, the same
in all workspaces. Values that differ by workspace are in environment variables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from compliance_runtime.check import Severity
from compliance_runtime.errors import DeploymentError
from compliance_runtime.json_object import JsonObject, decoded
from compliance_runtime.waivers.waiver import DeployedWaiver

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPLOYMENT_FILE = "deployment.json"
"""The name of the manifest at the root of the zip."""

RULE_NAME_PREFIX = "RULE_NAME_PREFIX"
RESULTS_TABLE = "RESULTS_TABLE"
HISTORY_DAYS = "HISTORY_DAYS"
EXECUTION_ROLE = "EXECUTION_ROLE"
NOTIFICATIONS = "NOTIFICATIONS"

MAX_HISTORY_DAYS = 3650


@dataclass(frozen=True)
class Recipient:
    """The recipient of notifications about new violations.

    Parameters
    ----------
    target
        The ARN of an SNS topic or of an event bus.
    severities
        The severities of the violations to publish.
    """

    target: str
    severities: frozenset[Severity]

    def to_variable(self) -> str:
        """Return the environment variable that ``from_variable`` parses."""
        return json.dumps(
            {"severities": sorted(one.value for one in self.severities), "target": self.target}, sort_keys=True
        )

    @classmethod
    def from_variable(cls, text: str) -> Recipient | None:
        """Parse the text of the variable ``NOTIFICATIONS``.

        Returns
        -------
        Recipient | None
            The recipient; None for an empty object, which is that of a workspace without notifications.

        Raises
        ------
        DeploymentError
            When it is something else; the message names the place.
        """
        value = JsonObject.of(decoded(text, NOTIFICATIONS, DeploymentError), NOTIFICATIONS, DeploymentError)
        if not value.values:
            return None
        severities = frozenset(_severity(one, f"{NOTIFICATIONS}.severities") for one in value.texts("severities"))
        return cls(value.text("target"), severities)


NOBODY = "{}"
"""The environment variable of a workspace without notifications, where other workspaces have them."""


@dataclass(frozen=True)
class Environment:
    """The environment variables, the same for all functions of a workspace.

    Parameters
    ----------
    rule_name_prefix
        The prefix of this workspace's Config rules, such as ``acme-dev-``.
    results_table
        The name of the DynamoDB table.
    history_days
        Days that a change stays in the table, 1 to 3,650.
    execution_role
        The ARN of the role that checks assume for lookups; None for the function's own role.
    recipient
        The recipient of notifications; None for none.
    """

    rule_name_prefix: str
    results_table: str
    history_days: int
    execution_role: str | None = None
    recipient: Recipient | None = None

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> Environment:
        """Parse ``os.environ`` or a similar mapping.

        Returns
        -------
        Environment
            Their values; without a variable for it there is no execution role, and no recipient.

        Raises
        ------
        DeploymentError
            When a variable is not set or has a value that is not allowed; the message names it.
        """
        days = _variable(variables, HISTORY_DAYS)
        if not days.isdecimal() or not 1 <= int(days[:5]) <= MAX_HISTORY_DAYS:
            raise DeploymentError(
                f"Environment variable {HISTORY_DAYS} is {days!r:.20}; allowed: 1 to {MAX_HISTORY_DAYS}."
            )
        return cls(
            rule_name_prefix=_variable(variables, RULE_NAME_PREFIX),
            results_table=_variable(variables, RESULTS_TABLE),
            history_days=int(days),
            execution_role=variables.get(EXECUTION_ROLE) or None,
            recipient=Recipient.from_variable(variables.get(NOTIFICATIONS) or NOBODY),
        )

    def to_variables(self) -> dict[str, str]:
        """Return the variables that ``from_variables`` parses."""
        variables = {
            RULE_NAME_PREFIX: self.rule_name_prefix,
            RESULTS_TABLE: self.results_table,
            HISTORY_DAYS: str(self.history_days),
        }
        if self.execution_role:
            variables[EXECUTION_ROLE] = self.execution_role
        if self.recipient:
            variables[NOTIFICATIONS] = self.recipient.to_variable()
        return variables

    @property
    def project(self) -> str:
        """The project, the first part of all names."""
        return self.rule_name_prefix.split("-")[0]

    @property
    def workspace(self) -> str:
        """The Terraform workspace."""
        return _workspace(self.rule_name_prefix)


@dataclass(frozen=True)
class DeployedRule:
    """A Config rule of this deployment.

    Parameters
    ----------
    check_module
        The module of its check, such as ``compliance_runtime.checks.required_tags``;
        None for a rule that AWS evaluates.
    severity
        The severity of its results.
    api_calls
        The API calls that trigger an evaluation, as ``<event source>:<event name>``, such as
        ``s3.amazonaws.com:PutBucketPolicy``.
    packs
        The names of its packs.
    enabled
        Whether the rule is deployed, in all workspaces but those of ``except_in``.
    except_in
        The workspaces with the opposite of ``enabled``.
    identifier
        The identifier of a managed rule, such as ``CLOUD_TRAIL_ENABLED``, or the id of a check, such as
        ``required-tags``; None for a Guard policy.
    full_id
        Its id, if that is too long for the rule's name.
    """

    check_module: str | None
    severity: Severity
    api_calls: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    enabled: bool = True
    except_in: tuple[str, ...] = ()
    identifier: str | None = None
    full_id: str | None = None

    def is_in(self, workspace: str) -> bool:
        """Return whether a workspace has the rule."""
        return (workspace in self.except_in) is not self.enabled


@dataclass(frozen=True)
class Deployment:
    """The manifest.

    Parameters
    ----------
    rules
        The rules by their name without the workspace's prefix, which is their id unless they have a ``full_id``.
    waivers
        The waivers of the rules.
    """

    rules: Mapping[str, DeployedRule]
    waivers: tuple[DeployedWaiver, ...] = ()

    def to_json(self) -> str:
        """Return the text of ``deployment.json``: the same content gives the same bytes, whatever its order."""
        rules = {
            name: {
                "apiCalls": sorted(rule.api_calls),
                "check": rule.check_module,
                "enabled": rule.enabled,
                "exceptIn": sorted(rule.except_in),
                "id": rule.full_id,
                "identifier": rule.identifier,
                "packs": sorted(rule.packs),
                "severity": rule.severity.value,
            }
            for name, rule in self.rules.items()
        }
        waivers = sorted((waiver.to_json() for waiver in self.waivers), key=json.dumps)
        return json.dumps({"rules": rules, "waivers": waivers}, indent=2, sort_keys=True) + "\n"

    def rules_by_name(self, prefix: str) -> Mapping[str, DeployedRule]:
        """List the rules that one workspace has.

        Look a rule up here rather than by its prefix: ``acme-dev-`` is also a prefix of rules of a workspace
        ``dev-eu``.

        Returns
        -------
        Mapping[str, DeployedRule]
            The rules by the full name of the Config rule, in the order of the manifest.
        """
        workspace = _workspace(prefix)
        return MappingProxyType({f"{prefix}{name}": rule for name, rule in self.rules.items() if rule.is_in(workspace)})

    @property
    def rules_by_id(self) -> Mapping[str, DeployedRule]:
        """The rules by their id, as in waivers and reports."""
        return MappingProxyType({rule.full_id or name: rule for name, rule in self.rules.items()})

    def waivers_by_rule(self, prefix: str) -> Mapping[str, tuple[DeployedWaiver, ...]]:
        """Return the waivers that one workspace has, by the full name of the Config rule."""
        by_rule: defaultdict[str, list[DeployedWaiver]] = defaultdict(list)
        names = {rule.full_id: name for name, rule in self.rules.items() if rule.full_id}
        for waiver in self.waivers:
            if waiver.is_in(_workspace(prefix)):
                for rule_id in waiver.rules:
                    by_rule[f"{prefix}{names.get(rule_id, rule_id)}"].append(waiver)
        return MappingProxyType({name: tuple(waivers) for name, waivers in by_rule.items()})

    @classmethod
    def from_json(cls, text: str) -> Deployment:
        """Parse the text of ``to_json``.

        Returns
        -------
        Deployment
            The rules by their id, and the waivers of all workspaces.

        Raises
        ------
        DeploymentError
            When it is something else; the message names the place.
        """
        value = decoded(text, DEPLOYMENT_FILE, DeploymentError)
        manifest = JsonObject.of(value, DEPLOYMENT_FILE, DeploymentError)
        rules = manifest.member("rules")
        return cls(
            MappingProxyType({name: _rule(rules.member(name)) for name in rules.values}),
            tuple(DeployedWaiver.from_json(waiver) for waiver in manifest.objects("waivers")),
        )

    @classmethod
    def from_file(cls, path: Path | None = None) -> Deployment:
        """Read the manifest.

        Parameters
        ----------
        path
            The file; by default the one beside the package.

        Returns
        -------
        Deployment
            As of :meth:`from_json`.

        Raises
        ------
        DeploymentError
            When there is none, or it does not have the form of ``to_json``.
        """
        path = path or Path(__file__).parent.parent / DEPLOYMENT_FILE
        try:
            text = path.read_text(encoding="utf-8")
        except OSError as cause:
            raise DeploymentError(f"{path} cannot be read: {cause.strerror}. It belongs in the zip.") from cause
        return cls.from_json(text)


def _workspace(prefix: str) -> str:
    return prefix.split("-")[1]


def _rule(rule: JsonObject) -> DeployedRule:
    return DeployedRule(
        check_module=rule.optional_text("check"),
        severity=_severity(rule.text("severity"), f"{rule.place}.severity"),
        api_calls=rule.texts("apiCalls"),
        packs=rule.texts("packs"),
        enabled=rule.flag("enabled"),
        except_in=rule.texts("exceptIn"),
        identifier=rule.optional_text("identifier"),
        full_id=rule.optional_text("id"),
    )


def _severity(text: str, place: str) -> Severity:
    if text not in Severity.__members__:
        raise DeploymentError(f"{place} is {text!r}; allowed: {', '.join(Severity.__members__)}.")
    return Severity[text]


def _variable(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name, "")
    if not value:
        raise DeploymentError(f"Environment variable {name} is not set: the deployment must set it.")
    return value
