"""Stand-ins for the AWS clients of checks, answered from the plan, and never from the account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, NoReturn

from compliance_tf.review.resources.planned_values import Complete, Unknown, revealed, wrapped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance
    from compliance_tf.review.resources.items import PlannedResource


class PlannedClients:
    """A factory of clients for one planned resource, with the plan's data.

    Parameters
    ----------
    plan
        The plan.
    resource
        The judged resource.
    """

    def __init__(self, plan: AnyPlan, resource: PlannedResource) -> None:
        self._plan, self._resource = plan, resource

    def __call__(self, service: str, /) -> Any:  # noqa: ANN401 (as boto3's clients)
        """Return a client of a service."""
        return PlannedClient(service, self._plan, self._resource)


class _NotFoundError(Exception):
    """The error of AWS for a resource that does not exist."""


@dataclass(frozen=True)
class _NotFound:
    """The response for a resource that is assumed not to exist.

    Parameters
    ----------
    reason
        The unknown part: a sentence without its full stop.
    """

    reason: str


class _Exceptions:
    """The exceptions of a client, by any name."""

    def __getattr__(self, name: str) -> type[Exception]:
        return _NotFoundError


class PlannedClient:
    """A client of a service."""

    exceptions: Final = _Exceptions()

    def __init__(self, service: str, plan: AnyPlan, resource: PlannedResource) -> None:
        self._service, self._plan, self._resource = service, plan, resource

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        answer = _ANSWERS.get((self._service, operation))

        def call(**parameters: object) -> Any:  # noqa: ANN401
            if answer is None:
                self._refuse(f"asks AWS ({self._service}: {operation})")
            return self._read(answer(self._plan, self._resource, parameters), operation)

        return call

    def get_paginator(self, operation: str) -> _Paginator:
        """Return a paginator of an operation, with one page."""
        return _Paginator(getattr(self, operation))

    def _read(self, answer: object, operation: str) -> Any:  # noqa: ANN401
        reads = self._resource.item.reads
        if isinstance(answer, _NotFound):
            reads.assumed[answer.reason] = None
            raise _NotFoundError(answer.reason)
        wrapped_answer = wrapped(answer, f"{self._resource.instance.address}: {operation}", reads)
        return reads.value(wrapped_answer)

    def _refuse(self, what: str) -> NoReturn:
        self._resource.item.reads.refuse(f"the check {what}, and a plan does not say that")


class _Paginator:
    def __init__(self, operation: Callable[..., Any]) -> None:
        self._operation = operation

    def paginate(self, **parameters: object) -> Iterator[Any]:
        yield self._operation(**parameters)


def _function_configuration(_: AnyPlan, resource: PlannedResource, __: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html."""
    return _function(resource)


def _functions(_: AnyPlan, resource: PlannedResource, __: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html."""
    return Complete({"Functions": [_function(resource)]})


def _function(resource: PlannedResource) -> object:
    address, after = resource.instance.address, resource.instance.after
    environment = revealed(after.get("environment"), f"{address}.environment")
    if isinstance(environment, list):
        first = environment[0] if environment else {}
        variables = first.get("variables") if isinstance(first, dict) else first
        environment = Complete(
            {"Variables": Complete(variables) if isinstance(variables, dict) else variables or Complete({})}
        )
    members = {
        "FunctionName": revealed(after.get("function_name"), f"{address}.function_name"),
        "Runtime": revealed(after.get("runtime"), f"{address}.runtime"),
        "Environment": environment,
    }
    return Complete({name: value for name, value in members.items() if value is not None})


def _log_groups(_: AnyPlan, resource: PlannedResource, __: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html."""
    # The item has the same members under the names of CloudFormation, without unset ones.
    configuration = dict.items(resource.item.configuration)  # type: ignore[arg-type]  # a dictionary, read unread
    names = {
        "LogGroupName": "logGroupName",
        "RetentionInDays": "retentionInDays",
        "KmsKeyId": "kmsKeyId",
        "LogGroupClass": "logGroupClass",
    }
    group = {names[name]: value for name, value in configuration if name in names and value is not None}
    return Complete({"logGroups": [Complete(group)]})


def _account_block(plan: AnyPlan, resource: PlannedResource, _: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetPublicAccessBlock.html."""
    for one in plan.instances:
        if one.type == "aws_s3_account_public_access_block" and one.stays and _has_account_of(one, resource):
            names = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
            attributes = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
            values = [revealed(one.after.get(name) or False, f"{one.address}.{name}") for name in attributes]
            return Complete({"PublicAccessBlockConfiguration": Complete(dict(zip(names, values, strict=True)))})
    return _NotFound("the plan does not show whether the account's public access block stops it")


def _has_account_of(one: Instance, resource: PlannedResource) -> bool:
    """Return whether a resource is of another one's account, whatever region its provider works in."""
    named, account = one.after.get("account_id"), resource.place.account
    if isinstance(named, str) and isinstance(account, str):
        return named == account
    return one.provider == resource.instance.provider


def _images(plan: AnyPlan, _: PlannedResource, parameters: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html."""
    wanted = parameters.get("ImageIds")
    for _address, type_, values in plan.known_data:
        if type_ == "aws_ami" and wanted == [values.get("image_id") or values.get("id")]:
            image = {
                "ImageId": values.get("id"),
                "OwnerId": values.get("owner_id"),
                "ImageOwnerAlias": values.get("image_owner_alias") or None,
                "CreationDate": values.get("creation_date"),
                "State": values.get("state"),
            }
            return Complete({"Images": [Complete(image)]})
    return Unknown(f"the plan does not show the image {wanted}: read it with a data source aws_ami")


def _subnets(plan: AnyPlan, _: PlannedResource, parameters: Mapping[str, object]) -> object:
    """https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSubnets.html."""
    filters: Any = parameters.get("Filters", [])
    given = {one["Name"]: list(one["Values"]) for one in filters}
    known = {
        str(values.get("id")): values.get("vpc_id") for _a, type_, values in plan.known_data if type_ == "aws_subnet"
    }
    known |= {str(one.after.get("id")): one.after.get("vpc_id") for one in plan.instances if one.type == "aws_subnet"}
    for subnet in given.get("subnet-id", []):
        if not isinstance(known.get(subnet), str):
            return Unknown(f"the plan does not show which VPC {subnet} belongs to")
    found = [one for one in given.get("subnet-id", []) if known[one] in given.get("vpc-id", [])]
    return Complete({"Subnets": [Complete({"SubnetId": one}) for one in found]})


_ANSWERS: Final[dict[tuple[str, str], Callable[[AnyPlan, PlannedResource, Mapping[str, object]], object]]] = {
    ("lambda", "get_function_configuration"): _function_configuration,
    ("lambda", "list_functions"): _functions,
    ("logs", "describe_log_groups"): _log_groups,
    ("s3control", "get_public_access_block"): _account_block,
    ("ec2", "describe_images"): _images,
    ("ec2", "describe_subnets"): _subnets,
}
"""The handlers, by service and boto3's name of the operation."""

ANSWERED_ACTIONS: Final = frozenset(
    {
        "ec2:DescribeImages",
        "ec2:DescribeSubnets",
        "lambda:GetFunctionConfiguration",
        "lambda:ListFunctions",
        "logs:DescribeLogGroups",
        "s3:GetAccountPublicAccessBlock",
    }
)
"""The IAM actions of these operations, as checks declare them."""
