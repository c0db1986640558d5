"""Every name is scoped by the workspace and fits what AWS allows."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from cdktf import App
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf import ComplianceStack, ManagedRule, SettingError
from compliance_tf.model.naming import Kind, Naming
from tests.synth.conftest import Synthesize, resources

if TYPE_CHECKING:
    from pathlib import Path

NAMED = {
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_config_config_rule": "name",
    "aws_dynamodb_table": "name",
    "aws_iam_role": "name",
    "aws_lambda_function": "function_name",
}


def test_every_name_holds_the_project_and_the_workspace(synthesize: Synthesize) -> None:
    configuration = synthesize(lambda stack: ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED"))
    names = [resource[key] for type_, key in NAMED.items() for resource in resources(configuration, type_)]
    assert len(names) == 1 + 3 + 3 + 3 + 3 + 1
    for name in names:
        assert re.fullmatch(r"(/aws/lambda/)?acme-\$\{terraform\.workspace\}-[a-z0-9-]+", name)


def test_roles_carry_the_region_because_they_are_global(synthesize: Synthesize) -> None:
    for role in resources(synthesize(region="ap-southeast-2"), "aws_iam_role"):
        assert role["name"].endswith("-ap-southeast-2")


def test_everything_is_tagged_with_project_and_workspace(synthesize: Synthesize) -> None:
    configuration = synthesize(tags={"cost-center": "42"})
    (provider,) = configuration["provider"]["aws"]
    assert provider["default_tags"] == [
        {
            "tags": {
                "project": "acme",
                "workspace": "${terraform.workspace}",
                "managed-by": "compliance_tf",
                "cost-center": "42",
            }
        }
    ]


@given(
    project=st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True),
    workspace=st.from_regex(r"[a-z][a-z0-9_]{0,19}", fullmatch=True),
    purpose=st.from_regex(r"[a-z0-9]{1,20}(-[a-z0-9]{1,20}){0,6}", fullmatch=True),
    region=st.sampled_from(["eu-west-1", "ap-southeast-1", "us-gov-west-1"]),
)
def test_a_name_that_synthesis_accepts_fits_with_every_workspace_that_the_plan_accepts(
    project: str, workspace: str, purpose: str, region: str
) -> None:
    try:
        naming = Naming(project, region)
        names = {
            Kind.CONFIG_RULE: naming.config_rule(purpose),
            Kind.EVENT_RULE: naming.event_rule(purpose),
            Kind.FUNCTION: naming.function(purpose),
            Kind.ROLE: naming.role(purpose),
            Kind.TABLE: naming.table(purpose),
        }
    except SettingError:
        return
    for kind, name in names.items():
        assert len(name.replace("${terraform.workspace}", workspace)) <= kind.max_length


@given(
    one=st.tuples(*[st.from_regex(r"[a-z][a-z0-9_]{0,3}", fullmatch=True)] * 2, st.sampled_from(["a", "a-b", "b-c"])),
    other=st.tuples(*[st.from_regex(r"[a-z][a-z0-9_]{0,3}", fullmatch=True)] * 2, st.sampled_from(["a", "a-b", "b-c"])),
)
def test_two_deployments_never_build_the_same_name(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    def name(project: str, workspace: str, purpose: str) -> str:
        return Naming(project, "eu-west-1").config_rule(purpose).replace("${terraform.workspace}", workspace)

    assert (name(*one) == name(*other)) == (one == other)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"project": "my-app"}, "project='my-app' is not a name part"),
        ({"project": "App"}, "project='App' is not a name part"),
        ({"project": "p" * 21}, r"IAM role .* can become 66 characters long .* AWS allows 64: shorten it by 2"),
        ({"max_workspace_length": 0}, "max_workspace_length=0 must be at least 1"),
        ({"region": "europe"}, "region='europe' is not an AWS region such as 'eu-west-1'"),
    ],
)
def test_a_setting_that_cannot_be_part_of_a_name_is_refused(
    synthesize: Synthesize, settings: dict[str, object], message: str
) -> None:
    settings = {"region": "ap-southeast-1", **settings}
    with pytest.raises(SettingError, match=message):
        synthesize(**settings)


def test_two_stacks_that_would_overwrite_each_other_are_refused(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    ComplianceStack(app, "one", project="acme", region="eu-west-1")
    ComplianceStack(app, "other-region", project="acme", region="us-east-1")
    ComplianceStack(app, "other-project", project="acme2", region="eu-west-1")
    with pytest.raises(SettingError, match="Stacks 'one' and 'two' are both of project 'acme' in eu-west-1"):
        ComplianceStack(app, "two", project="acme", region="eu-west-1")


def test_permissions_of_functions_reach_only_rules_of_the_same_project_and_workspace(synthesize: Synthesize) -> None:
    condition = {
        "StringEquals": {
            "aws:ResourceTag/project": "acme",
            "aws:ResourceTag/workspace": "${terraform.workspace}",
        }
    }
    configuration = synthesize()
    statements = [
        statement
        for policy in resources(configuration, "aws_iam_role_policy")
        for statement in json.loads(policy["policy"])["Statement"]
        if any(resource.endswith(":config-rule/*") for resource in statement["Resource"])
    ]
    assert [statement["Action"] for statement in statements] == [
        ["config:GetComplianceDetailsByConfigRule"],
        ["config:StartConfigRulesEvaluation"],
    ]
    assert all(statement["Condition"] == condition for statement in statements)
