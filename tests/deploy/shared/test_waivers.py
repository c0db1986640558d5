"""From a declared waiver to the violation that has it, through real functions with the roles that we declare."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance
from tests.deploy.conftest import REGION
from tests.deploy.shared.deployed import BY_TAG, SOON
from tests.runtime.local.accounts import eventually

if TYPE_CHECKING:
    from compliance_runtime.recording.results import Result
    from tests.deploy.shared.deployed import Deployed

BUCKETS = ("by-id", "by-arn", "by-tag", "plain")


def results(deployed: Deployed) -> list[Result]:
    """The results of the buckets of these tests."""
    return [one for one in deployed.store.of_rule("acme-dev-tls") if one.resource.id in BUCKETS]


def tickets(deployed: Deployed) -> dict[str, str | None]:
    """The tickets of the waivers that violations have."""
    return {one.resource.id: one.waiver.ticket if one.waiver else None for one in results(deployed)}


@pytest.fixture(scope="session")
def violations(deployed: Deployed) -> Deployed:
    """The deployment, with four buckets that violate a rule."""
    config = deployed.aws.client("config", region=REGION)

    def has_tag() -> bool:
        history = config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId="by-tag", limit=1)
        return any(item["tags"] == {"team": "data"} for item in history["configurationItems"])

    for name in BUCKETS:
        deployed.create_bucket(name, **({"team": "data"} if name == "by-tag" else {}))
    eventually("four violations", lambda: len(tickets(deployed)) == len(BUCKETS), 60)
    eventually("the tag", has_tag, 60)
    deployed.project.select("dev")
    return deployed


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
    lines = json.loads(violations.project.run("compliance-tf", "waivers", "--workspace", "dev", "--format", "json"))

    assert {line["ticket"]: (line["state"], line["used"]) for line in lines} == {
        "SEC-1": ("expires soon", True),
        "SEC-2": ("active", True),
        "SEC-3": ("active", True),
        "SEC-4": ("active", False),
    }
    assert "active, unused" in violations.project.run("compliance-tf", "waivers", "-w", "dev")


def test_a_workspace_without_a_table_is_named(violations: Deployed) -> None:
    said = violations.project.run("compliance-tf", "waivers", "-w", "staging", fails=True)

    assert "error: There is no table acme-staging-results in eu-west-1: deploy first" in said


def test_the_output_says_which_waivers_expire_soon(violations: Deployed) -> None:
    output = json.loads(violations.project.terraform("output", "-json", "waivers_expiring_soon"))

    assert output == [f"{SOON}: SEC-1 of team-data, rule tls, id by-id (Legacy.)"]


@pytest.mark.changes_deployment
def test_a_waiver_that_is_taken_back_leaves_the_violation_with_its_verdict(violations: Deployed) -> None:
    violations.reconcile()
    began = {one.resource.id: one.since for one in results(violations)}

    output = violations.redeploy(BY_TAG)
    assert "waivers_expiring_soon = []" in output
    violations.reconcile()

    assert tickets(violations) == {"by-id": None, "by-arn": None, "by-tag": "SEC-3", "plain": None}
    left = results(violations)
    assert {one.resource.id: one.since for one in left} == began
    assert {one.compliance for one in left} == {Compliance.NON_COMPLIANT}
