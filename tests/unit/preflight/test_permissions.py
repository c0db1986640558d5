"""Who may deploy, by IAM's simulation."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.preflight.account import Caller
from compliance_tf.preflight.deployer_policy import deployer_policy, statements
from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.permissions import PermissionPreflight
from compliance_tf.preflight.permissions_boundary import permissions_boundary
from tests.repository import REFERENCE
from tests.unit.preflight.builders import ACCOUNT, REGION, described_role, stack, stubbed

if TYPE_CHECKING:
    from compliance_tf.preflight.deployer_policy import DeployerStatement

POLICY = REFERENCE / "deployer-policy.json"
MAX_MANAGED_POLICY = 6144  # IAM and STS quotas, "Managed policy length", without white space
USER = f"arn:aws:iam::{ACCOUNT}:user/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Reviewer/alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/Reviewer"

RESOURCES = {
    "ReadTheRecorder": "*",
    "FindConfigRules": "*",
    "MakeAndChangeConfigRules": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/any",
    "OwnConfigRules": f"arn:aws:config:{REGION}:{ACCOUNT}:config-rule/any",
    "Functions": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:acme-dev-any",
    "RolesWithinTheBoundary": f"arn:aws:iam::{ACCOUNT}:role/acme-dev-any",
    "Roles": f"arn:aws:iam::{ACCOUNT}:role/acme-dev-any",
    "RolesOfFunctions": f"arn:aws:iam::{ACCOUNT}:role/acme-dev-any",
    "FindNetworks": "*",
    "EventRules": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/acme-dev-any",
    "FindLogGroups": "*",
    "FindWhatIsLeft": "*",
    "LogGroups": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/acme-dev-any",
    "ResultsTable": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/acme-dev-any",
}


ALL = sum(len(statement.actions) for statement in statements(None))


def results(statement: DeployerStatement, lacking: str, **more: Any) -> dict[str, Any]:
    return {
        "IsTruncated": False,
        "EvaluationResults": [
            {"EvalActionName": action, "EvalDecision": "implicitDeny" if action == lacking else "allowed", **more}
            for action in statement.actions
        ],
    }


CONTEXTS = {
    "MakeAndChangeConfigRules": {"aws:RequestTag/project": "acme", "aws:ResourceTag/project": "acme"},
    "OwnConfigRules": {"aws:ResourceTag/project": "acme"},
    "RolesOfFunctions": {"iam:PassedToService": "lambda.amazonaws.com"},
}
BOUNDED = {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/teams/limit"}


def ask(
    caller: str = USER,
    deployer: str | None = None,
    lacking: str = "",
    principal: str = USER,
    boundary: str | None = None,
    **more: Any,
) -> Finding:
    region, stubbers = stubbed(iam="iam")
    if caller == SESSION:
        described = {"Role": described_role("Reviewer", path="/aws-reserved/")}
        stubbers["iam"].add_response("get_role", described, {"RoleName": "Reviewer"})
    contexts = CONTEXTS | ({"RolesWithinTheBoundary": BOUNDED} if boundary else {})
    for statement in statements(boundary):
        context = [
            {"ContextKeyName": key, "ContextKeyType": "string", "ContextKeyValues": [value]}
            for key, value in contexts.get(statement.sid, {}).items()
        ]
        expected = {
            "PolicySourceArn": principal,
            "ActionNames": list(statement.actions),
            "ResourceArns": [RESOURCES[statement.sid]],
            "ContextEntries": context,
        }
        stubbers["iam"].add_response("simulate_principal_policy", results(statement, lacking, **more), expected)
    return PermissionPreflight(
        stack(permissions_boundary=boundary), region, Caller(ACCOUNT, caller), deployer
    ).finding()


def test_a_user_who_has_them_all_is_well() -> None:
    finding = ask()
    assert finding.verdict is Verdict.OK
    assert finding.figure == f"{USER} has all {ALL}."


def test_the_policies_of_a_session_are_those_of_its_role_wherever_that_stands() -> None:
    assert ask(SESSION, principal=ROLE).figure.startswith(f"{ROLE} has all")


def test_what_the_caller_lacks_is_a_warning_for_reviewers_do_not_deploy() -> None:
    finding = ask(lacking="lambda:CreateFunction")
    assert finding.verdict is Verdict.WARNING
    assert f"lacks 1 of {ALL}: lambda:CreateFunction." in finding.figure
    assert "--deployer" in finding.advice


def test_what_the_deployer_lacks_is_a_failure() -> None:
    deployer = f"arn:aws:iam::{ACCOUNT}:role/deployer"
    finding = ask(deployer=deployer, principal=deployer, lacking="iam:PassRole")
    assert finding.verdict is Verdict.FAIL
    assert f"{deployer} lacks 1 of {ALL}: iam:PassRole." in finding.figure


def test_what_the_organization_forbids_is_lacking_too() -> None:
    finding = ask(OrganizationsDecisionDetail={"AllowedByOrganizations": False})
    assert f"lacks {ALL} of {ALL}" in finding.figure


@pytest.mark.parametrize("arn", [f"arn:aws:iam::{ACCOUNT}:root", f"arn:aws:sts::{ACCOUNT}:federated-user/bob"])
def test_who_has_no_policies_to_simulate_is_unknown(arn: str) -> None:
    finding = PermissionPreflight(stack(), stubbed()[0], Caller(ACCOUNT, arn)).finding()
    assert finding.verdict is Verdict.UNKNOWN
    assert arn in finding.figure


def test_where_simulating_is_not_allowed_it_is_unknown() -> None:
    region, stubbers = stubbed(iam="iam")
    stubbers["iam"].add_client_error("simulate_principal_policy", "AccessDenied")
    finding = PermissionPreflight(stack(), region, Caller(ACCOUNT, USER)).finding()
    assert finding.verdict is Verdict.UNKNOWN
    assert not finding.blocks


def test_a_stack_with_a_boundary_is_asked_about_with_it() -> None:
    assert ask(boundary="teams/limit").verdict is Verdict.OK


def test_the_documented_boundary_is_the_one_of_the_shipped_checks_and_fits_into_a_policy() -> None:
    text = (REFERENCE / "permissions-boundary.json").read_text()
    assert json.loads(text) == permissions_boundary("compliance")
    assert len("".join(text.split())) <= MAX_MANAGED_POLICY


def test_no_role_may_be_assumed_within_the_boundary_but_the_execution_role() -> None:
    assert "sts:" not in json.dumps(permissions_boundary("acme"))
    reader = f"arn:aws:iam::{ACCOUNT}:role/reader"
    *_, last = permissions_boundary("acme", own_actions=["s3:GetBucketAcl"], execution_role=reader)["Statement"]
    assert (last["Action"], last["Resource"]) == (["sts:AssumeRole"], reader)


def test_the_documented_policy_is_the_one_that_is_checked() -> None:
    assert json.loads(POLICY.read_text()) == deployer_policy("compliance")
