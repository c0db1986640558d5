"""From a declared waiver to the violation that has it, through real functions with the roles that we declare."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.deploy.shared.deployed import SOON
from tests.deploy.shared.violating import results, tickets

if TYPE_CHECKING:
    from tests.deploy.shared.deployed import Deployed


def test_a_violation_is_recorded_with_its_waiver(violations: Deployed) -> None:
    found = tickets(violations)

    # The bucket was recorded before it had its tag, perhaps.
    assert found | {"by-tag": None} == {"by-id": "SEC-1", "by-arn": "SEC-2", "by-tag": None, "plain": None}
    waived = {one.resource.id for one in results(violations) if one.is_waived(datetime.now(UTC))}
    assert waived >= {"by-id", "by-arn"}
    assert "plain" not in waived


def test_a_tag_that_came_later_is_found_by_reconciliation(violations: Deployed) -> None:
    violations.reconcile()

    assert tickets(violations) == {"by-id": "SEC-1", "by-arn": "SEC-2", "by-tag": "SEC-3", "plain": None}


def test_the_command_says_which_waivers_no_violation_has(violations: Deployed) -> None:
    lines = json.loads(violations.admin.run("compliance-tf", "waivers", "--workspace", "prod", "--format", "json"))

    assert {line["ticket"]: (line["state"], line["used"]) for line in lines} == {
        "SEC-1": ("expires soon", True),
        "SEC-2": ("active", True),
        "SEC-3": ("active", True),
        "SEC-4": ("active", False),
    }
    assert "active, unused" in violations.admin.run("compliance-tf", "waivers", "-w", "prod")


def test_a_workspace_without_a_table_is_named(violations: Deployed) -> None:
    said = violations.admin.run("compliance-tf", "waivers", "-w", "staging", fails=True)

    assert "error: There is no table compliance-staging-results in eu-west-1: deploy first" in said


def test_the_output_says_which_waivers_expire_soon(violations: Deployed) -> None:
    violations.project.select("prod")
    output = json.loads(violations.project.terraform("output", "-json", "waivers_expiring_soon"))

    assert output == [f"{SOON}: SEC-1 of team-data, rule s3-bucket-tls-only, id by-id (Legacy.)"]
