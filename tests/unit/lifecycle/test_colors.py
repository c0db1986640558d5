"""Where nobody sees colors, or somebody wants none, no escape sequence is written: not of Terraform, not of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.lifecycle.commands import Project
from compliance_tf.lifecycle.person import Person

if TYPE_CHECKING:
    from tests.unit.lifecycle.builders import FakeProject


@pytest.mark.parametrize("command", ["plan", "deploy"])
@pytest.mark.parametrize(
    ("is_terminal", "no_color", "in_color"),
    [(True, None, True), (True, "", True), (True, "1", False), (False, None, False), (False, "1", False)],
    ids=["terminal", "terminal, NO_COLOR empty", "terminal, NO_COLOR=1", "file", "file, NO_COLOR=1"],
)
def test_escapes_are_written_to_a_terminal_alone_and_not_against_ones_will(
    fake: FakeProject,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    no_color: str | None,
    *,
    is_terminal: bool,
    in_color: bool,
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    monkeypatch.delenv("NO_COLOR", raising=False)
    if no_color is not None:
        monkeypatch.setenv("NO_COLOR", no_color)
    getattr(Project(fake.machine, fake.path, "dev", Person.at_terminal(approves=True)), command)()
    written = capfd.readouterr()
    assert "the plan of compliance" in written.out
    assert ("\x1b[1m" in written.out) is in_color
    assert ("\x1b" in written.out + written.err) is in_color
