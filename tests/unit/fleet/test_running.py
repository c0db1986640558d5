"""Cells are worked on apart from each other."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import FleetError, InterruptedCommandError
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.running import Runner, State
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.terraform.failures import explain
from tests.unit.terraform.test_failures import FOLDER, LOCKED
from tests.unit.terraform.test_programs import POLITE, wait_for

if TYPE_CHECKING:
    from pathlib import Path

CELLS = [Cell(f"{number:012}", FleetRegion("eu-west-1", "eu-west-1"), "dev", "all") for number in range(6)]


def runner(parallel: int = 2) -> Runner:
    return Runner(parallel, lock=2, on_done=lambda *_: None)


def test_what_one_cell_raises_is_its_outcome_alone() -> None:
    def work(cell: Cell) -> tuple[State, str]:
        match CELLS.index(cell):
            case 1:
                raise FleetError("denied")
            case 2:
                raise KeyError("a bug")
        return State.DONE, "fine"

    outcomes = runner().each(CELLS, work)
    assert [one.cell for one in outcomes] == CELLS
    assert [one.state for one in outcomes] == [State.DONE, State.FAILED, State.FAILED, *[State.DONE] * 3]
    assert outcomes[1].said == "denied"


def test_no_more_cells_are_at_work_than_asked_for() -> None:
    at_work, most, guard = 0, 0, threading.Lock()

    def work(_cell: Cell) -> tuple[State, str]:
        nonlocal at_work, most
        with guard:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.02)
        with guard:
            at_work -= 1
        return State.DONE, ""

    runner(parallel=3).each(CELLS, work)
    assert most == 3


def test_after_a_signal_no_cell_begins_and_those_that_have_begun_end() -> None:
    one = runner(parallel=1)

    def work(_cell: Cell) -> tuple[State, str]:
        os.kill(os.getpid(), signal.SIGINT)
        while one.signal is None:
            time.sleep(0.01)
        return State.DONE, ""

    outcomes = one.each(CELLS, work)
    assert [outcome.state for outcome in outcomes] == [State.DONE, *[State.NOT_BEGUN] * 5]
    with pytest.raises(InterruptedCommandError, match="Give the same command again"):
        one.require_no_signal()


def test_a_pipeline_that_goes_on_to_terminate_does_not_hurry_what_a_cell_runs(tmp_path: Path) -> None:
    (tmp_path / "polite.py").write_text(POLITE)
    (tmp_path / "cdktf.json").write_text(json.dumps({"app": f"exec {sys.executable} polite.py"}))
    one = runner()

    def work(_cell: Cell) -> tuple[State, str]:
        one.command(["plan", "-w", "dev"], folder=tmp_path, variables=dict(os.environ), log=tmp_path / "log")
        return State.DONE, ""

    def cancel() -> None:
        for number, before in ((signal.SIGINT, "started"), (signal.SIGTERM, "interrupts")):
            wait_for(tmp_path / before)
            os.kill(os.getpid(), number)

    pipeline = threading.Thread(target=cancel)
    pipeline.start()
    outcomes = one.each(CELLS[:1], work)
    pipeline.join()
    assert [outcome.state for outcome in outcomes] == [State.FAILED]
    assert (tmp_path / "released").exists()


def test_what_a_cell_says_is_one_line_without_control_characters() -> None:
    def work(_cell: Cell) -> tuple[State, str]:
        raise FleetError("denied\n::error::\x1b]0;owned\x07 \u202e of " + "x" * 500)

    line = runner().each(CELLS[:1], work)[0].in_a_line
    assert line.startswith(r"denied \u003a\u003aerror::\u001b]0;owned\u0007")
    assert len(line) <= 400
    assert line.isprintable()


def test_what_to_do_is_in_the_line_however_much_terraform_says_before() -> None:
    locked = explain(LOCKED.replace("api error", f"RequestID: {'x' * 400}, api error"), "plan", FOLDER, "dev")

    def work(_cell: Cell) -> tuple[State, str]:
        raise FleetError(locked)

    line = runner().each(CELLS[:1], work)[0].in_a_line
    assert line.startswith("`terraform plan` failed for compliance in dev: Error: Error acquiring the state lock")
    assert "locked by ada@laptop since 2026-11-26 17:00:00 (UTC). Wait for that command to end." in line
    assert line.endswith("--unlock b0a2a0b1-9c1c-6a3b-5f0e-1d2c3b4a5968`.")


def test_a_failed_command_is_reported_by_its_last_message(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with pytest.raises(FleetError, match="No such option"):
        runner().command(["results", "--no-such-option"], folder=tmp_path, variables=dict(os.environ), log=log)
    with pytest.raises(FleetError, match="It is not known which results are meant"):
        runner().command(["results", "-w", "dev"], folder=tmp_path, variables=dict(os.environ), log=log)
