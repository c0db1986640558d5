"""Edits of what was synthesized, and the policies of the review that catch them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.deploy.reviewed_project import Configuration, resource

if TYPE_CHECKING:
    from collections.abc import Callable


def edit_table(**values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: resource(configuration, "aws_dynamodb_table").update(values)


def rename_hash_key(configuration: Configuration) -> None:
    table = resource(configuration, "aws_dynamodb_table")
    table["hash_key"] = "key"
    table["attribute"] = [{**one, "name": "key"} if one["name"] == "pk" else one for one in table["attribute"]]


def add(type_: str, **values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: configuration["resource"].setdefault(type_, {}).update(by_hand=values)


def allow_everything(configuration: Configuration) -> None:
    policy = resource(configuration, "aws_iam_role_policy", "functions_record")
    document = json.loads(policy["policy"])
    document["Statement"].append({"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"})
    policy["policy"] = json.dumps(document)


def allow_within_the_role(configuration: Configuration) -> None:
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    # By the name of the policy that the deployment itself writes.
    role = resource(configuration, "aws_iam_role", "functions_evaluate")
    role["inline_policy"] = [{"name": "evaluate", "policy": document}]


def attach_a_policy(configuration: Configuration) -> None:
    role = resource(configuration, "aws_iam_role", "functions_trigger")
    role["managed_policy_arns"] = ["arn:aws:iam::aws:policy/AdministratorAccess"]


def trust(principal: object, function: str) -> Callable[[Configuration], None]:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}

    def edit(configuration: Configuration) -> None:
        role = resource(configuration, "aws_iam_role", f"functions_{function}")
        role["assume_role_policy"] = json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return edit


def run_with_the_role_of_others(configuration: Configuration) -> None:
    function = resource(configuration, "aws_lambda_function", "functions_trigger")
    function["role"] = "arn:aws:iam::000000000001:role/landing-zone-admin"


def write_into_the_role_of_others(configuration: Configuration) -> None:
    resource(configuration, "aws_iam_role_policy", "functions_trigger")["role"] = "landing-zone"


def drop_the_source(configuration: Configuration) -> None:
    del resource(configuration, "aws_lambda_permission", "functions_evaluate")["source_account"]


def leave_the_workspace_out(configuration: Configuration) -> None:
    resource(configuration, "aws_config_config_rule", "guard")["name"] = "acme-guard"


def switch_off(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_event_rule", "triggers_compliance-changes")["state"] = "DISABLED"


def provision(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_log_group", "functions_record")["provisioner"] = [
        {"local-exec": {"command": "true"}}
    ]


def import_a_log_group(configuration: Configuration) -> None:
    configuration["import"] = [{"to": "aws_cloudwatch_log_group.by_hand", "id": "/aws/lambda/acme-dev-evaluate"}]
    add("aws_cloudwatch_log_group", name="/aws/lambda/acme-dev-evaluate", retention_in_days=30)(configuration)


def move_a_rule(configuration: Configuration) -> None:
    rules = configuration["resource"]["aws_config_config_rule"]
    [address] = [key for key in rules if key.startswith("keys")]
    rules["moved"] = rules.pop(address)
    configuration["moved"] = [{"from": f"aws_config_config_rule.{address}", "to": "aws_config_config_rule.moved"}]


def forget_a_rule(configuration: Configuration) -> None:
    rules = configuration["resource"]["aws_config_config_rule"]
    [address] = [key for key in rules if key.startswith("tags")]
    del rules[address]
    configuration["removed"] = [{"from": f"aws_config_config_rule.{address}", "lifecycle": {"destroy": False}}]


def edit_function(**values: Any) -> Callable[[Configuration], None]:
    return lambda configuration: resource(configuration, "aws_lambda_function", "functions_record").update(values)


def empty_the_input(configuration: Configuration) -> None:
    resource(configuration, "aws_cloudwatch_event_target", "triggers_reconcile-target")["input"] = "{}"


def create_before_destroy(configuration: Configuration) -> None:
    """Have a rule replaced in that order, as soon as a function changes that is edited beside it."""
    functions = configuration["resource"]["aws_lambda_function"]
    [record] = [key for key in functions if key.startswith("functions_record")]
    resource(configuration, "aws_config_config_rule", "trail")["lifecycle"] = {
        "create_before_destroy": True,
        "replace_triggered_by": [f"aws_lambda_function.{record}"],
    }


def hide_the_deployment(configuration: Configuration) -> None:
    del configuration["output"]["deployment"]


RECORDER = {"role_arn": "arn:aws:iam::000000000001:role/x", "name": "default"}


@dataclass(frozen=True)
class Edit:
    """An edit after the synthesis, and for each policy that catches it what one of its sentences contains."""

    edit: Callable[[Configuration], None]
    caught: dict[str, str]


ANY_ACCOUNT = "config.amazonaws.com may invoke acme-dev-evaluate on behalf of any account"
S3_REFUSED = "It is created: a resource of type aws_s3_bucket is refused: results are kept in DynamoDB"

# All are planned together: none may hide what another one does.
EDITS: dict[str, Edit] = {
    "a wildcard": Edit(
        allow_everything,
        {
            "wildcard-permissions": "Role acme-dev-record-eu-west-1: this is a wildcard: dynamodb:* on *.",
            "permission-increase": "Role acme-dev-record-eu-west-1 gets 1 new permission.",
        },
    ),
    "the trust of all": Edit(
        trust({"AWS": "*"}, "record"),
        {
            "public-access": "this is for everybody: AWS * may sts:AssumeRole.",
            "permission-increase": "Trust of role acme-dev-record-eu-west-1 gets 1 new permission.",
        },
    ),
    "no source account": Edit(drop_the_source, {"invocation-without-source": ANY_ACCOUNT}),
    "no workspace in a name": Edit(
        leave_the_workspace_out,
        {"name-without-workspace": "Its name is 'acme-guard', which does not begin with 'acme-dev-'."},
    ),
    "an event rule switched off": Edit(
        switch_off,
        {"recording-stops": "The EventBridge rule acme-dev-compliance-changes is switched off: DISABLED."},
    ),
    "a recorder": Edit(
        add("aws_config_configuration_recorder", **RECORDER),
        {"recorder": "It is created: a resource of type aws_config_configuration_recorder is refused"},
    ),
    "a bucket": Edit(add("aws_s3_bucket", bucket="acme-dev-results"), {"allow-list": S3_REFUSED}),
    "a moved rule": Edit(move_a_rule, {"state-reassigned": "It takes the place of aws_config_config_rule.keys"}),
    "a provisioner": Edit(provision, {"provisioner": "A provisioner would run a program"}),
    "no recovery": Edit(
        edit_table(point_in_time_recovery={"enabled": False}),
        {"table-unprotected": "The table's point-in-time recovery changes from on to off."},
    ),
    "no deletion protection": Edit(
        edit_table(deletion_protection_enabled=False),
        {"table-unprotected": "The table's deletion protection changes from on to off."},
    ),
    "no encryption": Edit(
        edit_table(server_side_encryption={"enabled": False}),
        {"table-unprotected": "The table's encryption by AWS KMS changes from on to "},
    ),
    "a policy within the role": Edit(
        allow_within_the_role, {"wildcard-permissions": "Role acme-dev-evaluate-eu-west-1: this is a wildcard: * on *."}
    ),
    "the trust of another account": Edit(
        trust({"AWS": "arn:aws:iam::999999999999:root"}, "trigger"),
        {"permission-increase": "Trust of role acme-dev-trigger-eu-west-1 gets 1 new permission."},
    ),
    "the role of others for a function": Edit(
        run_with_the_role_of_others,
        {"name-without-workspace": "It runs with the role 'arn:aws:iam::000000000001:role/landing-zone-admin'"},
    ),
    "a policy for the role of others": Edit(
        write_into_the_role_of_others,
        {
            "name-without-workspace": "Its role is 'landing-zone', which does not begin with 'acme-dev-'.",
            "permission-increase": "Role landing-zone gets ",
        },
    ),
    "a forgotten rule": Edit(
        forget_a_rule,
        {"state-reassigned": "It leaves the state", "rule-removed": "The rule acme-dev-tags is forgotten."},
    ),
    "an imported log group": Edit(
        import_a_log_group,
        {
            "state-reassigned": "It is imported by the id /aws/lambda/acme-dev-evaluate",
            "name-shared": "has the same name in AWS, '/aws/lambda/acme-dev-evaluate'.",
        },
    ),
    "a policy of AWS": Edit(
        attach_a_policy,
        {
            "wildcard-permissions": "Role acme-dev-trigger-eu-west-1: this is a wildcard: * on *.",
            "permission-increase": "Role acme-dev-trigger-eu-west-1 gets 1 new permission.",
        },
    ),
    "no concurrency": Edit(
        edit_function(reserved_concurrent_executions=0, layers=["arn:aws:lambda:eu-west-1:000000000001:layer:x:1"]),
        {
            "recording-stops": "It changes in reserved_concurrent_executions: ",
            "code-elsewhere": "It gets layers, which deployments do not have.",
        },
    ),
    "no input": Edit(empty_the_input, {"recording-stops": "It changes in input: "}),
    "another time to live": Edit(
        edit_table(ttl={"enabled": True, "attribute_name": "sk"}),
        {"table-unprotected": "changes from the attribute expires_at to the attribute sk."},
    ),
    "a rule that is created before it is destroyed": Edit(
        create_before_destroy,
        {
            "name-shared": "Its replacement of the same name, 'acme-dev-trail', is created before it is destroyed",
            "rule-removed": "The rule acme-dev-trail is replaced.",
        },
    ),
    "no output": Edit(
        hide_the_deployment,
        {"state-relocated": "The output 'deployment', by which the next plan would be compared, goes."},
    ),
}
