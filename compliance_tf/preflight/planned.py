"""The planned resources of a deployment, read from the synthesized Terraform JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from compliance_runtime.errors import ComplianceError
from compliance_tf.errors import PreflightError
from compliance_tf.preflight.planned_rules import PlannedRule, checked_types, deployed_identifiers, planned_rule
from compliance_tf.terraform.synthesized import read_configuration

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from compliance_tf.terraform.console import Evaluator, Json

# The attributes that are read of each type: many others are known only in a plan.
_READ = {
    "aws_cloudwatch_event_rule": ("name", "schedule_expression", "state"),
    "aws_cloudwatch_log_group": ("name",),
    "aws_config_config_rule": ("name", "source", "scope", "maximum_execution_frequency"),
    "aws_dynamodb_table": ("name",),
    "aws_iam_role": ("name",),
    "aws_lambda_function": ("function_name", "filename", "memory_size"),
}
_REPEATED = ("count", "for_each")

RECORDER = "existing_recorder"
"""The name of the data source that reads the recorder."""

_REEVALUATION = "-reevaluate"
_READ_RECORDER = re.compile(r"\bself\.(result\.)?properties\b")


@dataclass(frozen=True)
class Function:
    """A Lambda function.

    Parameters
    ----------
    name
        Its name.
    code_bytes
        The size of its package in bytes.
    memory_megabytes
        Its memory in MB.
    architecture
        ``arm64`` or ``x86_64``, which is Lambda's own where none is given.
    """

    name: str
    code_bytes: int
    memory_megabytes: int
    architecture: str = "x86_64"


@dataclass(frozen=True)
class Coverage:
    """The stack's own condition on the recorder, as the plan will check it.

    Parameters
    ----------
    condition
        A Terraform template that is true when the condition holds. The recorder's properties are ``local.recorder``.
    message
        A Terraform template: the error message.
    """

    condition: str
    message: str


@dataclass(frozen=True)
class PlannedStack:
    """The planned resources of a stack in one workspace.

    Parameters
    ----------
    id
        The stack's id.
    region
        Its AWS region.
    workspace
        The workspace.
    project
        The project, as in its tags.
    refusals
        The reasons for which the plan would refuse the workspace; empty for none.
    recorder
        The name of the recorder that it expects.
    reads_by_cloud_control
        Whether the plan reads it by Cloud Control, and not by the AWS Config API.
    coverage
        The condition on the recorded types.
    rules
        The Config rules.
    functions
        The Lambda functions.
    event_rules
        The names of the EventBridge rules.
    roles
        The names of the IAM roles.
    permissions_boundary
        The name of the roles' permissions boundary, with its path; None for none.
    role_path
        The path of the roles.
    tables
        The names of the DynamoDB tables.
    log_groups
        The names of the log groups.
    reevaluation
        The schedule on which all rules are evaluated again, as EventBridge writes it; None where there is none.
    """

    id: str
    region: str
    workspace: str
    project: str
    refusals: tuple[str, ...]
    recorder: str
    coverage: tuple[Coverage, ...]
    rules: tuple[PlannedRule, ...]
    functions: tuple[Function, ...]
    event_rules: tuple[str, ...]
    roles: tuple[str, ...]
    tables: tuple[str, ...]
    log_groups: tuple[str, ...]
    reevaluation: str | None
    permissions_boundary: str | None = None
    role_path: str = "/"
    reads_by_cloud_control: bool = True

    @property
    def place(self) -> str:
        """Its name in the report."""
        return f"{self.id} ({self.region})"


def read_stack(folder: Path, workspace: str, evaluator: Evaluator) -> PlannedStack:
    """Read a synthesized stack.

    Parameters
    ----------
    folder
        The folder of its ``cdk.tf.json``; its id is the folder's name.
    evaluator
        The evaluator of expressions on the workspace.

    Returns
    -------
    PlannedStack
        What a deployment of the stack to ``workspace`` would declare.

    Raises
    ------
    PreflightError
        When it is not a ComplianceStack, or an expression cannot be evaluated without a plan.
    """
    configuration = read_configuration(folder)
    try:
        return _read(configuration, folder, workspace, evaluator)
    except (KeyError, IndexError, StopIteration, ValueError, OSError, ComplianceError) as error:
        raise PreflightError(
            f"The stack '{folder.name}' is not one that a preflight can read: {type(error).__name__}: {error}. "
            "Synthesize it with this version of compliance_tf, from a ComplianceStack."
        ) from error


def workspace_refusals(configuration: Mapping[str, Any], evaluator: Evaluator) -> tuple[str, ...]:
    """Evaluate the conditions by which a plan would refuse the workspace.

    Parameters
    ----------
    configuration
        The synthesized Terraform JSON of a ComplianceStack.
    evaluator
        The evaluator of expressions in the workspace.

    Returns
    -------
    tuple[str, ...]
        The sentences of those that do not hold; empty when a plan would not refuse it.

    Raises
    ------
    PreflightError
        When Terraform cannot evaluate its conditions.
    """
    conditions = _reading(configuration["data"]).get("lifecycle", {}).get("precondition", [])
    return _refusals(cast("list[dict[str, Any]]", evaluator.evaluate(conditions)))


def _refusals(conditions: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(condition["error_message"] for condition in conditions if condition["condition"] is not True)


def _read(configuration: dict[str, Any], folder: Path, workspace: str, evaluator: Evaluator) -> PlannedStack:
    reading = _reading(configuration["data"])
    lifecycle = reading.get("lifecycle", {})
    answer = cast(
        "dict[str, Any]",
        evaluator.evaluate(
            {
                "provider": configuration["provider"]["aws"][0],
                "recorder": _recorder_name(reading),
                "preconditions": lifecycle.get("precondition", []),
                "resources": {
                    kind: [
                        _part(block, attributes) for _, block in sorted(configuration["resource"].get(kind, {}).items())
                    ]
                    for kind, attributes in _READ.items()
                },
            }
        ),
    )
    declared = {kind: [block for block in blocks if _exists(block)] for kind, blocks in answer["resources"].items()}
    tags = answer["provider"]["default_tags"][0]["tags"]
    packages = {folder / block["filename"] for block in declared["aws_lambda_function"]}
    prefix = f"{tags['project']}-{workspace}-"
    types_of_checks, identifiers = checked_types(packages, prefix), deployed_identifiers(packages, prefix)
    return PlannedStack(
        id=folder.name,
        region=answer["provider"]["region"],
        workspace=workspace,
        project=tags["project"],
        refusals=_refusals(answer["preconditions"]),
        recorder=answer["recorder"],
        coverage=tuple(
            Coverage(*(_READ_RECORDER.sub("local.recorder", condition[key]) for key in ("condition", "error_message")))
            for condition in lifecycle.get("postcondition", [])
        ),
        rules=tuple(planned_rule(block, types_of_checks, identifiers) for block in declared["aws_config_config_rule"]),
        functions=tuple(_function(block, folder) for block in declared["aws_lambda_function"]),
        event_rules=_names(declared["aws_cloudwatch_event_rule"]),
        roles=_names(declared["aws_iam_role"]),
        tables=_names(declared["aws_dynamodb_table"]),
        log_groups=_names(declared["aws_cloudwatch_log_group"]),
        reevaluation=next(_reevaluations(declared["aws_cloudwatch_event_rule"]), None),
        permissions_boundary=_boundary(configuration["resource"]["aws_iam_role"]),
        reads_by_cloud_control="query" not in reading,
        role_path=_first(configuration["resource"]["aws_iam_role"]).get("path", "/"),
    )


def _reading(data: Mapping[str, Any]) -> dict[str, Any]:
    return next(named[RECORDER] for named in data.values() if RECORDER in named)


def _recorder_name(reading: Mapping[str, Any]) -> Json:
    """Return the recorder's name from the data source: of Cloud Control's instance, or of the program's query."""
    if "query" in reading:
        return cast("Json", reading["query"]["name"])
    return cast("Json", next(iter(reading["for_each"].values())))


