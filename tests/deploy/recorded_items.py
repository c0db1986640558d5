"""Items of deployed resources in AWS Config's form: what local AWS records, and else what its other APIs answer.

Where local AWS records no item of a type, the item is made of the answers of the service's own API, in the form that
AWS documents for AWS Config. Nothing here knows of plans.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import ConfigurationItem, item_from_event, item_from_history
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.local import LocalAws

Values = dict[str, Any]

ACCOUNT = "000000000001"


@dataclass(frozen=True)
class Live:
    """A resource that is there.

    Parameters
    ----------
    aws
        Local AWS.
    region
        The region.
    values
        What the provider knows of it after the apply.
    """

    aws: LocalAws
    region: str
    values: Values

    def client(self, service: str) -> Any:
        return self.aws.client(service, region=self.region)

    def recorded(self, resource_type: str, resource_id: str) -> ConfigurationItem:
        """What AWS Config recorded of it."""
        answer = self.client("config").get_resource_config_history(
            resourceType=resource_type, resourceId=resource_id, limit=1
        )
        return item_from_history(JsonObject.of(answer["configurationItems"][0], "item", EventError))

    def item(
        self,
        resource_type: str,
        resource_id: str,
        configuration: Values,
        *,
        supplementary: Values | None = None,
        tags: Values | None = None,
    ) -> ConfigurationItem:
        """An item of AWS's documented form."""
        item = {
            "resourceType": resource_type,
            "resourceId": resource_id,
            "resourceName": resource_id,
            "ARN": self.values.get("arn"),
            "awsRegion": self.region,
            "awsAccountId": ACCOUNT,
            "configurationItemCaptureTime": datetime.now(UTC).isoformat(),
            "configurationItemStatus": "OK",
            "tags": tags or {},
            "configuration": configuration,
            "supplementaryConfiguration": supplementary or {},
        }
        return item_from_event(JsonObject.of(item, "item", EventError))


def item_of(terraform_type: str, live: Live) -> ConfigurationItem | None:
    """The item of a resource; None for a type that is part of another."""
    make = _MAKERS.get(terraform_type)
    return make(live) if make else None


def _bucket(live: Live) -> ConfigurationItem:
    return live.recorded("AWS::S3::Bucket", live.values["bucket"])


def _security_group(live: Live) -> ConfigurationItem:
    return live.recorded("AWS::EC2::SecurityGroup", live.values["id"])


def _policy(live: Live) -> ConfigurationItem:
    return live.recorded("AWS::IAM::Policy", live.values["policy_id"])


def _principal(kind: str) -> Callable[[Live], ConfigurationItem]:
    def make(live: Live) -> ConfigurationItem:
        iam, name = live.client("iam"), {f"{kind}Name": live.values["name"]}
        lower = kind.lower()
        described = getattr(iam, f"get_{lower}")(**name)[kind]
        inline = [
            getattr(iam, f"get_{lower}_policy")(**name, PolicyName=policy)
            for policy in getattr(iam, f"list_{lower}_policies")(**name)["PolicyNames"]
        ]
        attached = getattr(iam, f"list_attached_{lower}_policies")(**name)["AttachedPolicies"]
        configuration = {
            f"{lower}Name": described[f"{kind}Name"],
            "path": described["Path"],
            "arn": described["Arn"],
            f"{lower}PolicyList": [
                {"policyName": one["PolicyName"], "policyDocument": quote(json.dumps(one["PolicyDocument"]))}
                for one in inline
            ],
            "attachedManagedPolicies": [
                {"policyArn": one["PolicyArn"], "policyName": one["PolicyName"]} for one in attached
            ],
        }
        if "AssumeRolePolicyDocument" in described:
            configuration["assumeRolePolicyDocument"] = quote(json.dumps(described["AssumeRolePolicyDocument"]))
        if boundary := described.get("PermissionsBoundary"):
            configuration["permissionsBoundary"] = {"permissionsBoundaryArn": boundary["PermissionsBoundaryArn"]}
        tags = {} if kind == "Group" else _pairs(getattr(iam, f"list_{lower}_tags")(**name)["Tags"])
        return live.item(f"AWS::IAM::{kind}", described[f"{kind}Id"], configuration, tags=tags)

    return make


def _key(live: Live) -> ConfigurationItem:
    kms, key = live.client("kms"), {"KeyId": live.values["key_id"]}
    supplementary = {
        "KeyRotationStatus": kms.get_key_rotation_status(**key)["KeyRotationEnabled"],
        "Policy": kms.get_key_policy(**key, PolicyName="default")["Policy"],
    }
    described = kms.describe_key(**key)["KeyMetadata"]
    tags = {one["TagKey"]: one["TagValue"] for one in kms.list_resource_tags(**key)["Tags"]}
    return live.item("AWS::KMS::Key", key["KeyId"], _camel(described), supplementary=supplementary, tags=tags)


