"""The deployer's IAM policy: the actions of a deployment, limited to the project's own resources.

Run as a program, it writes the policy of the documentation: ``python -m compliance_tf.preflight.deployer_policy``.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from compliance_tf.output.sanitize import json_text

if TYPE_CHECKING:
    from collections.abc import Mapping

OWN_TAG: Final = "project"
"""The tag that identifies the project of a Config rule: AWS generates the end of its ARN, so no policy can name it."""


@dataclass(frozen=True)
class DeployerStatement:
    """A statement of the policy.

    Parameters
    ----------
    sid
        Its id, which describes its purpose.
    actions
        The IAM actions.
    resource
        The ARN after the partition, with ``{project}`` in it; ``*`` where there are no resource-level permissions.
    conditions
        Required values by operator and key, with ``{project}`` and ``{boundary}`` in them.
    """

    sid: str
    actions: tuple[str, ...]
    resource: str = "*"
    conditions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


_RULES: Final = "config:*:*:config-rule/*"
_WITHIN_THE_BOUNDARY: Final = "RolesWithinTheBoundary"
_ROLES: Final = "iam::*:role*/{project}-*"

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
    DeployerStatement("FindConfigRules", ("config:DescribeConfigRules",)),
    # A rule that does not exist has no tags, and PutConfigRule creates and changes rules: a rule of another project is
    # refused, but one without this tag cannot be distinguished from one that does not exist yet.
    DeployerStatement(
        "MakeAndChangeConfigRules",
        ("config:PutConfigRule",),
        _RULES,
        {
            "StringEquals": {f"aws:RequestTag/{OWN_TAG}": "{project}"},
            "StringEqualsIfExists": {f"aws:ResourceTag/{OWN_TAG}": "{project}"},
        },
    ),
    DeployerStatement(
        "OwnConfigRules",
        ("config:DeleteConfigRule", "config:TagResource", "config:UntagResource"),
        _RULES,
        {"StringEquals": {f"aws:ResourceTag/{OWN_TAG}": "{project}"}},
    ),
    DeployerStatement(
        "Functions",
        (
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:DeleteFunction",
            "lambda:DeleteFunctionConcurrency",
            "lambda:DeleteFunctionEventInvokeConfig",
            "lambda:GetFunction",
            "lambda:GetFunctionCodeSigningConfig",
            "lambda:GetFunctionEventInvokeConfig",
            "lambda:GetPolicy",
            "lambda:ListVersionsByFunction",
            "lambda:PutFunctionConcurrency",
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
        _WITHIN_THE_BOUNDARY,
        ("iam:CreateRole", "iam:DeleteRolePolicy", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"),
        _ROLES,
        {"ArnLike": {"iam:PermissionsBoundary": "arn:*:iam::*:policy/{boundary}"}},
    ),
    DeployerStatement(
        "Roles",
        (
            "iam:DeleteRole",
            "iam:GetRole",
            "iam:GetRolePolicy",
            "iam:ListAttachedRolePolicies",
            "iam:ListInstanceProfilesForRole",
            "iam:ListRolePolicies",
            "iam:TagRole",
            "iam:UntagRole",
            "iam:UpdateAssumeRolePolicy",
            "iam:UpdateRole",
            "iam:UpdateRoleDescription",
        ),
        _ROLES,
    ),
    DeployerStatement(
        "RolesOfFunctions",
        ("iam:PassRole",),
        _ROLES,
        {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
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
    DeployerStatement("FindNetworks", ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs")),
    DeployerStatement("FindLogGroups", ("logs:DescribeLogGroups",)),
    DeployerStatement(
        "FindWhatIsLeft", ("dynamodb:ListTables", "events:ListRules", "iam:ListRoles", "lambda:ListFunctions")
    ),
    DeployerStatement(
        "LogGroups",
        (
            "logs:AssociateKmsKey",
            "logs:CreateLogGroup",
            "logs:DeleteLogGroup",
            "logs:DisassociateKmsKey",
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
"""The permissions to deploy any stack, beside those for its state. They cannot change a recorder."""


def statements(boundary: str | None) -> tuple[DeployerStatement, ...]:
    """List the statements of the permissions to deploy a stack.

    Parameters
    ----------
    boundary
        The name of the permissions boundary, with its path, that roles must have; None for no boundary.

    Returns
    -------
    tuple[DeployerStatement, ...]
        The statements in the order of the policy; without a boundary, the creation of roles has no condition.
    """
    if boundary is not None:
        return DEPLOYER_STATEMENTS
    return tuple(
        replace(statement, conditions={}) if statement.sid == _WITHIN_THE_BOUNDARY else statement
        for statement in DEPLOYER_STATEMENTS
    )


def default_boundary(project: str) -> str:
    """Return the default name of the permissions boundary of a project's functions."""
    return f"{project}-boundary"


def deployer_policy(project: str, boundary: str | None = None) -> dict[str, object]:
    """Return the IAM policy of those who deploy a project.

    Parameters
    ----------
    project
        The project: the beginning of all of its names.
    boundary
        The name of the permissions boundary, with its path, without which no role can be created:
        ``<project>-boundary`` unless given.

    Returns
    -------
    dict[str, object]
        The policy document, to be written as JSON.
    """
    values = {"project": project, "boundary": boundary or default_boundary(project)}
    return {"Version": "2012-10-17", "Statement": [_document(statement, values) for statement in DEPLOYER_STATEMENTS]}


def _document(statement: DeployerStatement, values: Mapping[str, str]) -> dict[str, object]:
    # Not arn:aws: the same policy serves every partition.
    resource = statement.resource if statement.resource == "*" else f"arn:*:{statement.resource}"
    document: dict[str, object] = {
        "Sid": statement.sid,
        "Effect": "Allow",
        "Action": statement.actions[0] if len(statement.actions) == 1 else list(statement.actions),
        "Resource": resource.format(**values),
    }
    if statement.conditions:
        document["Condition"] = {
            operator: {key: value.format(**values) for key, value in keys.items()}
            for operator, keys in statement.conditions.items()
        }
    return document


if __name__ == "__main__":
    sys.stdout.write(json_text(deployer_policy("compliance"), indent=2) + "\n")
