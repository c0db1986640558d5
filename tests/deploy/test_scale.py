"""A thousand rules are planned and applied, with no more beside them than a few have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

RULES = 1000

APP = """
from compliance_tf import ComplianceStack, ManagedRule, synthesize
from compliance_tf.catalog.managed_rules import managed_rules

usable = [
    rule.identifier for rule in managed_rules().rules.values()
    if rule.is_available_in("eu-west-1") and not any(parameter.required for parameter in rule.parameters)
]

def build(app):
    for project, number in (("many", 1000), ("few", 3)):
        stack = ComplianceStack(app, project, project=project, region="eu-west-1")
        for index in range(number):
            ManagedRule(stack, f"rule-{index:04}", identifier=usable[index % len(usable)])

synthesize(build)
"""


def test_a_thousand_rules_need_no_other_resources_than_a_few(tmp_path: Path) -> None:
    project = Project.create(tmp_path / "app", {}, APP)
    many, few = (json.loads(project.configuration(stack))["resource"] for stack in ("many", "few"))
    assert len(many.pop("aws_config_config_rule")) == RULES
    few.pop("aws_config_config_rule")
    assert {kind: len(named) for kind, named in many.items()} == {kind: len(named) for kind, named in few.items()}


@pytest.mark.long
def test_a_thousand_rules_are_applied(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), APP)

    output = project.apply("dev", stack="many")

    assert "Warning" not in output
    pages = aws.client("config", region=REGION).get_paginator("describe_config_rules").paginate()
    assert sum(len(page["ConfigRules"]) for page in pages) == RULES
    assert "No changes" in project.terraform("plan", "-input=false", stack="many")
