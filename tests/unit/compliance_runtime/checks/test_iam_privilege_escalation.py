from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_privilege_escalation import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_runtime.parameters import to_rule_parameters
from compliance_runtime.resources.escalation_paths import COMBINATIONS, EXISTING_COMBINATIONS
from compliance_tf.testing import ACCOUNT, event_item, verdict
from tests.unit.compliance_runtime.iam_items import allow, deny, group, inline, managed_policy, role, user

if TYPE_CHECKING:
    from collections.abc import Callable

LAMBDA = ["lambda:CreateFunction", "lambda:InvokeFunction"]
PASS_TO_LAMBDA = "iam:PassRole+lambda:CreateFunction+lambda:InvokeFunction"  # noqa: S105 names of actions
ROLES = f"arn:aws:iam::{ACCOUNT}:role/*"
BOUNDARY = {"StringEquals": {"iam:PermissionsBoundary": f"arn:aws:iam::{ACCOUNT}:policy/boundary"}}


def in_policy(*statements: dict[str, Any], parameters: Parameters | None = None) -> Verdict:
    return verdict(CHECK, managed_policy(*statements), parameters)


def possible(*statements: dict[str, Any]) -> list[str]:
    """The combinations that the reason names."""
    reason = in_policy(*statements).reason
    return (
        reason.removeprefix("One can become administrator by ").partition(". ")[0].split(", ") if "by" in reason else []
    )


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda combination: combination.name)
def test_every_combination_violates_and_no_part_of_it_does(combination: Any) -> None:
    assert combination.name in possible(allow(list(combination.actions)))
    for action in combination.actions:
        assert combination.name not in possible(allow([one for one in combination.actions if one != action]))


@pytest.mark.parametrize("table", [COMBINATIONS, EXISTING_COMBINATIONS])
def test_no_combination_is_there_twice_or_part_of_another(table: Any) -> None:
    sets = [frozenset(combination.actions) for combination in table]

    assert not [(one, other) for one in sets for other in sets if one < other]
    assert len(set(sets)) == len(sets)


@pytest.mark.parametrize("owner", [role, user, group])
def test_all_inline_policies_count_together(owner: Callable[..., dict[str, Any]]) -> None:
    passing, running = inline("pass", allow("iam:PassRole")), inline("run", allow("lambda:*"))

    assert verdict(CHECK, owner(passing)).compliance is Compliance.COMPLIANT
    together = verdict(CHECK, owner(passing, running))
    assert together.compliance is Compliance.NON_COMPLIANT
    assert PASS_TO_LAMBDA in together.reason


def test_ways_of_one_action_are_named_first() -> None:
    assert possible(allow(["ec2:*", "iam:PassRole", "iam:PutRolePolicy", "iam:AttachUserPolicy"])) == [
        "iam:AttachUserPolicy",
        "iam:PutRolePolicy",
        "iam:PassRole+ec2:RunInstances",
        "iam:PassRole+ec2:RequestSpotInstances",
    ]


@pytest.mark.parametrize(
    "resource",
    ["*", ROLES, "arn:aws:iam::*:role/*", f"arn:aws:iam::{ACCOUNT}:*", ["arn:aws:s3:::logs", ROLES]],
)
def test_passing_any_role_counts(resource: object) -> None:
    assert PASS_TO_LAMBDA in possible(allow("iam:PassRole", resource), allow(LAMBDA))


@pytest.mark.parametrize(
    "resource",
    [f"arn:aws:iam::{ACCOUNT}:role/app", f"arn:aws:iam::{ACCOUNT}:role/app-*", "arn:aws:iam::210987654321:role/*"],
)
def test_passing_certain_roles_does_not_count(resource: str) -> None:
    assert possible(allow("iam:PassRole", resource), allow(LAMBDA)) == []