def _part(block: Mapping[str, Any], attributes: tuple[str, ...]) -> dict[str, Json]:
    return {name: block[name] for name in (*attributes, *_REPEATED) if name in block}


def _exists(block: Mapping[str, Any]) -> bool:
    """Return whether the resource exists in the workspace. An unevaluated expression counts as existing."""
    repeated = next((block[name] for name in _REPEATED if name in block), True)
    return bool(repeated)


def _function(block: Mapping[str, Any], folder: Path) -> Function:
    return Function(
        name=block["function_name"],
        code_bytes=(folder / block["filename"]).stat().st_size,
        memory_megabytes=int(block.get("memory_size", 128)),
        architecture=next(iter(block.get("architectures", ())), "x86_64"),
    )


def _boundary(roles: Mapping[str, dict[str, Any]]) -> str | None:
    """Return the policy's name alone: the account before it is known only in a plan."""
    _, _, name = _first(roles).get("permissions_boundary", "").partition(":policy/")
    return name or None


def _first(named: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    return next(iter(named.values()), {})


def _names(blocks: list[dict[str, Any]]) -> tuple[str, ...]:
    return tuple(block["name"] for block in blocks)


def _reevaluations(event_rules: list[dict[str, Any]]) -> Iterator[str]:
    return (
        rule["schedule_expression"]
        for rule in event_rules
        if rule["name"].endswith(_REEVALUATION) and rule.get("state") != "DISABLED"
    )
