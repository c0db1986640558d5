"""A whole item of each resource type that a check judges, for tests that damage them."""

from __future__ import annotations

import json
from typing import Any

from compliance_runtime.resources.resource_policies import POLICY_MEMBERS
from compliance_tf.testing import ACCOUNT, REGION, event_item
from tests.unit.compliance_runtime import iam_items
from tests.unit.compliance_runtime.iam_items import allow, inline, trust

KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
BOUNDARY = {"permissionsBoundaryType": "Policy", "permissionsBoundaryArn": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}
TAGS = {"owner": "ops", "environment": "prod"}


def _policy(**more: Any) -> dict[str, Any]:
    statement = {
        "Sid": "Share",
        "Effect": "Allow",
        "Principal": {"AWS": ["111122223333", "*"], "Service": "sns.amazonaws.com", "CanonicalUser": "79a59df9"},
        "Action": ["s3:GetObject", "sqs:*"],
        "Resource": ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"],
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": ["o-a1b2c3d4e5"]},
            "ForAnyValue:ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"},
            "Bool": {"aws:SecureTransport": "false"},
        },
    }
    outside = {"StringNotEquals": {"aws:PrincipalAccount": ACCOUNT}}
    denial = {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": outside}
    return {"Version": "2012-10-17", "Statement": [statement | more, denial]}


def _permissions(name: str) -> dict[str, Any]:
    permission = {
        "ipProtocol": "tcp",
        "fromPort": 22,
        "toPort": 8000,
        "ipRanges": ["10.0.0.0/8"],
        "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": "all"}],
        "ipv6Ranges": [{"cidrIpv6": "::/0"}],
        "prefixListIds": [{"prefixListId": "pl-1"}],
        "userIdGroupPairs": [],
    }
    return {name: [permission, {"ipProtocol": "-1", "ipRanges": ["0.0.0.0/0"]}]}


