"""An inventory of MiniStack's stores: the resources of an account and region, as AWS Config describes them.

Buckets, security groups, queues and customer-managed IAM policies. The names inside are those of AWS Config's items
(https://github.com/awslabs/aws-config-resource-schema), which follow the AWS SDK for Java of the time.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import botocore.parsers

from compliance_tf.local.api.api_model import service_model
from compliance_tf.local.config.configuration_item import Resource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.server.engine import Engine

_DEFAULT_ENCRYPTION = {"SSEAlgorithm": "AES256"}


class Inventory:
    """The resources of an account and region."""

    def __init__(self, place: AccountRegion, engine: Engine) -> None:
        self._place = place
        self._engine = engine
        self._s3 = import_module("ministack.services.s3")
        self._ec2 = import_module("ministack.services.ec2")
        self._iam = import_module("ministack.services.iam")
        self._sqs = import_module("ministack.services.sqs")

    def resources(self) -> list[Resource]:
        """List all resources as they are now."""
        with self._engine.within(self._place):
            return [*self._buckets(), *self._security_groups(), *self._queues(), *self._policies()]

    def _buckets(self) -> Iterator[Resource]:
        for name, bucket in self._s3._buckets.items():  # noqa: SLF001 -- MiniStack has no public API for reading
            if bucket.get("region") == self._place.region:
                yield self._bucket(name, bucket)

    def _bucket(self, name: str, bucket: dict[str, Any]) -> Resource:
        owner = {"displayName": None, "id": self._s3._canonical_owner_id(self._place.account)}  # noqa: SLF001
        tags = dict(self._s3._bucket_tags.get(name) or {})  # noqa: SLF001
        grants = [{"grantee": {"id": owner["id"], "displayName": None}, "permission": "FullControl"}]
        acl = {"grantSet": None, "grantList": grants, "owner": owner, "isRequesterCharged": False}
        supplementary: dict[str, Any] = {
            "AccessControlList": json.dumps(acl),
            "BucketPolicy": {"policyText": self._s3._bucket_policies.get(name)},  # noqa: SLF001
            "BucketVersioningConfiguration": {
                "status": self._s3._bucket_versioning.get(name) or "Off",  # noqa: SLF001
                "isMfaDeleteEnabled": None,
            },
            "IsRequesterPaysEnabled": False,
            "ServerSideEncryptionConfiguration": _encryption(self._s3._bucket_encryption.get(name)),  # noqa: SLF001
        }
        if block := bucket.get("_public_access_block"):
            supplementary["PublicAccessBlockConfiguration"] = _public_access_block(block)
        if tags:
            supplementary["BucketTaggingConfiguration"] = {"tagSets": [{"tags": tags}]}
        return Resource(
            resource_type="AWS::S3::Bucket",
            resource_id=name,
            resource_name=name,
            arn=f"arn:aws:s3:::{name}",
            region=self._place.region,
            availability_zone="Regional",
            created=_time(bucket["created"]),
            tags=tags,
            configuration={"name": name, "owner": owner, "creationDate": bucket["created"]},
            supplementary=supplementary,
        )

    def _security_groups(self) -> Iterator[Resource]:
        for group in self._ec2._security_groups.values():  # noqa: SLF001
            identity = group["GroupId"]
            tags = [
                {"key": tag["Key"], "value": tag.get("Value", "")}
                for tag in self._ec2._tags.get(identity) or []  # noqa: SLF001
            ]
            yield Resource(
                resource_type="AWS::EC2::SecurityGroup",
                resource_id=identity,
                resource_name=group["GroupName"],
                arn=self._place.arn("ec2", f"security-group/{identity}"),
                region=self._place.region,
                availability_zone="Not Applicable",
                created=None,
                tags={tag["key"]: tag["value"] for tag in tags},
                configuration={
                    "description": group["Description"],
                    "groupName": group["GroupName"],
                    "ipPermissions": [_permission(rule) for rule in group["IpPermissions"]],
                    "ownerId": group["OwnerId"],
                    "groupId": identity,
                    "ipPermissionsEgress": [_permission(rule) for rule in group["IpPermissionsEgress"]],
                    "tags": tags,
                    "vpcId": group["VpcId"],
                },
                relationships=(
                    {
                        "resourceId": group["VpcId"],
                        "resourceType": "AWS::EC2::VPC",
                        "name": "Is contained in Vpc",
                    },
                ),
            )

    def _queues(self) -> Iterator[Resource]:
        for queue in self._sqs._queues.values():  # noqa: SLF001
            attributes, name = queue["attributes"], queue["name"]
            tags = dict(queue["tags"])
            yield Resource(
                resource_type="AWS::SQS::Queue",
                resource_id=f"https://sqs.{self._place.region}.amazonaws.com/{self._place.account}/{name}",
                resource_name=name,
                arn=attributes["QueueArn"],
                region=self._place.region,
                availability_zone="Not Applicable",
                created=datetime.fromtimestamp(int(attributes["CreatedTimestamp"]), UTC),
                tags=tags,
                configuration={key: value for key, value in attributes.items() if not key.startswith("Approximate")},
                supplementary={"Tags": tags} if tags else {},
            )

    def _policies(self) -> Iterator[Resource]:
        for policy in self._iam._policies.values():  # noqa: SLF001
            tags = [{"key": tag["Key"], "value": tag["Value"]} for tag in policy.get("Tags", [])]
            yield Resource(
                resource_type="AWS::IAM::Policy",
                resource_id=policy["PolicyId"],
                resource_name=policy["PolicyName"],
                arn=policy["Arn"],
                region="global",
                availability_zone="Not Applicable",
                created=_time(policy["CreateDate"]),
                tags={tag["key"]: tag["value"] for tag in tags},
                configuration={
                    "policyName": policy["PolicyName"],
                    "policyId": policy["PolicyId"],
                    "arn": policy["Arn"],
                    "path": policy["Path"],
                    "defaultVersionId": policy["DefaultVersionId"],
                    "attachmentCount": policy["AttachmentCount"],
                    "permissionsBoundaryUsageCount": 0,
                    "isAttachable": policy["IsAttachable"],
                    "description": policy["Description"] or None,
                    "createDate": policy["CreateDate"],
                    "updateDate": policy["UpdateDate"],
                    "tags": tags,
                    "policyVersionList": [
                        {
                            "document": quote(version["Document"], safe=""),
                            "versionId": version["VersionId"],
                            "isDefaultVersion": version["VersionId"] == policy["DefaultVersionId"],
                            "createDate": version["CreateDate"],
                        }
                        for version in policy["Versions"].values()
                    ],
                },
            )


def _permission(rule: dict[str, Any]) -> dict[str, Any]:
    ipv4 = [
        _without_none({"cidrIp": cidr["CidrIp"], "description": cidr.get("Description")})
        for cidr in rule.get("IpRanges", [])
    ]
    ports = {name: rule[key] for name, key in (("fromPort", "FromPort"), ("toPort", "ToPort")) if key in rule}
    return ports | {
        "ipProtocol": rule["IpProtocol"],
        "ipv6Ranges": [
            _without_none({"cidrIpv6": cidr["CidrIpv6"], "description": cidr.get("Description")})
            for cidr in rule.get("Ipv6Ranges", [])
        ],
        "prefixListIds": [
            _without_none({"prefixListId": listed["PrefixListId"], "description": listed.get("Description")})
            for listed in rule.get("PrefixListIds", [])
        ],
        "userIdGroupPairs": [
            _without_none(
                {
                    "groupId": pair.get("GroupId"),
                    "userId": pair.get("UserId"),
                    "description": pair.get("Description"),
                }
            )
            for pair in rule.get("UserIdGroupPairs", [])
        ],
        "ipv4Ranges": ipv4,
        "ipRanges": [cidr["cidrIp"] for cidr in ipv4],
    }


def _without_none(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _public_access_block(document: str) -> dict[str, bool]:
    given = _s3_document("GetPublicAccessBlock", document).get("PublicAccessBlockConfiguration", {})
    names = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    return {name[0].lower() + name[1:]: bool(given.get(name)) for name in names}


def _encryption(document: str | None) -> dict[str, Any]:
    parsed = _s3_document("GetBucketEncryption", document) if document else {}
    rules = parsed.get("ServerSideEncryptionConfiguration", {}).get("Rules") or [{}]
    defaults = [
        (rule.get("ApplyServerSideEncryptionByDefault", _DEFAULT_ENCRYPTION), rule.get("BucketKeyEnabled"))
        for rule in rules
    ]
    return {
        "rules": [
            {
                "applyServerSideEncryptionByDefault": {
                    "sseAlgorithm": default["SSEAlgorithm"],
                    "kmsMasterKeyID": default.get("KMSMasterKeyID"),
                },
                "bucketKeyEnabled": bool(bucket_key),
            }
            for default, bucket_key in defaults
        ]
    }


@cache
def _s3_document(operation: str, document: str) -> dict[str, Any]:
    """Parse an S3 document as boto3 does in a response."""
    shape: Any = service_model("s3").operation_model(operation).output_shape
    parser = botocore.parsers.create_parser("rest-xml")
    answer = {"status_code": 200, "headers": {}, "body": document.encode()}
    parsed: dict[str, Any] = parser.parse(answer, shape)
    return parsed


def _time(text: str) -> datetime:
    """Parse MiniStack's ISO 8601 with a Z, with or without milliseconds."""
    return datetime.fromisoformat(text).astimezone(UTC)
