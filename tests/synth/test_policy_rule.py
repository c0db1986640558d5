"""Rules in Guard's language are declared as AWS Config takes them, and wrong ones are refused before."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf import ComplianceError, ComplianceStack, Scope, Severity
from compliance_tf.constructs.rules.policy_rule import PolicyRule
from tests.synth.conftest import Synthesize, only

if TYPE_CHECKING:
    from collections.abc import Callable

POLICY = """
let wanted = ['ACTIVE']

rule is_table when resourceType == "AWS::DynamoDB::Table" {
    configuration.tableStatus IN %wanted
}

rule recoverable when is_table {
    # count(...) in a comment or a text is no call: let x = count(y)
    configuration.recovery == "ENABLED" << let x = count(y) >>
}
"""
TABLES = Scope.types("AWS::DynamoDB::Table")


def policy_rule(policy: str = POLICY, **more: Any) -> Callable[[ComplianceStack], PolicyRule]:
    return lambda stack: PolicyRule(stack, "recoverable", **{"policy": policy, "rule_scope": TABLES, **more})


def test_a_policy_is_evaluated_at_changes_of_its_types(synthesize: Synthesize, read_package: Callable[[], str]) -> None:
    configuration = synthesize(policy_rule(description="Tables can be recovered.", severity=Severity.HIGH))
    rule = only(configuration, "aws_config_config_rule")
    assert rule["name"] == "acme-${terraform.workspace}-recoverable"
    assert rule["description"] == "Tables can be recovered."
    assert rule["scope"] == {"compliance_resource_types": ["AWS::DynamoDB::Table"]}
    assert rule["source"]["owner"] == "CUSTOM_POLICY"
    assert rule["source"]["custom_policy_details"] == {"policy_runtime": "guard-2.x.x", "policy_text": POLICY}
    assert [detail["message_type"] for detail in rule["source"]["source_detail"]] == [
        "ConfigurationItemChangeNotification",
        "OversizedConfigurationItemChangeNotification",
    ]
    assert json.loads(read_package())["rules"]["recoverable"]["severity"] == "HIGH"


def test_the_plan_asks_whether_the_types_of_a_policy_are_recorded(synthesize: Synthesize) -> None:
    assert "AWS::DynamoDB::Table" not in json.dumps(synthesize()["data"])
    assert "AWS::DynamoDB::Table" in json.dumps(synthesize(policy_rule())["data"])


def test_what_terraform_would_take_for_a_template_reaches_aws_as_it_is(synthesize: Synthesize) -> None:
    policy = 'rule a { configuration.name != "${x}" }\nrule b { configuration.name != /^%{2}/ }'
    rule = only(synthesize(policy_rule(policy)), "aws_config_config_rule")
    text = rule["source"]["custom_policy_details"]["policy_text"]
    assert text == policy.replace("${", "$${").replace("%{", "%%{")


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (" \n", "Rule 'recoverable': the policy is blank"),
        ("# nothing\n", "the policy has only comments"),
        ("rule a { x exists }\n" + "# " + "x" * 10_000, "the policy has 10022 characters, and AWS Config takes 10000"),
        (POLICY.rstrip().removesuffix("}"), "the policy is not Guard: line 11, column 1: 'the end'"),
        (POLICY.replace("==", "=~", 1), "the policy is not Guard: line 4, column 33: 'rule is_table when"),
        (POLICY.replace("let wanted = ['ACTIVE']", ""), "uses a name that it does not define: .*wanted"),
        (POLICY.replace("when is_table", "when is_tabel"), "uses a name that it does not define: .*is_tabel"),
        (POLICY.replace("['ACTIVE']", "count(configuration.x)"), "calls the function count, which came with Guard 3"),
    ],
)
def test_a_policy_that_aws_would_refuse_is_refused(synthesize: Synthesize, policy: str, message: str) -> None:
    with pytest.raises(ComplianceError, match=message):
        synthesize(policy_rule(policy))


def test_a_policy_needs_resource_types(synthesize: Synthesize) -> None:
    with pytest.raises(ComplianceError, match="a policy needs resource types"):
        synthesize(policy_rule(rule_scope=Scope.tag("team")))


def test_a_description_that_is_too_long_is_refused(synthesize: Synthesize) -> None:
    with pytest.raises(ComplianceError, match="the description has 257 characters, and AWS Config takes 256"):
        synthesize(policy_rule(description="x" * 257))


def test_where_guards_parser_is_not_installed_a_note_says_that_the_policy_was_not_parsed(
    synthesize: Synthesize, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cfn_guard_rs.api", None)
    made: list[PolicyRule] = []
    synthesize(lambda stack: made.append(policy_rule("not Guard at all")(stack)))
    (note,) = [entry.data for entry in made[0].node.metadata if "info" in entry.type]
    assert "the policy was not parsed" in note