def _queue(live: Live) -> ConfigurationItem:
    sqs, url = live.client("sqs"), live.values["url"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    tags = sqs.list_queue_tags(QueueUrl=url).get("Tags", {})
    return live.item("AWS::SQS::Queue", url, attributes, tags=tags)


def _topic(live: Live) -> ConfigurationItem:
    sns, arn = live.client("sns"), live.values["arn"]
    attributes = sns.get_topic_attributes(TopicArn=arn)["Attributes"]
    tags = _pairs(sns.list_tags_for_resource(ResourceArn=arn)["Tags"])
    return live.item("AWS::SNS::Topic", arn, attributes, tags=tags)


def _function(live: Live) -> ConfigurationItem:
    functions, name = live.client("lambda"), live.values["function_name"]
    described = functions.get_function_configuration(FunctionName=name)
    # AWS Config does not record these.
    described.pop("Environment", None)
    tags = functions.list_tags(Resource=described["FunctionArn"])["Tags"]
    return live.item("AWS::Lambda::Function", name, _camel(described), tags=tags)


def _db_instance(live: Live) -> ConfigurationItem:
    answer = live.client("rds").describe_db_instances(DBInstanceIdentifier=live.values["identifier"])
    described = answer["DBInstances"][0]
    tags = _pairs(described.get("TagList", []))
    return live.item("AWS::RDS::DBInstance", described["DbiResourceId"], _camel(described), tags=tags)


def _db_cluster(live: Live) -> ConfigurationItem:
    answer = live.client("rds").describe_db_clusters(DBClusterIdentifier=live.values["cluster_identifier"])
    described = answer["DBClusters"][0]
    configuration = _camel(described)
    configuration["dbclusterIdentifier"] = configuration.pop("dBClusterIdentifier")
    tags = _pairs(described.get("TagList", []))
    return live.item("AWS::RDS::DBCluster", described["DbClusterResourceId"], configuration, tags=tags)


def _volume(live: Live) -> ConfigurationItem:
    described = live.client("ec2").describe_volumes(VolumeIds=[live.values["id"]])["Volumes"][0]
    tags = _pairs(described.get("Tags", []))
    return live.item("AWS::EC2::Volume", described["VolumeId"], _camel(described), tags=tags)


def _instance(live: Live) -> ConfigurationItem:
    answer = live.client("ec2").describe_instances(InstanceIds=[live.values["id"]])
    described = answer["Reservations"][0]["Instances"][0]
    tags = _pairs(described.get("Tags", []))
    return live.item("AWS::EC2::Instance", described["InstanceId"], _camel(described), tags=tags)


def _table(live: Live) -> ConfigurationItem:
    dynamodb, name = live.client("dynamodb"), live.values["name"]
    described = dynamodb.describe_table(TableName=name)["Table"]
    backups = dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    tags = _pairs(dynamodb.list_tags_of_resource(ResourceArn=described["TableArn"])["Tags"])
    supplementary = {"ContinuousBackupsDescription": _camel(backups)}
    return live.item("AWS::DynamoDB::Table", name, _camel(described), supplementary=supplementary, tags=tags)


def _log_group(live: Live) -> ConfigurationItem:
    name = live.values["name"]
    described = live.client("logs").describe_log_groups(logGroupNamePrefix=name)["logGroups"][0]
    tags = live.client("logs").list_tags_log_group(logGroupName=name)["tags"]
    return live.item("AWS::Logs::LogGroup", name, _pascal(described), tags=tags)


def _task_definition(live: Live) -> ConfigurationItem:
    arn = live.values["arn"]
    answer = live.client("ecs").describe_task_definition(taskDefinition=arn, include=["TAGS"])
    tags = _pairs([{"Key": one["key"], "Value": one["value"]} for one in answer.get("tags", [])])
    return live.item("AWS::ECS::TaskDefinition", arn, _pascal(answer["taskDefinition"]), tags=tags)


_MAKERS: dict[str, Callable[[Live], ConfigurationItem]] = {
    "aws_s3_bucket": _bucket,
    "aws_security_group": _security_group,
    "aws_iam_policy": _policy,
    "aws_iam_role": _principal("Role"),
    "aws_iam_user": _principal("User"),
    "aws_iam_group": _principal("Group"),
    "aws_kms_key": _key,
    "aws_sqs_queue": _queue,
    "aws_sns_topic": _topic,
    "aws_lambda_function": _function,
    "aws_db_instance": _db_instance,
    "aws_rds_cluster": _db_cluster,
    "aws_ebs_volume": _volume,
    "aws_instance": _instance,
    "aws_dynamodb_table": _table,
    "aws_cloudwatch_log_group": _log_group,
    "aws_ecs_task_definition": _task_definition,
}

RECORDED = frozenset({"aws_s3_bucket", "aws_security_group", "aws_iam_policy"})
"""The types that local AWS records itself."""


def state_resources(state: Values) -> Iterator[tuple[str, str, Values]]:
    """All resources of a state, as it is kept: their addresses, types and attributes."""
    for one in state["resources"]:
        if one["mode"] == "managed":
            module = f"{one['module']}." if "module" in one else ""
            for instance in one["instances"]:
                key = f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""
                yield f"{module}{one['type']}.{one['name']}{key}", one["type"], instance["attributes"]


def _pairs(tags: list[dict[str, str]]) -> dict[str, str]:
    return {one["Key"]: one["Value"] for one in tags}


def _camel(value: Any) -> Any:
    return _renamed(value, lambda name: name[:1].lower() + name[1:])


def _pascal(value: Any) -> Any:
    return _renamed(value, lambda name: name[:1].upper() + name[1:])


def _renamed(value: Any, rename: Callable[[str], str]) -> Any:
    match value:
        case dict():
            return {rename(name): _renamed(member, rename) for name, member in value.items()}
        case list():
            return [_renamed(one, rename) for one in value]
        case datetime():
            return value.isoformat()
    return value
