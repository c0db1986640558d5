"""Policies name actions that AWS has, on resources that AWS lets them be limited to.

The facts are Policy Sentry's copy of the Service Authorization Reference. A statement that AWS cannot match is valid
and allows nothing: a permission on a resource that its action does not take is missing.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from compliance_runtime.check import LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids, load_check, required_tags
from compliance_tf import CheckRule, ComplianceStack, KmsKeys, Network, Notifications
from tests.repository import REPOSITORY
from tests.synth.conftest import Synthesize, resources

POLICIES = sorted((REPOSITORY / "docs" / "reference").glob("*-policy.json"))
BOUNDARY = REPOSITORY / "docs" / "reference" / "permissions-boundary.json"
KEY = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"

NOT_LIMITED = {
    "config:ListTagsForResource": "The recorder has an ARN with an id that AWS makes up, and is not ours.",
    "dynamodb:DescribeTable": "Preflight looks for what other projects have.",
    "dynamodb:ListTagsOfResource": "Preflight looks for what other projects have.",
    "ec2:AssignPrivateIpAddresses": "AWS Lambda makes the network interfaces: AWSLambdaVPCAccessExecutionRole.",
    "ec2:CreateNetworkInterface": "AWS Lambda makes the network interfaces: AWSLambdaVPCAccessExecutionRole.",
    "ec2:DeleteNetworkInterface": "AWS Lambda makes the network interfaces: AWSLambdaVPCAccessExecutionRole.",
    "ec2:UnassignPrivateIpAddresses": "AWS Lambda makes the network interfaces: AWSLambdaVPCAccessExecutionRole.",
    "glue:GetJob": "A check may be invoked for any resource of the account.",
    "iam:SimulatePrincipalPolicy": "Preflight simulates whoever asks.",
    "lambda:GetFunction": "Preflight looks for what other projects have.",
    "lambda:GetFunctionConfiguration": "A check may be invoked for any resource of the account.",
    "logs:ListTagsForResource": "Preflight looks for what other projects have.",
    "rds:DescribeDBInstances": "A check may be invoked for any resource of the account.",
}
"""Actions that could be limited to resources and are not, and why."""


def statements(document: Any) -> list[tuple[str, list[str]]]:
    """Each action with its resources."""
    found = []
    for statement in document["Statement"]:
        actions, limits = (
            [values] if isinstance(values, str) else values for values in (statement["Action"], statement["Resource"])
        )
        found += [(action, limits) for action in actions]
    return found


def resource_types(action: str) -> set[str]:
    """What AWS lets an action be limited to, as services and words of ARNs; ``*`` where it need not be limited."""
    service, name = action.split(":")
    known = get_action_data(service, name)
    assert known, f"{action} is no action of AWS"
    return {kind(row["resource_arn_format"]) for row in known[service]}


def kind(arn: str) -> str:
    """The service of an ARN with the first word of its resource: arn:…:dynamodb:…:table/x is dynamodb:table."""
    if arn == "*":
        return arn
    _, _, service, _, _, resource = arn.split(":", 5)
    # Their names have no word before them.
    word = "" if service in {"s3", "sns", "sqs"} else re.split("[*/:]", resource)[0]
    return f"{service}:{word}"


def mistakes(document: Any) -> dict[str, set[str]]:
    """Find actions whose resources AWS never matches, or that have no limit without a reason."""
    found: dict[str, set[str]] = {"never matched": set(), "not limited": set()}
    for action, limits in statements(document):
        types = resource_types(action)
        if limits != ["*"] and not {kind(arn) for arn in limits} & types:
            found["never matched"].add(action)
        if limits == ["*"] and "*" not in types:
            found["not limited"].add(action)
    return found


def everything(stack: ComplianceStack) -> None:
    """All shipped checks that ask for something."""
    values = {"required-tags": required_tags.Parameters(tags={"owner": ()})}
    for check_id in check_ids():
        check = load_check(check_id)
        if isinstance(check, LookupCheck | PeriodicCheck):
            CheckRule(stack, check_id, check=check, parameters=values.get(check_id))


def test_the_functions_roles_are_limited_where_aws_lets_them_be(synthesize: Synthesize) -> None:
    configuration = synthesize(
        everything,
        kms_keys=KmsKeys(table=KEY, logs=KEY, environment=KEY),
        network=Network(subnets=["subnet-0123456789abcdef0"], security_groups=["sg-0123456789abcdef0"]),
        tracing=True,
        dead_letter_queue="arn:aws:sqs:eu-west-1:111122223333:failed",
        notifications=Notifications("arn:aws:sns:eu-west-1:111122223333:security"),
    )
    documents = [json.loads(one["policy"]) for one in resources(configuration, "aws_iam_role_policy")]
    found = [mistakes(document) for document in documents]

    assert {action for one in found for action in one["never matched"]} == set()
    assert {action for one in found for action in one["not limited"]} <= NOT_LIMITED.keys()


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_the_published_policies_are_limited_where_aws_lets_them_be(path: Any) -> None:
    found = mistakes(json.loads(path.read_text()))

    assert found["never matched"] == set()
    assert found["not limited"] <= NOT_LIMITED.keys()


def test_the_boundary_names_actions_that_aws_has() -> None:
    # It grants nothing, so it needs no limits beside the roles' own.
    assert mistakes(json.loads(BOUNDARY.read_text()))["never matched"] == set()
