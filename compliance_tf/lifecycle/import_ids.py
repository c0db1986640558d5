"""Dependent resources of a deployment, found by their parents, and imported by ids that name both."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.lifecycle.leftovers import Leftover, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from compliance_tf.lifecycle.leftovers import Account
    from compliance_tf.review.plan.values import Attributes


@dataclass(frozen=True)
class _Part:
    """A type of dependent resources.

    Parameters
    ----------
    parent
        The type of what it depends on, and the attribute that names that.
    import_id
        The format of its import id, as the provider documents it.
    service
        Its service in boto3.
    is_there
        Returns whether AWS has it, by the planned attributes; the request fails where the parent does not exist.
    """

    parent: tuple[str, str]
    import_id: str
    service: str
    is_there: Callable[[Any, Attributes], bool]


def _has_permission(client: Any, after: Attributes) -> bool:  # noqa: ANN401
    policy = json.loads(client.get_policy(FunctionName=after["function_name"])["Policy"])
    return any(statement["Sid"] == after["statement_id"] for statement in policy["Statement"])


def _has_target(client: Any, after: Attributes) -> bool:  # noqa: ANN401
    targets = listed(client, "list_targets_by_rule", "Targets", Rule=after["rule"])
    return any(target["Id"] == after["target_id"] for target in targets)


def _has_attachment(client: Any, after: Attributes) -> bool:  # noqa: ANN401
    attached = listed(client, "list_attached_role_policies", "AttachedPolicies", RoleName=after["role"])
    return any(policy["PolicyArn"] == after["policy_arn"] for policy in attached)


_PARTS: Final[Mapping[str, _Part]] = {
    "aws_cloudwatch_event_target": _Part(
        ("aws_cloudwatch_event_rule", "rule"), "{rule}/{target_id}", "events", _has_target
    ),
    "aws_iam_role_policy": _Part(
        ("aws_iam_role", "role"),
        "{role}:{name}",
        "iam",
        lambda client, after: bool(client.get_role_policy(RoleName=after["role"], PolicyName=after["name"])),
    ),
    "aws_iam_role_policy_attachment": _Part(("aws_iam_role", "role"), "{role}/{policy_arn}", "iam", _has_attachment),
    "aws_lambda_function_event_invoke_config": _Part(
        ("aws_lambda_function", "function_name"),
        "{function_name}",
        "lambda",
        lambda client, after: bool(client.get_function_event_invoke_config(FunctionName=after["function_name"])),
    ),
    "aws_lambda_permission": _Part(
        ("aws_lambda_function", "function_name"), "{function_name}/{statement_id}", "lambda", _has_permission
    ),
}


def import_id(type_: str, after: Attributes, account: Account, parents: Collection[Leftover]) -> str | None:
    """Return the import id of a planned resource.

    Parameters
    ----------
    after
        Its planned attributes.
    parents
        What is known to be the deployment's own. Dependent resources have no tags: those of somebody else's role, say,
        are never imported, whatever its name.

    Returns
    -------
    str or None
        The id; None where it does not exist in AWS, or has no import id.

    Raises
    ------
    ClientError
        When AWS does not answer whether it exists.
    """
    from botocore.exceptions import ClientError

    part = _PARTS.get(type_)
    if part is None or Leftover(part.parent[0], str(after.get(part.parent[1]))) not in parents:
        return None
    try:
        is_there = part.is_there(account.client(part.service), after)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in {"NoSuchEntity", "ResourceNotFoundException"}:
            return None
        raise
    return part.import_id.format(**after) if is_there else None
