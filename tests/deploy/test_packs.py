"""AWS's packs are whole and all of their rules valid for Terraform; the long form applies the largest five together."""

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

A_STACK_A_PACK = """
from compliance_tf import ComplianceStack, Packs, synthesize

def build(app):
    for number, name in enumerate({names}):
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


RULES = {name: {repr(rule) for rule in pack.rules} for name, pack in conformance_packs().packs.items()}
"""What each pack asks for: rules with their parameters and frequencies."""


def packs_with_every_rule() -> list[str]:
    """Choose a few packs that have the rules of all packs between them, each time the one with most that are new."""
    left, chosen = set[str]().union(*RULES.values()), list[str]()
    while left:
        chosen.append(max(RULES, key=lambda name: len(left & RULES[name])))
        left -= RULES[chosen[-1]]
    return chosen


CHOSEN = packs_with_every_rule()
OTHERS = [name for name in RULES if name not in CHOSEN]


def rules_of(configuration: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    rules = list(configuration["resource"]["aws_config_config_rule"].items())
    assert rules
    return rules


def form_of(stack: str, address: str, body: dict[str, Any]) -> tuple[str, tuple[str, dict[str, Any]]]:
    """Give what a rule says beside its name, and the rule by itself under an address that no other stack has."""
    alone = {name: value for name, value in body.items() if name != "depends_on"}
    form = json.dumps({name: value for name, value in alone.items() if name != "name"}, sort_keys=True)
    return form, (f"{stack}-{address}", alone)


def a_stack_a_pack(folder: Path, names: list[str]) -> Project:
    """Synthesize one app with a stack for each of these packs."""
    return Project.create(folder / "app", {}, A_STACK_A_PACK.replace("{names}", repr(names)))


@pytest.fixture(scope="module")
def chosen(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return a_stack_a_pack(tmp_path_factory.mktemp("chosen"), CHOSEN)


@pytest.fixture(scope="module")
def others(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return a_stack_a_pack(tmp_path_factory.mktemp("others"), OTHERS)


@pytest.mark.parametrize("name", CHOSEN)
def test_a_pack_of_aws_declares_all_of_its_rules_that_the_region_has(chosen: Project, name: str) -> None:
    """The first one waits until all are synthesized, by one app."""
    assert_all_are_declared(chosen, name)


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_each_other_pack_does_so_too(others: Project, name: str) -> None:
    assert_all_are_declared(others, name)


def assert_all_are_declared(project: Project, name: str) -> None:
    expected = {
        rule.identifier: dict(rule.parameters)
        for rule in conformance_packs().packs[name].rules
        if managed_rule(rule.identifier).is_available_in(EVERYWHERE)
    }
    declared = rules_of(json.loads(project.configuration(name.replace(".", "_"))))
    assert {
        rule["source"]["source_identifier"]: json.loads(rule.get("input_parameters", "{}")) for _, rule in declared
    } == expected


def test_every_rule_of_every_pack_of_aws_is_valid_for_terraform(chosen: Project) -> None:
    """Terraform's provider checks the rules of all packs at once."""
    stacks = sorted((chosen.folder / "cdktf.out" / "stacks").iterdir())
    assert len(stacks) == len(CHOSEN)
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

    chosen.run("terraform", "init", "-input=false", folder=stacks[0].parent)
    report = json.loads(chosen.run("terraform", "validate", "-json", folder=stacks[0].parent))

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
