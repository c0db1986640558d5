"""What runs is waited for with words, ended politely, and never hurt by the end of who waits for it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import CommandError, InterruptedCommandError
from compliance_tf.terraform import programs as module
from compliance_tf.terraform.programs import Programs
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

# Notes each polite signal, goes on for a moment, and says that it has ended in order.
POLITE = """
import signal, sys, time, pathlib
def end(*_):
    pathlib.Path("interrupts").open("a").write("x")
    print("ending", flush=True)
    signals.append(1)
signals = []
signal.signal(signal.SIGINT, end)
pathlib.Path("started").touch()
for _ in range(200):
    if len(signals) > 1:
        sys.exit(2)
    if signals:
        time.sleep(0.3)
        if len(signals) == 1:
            print("released", flush=True)
            pathlib.Path("released").touch()
            sys.exit(1)
    time.sleep(0.05)
"""

WAITS = """
import os, sys
from pathlib import Path
from compliance_tf.errors import InterruptedCommandError
from compliance_tf.lifecycle.person import Person
from compliance_tf.terraform.programs import Programs
person = Person.at_terminal()
programs = Programs(dict(os.environ), say=person.say, show=person.show)
try:
    with programs.interruptible():
        programs.run([sys.executable, "polite.py"], folder=Path(), waiting_for="it", visible=True)
except InterruptedCommandError as error:
    person.say(f"interrupted by {error.signal.name}")
    sys.exit(3)
"""


INTERRUPTED = 3
"""The exit code of that when a signal ended it."""


def programs(said: list[str], shown: list[str]) -> Programs:
    return Programs(dict(os.environ), say=said.append, show=shown.append)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.02)


def waiting(
    folder: Path, *by: str, output: int = subprocess.PIPE, errors: int = subprocess.STDOUT
) -> subprocess.Popen[str]:
    """Start a program that waits for a polite one."""
    (folder / "polite.py").write_text(POLITE)
    process = subprocess.Popen(
        [*by, sys.executable, "-c", WAITS],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        stdout=output,
        stderr=errors,
        text=True,
    )
    wait_for(folder / "started")
    return process


def test_what_is_visible_is_shown_by_lines_and_errors_are_the_message(tmp_path: Path) -> None:
    said, shown = list[str](), list[str]()
    script = "import sys; print('one'); print('two', end=''); sys.stderr.write('why\\n'); sys.exit(3)"
    with pytest.raises(CommandError, match=r"^why$"):
        programs(said, shown).run([sys.executable, "-c", script], folder=tmp_path, waiting_for="it", visible=True)
    assert (said, shown) == ([], ["one", "two"])


def test_it_is_said_what_is_waited_for_when_nothing_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SILENCE_SECONDS", 0.2)
    said, shown = list[str](), list[str]()
    script = "import time; time.sleep(0.6); print('done')"
    assert programs(said, shown).run([sys.executable, "-c", script], folder=tmp_path, waiting_for="it") == "done"
    assert [line.partition(" (")[0] for line in said] == ["Waiting for it"]
    assert shown == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_what_runs_politely_and_once(tmp_path: Path, number: signal.Signals) -> None:
    process = waiting(tmp_path)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert "released" in output
    assert output.rstrip().endswith(f"interrupted by {number.name}")
    assert (tmp_path / "interrupts").read_text() == "x"


def test_a_pipeline_that_goes_on_to_terminate_does_not_hurry_it(tmp_path: Path) -> None:
    process = waiting(tmp_path)
    process.send_signal(signal.SIGINT)
    wait_for(tmp_path / "interrupts")
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert "released" in output


@pytest.mark.parametrize("errors", [subprocess.STDOUT, subprocess.DEVNULL])
def test_a_terminal_that_closes_ends_what_runs_politely_and_once(tmp_path: Path, errors: int) -> None:
    terminal, its_end = os.openpty()
    process = waiting(tmp_path, output=its_end, errors=errors)
    os.close(its_end)
    os.close(terminal)
    process.send_signal(signal.SIGHUP)
    assert process.wait(60) == INTERRUPTED
    assert (tmp_path / "released").exists()
    assert (tmp_path / "interrupts").read_text() == "x"


def test_what_was_started_by_nohup_goes_on_when_its_terminal_closes(tmp_path: Path) -> None:
    process = waiting(tmp_path, "nohup")
    process.send_signal(signal.SIGHUP)
    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=60)
    assert output.rstrip().endswith("interrupted by SIGTERM")


def test_a_person_who_insists_ends_it_at_once(tmp_path: Path) -> None:
    process = waiting(tmp_path)
    process.send_signal(signal.SIGINT)
    wait_for(tmp_path / "interrupts")
    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=60)
    assert "released" not in output
    assert (tmp_path / "interrupts").read_text() == "xx"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals a child that its parent was killed")
def test_a_kill_ends_what_runs_politely_as_well(tmp_path: Path) -> None:
    process = waiting(tmp_path)
    process.kill()
    process.wait()
    wait_for(tmp_path / "released")
    if process.stdout:
        process.stdout.close()


def test_a_signal_between_two_programs_ends_the_command() -> None:
    said, shown = list[str](), list[str]()
    running = programs(said, shown)
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(InterruptedCommandError, match="SIGTERM"), running.interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
