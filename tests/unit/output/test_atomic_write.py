"""A file is written as a whole, whoever else writes it."""

from __future__ import annotations

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
