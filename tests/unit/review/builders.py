"""Plans as ``terraform show -json`` prints them: a deployment with two or more of everything, of which nothing changes.

A test of the deployments compares the keys and the nesting with a real plan's.
"""

from __future__ import annotations

import json
from copy import deepcopy
from functools import cache
from typing import Any

import msgspec

from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.review import Review, review
from compliance_tf.review.settings import Settings
from compliance_tf.terraform.machine import AWS_PROVIDER

ACCOUNT = "111122223333"
PREFIX = "acme-dev-"
FUNCTIONS = ("evaluate", "record", "trigger")

PlanJson = dict[str, Any]
Attributes = dict[str, Any]

_PROVIDER = {"default_tags": [{"tags": {}}], "region": {"constant_value": "eu-west-1"}}

DEPLOYMENT = {
    "account": ACCOUNT,
    "project": "acme",
    "region": "eu-west-1",
    "results_table": f"{PREFIX}results",
    "rule_name_prefix": PREFIX,
    "state": "folder state/acme-eu-west-1",
    "workspace": "dev",
}


def document(*statements: dict[str, Any]) -> str:
    """A policy document as JSON text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: object, resource: object = "*", **more: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: object, **more: object) -> str:
    return document({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal, **more})


def arn(service: str, resource: str, region: str = "eu-west-1") -> str:
    return f"arn:aws:{service}:{region}:{ACCOUNT}:{resource}"


def table() -> Attributes:
    return {
        "name": f"{PREFIX}results",
        "arn": arn("dynamodb", f"table/{PREFIX}results"),
        "hash_key": "pk",
        "deletion_protection_enabled": True,
        "point_in_time_recovery": [{"enabled": True, "recovery_period_in_days": 35}],
        "server_side_encryption": [{"enabled": True, "kms_key_arn": arn("kms", "alias/aws/dynamodb")}],
        "tags": {},
    }


def rule(name: str) -> Attributes:
    return {
        "name": PREFIX + name,
        "input_parameters": '{"maxAccessKeyAge":"90"}',
        "maximum_execution_frequency": "",
        "scope": [],
        "source": [{"owner": "AWS", "source_identifier": "ACCESS_KEYS_ROTATED", "source_detail": []}],
        "tags_all": {"project": "acme", "workspace": "dev"},
    }


def role(function: str) -> Attributes:
    return {
        "name": f"{PREFIX}{function}-eu-west-1",
        "arn": arn("iam", f"role/{PREFIX}{function}-eu-west-1", region=""),
        "assume_role_policy": trust({"Service": "lambda.amazonaws.com"}),
        "inline_policy": [{"name": function, "policy": role_policy(function)["policy"]}],
        "managed_policy_arns": [],
        "permissions_boundary": arn("iam", "policy/boundary", region=""),
    }


def role_policy(function: str) -> Attributes:
    log = arn("logs", f"log-group:/aws/lambda/{PREFIX}{function}:*")
    return {
        "name": function,
        "role": f"{PREFIX}{function}-eu-west-1",
        "policy": document(allow(["logs:CreateLogStream", "logs:PutLogEvents"], [log])),
    }


def function(name: str) -> Attributes:
    return {
        "function_name": PREFIX + name,
        "arn": arn("lambda", f"function:{PREFIX}{name}"),
        "filename": "assets/functions_package/1E13A902E43682E5F32FB2E51B47ADA8/lambda.zip",
        "role": role(name)["arn"],
        "memory_size": 256,
        "environment": [{"variables": {"DEPLOYMENT": "{}"}}],
    }


def permission(name: str) -> Attributes:
    return {
        "statement_id": "config",
        "action": "lambda:InvokeFunction",
        "function_name": PREFIX + name,
        "function_url_auth_type": "",
        "principal": "config.amazonaws.com",
        "principal_org_id": "",
        "qualifier": "",
        "source_account": ACCOUNT,
        "source_arn": None,
    }


def event_rule(name: str) -> Attributes:
    return {"name": PREFIX + name, "state": "ENABLED", "event_pattern": '{"source":["aws.config"]}'}


def resource_change(type_: str, label: str, after: Attributes | None, **change: Any) -> dict[str, Any]:
    """A resource of which nothing changes, unless more of ``change`` is given."""
    return {
        "address": f"{type_}.{label}",
        "mode": "managed",
        "type": type_,
        "name": label,
        "provider_name": AWS_PROVIDER,
        "change": {
            "actions": ["no-op"],
            "before": deepcopy(after),
            "after": after,
            "after_unknown": {},
            "before_sensitive": {},
            "after_sensitive": {},
            **change,
        },
    }


def output(value: object, before: object = ..., **change: Any) -> dict[str, Any]:
    """An output, the same as before unless that is given."""
    was = deepcopy(value) if before is ... else before
    actions = ["no-op"] if was == value else ["update"]
    return {
        "actions": actions,
        "before": was,
        "after": value,
        "after_unknown": False,
        "before_sensitive": False,
        "after_sensitive": False,
        **change,
    }


def plan_json(rules: tuple[str, ...] = ("keys", "trail", "tags")) -> PlanJson:
    """The plan of a deployment of which nothing changes; a new one each time, as tests change it."""
    plan: PlanJson = msgspec.json.decode(_plan(rules))
    return plan


@cache
def _plan(rules: tuple[str, ...]) -> bytes:
    resources = [
        resource_change("aws_dynamodb_table", "results_table", table()),
        *(resource_change("aws_config_config_rule", name, rule(name)) for name in rules),
        *(resource_change("aws_cloudwatch_event_rule", name, event_rule(name)) for name in ("changes", "reconcile")),
    ]
    for name in ("changes", "reconcile"):
        target = {"rule": PREFIX + name, "target_id": "function", "arn": arn("lambda", f"function:{PREFIX}record")}
        resources.append(resource_change("aws_cloudwatch_event_target", name, target))
    for name in FUNCTIONS:
        log = {"name": f"/aws/lambda/{PREFIX}{name}", "retention_in_days": 30}
        retries = {"function_name": PREFIX + name, "maximum_retry_attempts": 2}
        resources += [
            resource_change("aws_iam_role", name, role(name)),
            resource_change("aws_iam_role_policy", name, role_policy(name)),
            resource_change("aws_lambda_function", name, function(name)),
            resource_change("aws_lambda_permission", name, permission(name)),
            resource_change("aws_cloudwatch_log_group", name, log),
            resource_change("aws_lambda_function_event_invoke_config", name, retries),
        ]
    configured = [
        {"address": one["address"], "mode": "managed", "type": one["type"], "name": one["name"], "expressions": {}}
        for one in resources
    ]
    plan = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "timestamp": "2026-11-23T18:50:17Z",
        "planned_values": {"root_module": {}},
        "resource_changes": resources,
        "resource_drift": [],
        "output_changes": {
            "deployment": output(deepcopy(DEPLOYMENT)),
            "rules": output(dict.fromkeys(rules, "MEDIUM cis-1.4-level-1")),
            "waivers": output(["tags: until 2027-01-01, SEC-1"]),
            "waivers_expiring_soon": output([]),
        },
        "prior_state": {"format_version": "1.0", "values": {"root_module": {"resources": [caller(ACCOUNT)]}}},
        "configuration": {
            "provider_config": {"aws": {"name": "aws", "full_name": AWS_PROVIDER, "expressions": deepcopy(_PROVIDER)}},
            "root_module": {"resources": configured},
        },
        "applyable": True,
        "complete": True,
        "errored": False,
    }
    return msgspec.json.encode(plan)


def caller(account: str) -> dict[str, Any]:
    """What the plan has read of the credentials."""
    return {"mode": "data", "type": "aws_caller_identity", "name": "caller", "values": {"account_id": account}}


def of_type(plan: PlanJson, type_: str) -> list[dict[str, Any]]:
    """The changes of the resources of a type."""
    return [one for one in plan["resource_changes"] if one["type"] == type_]


def update(resource: dict[str, Any], **after: Any) -> None:
    """Make a resource one that is changed in place."""
    resource["change"]["actions"] = ["update"]
    resource["change"]["after"].update(after)


def delete(resource: dict[str, Any], action: str = "delete") -> None:
    """Make a resource one that goes."""
    resource["change"].update(actions=[action], after=None, after_sensitive=False)


def content(plan: PlanJson) -> bytes:
    return msgspec.json.encode(plan)


def reviewed(plan: PlanJson, settings: Settings | None = None) -> Review:
    """Review a plan."""
    return review(plan_of_json(content(plan), "plan.json"), settings or Settings())


def policies(found: Review) -> set[str]:
    """The ids of the policies that a plan is against."""
    return {finding.policy.id for finding in found.findings}
