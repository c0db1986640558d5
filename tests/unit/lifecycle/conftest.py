"""A project without AWS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.unit.lifecycle.builders import FakeProject

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _aws_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance_tf.lifecycle.session.require_aws", lambda *_: None)
    monkeypatch.setattr("compliance_tf.lifecycle.leftovers.Account.find", lambda _: [])
    monkeypatch.setattr("compliance_tf.lifecycle.leftovers.Account.taken", lambda *_: {})


@pytest.fixture
def fake(tmp_path: Path) -> FakeProject:
    return FakeProject.create(tmp_path)
