"""A verification cleans up whatever happens, and says what is left."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

from compliance_tf.lifecycle.person import Person
from compliance_tf.terraform.machine import Machine
from compliance_tf.verify.cost import estimate
from compliance_tf.verify.samples import BAD, BUCKET, KINDS
from compliance_tf.verify.verification import Verification
from tests.unit.verify.builders import Client, place, recorder

if TYPE_CHECKING:
    from pathlib import Path


def verification(client: Client, said: list[str]) -> Verification:
    person = Person(said.append, said.append, approves=True)
    return Verification(Machine({}), person, place(client), recorder(), 1.0)


def test_what_cannot_be_removed_is_named_with_the_command_that_removes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = verification(Client("AccessDenied"), []).run()
    assert "AccessDenied" in (report.failure or "")
    assert report.exit_code == 1
    assert any("AWS::S3::Bucket ctfverify-verify-111122223333-eu-west-1-bad: " in line for line in report.left)
    assert "compliance-tf verify --clean-up -w verify --region eu-west-1" in report.left[-1]
    assert [*tmp_path.iterdir()], "the state is kept where something is left"


def test_a_failure_before_anything_was_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    report = verification(Client("NoSuchEntity"), []).run()
    assert report.failure
    assert (report.left, [*tmp_path.iterdir()]) == ([], [])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.type)
def test_only_what_is_deleted_already_need_not_be_removed(kind: type[object]) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        kind.remove(place(Client("AccessDenied")), BAD)  # type: ignore[attr-defined]


@pytest.mark.parametrize("region", ["ap-southeast-1", "us-gov-west-1", "eusc-de-east-1"])
def test_a_bucket_has_a_name_that_s3_takes_in_the_longest_workspace(region: str) -> None:
    name = BUCKET.name(place(workspace="a_" + "b" * 18, region=region), "good")
    assert len(name) <= 63
    assert "_" not in name


def test_the_estimate_grows_with_the_log_groups_that_are_judged() -> None:
    assert 0 < estimate(KINDS, 0) < 1
    assert estimate(KINDS, 1_000) == pytest.approx(estimate(KINDS, 0) + 3)
