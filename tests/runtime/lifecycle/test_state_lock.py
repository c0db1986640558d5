"""The lock that a killed command left in S3 is shown and released, and no other one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import CommandError, ComplianceError
from tests.unit.lifecycle.builders import FakeProject, without_processes

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

REGION = "eu-west-1"
BUCKET = "acme-state"
KEY = "compliance-tf/dev/acme/eu-west-1/terraform.tfstate.tflock"
ID = "b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968"
LOCK = {
    "ID": ID,
    "Operation": "OperationTypeApply",
    "Info": "",
    "Who": "ada@laptop\x1b[2J",
    "Version": "1.11.4",
    "Created": "2026-11-26T17:00:00.123456Z",
    "Path": f"{BUCKET}/compliance-tf/dev/acme/eu-west-1/terraform.tfstate",
}
"""What Terraform 1.11 writes."""


@pytest.fixture
def s3(local_aws: LocalAws) -> Any:
    client = local_aws.client("s3", region=REGION)
    if BUCKET not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    client.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps(LOCK).encode())
    return client


@pytest.fixture
def fake(local_aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeProject:
    """A project that Terraform has initialized for state in S3, whose workspace has no state yet."""
    without_processes(monkeypatch)
    fake = FakeProject.create(tmp_path)
    fake.variables = local_aws.environment(region=REGION)
    fake.workspaces()
    data = fake.saved_plan().with_name(".terraform") / "terraform.tfstate"
    data.parent.mkdir(parents=True)
    settings = {
        "bucket": BUCKET,
        "key": "acme/eu-west-1/terraform.tfstate",
        "region": REGION,
        "workspace_key_prefix": "compliance-tf",
    }
    data.write_text(json.dumps({"backend": {"type": "s3", "config": settings}}))
    return fake


def locks(s3: Any) -> list[str]:
    return [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]


def answer(monkeypatch: pytest.MonkeyPatch, answer: str) -> list[str]:
    asked: list[str] = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: asked.append(question) or answer)
    return asked


def test_a_lock_is_shown_and_released_where_a_person_says_that_its_command_was_killed(
    fake: FakeProject, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = answer(monkeypatch, "yes")
    fake.project(approves=False).recover(removes=False)
    (shown,) = fake.shown
    assert shown.startswith("The state of acme in dev, eu-west-1 is locked by ada@laptop\\u001b[2J since ")
    assert shown.endswith(" since 2026-11-26 17:00:00 (UTC), for: Apply.")
    assert [question.partition("?")[0] for question in asked] == [
        "Was that command killed, so that nothing writes the state any more"
    ]
    assert locks(s3) == []


def test_a_lock_stays_where_the_answer_is_no(fake: FakeProject, s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch, "no")
    with pytest.raises(ComplianceError, match="not approved"):
        fake.project(approves=False).recover(removes=False)
    assert locks(s3) == [KEY]


@pytest.mark.parametrize("unlocks", [None, "another-id"])
def test_an_approval_of_all_changes_releases_no_lock_and_neither_does_another_id(
    fake: FakeProject, s3: Any, unlocks: str | None
) -> None:
    with pytest.raises(CommandError, match=f"`compliance-tf recover -w dev --unlock {ID}`"):
        fake.project().recover(removes=False, unlocks=unlocks)
    assert locks(s3) == [KEY]
    fake.project().recover(removes=False, unlocks=ID)
    assert locks(s3) == []


def test_a_lock_of_another_workspace_is_none_of_ours(fake: FakeProject, s3: Any) -> None:
    data = fake.saved_plan().with_name(".terraform")
    other = fake.saved_plan(workspace="test").with_name(".terraform")
    other.parent.mkdir(parents=True)
    data.rename(other)
    fake.project("test").recover(removes=False)
    assert locks(s3) == [KEY]


def test_a_lock_that_changes_while_it_is_asked_about_stays(
    fake: FakeProject, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reply(_: str) -> str:
        s3.put_object(Bucket=BUCKET, Key=KEY, Body=json.dumps({**LOCK, "ID": "new"}).encode())
        return "yes"

    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", reply)
    with pytest.raises(CommandError, match="The lock of the state has changed"):
        fake.project(approves=False).recover(removes=False)
    assert locks(s3) == [KEY]
