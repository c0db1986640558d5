"""What no setting weakens is asked for before an apply too, in one question."""

from __future__ import annotations

from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.policies import fixed_violations
from tests.unit.review.builders import content, plan_json, resource_change


def test_a_plan_of_the_deployment_itself_may_be_applied() -> None:
    assert fixed_violations(plan_of_json(content(plan_json()), "plan.json")) == ()


def test_what_no_setting_weakens_is_named_with_its_policy_and_what_asks_for_approval_is_not() -> None:
    plan = plan_json()
    plan["resource_changes"].append(resource_change("aws_config_delivery_channel", "x", {"name": "default"}))
    plan["resource_changes"].append(resource_change("aws_s3_bucket", "x", {"bucket": "acme-dev"}))
    plan["configuration"]["provider_config"]["aws"]["expressions"]["region"] = {"constant_value": "us-east-1"}
    here, there = ({"name": "acme-dev-x", "region": region} for region in ("eu-west-1", "us-east-1"))
    plan["resource_changes"].append(
        resource_change("aws_config_config_rule", "x", here, before=there, actions=["update"])
    )
    plan["output_changes"]["waivers"].update(actions=["update"], after=["new"])
    found = fixed_violations(plan_of_json(content(plan), "plan.json"))
    assert [(policy.id, hit.address) for policy, hit in found] == [
        ("recorder", "aws_config_delivery_channel.x"),
        ("allow-list", "aws_s3_bucket.x"),
        ("provider-elsewhere", "aws"),
        ("provider-elsewhere", "aws_config_config_rule.x"),
    ]
