"""AWS's packs are whole and valid for Terraform, each of them; the long form applies the largest five together."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import managed_rule
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

EVERYWHERE = "us-east-1"
"""The region with most rules."""

EVERY_PACK = """
from compliance_tf import ComplianceStack, Packs, synthesize
from compliance_tf.catalog.conformance_packs import conformance_packs

def build(app):
    for number, name in enumerate(conformance_packs().packs):
        stack = ComplianceStack(app, name.replace(".", "_"), project=f"acme{number}", region="us-east-1")
        Packs(stack, "packs", packs=[name], skip_unavailable=True)

synthesize(build)
"""

LARGEST = """
from compliance_tf import Change, ComplianceStack, Packs, by_workspace, synthesize

KMS = {"blockedActionsPatterns": "kms:Decrypt,kms:ReEncryptFrom"}
CHANGE = {
    "ec2-volume-inuse-check": Change(parameters={"deleteOnTermination": True}),
    "iam-customer-policy-blocked-kms-actions": Change(parameters=KMS),
    "iam-inline-policy-blocked-kms-actions": Change(parameters=KMS),
    "iam-password-policy": Change(parameters={"MinimumPasswordLength": 14}),
    "s3-account-level-public-access-blocks-periodic": Change(parameters={}),
    "s3-bucket-versioning-enabled": Change(parameters={}),
    "vpc-sg-open-only-to-authorized-ports": Change(parameters={}),
}

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1")
    largest = ["abs-ccigv2-standard", "cccs-medium", "mas-trmg", "nist-800-171", "nist-800-53-r5"]
    # A workspace that is not prod has one of them only.
    Packs(stack, "packs", packs=by_workspace(prod=largest, default=["nist-800-53-r5"]), change=CHANGE,
          skip_unavailable=True)

synthesize(build)
"""


def rules_of(configuration: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    rules = list(configuration["resource"]["aws_config_config_rule"].items())
    assert rules
    return rules


def form_of(stack: str, address: str, body: dict[str, Any]) -> tuple[str, tuple[str, dict[str, Any]]]:
    """Give what a rule says beside its name, and the rule by itself under an address that no other stack has."""
    alone = {name: value for name, value in body.items() if name != "depends_on"}
    form = json.dumps({name: value for name, value in alone.items() if name != "name"}, sort_keys=True)
    return form, (f"{stack}-{address}", alone)


@pytest.fixture(scope="module")
def every_pack(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """One app with a stack for each of AWS's packs, synthesized."""
    return Project.create(tmp_path_factory.mktemp("every-pack") / "app", {}, EVERY_PACK)


@pytest.mark.parametrize("name", conformance_packs().packs)
def test_a_pack_of_aws_declares_all_of_its_rules_that_the_region_has(every_pack: Project, name: str) -> None:
    """The first one waits until all 120 are synthesized, by one app."""
    expected = {
        rule.identifier: dict(rule.parameters)
        for rule in conformance_packs().packs[name].rules
        if managed_rule(rule.identifier).is_available_in(EVERYWHERE)
    }
    declared = rules_of(json.loads(every_pack.configuration(name.replace(".", "_"))))
    assert {
        rule["source"]["source_identifier"]: json.loads(rule.get("input_parameters", "{}")) for _, rule in declared
    } == expected


def test_every_pack_of_aws_is_valid_for_terraform(every_pack: Project) -> None:
    """The app synthesizes 120 stacks, which takes longest, and Terraform's provider checks all of their rules."""
    stacks = sorted((every_pack.folder / "cdktf.out" / "stacks").iterdir())
    assert len(stacks) == len(conformance_packs().packs) == 120
    # The first as it is, and of the others each rule that no earlier one has in the same form: what stands beside rules
    # is the same in all of them, and a provider that is started once checks a hundred times less.
    first, *others = [json.loads((stack / "cdk.tf.json").read_text()) for stack in stacks]
    provider = first.pop("provider")
    del first["terraform"]["backend"]
    (stacks[0] / "cdk.tf.json").write_text(json.dumps(first))
    forms = dict(form_of(stacks[0].name, *rule) for rule in rules_of(first))
    for stack, configuration in zip(stacks[1:], others, strict=True):
        for form, rule in (form_of(stack.name, *rule) for rule in rules_of(configuration)):
            forms.setdefault(form, rule)
    root = {"resource": {"aws_config_config_rule": dict(forms.values())}}
    module = {"module": {"whole": {"source": f"./{stacks[0].name}"}}, "provider": provider}
    (stacks[0].parent / "main.tf.json").write_text(json.dumps(root | module))

    every_pack.run("terraform", "init", "-input=false", folder=stacks[0].parent)
    report = json.loads(every_pack.run("terraform", "validate", "-json", folder=stacks[0].parent))

    assert report["diagnostics"] == []


@pytest.mark.long
def test_the_five_largest_packs_are_applied_together(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), LARGEST)
    assert "Warning" not in project.apply("prod")
    assert "No changes" in project.terraform("plan", "-input=false")

    config = aws.client("config", region=REGION)
    pages = config.get_paginator("describe_config_rules").paginate()
    rules = {rule["ConfigRuleName"] for page in pages for rule in page["ConfigRules"]}
    assert len([name for name in rules if name.startswith("acme-prod-")]) > 150
