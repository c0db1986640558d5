"""A rule whose id is too long for its name is called by its id all the same."""

from __future__ import annotations

from compliance_runtime.check import Severity
from tests.unit.review.builders import of_type, output, plan_json, reviewed, update


def test_a_review_calls_a_shortened_rule_by_its_id_and_finds_its_severity() -> None:
    plan = plan_json()
    (changed,) = [one for one in of_type(plan, "aws_config_config_rule") if one["name"] == "keys"]
    for side in ("before", "after"):
        changed["change"][side]["tags"] = {"rule": "iam-access-keys-of-users-are-rotated"}
    update(changed, input_parameters='{"maxAccessKeyAge":"30"}')
    rules = {"iam-access-keys-of-users-are-rotated": "CRITICAL cis-1.4-level-1", "trail": "LOW", "tags": "LOW"}
    plan["output_changes"]["rules"] = output(rules)
    (change,) = reviewed(plan).rules
    assert (change.name, change.severity) == ("iam-access-keys-of-users-are-rotated", Severity.CRITICAL)
