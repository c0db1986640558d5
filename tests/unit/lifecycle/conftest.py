"""A project without AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.lifecycle.leftovers import Account
from tests.unit.lifecycle.builders import FakeProject, without_processes

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.review.plan.plan import Identity


@pytest.fixture(autouse=True)
def _aws_and_terraform_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    without_processes(monkeypatch)
    monkeypatch.setattr("compliance_tf.lifecycle.session.require_aws", lambda *_: None)
    monkeypatch.setattr(Account, "of", staticmethod(_account))
    monkeypatch.setattr(Account, "find", lambda _: [])
    monkeypatch.setattr(Account, "taken", lambda *_: {})


def _account(identity: Identity, _: object) -> Account:
    # Nobody asks it: making a session takes a fifth of all that a command does here.
    no_session: Any = None
    return Account(no_session, None, identity)


@pytest.fixture
def fake(tmp_path: Path) -> FakeProject:
    return FakeProject.create(tmp_path)
