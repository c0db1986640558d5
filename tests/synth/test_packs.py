"""Packs declare their rules, each once, where the region has them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import bucket_tls_only, log_group_retention
from compliance_tf import ComplianceError, ComplianceStack, ManagedRule, Severity, by_workspace
from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.constructs.packs import Packs
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule
from compliance_tf.packs.resolution import Change
from tests.synth.conftest import Synthesize, resources
from tests.synth.test_docs import python_blocks

if TYPE_CHECKING:
    from collections.abc import Callable

PREFIX = "acme-${terraform.workspace}-"
POLICY = 'rule named when resourceType == "AWS::S3::Bucket" { configuration.name exists }'
OWN = Pack(
    "acme",
    (
        CheckPackRule(bucket_tls_only.CHECK, severity=Severity.CRITICAL),
        PolicyPackRule("bucket-names", POLICY, ("AWS::S3::Bucket",)),
        ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 45}, "Six_Hours"),
        ManagedPackRule("ENCRYPTED_VOLUMES", resource_types=("AWS::EC2::Volume",)),
    ),
)


def declared(configuration: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The Config rules by their id."""
    rules = resources(configuration, "aws_config_config_rule")
    return {rule.get("tags", {}).get("rule", rule["name"].removeprefix(PREFIX)): rule for rule in rules}


def test_a_rule_of_two_packs_is_declared_once_and_remembers_both(
    synthesize: Synthesize, read_package: Callable[[], str]
) -> None:
    configuration = synthesize(lambda stack: Packs(stack, "packs", packs=["cis-controls-8-ig1", "dynamodb", "s3"]))
    manifest = {rule["id"] or name: rule for name, rule in json.loads(read_package())["rules"].items()}
    assert set(manifest) == set(declared(configuration))
    assert manifest["s3-bucket-logging-enabled"]["packs"] == ["cis-controls-8-ig1", "s3"]
    assert manifest["dynamodb-throughput-limit-check"]["packs"] == ["dynamodb"]


def test_a_pack_of_ones_own_has_managed_rules_checks_and_policies(
    synthesize: Synthesize, read_package: Callable[[], str]
) -> None:
    rules = declared(synthesize(lambda stack: Packs(stack, "packs", packs=[OWN])))
    assert {rule_id: rule["source"]["owner"] for rule_id, rule in rules.items()} == {
        "access-keys-rotated": "AWS",
        "bucket-names": "CUSTOM_POLICY",
        "bucket-tls-only": "CUSTOM_LAMBDA",
        "encrypted-volumes": "AWS",
    }
    assert json.loads(rules["access-keys-rotated"]["input_parameters"]) == {"maxAccessKeyAge": "45"}
    assert rules["access-keys-rotated"]["maximum_execution_frequency"] == "Six_Hours"
    assert rules["encrypted-volumes"]["scope"] == {"compliance_resource_types": ["AWS::EC2::Volume"]}
    manifest = {rule["id"] or name: rule for name, rule in json.loads(read_package())["rules"].items()}
    assert {rule["packs"][0] for rule in manifest.values()} == {"acme"}
    assert (manifest["bucket-tls-only"]["severity"], manifest["bucket-names"]["severity"]) == ("CRITICAL", "MEDIUM")


def test_rules_can_be_left_out_and_changed(synthesize: Synthesize) -> None:
    def build(stack: ComplianceStack) -> None:
        Packs(
            stack,
            "packs",
            packs=[OWN],
            leave_out=["bucket-names"],
            change={"access-keys-rotated": Change(parameters={"maxAccessKeyAge": 30}, frequency="One_Hour")},
        )

    rules = declared(synthesize(build))
    assert "bucket-names" not in rules
    assert json.loads(rules["access-keys-rotated"]["input_parameters"]) == {"maxAccessKeyAge": "30"}
    assert rules["access-keys-rotated"]["maximum_execution_frequency"] == "One_Hour"


def test_the_order_of_packs_does_not_change_the_configuration(synthesize: Synthesize) -> None:
    names = ["s3", "dynamodb", "cis-controls-8-ig1"]
    one = synthesize(lambda stack: Packs(stack, "packs", packs=names))
    other = synthesize(lambda stack: Packs(stack, "packs", packs=names[::-1]))
    assert json.dumps(one) == json.dumps(other)