def _item(resource_type: str, resource_id: str, configuration: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event_item(resource_type, resource_id, configuration=configuration, tags=TAGS, **more)


def _container() -> dict[str, Any]:
    return {
        "Name": "web",
        "Privileged": True,
        "Environment": [{"Name": "PASSWORD", "Value": "hunter2hunter2"}, {"Name": "URL", "Value": "https://a:b@c"}],
        "LinuxParameters": {"Capabilities": {"Add": ["SYS_ADMIN"]}},
        "MountPoints": [{"SourceVolume": "host", "ContainerPath": "/host"}],
        "VolumesFrom": [{"SourceContainer": "web"}],
    }


def _database(resource_type: str) -> dict[str, Any]:
    configuration = {
        "dBInstanceIdentifier": "db",
        "dBClusterIdentifier": None,
        "storageEncrypted": True,
        "kmsKeyId": KEY,
        "backupRetentionPeriod": 3,
        "publiclyAccessible": True,
        "engine": "postgres",
    }
    return _item(resource_type, "db-1", configuration)


WHOLE_ITEMS = (
    _item(
        "AWS::S3::Bucket",
        "logs",
        {"name": "logs", "owner": {"id": "79a59df9"}},
        arn="arn:aws:s3:::logs",
        supplementary={
            "BucketPolicy": {"policyText": json.dumps(_policy())},
            "AccessControlList": {
                "grantSet": None,
                "grantList": [{"grantee": "AllUsers", "permission": "Read"}],
                "owner": {"id": "79a59df9"},
            },
            "PublicAccessBlockConfiguration": {"ignorePublicAcls": False, "restrictPublicBuckets": False},
            "ServerSideEncryptionConfiguration": {
                "rules": [
                    {
                        "applyServerSideEncryptionByDefault": {"sseAlgorithm": "aws:kms", "kmsMasterKeyID": KEY},
                        "bucketKeyEnabled": True,
                    }
                ]
            },
        },
    ),
    _item(
        "AWS::DynamoDB::Table",
        "orders",
        {"tableName": "orders", "tableStatus": "ACTIVE"},
        supplementary={
            "ContinuousBackupsDescription": {"pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": "ENABLED"}}
        },
    ),
    _item("AWS::EC2::Volume", "vol-1", {"volumeId": "vol-1", "encrypted": True, "kmsKeyId": KEY}),
    _item(
        "AWS::EC2::Instance",
        "i-1",
        {
            "instanceId": "i-1",
            "imageId": "ami-0123456789abcdef0",
            "state": {"code": 16, "name": "running"},
            "metadataOptions": {"httpTokens": "required", "httpPutResponseHopLimit": 2, "httpEndpoint": "enabled"},
        },
    ),
    _item(
        "AWS::EC2::SecurityGroup",
        "sg-1",
        {"groupId": "sg-1", "groupName": "web"} | _permissions("ipPermissions") | _permissions("ipPermissionsEgress"),
    ),
    _item(
        "AWS::EC2::EIP",
        "eipalloc-1",
        {"publicIp": "203.0.113.7", "allocationId": "eipalloc-1", "associationId": "eipassoc-1", "domain": "vpc"},
    ),
    _item(
        "AWS::ECS::TaskDefinition",
        "arn:aws:ecs:eu-central-1:123456789012:task-definition/web:1",
        {
            "Family": "web",
            "Status": "ACTIVE",
            "ContainerDefinitions": [_container()],
            "Volumes": [{"Name": "host", "Host": {"SourcePath": "/var/run/docker.sock"}}],
        },
    ),
    _item(
        "AWS::KMS::Key",
        "1234abcd",
        {
            "keyId": "1234abcd",
            "keyManager": "CUSTOMER",
            "keyState": "Enabled",
            "keySpec": "SYMMETRIC_DEFAULT",
            "keyUsage": "ENCRYPT_DECRYPT",
            "origin": "AWS_KMS",
        },
        supplementary={"KeyRotationStatus": False, "Policy": _policy()},
    ),
    _item(
        "AWS::Lambda::Function",
        "orders",
        {"functionName": "orders", "packageType": "Zip", "vpcConfig": {"subnetIds": ["subnet-1", "subnet-2"]}},
    ),
    _database("AWS::RDS::DBInstance"),
    _database("AWS::RDS::DBCluster"),
    _item("AWS::SNS::Topic", "arn:aws:sns:eu-central-1:123456789012:t", {"Policy": json.dumps(_policy())}),
    _item("AWS::SQS::Queue", "https://sqs/jobs", {"QueueName": "jobs", "Policy": json.dumps(_policy())}),
    iam_items.role(
        inline("all", allow(["s3:*", "iam:PassRole"]), allow(None, NotAction="iam:*")),
        trusts=(
            trust({"AWS": "111122223333"}, Condition={"StringEquals": {"sts:ExternalId": "x"}}),
            trust(
                {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/token.actions.githubusercontent.com"},
                "sts:AssumeRoleWithWebIdentity",
                Condition={
                    "StringLike": {"token.actions.githubusercontent.com:sub": "repo:acme/*"},
                    "StringEquals": {"token.actions.githubusercontent.com:aud": "sts.amazonaws.com"},
                },
            ),
        ),
        attached=("AdministratorAccess",),
        permissionsBoundary=BOUNDARY,
    ),
    iam_items.user(inline("all", allow("*")), attached=("ReadOnly",), permissionsBoundary=BOUNDARY),
    iam_items.group(inline("all", allow("iam:*", None, NotResource="arn:aws:iam::*:role/x")), attached=("Admin",)),
    iam_items.managed_policy(allow("*"), allow("iam:CreatePolicyVersion")),
    _item(
        "AWS::CodeBuild::Project",
        "build",
        {
            "environment": {"environmentVariables": [{"name": "TOKEN", "value": "x1y2z3", "type": "PLAINTEXT"}]},
            "source": {"buildspec": "env:\n  variables:\n    STAGE: prod\n"},
            "secondarySources": [{"buildspec": "buildspec.yml"}],
        },
    ),
    _item(
        "AWS::CloudFormation::Stack",
        "stack",
        {
            "outputs": [{"outputKey": "Config", "outputValue": '{"password": "x1y2z3"}'}],
            "parameters": [{"parameterKey": "DbPassword", "parameterValue": "****"}],
        },
    ),
    _item("AWS::AutoScaling::LaunchConfiguration", "web", {"userData": "H4sIAAAAAAAAA0tOzQMAKYwlGgQAAAA="}),
    _item("AWS::EC2::LaunchTemplate", "lt-1", {"Id": "lt-1"}),
    _item("AWS::Glue::Job", "load", {"Name": "load"}),
    _item("AWS::StepFunctions::StateMachine", "orders", {"StateMachineName": "orders"}),
    *(
        _item(kind, "shared", {member: _policy(), "VPCOptions": {"SubnetIds": ["subnet-1"]}})
        for kind, member in POLICY_MEMBERS.items()
    ),
    _item("AWS::Lambda::Function", "shared", {"functionName": "shared"}, supplementary={"Policy": _policy()}),
)
