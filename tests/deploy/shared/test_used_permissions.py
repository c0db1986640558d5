"""What the functions' roles may do is what the functions do: nothing is missing, and nothing is unused."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance
from compliance_runtime.handlers import CONTINUE, NOTIFY
from compliance_runtime.triggering.waiting import Waiting
from tests.deploy.conftest import REGION
from tests.deploy.shared.deployed import ACCOUNT, PATIENCE_SECONDS
from tests.runtime.local.accounts import Account, eventually
from tests.unit.compliance_runtime.builders import compliance_event

if TYPE_CHECKING:
    from tests.deploy.shared.deployed import Deployed

FUNCTIONS = ("evaluate", "record", "trigger")
WORKSPACES = ("dev", "prod")

OWN_LOG = "AWS Lambda writes the log with the function's role; local AWS writes it by itself."
UNUSED = {(function, f"logs:{verb}"): OWN_LOG for function in FUNCTIONS for verb in ("CreateLogStream", "PutLogEvents")}
"""What a role may do and local AWS cannot show it doing, and why."""


def role(workspace: str, function: str) -> str:
    return f"compliance-{workspace}-{function}-{REGION}"


def declared(deployed: Deployed, function: str) -> set[str]:
    """The actions that the policies of a function's roles name."""
    iam = deployed.aws.client("iam", region=REGION)
    found = set()
    for name in (role(workspace, function) for workspace in WORKSPACES):
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            document = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            found |= {action for statement in document["Statement"] for action in statement["Action"]}
    return found


def asked_for(deployed: Deployed, function: str, *, allowed: bool) -> set[str]:
    """The actions that a function's roles asked for."""
    sessions = tuple(f"arn:aws:sts::{ACCOUNT}:assumed-role/{role(workspace, function)}/" for workspace in WORKSPACES)
    used = deployed.aws.used_actions
    return {one.action for one in used if one.principal.startswith(sessions) and one.allowed is allowed}


def use_all_of_it(deployed: Deployed) -> None:
    """Lead the functions down each path that asks AWS for something."""
    config, dynamodb, functions = (
        deployed.aws.client(name, region=REGION) for name in ("config", "dynamodb", "lambda")
    )

    def invoke(name: str, event: dict[str, object]) -> None:
        functions.invoke(FunctionName=f"compliance-{name}", Payload=json.dumps(event).encode())

    def has_asked(function: str, action: str) -> bool:
        return action in asked_for(deployed, function, allowed=True)

    deployed.create_bucket("acme-used")
    deployed.wait_for("s3-bucket-tls-only", "acme-used", Compliance.NON_COMPLIANT)
    # Its item is too large for an event, so evaluate reads it from the history.
    group = deployed.create_security_group("large")
    deployed.wait_for("ingress", group, Compliance.COMPLIANT)
    Account(deployed.aws, REGION, ACCOUNT).grow(group)
    exposed = deployed.create_security_group("exposed")
    deployed.aws.client("ec2", region=REGION).authorize_security_group_ingress(
        GroupId=exposed, IpProtocol="tcp", FromPort=22, ToPort=22, CidrIp="0.0.0.0/0"
    )
    config.start_config_rules_evaluation(ConfigRuleNames=["compliance-prod-log-groups"])
    deployed.wait_for("log-groups", "/aws/lambda/compliance-prod-evaluate", Compliance.COMPLIANT)
    # A bucket was removed before its violation came: its waiver is looked for in the history.
    rule = "compliance-prod-s3-bucket-tls-only"
    removed = {"rule_name": rule, "resource_id": "removed", "recorded": datetime.now(UTC).isoformat()}
    invoke("prod-record", compliance_event(**removed))
    # An invocation was killed after it asked for an evaluation: the next one asks what became of it.
    interrupted = Waiting(claimed=frozenset({rule}), claimed_at=time.time(), version=1000)
    dynamodb.put_item(TableName="compliance-prod-results", Item=interrupted.to_item())
    invoke("prod-trigger", CONTINUE)
    deployed.reconcile()

    def has_published() -> bool:
        invoke("prod-record", NOTIFY)
        return has_asked("record", "sns:Publish")

    eventually("a message", has_published, PATIENCE_SECONDS)
    eventually("a history", lambda: has_asked("evaluate", "config:GetResourceConfigHistory"), PATIENCE_SECONDS)


@pytest.mark.changes_deployment
def test_the_roles_may_do_what_the_functions_do_and_nothing_else(deployed: Deployed) -> None:
    use_all_of_it(deployed)

    for function in FUNCTIONS:
        reasons = {action for one, action in UNUSED if one == function}
        assert not asked_for(deployed, function, allowed=False), f"{function} lacks permissions"
        assert declared(deployed, function) - asked_for(deployed, function, allowed=True) == reasons, function