def test_where_the_actions_of_other_services_are_allowed_does_not_matter() -> None:
    functions = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:app"

    assert possible(allow("iam:PassRole"), allow(LAMBDA, functions)) == [PASS_TO_LAMBDA]


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}, True),
        ({"StringLike": {"iam:PassedToService": "*.amazonaws.com"}}, True),
        ({"StringEqualsIfExists": {"iam:PassedToService": ["ec2.amazonaws.com", "lambda.amazonaws.com"]}}, True),
        ({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com.cn"}}, True),
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, True),
        ({"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}, False),
        ({"StringNotEquals": {"iam:PassedToService": ["lambda.amazonaws.com", "lambda.amazonaws.com.cn"]}}, False),
    ],
)
def test_a_role_must_be_passed_to_the_service_in_question(condition: dict[str, Any], counts: bool) -> None:  # noqa: FBT001 a column
    found = possible(allow("iam:PassRole", Condition=condition), allow(LAMBDA))

    assert found == ([PASS_TO_LAMBDA] if counts else [])


@pytest.mark.parametrize(
    ("condition", "counts"),
    [
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}, True),
        ({"ArnNotEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}}, True),
        ({"ArnLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}, True),
        ({"ArnEquals": {"iam:PolicyARN": "arn:aws:iam::aws:policy/ReadOnlyAccess"}}, False),
        ({"ArnNotLike": {"iam:PolicyARN": "arn:aws:iam::aws:policy/*"}}, False),
        (BOUNDARY, False),
    ],
)
def test_a_policy_that_makes_an_administrator_must_be_attachable(condition: dict[str, Any], counts: bool) -> None:  # noqa: FBT001 a column
    found = possible(allow("iam:AttachRolePolicy", Condition=condition))

    assert found == (["iam:AttachRolePolicy"] if counts else [])


def test_who_must_keep_a_permissions_boundary_does_not_count() -> None:
    others = {"StringNotEquals": BOUNDARY["StringEquals"]}

    assert possible(allow("iam:PutRolePolicy", Condition=BOUNDARY)) == []
    assert possible(allow("iam:PutRolePolicy"), deny("iam:Put*", Condition=others)) == []
    assert possible(allow("iam:PutRolePolicy"), deny("iam:Put*", Condition=BOUNDARY)) == ["iam:PutRolePolicy"]


@pytest.mark.parametrize(
    ("owner", "action", "own"),
    [
        (role, "iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
        (role, "iam:AttachRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/dep*"),
        (user, "iam:PutUserPolicy", f"arn:aws:iam::{ACCOUNT}:user/deploy"),
        (user, "iam:AttachUserPolicy", "arn:aws:iam::*:user/${aws:username}"),
        (group, "iam:PutGroupPolicy", f"arn:aws:iam::{ACCOUNT}:group/deploy"),
        (group, "iam:PutUserPolicy", f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"),
    ],
)
def test_more_rights_for_oneself_count(owner: Callable[..., dict[str, Any]], action: str, own: str) -> None:
    assert action in verdict(CHECK, owner(inline("app", allow(action, own)))).reason
    other = own.replace("dep", "oth").replace("${aws:username}", "other")
    assert verdict(CHECK, owner(inline("app", allow(action, other)))).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("action", ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion"])
def test_another_version_of_a_policy_that_one_has_counts(action: str) -> None:
    own = f"arn:aws:iam::{ACCOUNT}:policy/deploy"
    item = role(inline("app", allow(action, own)), attached=(own,))

    assert action in verdict(CHECK, item).reason
    assert possible(allow(action, own)) == [action]
    assert verdict(CHECK, role(inline("app", allow(action, own)))).compliance is Compliance.COMPLIANT


def test_rights_of_another_kind_of_identity_do_not_count_on_oneself() -> None:
    assert possible(allow("iam:PutRolePolicy", "arn:aws:iam::*:user/${aws:username}")) == []


def test_managing_ones_own_credentials_does_not_count() -> None:
    own = "arn:aws:iam::*:user/${aws:username}"
    self_service = allow(["iam:CreateAccessKey", "iam:UpdateLoginProfile", "iam:CreateLoginProfile"], own)

    assert in_policy(self_service).compliance is Compliance.COMPLIANT
    assert verdict(CHECK, user(inline("own", self_service))).compliance is Compliance.COMPLIANT


def test_denied_actions_do_not_count() -> None:
    assert possible(allow("iam:PassRole"), allow(LAMBDA), deny("lambda:InvokeFunction")) == []
    assert possible(allow("iam:PassRole"), allow(LAMBDA), deny("iam:PassRole", ROLES)) == []
    assert possible(allow("iam:PassRole"), allow(LAMBDA), deny("iam:PassRole", f"{ROLES}-admin")) == [PASS_TO_LAMBDA]


def test_all_but_some_actions_count_as_all_others() -> None:
    found = possible(allow(None, ROLES, NotAction=["s3:*", "iam:AttachRolePolicy"]))

    assert "iam:PutRolePolicy" in found
    assert "iam:AttachRolePolicy" not in found


@pytest.mark.parametrize("statement", [allow("*"), allow("iam:*"), allow(None, NotAction="s3:*")])
def test_who_is_an_administrator_already_is_not_applicable(statement: dict[str, Any]) -> None:
    assert in_policy(statement).compliance is Compliance.NOT_APPLICABLE
    assert verdict(CHECK, role(inline("a", allow("s3:*")), inline("b", statement))).compliance is (
        Compliance.NOT_APPLICABLE
    )


def test_harmless_policies_and_none_are_compliant() -> None:
    assert in_policy(allow(["iam:Get*", "iam:List*", "s3:*", "ec2:*"])).compliance is Compliance.COMPLIANT
    assert verdict(CHECK, role()).compliance is Compliance.COMPLIANT


def test_what_cannot_be_changed_here_is_not_applicable() -> None:
    linked = role(inline("app", allow("iam:PutRolePolicy")), path="/aws-service-role/x/")

    assert verdict(CHECK, linked).compliance is Compliance.NOT_APPLICABLE
    aws = managed_policy(allow("iam:PutRolePolicy"), owner="aws")
    assert verdict(CHECK, aws).compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize(
    "item",
    [owner(inline("app", allow("iam:PutRolePolicy"))) for owner in (role, user, group)]
    + [managed_policy(allow("iam:PutRolePolicy"))],
)
def test_exempt_names_are_not_applicable(item: dict[str, Any]) -> None:
    assert verdict(CHECK, item, Parameters(exempt=("dep*",))).compliance is Compliance.NOT_APPLICABLE
    assert verdict(CHECK, item, Parameters(exempt=("Deploy",))).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("allowed", ["iam:PassRole+ec2:RunInstances", "iam:PassRole+ec2:*", "*ec2:RunInst*"])
def test_allowed_combinations_are_not_named(allowed: str) -> None:
    passing = allow(["iam:PassRole", "ec2:RunInstances", *LAMBDA])

    assert in_policy(passing, parameters=Parameters((allowed,))).reason.count("+") == 2
    only_ec2 = allow(["iam:PassRole", "ec2:RunInstances"])
    assert in_policy(only_ec2, parameters=Parameters((allowed,))).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("allowed", ["iam:PassRole", "ec2:RunInstances", "iam:passrole+ec2:*", "", "s3:*"])
def test_what_is_no_known_combination_is_refused(allowed: str) -> None:
    with pytest.raises(ParameterError, match=r"allowed_combinations.*none of the known ones, such as iam:Attach"):
        Parameters((allowed,))


def test_combinations_can_be_written_as_parameters_of_a_rule() -> None:
    written = to_rule_parameters(Parameters(("iam:PassRole+glue:*", "iam:CreateAccessKey"), ("ci", "admin-*")))

    assert written == {"allowedCombinations": "iam:PassRole+glue:*,iam:CreateAccessKey", "exempt": "ci,admin-*"}


@pytest.mark.parametrize(
    "item",
    [
        role({"policyName": "app"}),
        role(arn=None),
        role(attachedManagedPolicies=[{}]),
        managed_policy(policyVersionList=[]),
        event_item("AWS::S3::Bucket", configuration={}),
    ],
)
def test_a_malformed_item_is_no_verdict(item: dict[str, Any]) -> None:
    with pytest.raises(EventError):
        verdict(CHECK, item)


@pytest.mark.parametrize("combination", EXISTING_COMBINATIONS, ids=lambda combination: combination.name)
def test_what_takes_over_existing_things_is_refused_only_when_asked(combination: Any) -> None:
    statement = allow(list(combination.actions))

    assert in_policy(statement).compliance is Compliance.COMPLIANT
    asked = in_policy(statement, parameters=Parameters(include_existing=True))
    assert asked.compliance is Compliance.NON_COMPLIANT
    assert combination.name in asked.reason


@pytest.mark.parametrize(
    "statement",
    [
        allow("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/deploy"),
        allow("sts:AssumeRole", "arn:aws:iam::210987654321:role/*"),
        allow("iam:DeleteUserPermissionsBoundary", f"arn:aws:iam::{ACCOUNT}:user/other"),
    ],
)
def test_certain_others_are_not_taken_over(statement: dict[str, Any]) -> None:
    assert in_policy(statement, parameters=Parameters(include_existing=True)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "actions",
    [
        ["iam:PassRole", "scheduler:CreateSchedule"],
        ["iam:PassRole", "states:*"],
        ["iam:PassRole", "autoscaling:Create*"],
        ["iam:PassRole", "glue:CreateSession", "glue:RunStatement"],
        ["sso:CreatePermissionSet", "sso:CreateAccountAssignment", "sso:AttachManagedPolicyToPermissionSet"],
        ["iam:PassRole", "ecs:RunTask"],
        ["iam:PassRole", "sagemaker:CreateNotebookInstance"],
        ["iam:PassRole", "bedrock-agentcore:CreateCodeInterpreter", "bedrock-agentcore:InvokeCodeInterpreter"],
        ["iam:PassRole", "cognito-identity:SetIdentityPoolRoles"],
    ],
)
def test_the_ways_of_the_public_lists_violate(actions: list[str]) -> None:
    assert in_policy(allow(actions)).compliance is Compliance.NON_COMPLIANT


def test_a_role_that_may_be_passed_to_another_service_only_is_no_way() -> None:
    passing = allow("iam:PassRole", Condition={"StringEquals": {"iam:PassedToService": "states.amazonaws.com"}})

    assert in_policy(passing, allow("scheduler:CreateSchedule")).compliance is Compliance.COMPLIANT
    assert in_policy(passing, allow(["states:CreateStateMachine", "states:StartExecution"])).compliance is (
        Compliance.NON_COMPLIANT
    )
