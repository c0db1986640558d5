"""The permissions boundary of a project's functions: ``python -m compliance_tf.preflight.permissions_boundary``.

It prevents those who may deploy from giving a role any other permission.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids, load_check
from compliance_tf.output.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Collection

_CONFIG: Final = (
    *("BatchGetResourceConfig", "DescribeConfigRuleEvaluationStatus", "DescribeConfigRules"),
    *("GetComplianceDetailsByConfigRule", "GetResourceConfigHistory", "PutEvaluations", "SelectResourceConfig"),
    "StartConfigRulesEvaluation",
)
_TABLE: Final = (
    *("BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "GetItem", "PutItem", "Query"),
    "UpdateItem",
)
_OF_OPTIONS: Final = (
    *("ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses"),
    *("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"),
    *("sqs:SendMessage", "xray:PutTelemetryRecords", "xray:PutTraceSegments"),
)


def permissions_boundary(
    project: str, *, own_actions: Collection[str] = (), execution_role: str | None = None
) -> dict[str, object]:
    """Build the IAM policy that limits the roles of a project's functions.

    Parameters
    ----------
    project
        The project: the beginning of the names of its table and log groups.
    own_actions
        The read-only actions of your own checks, beside those of the shipped ones.
    execution_role
        The ARN of the role that checks assume, if the stack has one. Without it no role may be assumed, because a
        role that may assume any other is not bounded.

    Returns
    -------
    dict[str, object]
        The policy document, to be written as JSON.
    """
    actions = {action for check_id in check_ids() for action in _actions(check_id)} | set(own_actions)
    statements = [
        _allow("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), f"logs:*:*:log-group:/aws/lambda/{project}-*"),
        _allow("Results", [f"dynamodb:{action}" for action in _TABLE], f"dynamodb:*:*:table/{project}-*"),
        _allow("Config", [f"config:{action}" for action in _CONFIG]),
        _allow("Notifications", ("events:PutEvents", "sns:Publish")),
        _allow("Options", _OF_OPTIONS),
        _allow("Checks", sorted(actions)),
    ]
    if execution_role:
        statements.append(_allow("ExecutionRole", ("sts:AssumeRole",)) | {"Resource": execution_role})
    return {"Version": "2012-10-17", "Statement": statements}


def _actions(check_id: str) -> Collection[str]:
    check = load_check(check_id)
    return check.actions if isinstance(check, LookupCheck | PeriodicCheck) else ()


def _allow(sid: str, actions: Collection[str], resource: str = "*") -> dict[str, object]:
    arn = resource if resource == "*" else f"arn:*:{resource}"
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": arn}


if __name__ == "__main__":
    sys.stdout.write(json_text(permissions_boundary("compliance"), indent=2) + "\n")
