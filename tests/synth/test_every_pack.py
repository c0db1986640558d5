"""Every pack that AWS publishes synthesizes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from cdktf import App

from compliance_tf import ComplianceStack
from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.constructs.packs import Packs
from compliance_tf.packs.pack import Pack
from tests.synth.conftest import resources

if TYPE_CHECKING:
    from pathlib import Path

REGION = "eu-west-1"


@pytest.fixture(scope="module")
def every_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One app with a stack for each of AWS's packs, synthesized."""
    folder = tmp_path_factory.mktemp("every-pack")
    app = App(outdir=str(folder))
    for number, name in enumerate(conformance_packs().packs):
        stack = ComplianceStack(app, name.replace(".", "_"), project=f"acme{number}", region=REGION)
        Packs(stack, "packs", packs=[Pack.named(name)], skip_unavailable=True)
    app.synth()
    return folder


@pytest.mark.parametrize("name", conformance_packs().packs)
def test_a_pack_of_aws_declares_all_of_its_rules_that_the_region_has(every_pack: Path, name: str) -> None:
    """The first one waits until all 120 are synthesized, by one app."""
    stack = every_pack / "stacks" / name.replace(".", "_") / "cdk.tf.json"
    rules = resources(json.loads(stack.read_text()), "aws_config_config_rule")
    expected = {
        rule.identifier: dict(rule.parameters)
        for rule in conformance_packs().packs[name].rules
        if managed_rule(rule.identifier).is_available_in(REGION)
    }
    assert {
        rule["source"]["source_identifier"]: json.loads(rule.get("input_parameters", "{}")) for rule in rules
    } == expected
