"""What a rule in the Terraform JSON evaluates, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment
from compliance_tf.constructs.lambda_package import build
from compliance_tf.preflight.planned_rules import checked_types, planned_rule

if TYPE_CHECKING:
    from pathlib import Path

CHANGE = "ConfigurationItemChangeNotification"


def managed(identifier: str, **more: Any) -> dict[str, Any]:
    return {"name": "acme-dev-rule", "source": {"owner": "AWS", "source_identifier": identifier}, **more}


def custom(*details: dict[str, str], owner: str = "CUSTOM_LAMBDA", **more: Any) -> dict[str, Any]:
    return {"name": "acme-dev-rule", "source": {"owner": owner, "source_detail": list(details)}, **more}


def test_a_managed_rule_evaluates_the_types_that_its_facts_name() -> None:
    rule = planned_rule(managed("RDS_STORAGE_ENCRYPTED"), {})
    assert rule.resource_types == ("AWS::RDS::DBInstance",)
    assert rule.change_triggered
    assert rule.every_hours is None
    assert not rule.runs_function


def test_a_scope_narrows_the_types() -> None:
    scope = {"compliance_resource_types": ["AWS::EC2::Volume"], "compliance_resource_id": "vol-1"}
    rule = planned_rule(managed("REQUIRED_TAGS", scope=scope), {})
    assert rule.resource_types == ("AWS::EC2::Volume",)
    assert rule.single


@pytest.mark.parametrize(("said", "hours"), [({}, 24), ({"maximum_execution_frequency": "Six_Hours"}, 6)])
def test_a_periodic_rule_is_evaluated_at_its_own_frequency_or_every_day(said: dict[str, str], hours: int) -> None:
    rule = planned_rule(managed("IAM_ROOT_ACCESS_KEY_CHECK", **said), {})
    assert (rule.change_triggered, rule.every_hours) == (False, hours)


def test_a_managed_rule_that_looks_at_no_recorded_resource_has_no_types() -> None:
    assert planned_rule(managed("IAM_ROOT_ACCESS_KEY_CHECK"), {}).resource_types == ()


def test_a_check_that_is_triggered_by_changes_runs_the_function() -> None:
    scope = {"compliance_resource_types": ["AWS::S3::Bucket"]}
    rule = planned_rule(custom({"message_type": CHANGE}, scope=scope), {})
    assert (rule.resource_types, rule.change_triggered, rule.every_hours) == (("AWS::S3::Bucket",), True, None)
    assert rule.runs_function


def test_a_check_without_a_scope_may_look_at_any_type() -> None:
    assert planned_rule(custom({"message_type": CHANGE}), {}).resource_types is None


def test_a_guard_rule_runs_no_function() -> None:
    assert not planned_rule(custom({"message_type": CHANGE}, owner="CUSTOM_POLICY"), {}).runs_function


def test_a_periodic_check_evaluates_what_the_check_in_its_package_declares(tmp_path: Path) -> None:
    rules = {
        "keys": DeployedRule("compliance_runtime.checks.iam_access_keys", Severity.HIGH),
        "own": DeployedRule("checks.mine", Severity.LOW),
    }
    package = tmp_path / "lambda.zip"
    package.write_bytes(build(Deployment(rules)))
    detail = {"message_type": "ScheduledNotification", "maximum_execution_frequency": "Twelve_Hours"}
    found = checked_types([package], "acme-dev-")
    shipped = planned_rule({**custom(detail), "name": "acme-dev-keys"}, found)
    assert (shipped.resource_types, shipped.every_hours) == (("AWS::IAM::User", "AWS::::Account"), 12)
    assert planned_rule({**custom(detail), "name": "acme-dev-own"}, found).resource_types is None
