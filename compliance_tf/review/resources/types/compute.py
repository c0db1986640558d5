"""Functions, instances, volumes and task definitions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Assumed, Complete, Unknown
from compliance_tf.review.resources.translation import (
    Scope,
    Table,
    attribute,
    block,
    blocks,
    first_known,
    template,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_PROVIDER: Final = "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/"

_FUNCTION_ARN = first_known(
    attribute("arn"), template("arn:{partition}:lambda:{region}:{account}:function:{function_name}", "function_name")
)


def _function_policy(scope: Scope) -> object:
    if unsure := scope.possible("aws_lambda_permission"):
        return unsure
    arn = _FUNCTION_ARN(scope)
    statements = []
    for one in scope.parts("aws_lambda_permission"):
        values = {name: one.get(name) for name in _PERMISSION}
        hidden = [
            value for name, value in values.items() if isinstance(value, Unknown) and one.instance.expression(name)
        ]
        if hidden:
            return hidden[0]
        statements.append(_statement({name: value for name, value in values.items() if isinstance(value, str)}, arn))
    document = json.dumps({"Version": "2012-10-17", "Id": "default", "Statement": statements}) if statements else None
    if scope.instance.exists:
        return Assumed(document, f"{scope.place} exists, and the plan does not show who may invoke it from elsewhere")
    return document


_PERMISSION: Final = (
    *("statement_id", "action", "principal", "source_arn", "source_account", "principal_org_id"),
    *("function_url_auth_type", "event_source_token"),
)


def _statement(values: Mapping[str, str], arn: object) -> dict[str, object]:
    """Build the statement of AddPermission: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html."""
    principal = values.get("principal", "*")
    conditions: dict[str, dict[str, str]] = {}
    for name, operator, key in (
        ("source_arn", "ArnLike", "AWS:SourceArn"),
        ("source_account", "StringEquals", "AWS:SourceAccount"),
        ("principal_org_id", "StringEquals", "aws:PrincipalOrgID"),
        ("function_url_auth_type", "StringEquals", "lambda:FunctionUrlAuthType"),
        ("event_source_token", "StringEquals", "lambda:EventSourceToken"),
    ):
        if values.get(name):
            conditions.setdefault(operator, {})[key] = values[name]
    if principal == "*":
        who: object = "*"
    else:
        who = {"Service": principal} if "." in principal and not principal.startswith("arn:") else {"AWS": principal}
    statement: dict[str, object] = {
        "Sid": values.get("statement_id", ""),
        "Effect": "Allow",
        "Principal": who,
        "Action": values.get("action", ""),
        "Resource": arn if isinstance(arn, str) else "*",
    }
    return statement | ({"Condition": conditions} if conditions else {})


FUNCTION = Table(
    type="AWS::Lambda::Function",
    terraform=("aws_lambda_function",),
    sources=(
        "https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html",
        f"{_PROVIDER}lambda_function",
    ),
    id=attribute("function_name"),
    name=attribute("function_name"),
    arn=_FUNCTION_ARN,
    configuration={
        "functionName": attribute("function_name"),
        "functionArn": _FUNCTION_ARN,
        "runtime": attribute("runtime"),
        "handler": attribute("handler"),
        "role": attribute("role"),
        "memorySize": attribute("memory_size"),
        "timeout": attribute("timeout"),
        "packageType": attribute("package_type", absent="Zip"),
        "kmsKeyArn": attribute("kms_key_arn"),
        "vpcConfig": block(
            "vpc_config",
            {"subnetIds": attribute("subnet_ids"), "securityGroupIds": attribute("security_group_ids")},
        ),
        "deadLetterConfig": block("dead_letter_config", {"targetArn": attribute("target_arn")}),
        "tracingConfig": block("tracing_config", {"mode": attribute("mode")}, unset={"mode": "PassThrough"}),
    },
    supplementary={"Policy": _function_policy},
    links=(Link("aws_lambda_permission", "function_name"),),
    notes="AWS Config does not record environment variables; the check that asks AWS Lambda for them gets them from "
    "the plan.",
)

VOLUME = Table(
    type="AWS::EC2::Volume",
    terraform=("aws_ebs_volume",),
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Volume.html",
        f"{_PROVIDER}ebs_volume",
    ),
    id=attribute("id"),
    name=attribute("id"),
    arn=attribute("arn"),
    configuration={
        "volumeId": attribute("id"),
        "encrypted": attribute("encrypted"),
        "kmsKeyId": attribute("kms_key_id"),
        "size": attribute("size"),
        "volumeType": attribute("type"),
        "iops": attribute("iops"),
        "availabilityZone": attribute("availability_zone"),
        "snapshotId": attribute("snapshot_id"),
    },
    notes="Without `encrypted` the account's default decides, which is not in a plan. Volumes that an instance brings "
    "along are not seen.",
)

_OPTIONS: Final = {
    "httpEndpoint": attribute("http_endpoint", absent="enabled"),
    "httpTokens": attribute("http_tokens"),
    "httpPutResponseHopLimit": attribute("http_put_response_hop_limit"),
    "instanceMetadataTags": attribute("instance_metadata_tags"),
}


def _options(scope: Scope) -> object:
    """Return the metadata options of an instance, or of its launch template.

    Without any, the image and the account determine them, which are not in a plan.

    Returns
    -------
    object
        The options as AWS Config has them, or an unknown value with its reason.
    """
    own = block("metadata_options", _OPTIONS)(scope)
    if own is not None and not (isinstance(own, Unknown) and scope.is_unset("metadata_options")):
        return own
    launched = scope.blocks("launch_template")
    if isinstance(launched, Unknown) or not launched:
        return Unknown(f"{scope.place} has no metadata_options: the image and the account's defaults decide")
    template_ = _launch_template(launched[0])
    if template_ is None:
        return Unknown(f"{scope.place}.launch_template is none of this plan's")
    found = block("metadata_options", _OPTIONS, absent=None)(template_)
    unset = found is None or (isinstance(found, Unknown) and template_.is_unset("metadata_options"))
    return (
        Unknown(f"{template_.place} has no metadata_options: the image and the account's defaults decide")
        if unset
        else found
    )


def _launch_template(scope: Scope) -> Scope | None:
    instance = scope.instance
    configured = instance.expression("launch_template")
    named = {scope.values.get("id"), scope.values.get("name")} - {None}
    types = ("aws_launch_template",)
    found = [
        one
        for one in scope.source.plan.instances
        if one.type in types and {one.after.get("id"), one.after.get("name")} & named
    ]
    if not found and isinstance(configured, list) and configured:
        references = scope.source.references
        found = list(references.of_expression(instance, configured[0].get("id") or configured[0].get("name"), types))
    if len(found) != 1:
        return None
    return Scope(scope.source, found[0].after, found[0].address, found[0])


INSTANCE = Table(
    type="AWS::EC2::Instance",
    terraform=("aws_instance",),
    sources=(
        "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html",
        f"{_PROVIDER}instance",
    ),
    id=attribute("id"),
    name=attribute("id"),
    arn=attribute("arn"),
    configuration={
        "instanceId": attribute("id"),
        "imageId": attribute("ami"),
        "instanceType": attribute("instance_type"),
        "subnetId": attribute("subnet_id"),
        "publicIpAddress": attribute("public_ip"),
        "state": {"name": "running"},
        "metadataOptions": _options,
        "monitoring": unknown("the state of monitoring is not in a plan"),
    },
)


def _containers(scope: Scope) -> object:
    text = scope.get("container_definitions")
    if not isinstance(text, str):
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return Unknown(f"{scope.place}.container_definitions is not JSON")
    return (
        _pascal_case(found)
        if isinstance(found, list)
        else Unknown(f"{scope.place}.container_definitions is not a list")
    )


_FREE_KEYS: Final = frozenset({"dockerLabels", "options"})
"""Members of a container with user-defined keys."""


def _pascal_case(value: object) -> object:
    """Convert a container to AWS Config's form: members in PascalCase, as in CloudFormation."""
    if isinstance(value, list):
        return [_pascal_case(one) for one in value]
    if not isinstance(value, dict):
        return value
    return Complete(
        {
            name[:1].upper() + name[1:]: Complete(inner)
            if name in _FREE_KEYS and isinstance(inner, dict)
            else _pascal_case(inner)
            for name, inner in value.items()
        }
    )


TASK_DEFINITION = Table(
    type="AWS::ECS::TaskDefinition",
    terraform=("aws_ecs_task_definition",),
    sources=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html",
        f"{_PROVIDER}ecs_task_definition",
    ),
    id=attribute("arn"),
    name=attribute("family"),
    arn=attribute("arn"),
    configuration={
        "TaskDefinitionArn": attribute("arn"),
        "Family": attribute("family"),
        "Status": "ACTIVE",
        "NetworkMode": attribute("network_mode"),
        "PidMode": attribute("pid_mode"),
        "IpcMode": attribute("ipc_mode"),
        "TaskRoleArn": attribute("task_role_arn"),
        "ExecutionRoleArn": attribute("execution_role_arn"),
        "ContainerDefinitions": _containers,
        "Volumes": blocks("volume", {"Name": attribute("name"), "Host": {"SourcePath": attribute("host_path")}}),
    },
)
