"""What deploying takes: the actions, and what they are done to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class DeployerStatement:
    """A statement of the policy.

    Parameters
    ----------
    sid
        What it is for.
    actions
        The IAM actions.
    resource
        The ARN after the partition, with ``{project}`` in it; ``*`` where AWS has no resource-level permission, or
        where the ARN holds an id that AWS makes up.
    condition
        Values that the request must have, by key.
    """

    sid: str
    actions: tuple[str, ...]
    resource: str = "*"
    condition: Mapping[str, str] = field(default_factory=dict)


DEPLOYER_STATEMENTS = (
    DeployerStatement(
        "ReadTheRecorder",
        (
            "cloudformation:GetResource",
            "config:DescribeConfigurationRecorders",
            "config:ListTagsForResource",
            "sts:GetCallerIdentity",
        ),
    ),
    DeployerStatement(
        "ConfigRules",
        (
            "config:DeleteConfigRule",
            "config:DescribeConfigRules",
            "config:PutConfigRule",
            "config:TagResource",
            "config:UntagResource",
        ),
    ),
    DeployerStatement(
        "Functions",
        (
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetPolicy",
            "lambda:ListVersionsByFunction",
            "lambda:PutFunctionEventInvokeConfig",
            "lambda:RemovePermission",
            "lambda:TagResource",
            "lambda:UntagResource",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ),
        "lambda:*:*:function:{project}-*",
    ),
    DeployerStatement(
        "Roles",
        (
            "iam:CreateRole",
            "iam:DeleteRole",
            "iam:DeleteRolePolicy",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
            "iam:ListRolePolicies",
            "iam:PutRolePolicy",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
        ),
        "iam::*:role/{project}-*",
    ),
    DeployerStatement(
        "RolesOfFunctions",
        ("iam:PassRole",),
        "iam::*:role/{project}-*",
        {"iam:PassedToService": "lambda.amazonaws.com"},
    ),
    DeployerStatement(
        "EventRules",
        (
            "events:DeleteRule",
            "events:DescribeRule",
            "events:ListTagsForResource",
            "events:ListTargetsByRule",
            "events:PutRule",
            "events:PutTargets",
            "events:RemoveTargets",
            "events:TagResource",
            "events:UntagResource",
        ),
        "events:*:*:rule/{project}-*",
    ),
    DeployerStatement("FindLogGroups", ("logs:DescribeLogGroups",)),
    DeployerStatement(
        "FindWhatIsLeft", ("dynamodb:ListTables", "events:ListRules", "iam:ListRoles", "lambda:ListFunctions")
    ),
    DeployerStatement(
        "LogGroups",
        (
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:ListTagsForResource",
            "logs:PutRetentionPolicy",
            "logs:TagResource",
            "logs:UntagResource",
        ),
        "logs:*:*:log-group:/aws/lambda/{project}-*",
    ),
    DeployerStatement(
        "ResultsTable",
        (
            "dynamodb:CreateTable",
            "dynamodb:DeleteTable",
            "dynamodb:DescribeContinuousBackups",
            "dynamodb:DescribeTable",
            "dynamodb:DescribeTimeToLive",
            "dynamodb:ListTagsOfResource",
            "dynamodb:TagResource",
            "dynamodb:UntagResource",
            "dynamodb:UpdateContinuousBackups",
            "dynamodb:UpdateTable",
            "dynamodb:UpdateTimeToLive",
        ),
        "dynamodb:*:*:table/{project}-*",
    ),
)
"""All that a deployment of any stack takes, beside what its state needs. It cannot change a recorder."""


def deployer_policy(project: str) -> dict[str, object]:
    """Give the policy of those who deploy a project, as IAM takes it."""
    return {"Version": "2012-10-17", "Statement": [_document(statement, project) for statement in DEPLOYER_STATEMENTS]}


def _document(statement: DeployerStatement, project: str) -> dict[str, object]:
    resource = statement.resource if statement.resource == "*" else f"arn:aws:{statement.resource}"
    document: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": statement.actions[0] if len(statement.actions) == 1 else list(statement.actions),
        "Resource": resource.replace("{project}", project),
    }
    if statement.condition:
        document["Condition"] = {"StringEquals": dict(statement.condition)}
    return document
