"""All that an account holds of the kinds that a deployment makes, as the APIs describe it, and others' things in it."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_tf.local import LocalAws


def describe(aws: LocalAws, region: str) -> dict[str, Any]:
    """Describe a region and what is global, by kind and name."""
    config = aws.client("config", region=region)
    functions = aws.client("lambda", region=region)
    events = aws.client("events", region=region)
    tables = aws.client("dynamodb", region=region)
    roles = aws.client("iam", region=region)
    logs = aws.client("logs", region=region)
    return {
        "recorder": recorder(aws, region),
        "config rule": {
            rule["ConfigRuleName"]: [rule, config.list_tags_for_resource(ResourceArn=rule["ConfigRuleArn"]).get("Tags")]
            for page in config.get_paginator("describe_config_rules").paginate()
            for rule in page["ConfigRules"]
        },
        "function": {
            function["FunctionName"]: [
                functions.get_function(FunctionName=function["FunctionName"])["Configuration"],
                _policy(functions, function["FunctionName"]),
            ]
            for page in functions.get_paginator("list_functions").paginate()
            for function in page["Functions"]
        },
        "event rule": {
            rule["Name"]: [rule, events.list_targets_by_rule(Rule=rule["Name"])["Targets"]]
            for page in events.get_paginator("list_rules").paginate()
            for rule in page["Rules"]
        },
        "table": {
            name: _stable_table(tables.describe_table(TableName=name)["Table"])
            for page in tables.get_paginator("list_tables").paginate()
            for name in page["TableNames"]
        },
        "role": {
            role["RoleName"]: [
                role["Arn"],
                [
                    roles.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
                    for name in roles.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
                ],
            ]
            for page in roles.get_paginator("list_roles").paginate()
            for role in page["Roles"]
        },
        "log group": {
            group["logGroupName"]: group.get("retentionInDays")
            for page in logs.get_paginator("describe_log_groups").paginate()
            for group in page["logGroups"]
        },
    }


def recorder(aws: LocalAws, region: str) -> dict[str, Any]:
    """Describe the recorder, whether it is on, its delivery channel, and what Cloud Control says of it."""
    config = aws.client("config", region=region)
    return {
        "recorders": config.describe_configuration_recorders()["ConfigurationRecorders"],
        "status": config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"],
    }


def create_look_alikes(aws: LocalAws, region: str, names: Iterable[str]) -> None:
    """Leave somebody else's things in the account, under names that begin as ours do or are nearly ours."""
    clients = {
        name: aws.client(name, region=region) for name in ("config", "lambda", "events", "dynamodb", "iam", "logs")
    }
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): pass")
    by_lambda = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [by_lambda]})
    for name in names:
        clients["config"].put_config_rule(
            ConfigRule={"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "EIP_ATTACHED"}}
        )
        role = clients["iam"].create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
        clients["lambda"].create_function(
            FunctionName=name,
            Role=role,
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": code.getvalue()},
        )
        clients["events"].put_rule(Name=name, ScheduleExpression="rate(7 days)", State="DISABLED")
        clients["dynamodb"].create_table(
            TableName=f"{name}-results2",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        clients["logs"].create_log_group(logGroupName=f"/aws/lambda/{name}-x")


def of(description: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Pick what belongs to one deployment by the beginning of its names, and the recorder."""
    return {
        kind: named
        if kind == "recorder"
        else {name: value for name, value in named.items() if name.removeprefix("/aws/lambda/").startswith(prefix)}
        for kind, named in description.items()
    }


def _stable_table(table: dict[str, Any]) -> dict[str, Any]:
    counted = {"ItemCount", "TableSizeBytes"}
    indexes = [
        {key: value for key, value in index.items() if key not in {"ItemCount", "IndexSizeBytes"}}
        for index in table.get("GlobalSecondaryIndexes", [])
    ]
    return {key: value for key, value in table.items() if key not in counted} | {"GlobalSecondaryIndexes": indexes}


def _policy(functions: Any, name: str) -> str | None:
    try:
        return str(functions.get_policy(FunctionName=name)["Policy"])
    except functions.exceptions.ResourceNotFoundException:
        return None
