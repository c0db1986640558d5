"""Plans of OpenTofu are reviewed as those of Terraform are, where their JSON differs.

The differences are those of opentofu/opentofu ``internal/command/jsonplan/plan.go`` (1.6 to 1.13) against
hashicorp/terraform's, and of https://opentofu.org/docs/internals/json-format and /docs/language/state/encryption.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import ReviewError
from compliance_tf.review.plan.plan_file import plan_content, read_plan
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.terraform.machine import Machine
from tests.unit.review.builders import (
    content,
    delete,
    of_type,
    plan_json,
    policies,
    resource_change,
    reviewed,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.unit.review.builders import PlanJson

PROVIDER = "registry.opentofu.org/hashicorp/aws"
ENCRYPTED = b'{"meta":{"key_provider.pbkdf2.key":"eyJzYWx0IjoiIn0="},"encrypted_data":"AAAA","encryption_version":"v0"}'


def tofu_plan(plan: PlanJson | None = None) -> PlanJson:
    """Write a plan as OpenTofu does: its registry, its version, and nothing of how complete the plan is."""
    plan = json.loads(json.dumps(plan or plan_json()).replace("registry.terraform.io", "registry.opentofu.org"))
    del plan["complete"], plan["applyable"]
    # The name of the member is kept; variables and outputs may say that they are deprecated.
    plan["terraform_version"] = "1.10.6"
    plan["variables"] = {"workspace": {"value": "dev", "deprecated": "Use another one."}}
    return plan


def test_a_plan_of_opentofu_has_the_findings_of_the_same_plan_of_terraform() -> None:
    assert (policies(reviewed(tofu_plan())), reviewed(tofu_plan()).is_empty) == (set(), True)
    increased = plan_json()
    of_type(increased, "aws_iam_role_policy")[0]["change"]["after"]["policy"] = json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    )
    of_type(increased, "aws_iam_role_policy")[0]["change"]["actions"] = ["update"]
    assert policies(reviewed(tofu_plan(increased))) == policies(reviewed(increased)) != set()


def test_a_provider_of_somebody_else_is_refused_in_its_registry_too() -> None:
    plan = tofu_plan()
    of_type(plan, "aws_iam_role")[0]["provider_name"] = "registry.opentofu.org/acme/aws"
    assert policies(reviewed(plan)) == {"allow-list"}


def test_the_early_versions_have_no_timestamp_and_the_first_no_flag_of_errors() -> None:
    plan = tofu_plan()
    del plan["timestamp"], plan["errored"]
    assert reviewed({**plan, "format_version": "1.0"}).findings == ()


def test_a_plan_that_failed_is_blocked() -> None:
    assert policies(reviewed({**tofu_plan(), "errored": True})) == {"incomplete-plan"}


def test_a_plan_with_targets_is_seen_by_what_it_leaves_out() -> None:
    """Terraform says of it that it is not complete, OpenTofu says nothing."""
    plan = tofu_plan()
    plan["resource_changes"] = of_type(plan, "aws_dynamodb_table")
    assert policies(reviewed(plan)) >= {"incomplete-plan"}


def test_what_has_no_instances_is_not_left_out() -> None:
    plan = tofu_plan()
    data = {"mode": "data", "type": "aws_region"}
    for number, repeated in enumerate(({"count_expression": {}}, {"for_each_expression": {}}, data)):
        plan["configuration"]["root_module"]["resources"].append(
            {"address": f"aws_iam_role_policy.none_{number}", "mode": "managed", "expressions": {}, **repeated}
        )
    assert reviewed(plan).findings == ()


def test_a_destruction_of_what_was_deployed_in_part_is_complete() -> None:
    plan = tofu_plan()
    plan["resource_changes"] = of_type(plan, "aws_config_config_rule")
    for one in plan["resource_changes"]:
        delete(one)
    assert "incomplete-plan" not in policies(reviewed(plan))


def test_a_plan_that_only_refreshes_is_complete() -> None:
    plan = tofu_plan()
    plan["resource_changes"] = []
    assert "incomplete-plan" not in policies(reviewed(plan))


@pytest.mark.parametrize(
    ("reason", "actions", "words"),
    [
        ("delete_because_enabled_false", ["delete"], "it is not enabled any more"),
        ("forgot_because_lifecycle_destroy_in_state", ["forget"], "its lifecycle had destroy = false"),
        ("forgot_because_lifecycle_destroy_in_config", ["forget", "create"], "its lifecycle has destroy = false"),
    ],
)
def test_its_own_reasons_are_described_in_words(reason: str, actions: list[str], words: str) -> None:
    plan = tofu_plan()
    one: dict[str, Any] = deepcopy(resource_change("aws_cloudwatch_log_group", "x", {"name": "/aws/lambda/acme-dev-x"}))
    one["provider_name"] = PROVIDER
    one["change"]["actions"] = actions
    if actions != ["forget", "create"]:
        delete(one, actions[0])
    plan["resource_changes"].append({**one, "action_reason": reason})
    assert [removal for removal in reviewed(plan).removals if words in removal.reason]


def test_its_plans_are_read_by_check_plan_too() -> None:
    plan = any_plan(content(tofu_plan()), "plan.json")
    assert plan.instances
    assert {one.full_name for one in plan.providers.values()} == {PROVIDER}


# OpenTofu encrypts a saved plan into a JSON file.


def machine(folder: Path, script: str) -> Machine:
    (folder / "bin").mkdir()
    program = folder / "bin" / "tofu"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    variables = {"PATH": f"{folder}/bin:/usr/bin:/bin", "HOME": str(folder), "TERRAFORM_BINARY_NAME": "tofu"}
    return Machine(variables, working_folder=folder)


def test_an_encrypted_plan_is_shown_by_opentofu(tmp_path: Path) -> None:
    (tmp_path / "plan").write_bytes(ENCRYPTED)
    (tmp_path / "shown.json").write_bytes(content(tofu_plan()))
    script = '[ "$1 $2" = "show -json" ] && grep -q encryption_version "$3" && cat shown.json'
    assert read_plan(str(tmp_path / "plan"), machine(tmp_path, script)).identity.workspace == "dev"


def test_an_encrypted_plan_that_cannot_be_shown_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "plan").write_bytes(ENCRYPTED)
    what_to_set = r"OpenTofu encrypted it: name OpenTofu in TERRAFORM_BINARY_NAME, and set TF_ENCRYPTION"
    with pytest.raises(ReviewError, match=rf"(?s)cannot show .*plan\. {what_to_set}.*`tofu show -json` prints.*no key"):
        plan_content(str(tmp_path / "plan"), machine(tmp_path, "echo no key >&2; exit 1"))


def test_an_encrypted_plan_that_comes_as_text_is_refused_with_what_it_is() -> None:
    with pytest.raises(ReviewError, match="standard input is a file that OpenTofu encrypted, not a plan"):
        plan_of_json(ENCRYPTED, "standard input")
