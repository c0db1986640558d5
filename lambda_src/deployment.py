"""What the Lambdas know about their deployment.

``deployment.json`` lies beside the package in the zip: written at synthesis with ``Deployment.to_json``, the same
in all workspaces. What differs by workspace comes in environment variables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from lambda_src.check import Severity
from lambda_src.errors import DeploymentError
from lambda_src.json_object import JsonObject, decoded
from lambda_src.waivers import DeployedWaiver

if TYPE_CHECKING:
    from collections.abc import Mapping

DEPLOYMENT_FILE = "deployment.json"
"""The name of the manifest at the root of the zip."""

RULE_NAME_PREFIX = "RULE_NAME_PREFIX"
RESULTS_TABLE = "RESULTS_TABLE"
HISTORY_DAYS = "HISTORY_DAYS"
EXECUTION_ROLE = "EXECUTION_ROLE"

MAX_HISTORY_DAYS = 3650


@dataclass(frozen=True)
class Environment:
    """The environment variables, the same for all functions of a workspace.

    Parameters
    ----------
    rule_name_prefix
        What the names of this workspace's Config rules begin with, such as ``acme-dev-``.
    results_table
        The name of the DynamoDB table.
    history_days
        Days that a change stays in the table, 1 to 3,650.
    execution_role
        The ARN of the role with which checks look up what they need; None for the function's own.
    """

    rule_name_prefix: str
    results_table: str
    history_days: int
    execution_role: str | None = None

    @classmethod
    def from_variables(cls, variables: Mapping[str, str]) -> Environment:
        """Read it from ``os.environ`` or the like.

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
        )

    def to_variables(self) -> dict[str, str]:
        """Give the variables that ``from_variables`` reads."""
        variables = {
            RULE_NAME_PREFIX: self.rule_name_prefix,
            RESULTS_TABLE: self.results_table,
            HISTORY_DAYS: str(self.history_days),
        }
        return variables | ({EXECUTION_ROLE: self.execution_role} if self.execution_role else {})


@dataclass(frozen=True)
class DeployedRule:
    """A Config rule of this deployment.

    Parameters
    ----------
    check_module
        The module that declares the check that evaluates it, such as ``lambda_src.checks.required_tags``; None for a
        rule that AWS evaluates.
    severity
        The severity that its results are recorded with.
    api_calls
        The API calls after which it is evaluated again, as ``<event source>:<event name>``, such as
        ``s3.amazonaws.com:PutBucketPolicy``.
    packs
        The names of the packs that it comes from.
    enabled
        Whether there is the rule, in all workspaces but those of ``except_in``.
    except_in
        The workspaces where it is the other way round.
    """

    check_module: str | None
    severity: Severity
    api_calls: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    enabled: bool = True
    except_in: tuple[str, ...] = ()

    def is_in(self, workspace: str) -> bool:
        """Tell whether a workspace has the rule."""
        return (workspace in self.except_in) is not self.enabled


@dataclass(frozen=True)
class Deployment:
    """The manifest.

    Parameters
    ----------
    rules
        The rules by their id, which is their name without the workspace's prefix.
    waivers
        The waivers for them.
    """

    rules: Mapping[str, DeployedRule]
    waivers: tuple[DeployedWaiver, ...] = ()

    def to_json(self) -> str:
        """Write the text of ``deployment.json``: the same content gives the same bytes, whatever its order."""
        rules = {
            rule_id: {
                "apiCalls": sorted(rule.api_calls),
                "check": rule.check_module,
                "enabled": rule.enabled,
                "exceptIn": sorted(rule.except_in),
                "packs": sorted(rule.packs),
                "severity": rule.severity.value,
            }
            for rule_id, rule in self.rules.items()
        }
        waivers = sorted((waiver.to_json() for waiver in self.waivers), key=json.dumps)
        return json.dumps({"rules": rules, "waivers": waivers}, indent=2, sort_keys=True) + "\n"

    def rules_by_name(self, prefix: str) -> Mapping[str, DeployedRule]:
        """Give the rules that one workspace has, by the whole name of the Config rule.

        Look a rule up here rather than by its prefix: ``acme-dev-`` also begins the rules of a workspace ``dev-eu``.
        """
        workspace = _workspace(prefix)
        return MappingProxyType(
            {f"{prefix}{rule_id}": rule for rule_id, rule in self.rules.items() if rule.is_in(workspace)}
        )

    def waivers_by_rule(self, prefix: str) -> Mapping[str, tuple[DeployedWaiver, ...]]:
        """Give the waivers that one workspace has, by the whole name of the Config rule."""
        by_rule: defaultdict[str, list[DeployedWaiver]] = defaultdict(list)
        for waiver in self.waivers:
            if waiver.is_in(_workspace(prefix)):
                for rule_id in waiver.rules:
                    by_rule[f"{prefix}{rule_id}"].append(waiver)
        return MappingProxyType({name: tuple(waivers) for name, waivers in by_rule.items()})

    @classmethod
    def from_json(cls, text: str) -> Deployment:
        """Read what ``to_json`` wrote.

        Raises
        ------
        DeploymentError
            When it is something else; the message names the place.
        """
        value = decoded(text, DEPLOYMENT_FILE, DeploymentError)
        manifest = JsonObject.of(value, DEPLOYMENT_FILE, DeploymentError)
        rules = manifest.member("rules")
        return cls(
            MappingProxyType({rule_id: _rule(rules.member(rule_id)) for rule_id in rules.values}),
            tuple(DeployedWaiver.from_json(waiver) for waiver in manifest.objects("waivers")),
        )

    @classmethod
    def from_file(cls, path: Path | None = None) -> Deployment:
        """Read the manifest.

        Parameters
        ----------
        path
            The file; by default the one beside the package.

        Raises
        ------
        DeploymentError
            When there is none, or it is not what ``to_json`` wrote.
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
    severity = rule.text("severity")
    if severity not in Severity.__members__:
        raise DeploymentError(f"{rule.place}.severity is {severity!r}; allowed: {', '.join(Severity.__members__)}.")
    return DeployedRule(
        check_module=rule.optional_text("check"),
        severity=Severity[severity],
        api_calls=rule.texts("apiCalls"),
        packs=rule.texts("packs"),
        enabled=rule.flag("enabled"),
        except_in=rule.texts("exceptIn"),
    )


def _variable(variables: Mapping[str, str], name: str) -> str:
    value = variables.get(name, "")
    if not value:
        raise DeploymentError(f"Environment variable {name} is not set: the deployment must set it.")
    return value
