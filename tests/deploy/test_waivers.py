"""From a declared waiver to the violation that has it, through real functions with the roles that we declare."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from compliance_runtime.check import Compliance
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.waivers.waiver import ResourceId

from compliance_tf.waivers.expiry import expiring_soon
from tests.deploy.conftest import REGION, Project, record_everything
from tests.runtime.local.accounts import eventually
from tests.unit.compliance_runtime.builders import deployed_waiver

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from compliance_tf.local import LocalAws

RULE = "acme-dev-tls"
GRANTED = datetime.now(UTC).date() - timedelta(days=1)
SOON, LATER = GRANTED + timedelta(days=20), GRANTED + timedelta(days=200)

APP = """
from datetime import date
from compliance_tf import CheckRule, ComplianceStack, synthesize, waivers_from_file
from compliance_runtime.checks import bucket_tls_only

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1", waivers=waivers_from_file("../waivers.yaml")
    )
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

synthesize(build)
"""


def waiver(ticket: str, expires: date, **resource: str) -> dict[str, str]:
    days = {"granted": GRANTED.isoformat(), "expires": expires.isoformat()}
    return {"rule": "tls", "reason": "Legacy.", "owner": "team-data", "ticket": ticket, **days, **resource}


BY_ID = waiver("SEC-1", SOON, resource_id="by-id")
BY_ARN = waiver("SEC-2", LATER, arn="arn:aws:s3:::by-a?n*")
BY_TAG = waiver("SEC-3", LATER, tag_key="team", tag_value="data")
UNUSED = waiver("SEC-4", LATER, arn="arn:aws:s3:::nobody")


@dataclass(frozen=True)
class Deployed:
    """The app with its waivers in a file, deployed to dev."""

    project: Project
    aws: LocalAws

    @property
    def store(self) -> ResultStore:
        return ResultStore(self.aws.client("dynamodb", region=REGION), "acme-dev-results", history_days=1)

    def deploy(self, *waivers: dict[str, str]) -> str:
        """Deploy with these waivers instead."""
        declare(self.project.folder.parent, *waivers)
        self.project.run("python", "main.py")
        return self.project.apply("dev")

    def reconcile(self) -> None:
        answer = self.aws.client("lambda", region=REGION).invoke(
            FunctionName="acme-dev-record", Payload=json.dumps({"action": "reconcile"})
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def create_bucket(self, name: str, **tags: str) -> None:
        s3 = self.aws.client("s3", region=REGION)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})

    def recorded_tags(self, bucket: str) -> dict[str, str]:
        """What AWS Config recorded last of a bucket's tags."""
        config = self.aws.client("config", region=REGION)
        history = config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId=bucket, limit=1)
        tags: dict[str, str] = history["configurationItems"][0]["tags"]
        return tags

    def tickets(self) -> dict[str, str | None]:
        """The tickets of the waivers that violations have."""
        return {one.resource.id: one.waiver.ticket if one.waiver else None for one in self.store.of_rule(RULE)}


def declare(folder: Path, *waivers: dict[str, str]) -> None:
    """Write the file: what is JSON is YAML."""
    (folder / "waivers.yaml").write_text(json.dumps({"waivers": waivers}))


@pytest.fixture(scope="module")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployed]:
    record_everything(aws)
    folder = tmp_path_factory.mktemp("waivers")
    declare(folder, BY_ID, BY_ARN, BY_TAG, UNUSED)
    deployed = Deployed(Project.create(folder / "app", aws.environment(region=REGION), APP), aws)
    deployed.project.apply("dev")
    for name in ("by-id", "by-arn", "plain"):
        deployed.create_bucket(name)
    deployed.create_bucket("by-tag", team="data")
    eventually("four violations", lambda: len(deployed.tickets()) == 4, 60)
    eventually("the tag", lambda: deployed.recorded_tags("by-tag") == {"team": "data"}, 60)
    yield deployed
    assert "ERROR" not in aws.log


