"""Two commands on one workspace of a checkout never work at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import CommandError
from compliance_tf.terraform.programs import Programs
from compliance_tf.terraform.working_folder import WorkingFolder

if TYPE_CHECKING:
    from pathlib import Path

HELD = r"`compliance-tf deploy -w dev` \(process \d+\)"


def ignore(_: str) -> None:
    """Say nothing."""


def test_who_does_not_wait_is_shown_who_works_there(tmp_path: Path) -> None:
    folder = WorkingFolder(tmp_path, "dev")
    with (
        folder.locked("compliance-tf deploy -w dev", wait=True, say=ignore),
        pytest.raises(CommandError, match=f"^{HELD} works on the workspace 'dev' in this folder"),
        folder.locked("compliance-tf plan -w dev", wait=False, say=ignore),
    ):
        pass


def test_who_waits_is_shown_for_whom_and_comes_next(tmp_path: Path) -> None:
    folder = WorkingFolder(tmp_path, "dev")
    said, order = list[str](), list[str]()
    heard = threading.Event()

    def say(sentence: str) -> None:
        said.append(sentence)
        heard.set()

    def second() -> None:
        with folder.locked("second", wait=True, say=say):
            order.append("second")

    with folder.locked("first", wait=True, say=ignore):
        thread = threading.Thread(target=second)
        thread.start()
        assert heard.wait(60)
        order.append("first")
    thread.join(60)
    assert order == ["first", "second"]
    assert said == [f"Waiting for `first` (process {os.getpid()}), which works on the workspace 'dev'."]


def test_other_workspaces_do_not_wait(tmp_path: Path) -> None:
    with (
        WorkingFolder(tmp_path, "dev").locked("first", wait=True, say=ignore),
        WorkingFolder(tmp_path, "prod").locked("second", wait=False, say=ignore),
    ):
        pass


def test_a_program_that_outlives_the_command_keeps_the_workspace(tmp_path: Path) -> None:
    folder = WorkingFolder(tmp_path, "dev")
    with folder.locked("killed", wait=True, say=ignore) as lock:
        running = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(lock,))
    with pytest.raises(CommandError, match="`killed`"), folder.locked("next", wait=False, say=ignore):
        pass
    running.communicate(b"\n")
    with folder.locked("next", wait=False, say=ignore):
        pass


def test_programs_inherit_the_lock(tmp_path: Path) -> None:
    folder = WorkingFolder(tmp_path, "dev")
    with folder.locked("command", wait=True, say=ignore) as lock:
        programs = Programs(dict(os.environ), say=ignore, show=ignore, kept_open=(lock,))
        script = f"import os; print(os.fstat({lock}).st_ino)"
        inode = programs.run([sys.executable, "-c", script], folder=tmp_path, waiting_for="it")
        assert int(inode) == os.fstat(lock).st_ino
