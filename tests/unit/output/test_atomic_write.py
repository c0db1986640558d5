"""A file is written as a whole, whoever else writes it."""

from __future__ import annotations

import os
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from compliance_tf.output.atomic_write import atomic_write

if TYPE_CHECKING:
    from pathlib import Path


def test_two_writers_at_once_both_end_well_and_the_later_one_wins(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    with atomic_write(path) as first:
        first.write("first")
        with atomic_write(path) as second:
            second.write("second")
        assert path.read_text(encoding="utf-8") == "second"

    assert path.read_text(encoding="utf-8") == "first"
    assert list(tmp_path.iterdir()) == [path]


def test_a_writer_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text("before", encoding="utf-8")

    def fail() -> None:
        with atomic_write(path) as stream:
            stream.write("half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path: Path) -> None:
    published = tmp_path / "published"
    published.mkdir()
    link = tmp_path / "report.html"
    link.symlink_to(published / "report.html")

    with atomic_write(link) as stream:
        stream.write("new")

    assert link.is_symlink()
    assert (published / "report.html").read_text(encoding="utf-8") == "new"


def test_a_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    """Root could replace /dev/null by a file."""
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = Thread(target=lambda: read.append(pipe.read_text(encoding="utf-8")), daemon=True)
    reader.start()

    with atomic_write(pipe) as stream:
        stream.write("new")

    reader.join(timeout=10)
    assert read == ["new"]
    assert pipe.is_fifo()
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_folder_is_refused_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=f"'{tmp_path}'"), atomic_write(tmp_path):
        pass