def test_rules_that_the_region_lacks_are_refused_all_at_once_or_left_out_when_asked(synthesize: Synthesize) -> None:
    region = "ap-east-2"
    lacking = sorted(
        rule.id
        for rule in Pack.named("s3").rules
        if isinstance(rule, ManagedPackRule) and not managed_rule(rule.identifier).is_available_in(region)
    )
    assert len(lacking) > 1
    with pytest.raises(ComplianceError) as raised:
        synthesize(lambda stack: Packs(stack, "packs", packs=["s3"]), region=region)
    message = str(raised.value)
    assert re.findall(r"^  - (\S+) \(s3\)$", message, flags=re.MULTILINE) == lacking
    assert message.startswith(f"{region} does not have {len(lacking)} of the packs' rules:")
    assert "skip_unavailable=True" in message

    made: list[Packs] = []
    rules = declared(
        synthesize(lambda stack: made.append(Packs(stack, "packs", packs=["s3"], skip_unavailable=True)), region=region)
    )
    assert list(made[0].unavailable) == lacking
    assert {rule.rule.id for rule in made[0].rules} == set(rules)
    assert not set(rules) & set(lacking)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda stack: Packs(stack, "packs", packs=["pci-dss-4"]),
            "pack 'pci-dss-4' is not known. Did you mean pci-dss-4.0",
        ),
        (
            lambda stack: (
                ManagedRule(
                    stack, "access-keys-rotated", identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccessKeyAge": 9}
                ),
                Packs(stack, "packs", packs=[OWN]),
            ),
            "Two rules of stack 'stack' are called 'access-keys-rotated'",
        ),
        (
            lambda stack: Packs(stack, "packs", packs=["hipaa", OWN]),
            "(?s)access-keys-rotated has other parameters.*acme: .*'45'.*hipaa: .*'90'",
        ),
    ],
)
def test_packs_that_cannot_be_declared_are_refused(
    synthesize: Synthesize, build: Callable[[ComplianceStack], object], message: str
) -> None:
    with pytest.raises(ComplianceError, match=message):
        synthesize(build)


def test_the_code_of_the_how_to_declares_what_it_says(synthesize: Synthesize) -> None:
    blocks = python_blocks("docs/how-to/packs.md")
    declared_by_block = []
    for block in blocks:
        configuration = synthesize(
            lambda stack, block=block: exec(compile(block, "packs.md", "exec"), {"stack": stack})  # noqa: S102
        )
        declared_by_block.append(declared(configuration))
    regional, changed, by_environment, both, policy = declared_by_block
    assert "count" in by_environment["access-keys-rotated"]
    assert "s3-bucket-versioning-enabled" in regional
    assert "cloudfront-sni-enabled" not in regional
    assert json.loads(changed["access-keys-rotated"]["input_parameters"]) == {"maxAccessKeyAge": "45"}
    assert "internet-gateway-authorized-vpc-only" not in changed
    assert {"security-group-ingress", "access-keys-rotated", "guardduty-eks-protection-audit-enabled"} <= set(both)
    assert list(policy) == ["buckets-in-use"]


def test_a_workspace_has_the_rules_of_its_own_packs_with_their_settings(synthesize: Synthesize) -> None:
    small = Pack("small", (ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 90}, "Six_Hours"),))
    large = Pack(
        "large",
        (
            ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 30}, severity=Severity.HIGH),
            ManagedPackRule("CLOUD_TRAIL_ENABLED"),
            CheckPackRule(log_group_retention.CHECK, log_group_retention.Parameters(min_days=365)),
        ),
    )

    configuration = synthesize(
        lambda stack: Packs(stack, "packs", packs=by_workspace(prod=[large], staging=[large], default=[small]))
    )

    rules = declared(configuration)
    assert "count" not in rules["access-keys-rotated"]
    for rule_id in ("cloud-trail-enabled", "log-group-retention"):
        assert rules[rule_id]["count"] == (
            '${lookup({"prod": true, "staging": true}, terraform.workspace, false) ? 1 : 0}'
        )
    parameters = rules["access-keys-rotated"]["input_parameters"].replace("\\", "")
    assert parameters.endswith('terraform.workspace, "{"maxAccessKeyAge":"90"}")}')
    assert parameters.count('"{"maxAccessKeyAge":"30"}"') == 2
    frequency = rules["access-keys-rotated"]["maximum_execution_frequency"]
    assert frequency == '${lookup({"prod": null, "staging": null}, terraform.workspace, "Six_Hours")}'


def test_packs_that_mean_different_rules_in_different_workspaces_are_refused(synthesize: Synthesize) -> None:
    one = Pack("one", (ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 90}, id="keys"),))
    two = Pack("two", (ManagedPackRule("IAM_ROOT_ACCESS_KEY_CHECK", id="keys"),))

    with pytest.raises(ComplianceError, match="keys is not the same rule in all workspaces"):
        synthesize(lambda stack: Packs(stack, "packs", packs=by_workspace(prod=[one], default=[two])))
    with pytest.raises(ComplianceError, match="leave_out: no pack has a rule 'kyes'"):
        synthesize(lambda stack: Packs(stack, "packs", packs=by_workspace(prod=[one], default=[]), leave_out=["kyes"]))


def test_a_rule_of_one_workspace_s_packs_can_be_left_out_and_changed(synthesize: Synthesize) -> None:
    pack = Pack(
        "one", (ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 90}), ManagedPackRule("CLOUD_TRAIL_ENABLED"))
    )

    configuration = synthesize(
        lambda stack: Packs(
            stack,
            "packs",
            packs=by_workspace(prod=[pack], default=[]),
            leave_out=["cloud-trail-enabled"],
            change={"access-keys-rotated": Change(parameters={"maxAccessKeyAge": 7})},
        )
    )

    (rule,) = resources(configuration, "aws_config_config_rule")
    assert rule["input_parameters"] == '{"maxAccessKeyAge":"7"}'
    assert rule["count"] == '${lookup({"prod": true}, terraform.workspace, false) ? 1 : 0}'