def test_a_violation_is_recorded_with_its_waiver(deployed: Deployed) -> None:
    tickets = deployed.tickets()

    # The bucket was recorded before it had its tag, perhaps.
    assert tickets | {"by-tag": None} == {"by-id": "SEC-1", "by-arn": "SEC-2", "by-tag": None, "plain": None}
    waived = {one.resource.id for one in deployed.store.of_rule(RULE) if one.is_waived(datetime.now(UTC))}
    assert waived >= {"by-id", "by-arn"}
    assert "plain" not in waived


def test_a_tag_that_came_later_is_found_by_reconciliation(deployed: Deployed) -> None:
    deployed.reconcile()

    assert deployed.tickets() == {"by-id": "SEC-1", "by-arn": "SEC-2", "by-tag": "SEC-3", "plain": None}


def test_the_command_says_which_waivers_no_violation_has(deployed: Deployed) -> None:
    lines = json.loads(deployed.project.run("compliance-tf", "waivers", "--workspace", "dev", "--json"))

    assert {line["ticket"]: (line["state"], line["used"]) for line in lines} == {
        "SEC-1": ("expires soon", True),
        "SEC-2": ("active", True),
        "SEC-3": ("active", True),
        "SEC-4": ("active", False),
    }
    assert "active, unused" in deployed.project.run("compliance-tf", "waivers", "-w", "dev")


def test_a_workspace_without_a_table_is_named(deployed: Deployed) -> None:
    said = deployed.project.run("compliance-tf", "waivers", "-w", "staging", fails=True)

    assert "error: There is no table acme-staging-results in eu-west-1: deploy first" in said


def test_the_plan_says_which_waivers_expire_soon_and_a_second_one_changes_nothing(deployed: Deployed) -> None:
    output = json.loads(deployed.project.terraform("output", "-json", "waivers_expiring_soon"))
    plan = deployed.project.terraform("plan", "-input=false")

    assert output == [f"{SOON}: SEC-1 of team-data, rule tls, id by-id (Legacy.)"]
    assert "No changes" in plan
    assert "Warning" not in plan


def test_a_waiver_that_is_taken_back_leaves_the_violation_with_its_verdict(deployed: Deployed) -> None:
    deployed.reconcile()
    times = {one.resource.id: one.time for one in deployed.store.of_rule(RULE)}

    output = deployed.deploy(BY_TAG)
    assert "waivers_expiring_soon = []" in output
    deployed.reconcile()

    assert deployed.tickets() == {"by-id": None, "by-arn": None, "by-tag": "SEC-3", "plain": None}
    results = list(deployed.store.of_rule(RULE))
    assert {one.resource.id: one.time for one in results} == times
    assert {one.compliance for one in results} == {Compliance.NON_COMPLIANT}
    assert "No changes" in deployed.project.terraform("plan", "-input=false")


@pytest.mark.parametrize(
    ("now", "workspaces", "listed"),
    [
        ("2026-05-31T23:59:59Z", (), False),
        ("2026-06-01T00:00:00Z", (), True),
        ("2026-07-01T23:59:59Z", (), True),
        ("2026-07-02T00:00:00Z", (), False),
        ("2026-06-15T00:00:00Z", ("default",), True),
        ("2026-06-15T00:00:00Z", ("prod",), False),
    ],
)
def test_a_plan_lists_a_waiver_from_thirty_days_before_to_its_last_day_where_it_is_for_the_workspace(
    tmp_path: Path, now: str, workspaces: tuple[str, ...], *, listed: bool
) -> None:
    one = deployed_waiver("tls", ResourceId("logs"), expires=date(2026, 7, 1), workspaces=workspaces)
    expression = expiring_soon([one]).removeprefix("${").removesuffix("}").replace("plantimestamp()", f'"{now}"')

    console = subprocess.run(
        ["terraform", "console"],
        cwd=tmp_path,
        input=f"length({expression})\n",
        capture_output=True,
        text=True,
        check=True,
    )

    assert console.stdout.strip() == str(int(listed))
