"""A command runs Terraform, each start of which takes seconds, no more often than it must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.review.plan.plan_json import plan_of_json
from tests.unit.lifecycle.builders import configuration, plan_of
from tests.unit.review.builders import resource_change

if TYPE_CHECKING:
    from tests.unit.lifecycle.builders import FakeProject

ALL = ("init", "workspace", "console", "plan", "show", "apply")


def destruction() -> dict[str, Any]:
    """A plan that destroys a rule of the deployment."""
    before = {"name": "acme-dev-trail"}
    change = resource_change("aws_config_config_rule", "r", None, before=before, actions=["delete"])
    return {**plan_of(), "resource_changes": [change]}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("plan", ["init", "console", "plan"]),
        ("deploy", ["init", "console", "plan", "show", "apply"]),
        ("destroy", ["init", "workspace", "plan", "show", "apply"]),
    ],
)
def test_terraform_runs_no_more_often_than_it_must(fake: FakeProject, command: str, expected: list[str]) -> None:
    fake.plans("compliance", destruction(), "destruction")
    getattr(fake.project(), command)()
    assert [asked for _, asked, _ in fake.asked(*ALL)] == expected


def test_the_providers_checksums_are_compared_once_by_what_applies_its_own_plan(fake: FakeProject) -> None:
    fake.plans("compliance", destruction(), "destruction")
    for command, is_compared in (("plan", True), ("deploy", False), ("destroy", False), ("plan", True)):
        getattr(fake.project(), command)()
        assert "5.100.0" in fake.lock()
        assert ("h1:" in fake.lock()) == is_compared, command
    assert fake.lock_at_initialization() == fake.lock()


def test_a_plan_that_was_to_be_applied_by_its_own_command_is_applied_later_with_the_same_provider_alone(
    fake: FakeProject,
) -> None:
    plan = plan_of_json(json.dumps(plan_of()).encode(), "plan")
    for keeps, runs in (
        (False, ["init", "console", "plan", "apply"]),
        (True, ["init", "console", "plan", "init", "apply"]),
    ):
        before = len(fake.asked(*ALL))
        fake.project().plan(keeps_checksums=False)
        assert "h1:" not in fake.lock()
        fake.project().apply([plan.fingerprint], keeps_checksums=keeps)
        assert [asked for _, asked, _ in fake.asked(*ALL)[before:]] == runs
        # Terraform refuses a plan whose lock file was another one.
        assert "h1:" not in fake.lock()
    assert "h1:" in fake.lock_at_initialization()


def test_another_version_of_the_provider_is_installed_where_the_app_pins_it_now(fake: FakeProject) -> None:
    fake.project().deploy()
    pinned = {"required_providers": {"aws": {"source": "aws", "version": "5.101.0"}}}
    fake.synthesizes({"compliance": {**configuration(), "terraform": pinned}})
    lock = fake.path / "lock"
    lock.write_text(lock.read_text().replace("5.100.0", "5.101.0"))
    fake.project().plan()
    assert "5.101.0" in fake.lock()


def test_checksums_of_an_earlier_initialization_are_not_put_into_another_lock_file(fake: FakeProject) -> None:
    fake.project().deploy()
    other = f'{fake.lock()}provider "registry.terraform.io/hashicorp/external" {{}}\n'
    fake.saved_plan().with_name(".terraform.lock.hcl").write_text(other)
    fake.project().deploy()
    assert fake.lock_at_initialization() == other
