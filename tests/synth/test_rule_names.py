"""A Config rule's name fits what all calls of AWS Config take, and its id stays what people call it."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import bucket_tls_only, iam_access_keys
from compliance_runtime.deployment import Deployment
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Packs, PolicyRule, Scope, SettingError, Waiver
from tests.synth.conftest import Synthesize, only, resources

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_RULE_NAME = 64  # AWS Config API: GetComplianceDetailsByConfigRule.ConfigRuleName
LONG = "elasticsearch-node-to-node-encryption-check-of-all-domains"


def managed(stack: ComplianceStack, rule_id: str, name: str | None = None) -> None:
    ManagedRule(stack, rule_id, identifier="CLOUD_TRAIL_ENABLED", name=name)


def change_check(stack: ComplianceStack, rule_id: str, name: str | None = None) -> None:
    CheckRule(stack, rule_id, check=bucket_tls_only.CHECK, name=name)


def periodic_check(stack: ComplianceStack, rule_id: str, name: str | None = None) -> None:
    CheckRule(stack, rule_id, check=iam_access_keys.CHECK, name=name)


def policy(stack: ComplianceStack, rule_id: str, name: str | None = None) -> None:
    PolicyRule(
        stack, rule_id, policy="rule r { resourceType exists }", rule_scope=Scope.types("AWS::S3::Bucket"), name=name
    )


KINDS = [managed, change_check, periodic_check, policy]


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_that_could_be_deployed_and_never_compared_is_refused_with_a_name_that_fits(
    synthesize: Synthesize, kind: Callable[..., None]
) -> None:
    with pytest.raises(SettingError, match=r"can become 84 characters long .*, and AWS allows 64") as refused:
        synthesize(lambda stack: kind(stack, LONG))
    proposed = str(refused.value).split("name='")[1].split("'")[0]
    rule = only(synthesize(lambda stack: kind(stack, LONG, name=proposed)), "aws_config_config_rule")
    assert rule["name"] == f"acme-${{terraform.workspace}}-{proposed}"
    assert len(f"acme--{proposed}") + 20 == MAX_RULE_NAME
    assert rule["tags"] == {"rule": LONG}


def test_every_rule_of_a_pack_fits_beside_the_longest_workspace(synthesize: Synthesize) -> None:
    configuration = synthesize(
        lambda stack: Packs(stack, "packs", packs=["nist-800-53-r5"], skip_unavailable=True), project="compliance"
    )
    rules = resources(configuration, "aws_config_config_rule")
    names = [rule["name"].replace("${terraform.workspace}", "w" * 20) for rule in rules]
    assert max(map(len, names)) == MAX_RULE_NAME
    assert len(set(names)) == len(names)
    shortened = [rule for rule in rules if "tags" in rule]
    assert shortened
    for rule in shortened:
        assert rule["tags"]["rule"].split("-")[0].startswith(rule["name"].split("-")[2])


def test_a_shortened_rule_keeps_its_id_for_waivers_outputs_and_the_table(
    synthesize: Synthesize, read_package: Callable[..., str]
) -> None:
    def build(stack: ComplianceStack) -> None:
        managed(stack, LONG, name="node-encryption")

    days = {"granted": date(2026, 11, 1), "expires": date(2026, 12, 1)}
    waiver = Waiver(rule=LONG, resource_id="domain", reason="It goes.", owner="data", ticket="SEC-1", **days)
    configuration = synthesize(build, waivers=[waiver])
    assert configuration["output"]["rules"]["value"] == {LONG: "HIGH"}
    deployment = Deployment.from_json(read_package())
    ((name, rule),) = deployment.rules_by_name("acme-dev-").items()
    entry = RuleEntry.of(name, rule)
    assert (name, entry.id) == ("acme-dev-node-encryption", LONG)
    assert RuleEntry.from_item(entry.to_item()) == entry
    assert list(deployment.waivers_by_rule("acme-dev-")) == ["acme-dev-node-encryption"]


def test_two_rules_never_share_an_id_or_a_name(synthesize: Synthesize) -> None:
    def same_id(stack: ComplianceStack) -> None:
        ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
        Packs(stack, "packs", packs=["pci-dss-4.0"], skip_unavailable=True)
        stack.declare("trail", stack.rules["trail"], {})

    def same_name(stack: ComplianceStack) -> None:
        managed(stack, "trail")
        managed(stack, LONG, name="trail")

    with pytest.raises(SettingError, match="Two rules of stack 'stack' are called 'trail'"):
        synthesize(same_id)
    with pytest.raises(SettingError, match=f"names of rules 'trail' and '{LONG}' would both end in 'trail'"):
        synthesize(same_name)


def test_a_rule_that_moves_between_the_app_and_a_pack_keeps_its_address(synthesize: Synthesize) -> None:
    def addresses(build: Callable[[ComplianceStack], Any]) -> set[str]:
        return set(synthesize(build)["resource"]["aws_config_config_rule"])

    rule_id = "s3-bucket-versioning-enabled"
    in_app = addresses(lambda stack: ManagedRule(stack, rule_id, identifier="S3_BUCKET_VERSIONING_ENABLED"))
    in_pack = addresses(lambda stack: Packs(stack, "any-name", packs=["nist-800-53-r5"], skip_unavailable=True))
    assert in_app == {rule_id}
    assert in_app < in_pack


def test_a_name_that_does_not_begin_with_a_letter_is_an_address_all_the_same(synthesize: Synthesize) -> None:
    configuration = synthesize(lambda stack: managed(stack, "1-trail"))
    assert set(configuration["resource"]["aws_config_config_rule"]) == {"_1-trail"}


def test_the_json_of_a_rule_has_nothing_that_is_not_set(synthesize: Synthesize) -> None:
    rule = only(synthesize(lambda stack: managed(stack, "trail")), "aws_config_config_rule")
    assert set(rule) == {"name", "source", "depends_on"}
    assert "null" not in json.dumps(rule)
