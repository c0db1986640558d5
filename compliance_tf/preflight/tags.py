"""Tags of the named resources of a deployment, by their types in Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Tags = dict[str, str]

_NOT_FOUND: Final = frozenset({"NoSuchConfigRuleException", "NoSuchEntity", "ResourceNotFoundException"})
"""Error codes of AWS Config, IAM and other services for a resource that does not exist."""


def read_tags(type_: str, client: Any, key: str) -> Tags | None:  # noqa: ANN401 (boto3's clients have no common type)
    """Read the tags of a resource.

    Parameters
    ----------
    client
        The client of its service.
    key
        The ARN of a Config rule, an EventBridge rule or a log group; the name of a function, a role or a table.

    Returns
    -------
    dict
        The tags; None when the resource does not exist.

    Raises
    ------
    botocore.exceptions.ClientError
        When AWS refuses the request for another reason.
    """
    try:
        return _READERS[type_](client, key)
    except ClientError as cause:
        if cause.response["Error"]["Code"] in _NOT_FOUND:
            return None
        raise


def _pairs(tags: Iterable[Mapping[str, str]]) -> Tags:
    return {tag["Key"]: tag["Value"] for tag in tags}


def _paged(client: Any, call: str, arn: str) -> Tags:  # noqa: ANN401
    # AWS Config leaves the member out where there are none.
    pages = client.get_paginator(call).paginate(ResourceArn=arn)
    return _pairs(tag for page in pages for tag in page.get("Tags", []))


def _of_table(client: Any, name: str) -> Tags:  # noqa: ANN401
    arn = client.describe_table(TableName=name)["Table"]["TableArn"]
    return _paged(client, "list_tags_of_resource", arn)


def _of_event_rule(client: Any, arn: str) -> Tags:  # noqa: ANN401
    return _pairs(client.list_tags_for_resource(ResourceARN=arn).get("Tags", []))


def _of_log_group(client: Any, arn: str) -> Tags:  # noqa: ANN401
    # DescribeLogGroups lists ARNs of all streams, and tags are of the group.
    tags: Tags = client.list_tags_for_resource(resourceArn=arn.removesuffix(":*"))["tags"]
    return tags


_READERS: Final[Mapping[str, Callable[[Any, str], Tags]]] = {
    "aws_config_config_rule": lambda client, arn: _paged(client, "list_tags_for_resource", arn),
    "aws_cloudwatch_event_rule": _of_event_rule,
    "aws_lambda_function": lambda client, name: client.get_function(FunctionName=name).get("Tags", {}),
    "aws_cloudwatch_log_group": lambda client, arn: client.list_tags_for_resource(resourceArn=arn.removesuffix(":*"))[
        "tags"
    ],
    "aws_iam_role": lambda client, name: _pairs(client.get_role(RoleName=name)["Role"].get("Tags", [])),
    "aws_dynamodb_table": _of_table,
}
