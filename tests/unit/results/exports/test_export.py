"""What holds for every format."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, cast

import pytest

from compliance_tf.results.exports import junit
from compliance_tf.results.exports.export import ExportFormat, write
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import SNAPSHOT, exported, row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO


class Counting:
    """A stream that keeps nothing."""

    def __init__(self) -> None:
        self.characters = 0

    def write(self, text: str) -> int:
        self.characters += len(text)
        return len(text)


def rows(count: int) -> Iterator[Row]:
    statuses = list(Status)
    return (row(statuses[n % 4], resource_id=f"bucket-{n}") for n in range(count))


def peak(format_: ExportFormat, count: int) -> int:
    tracemalloc.start()
    try:
        write(format_, rows(count), SNAPSHOT, cast("TextIO", Counting()))
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("format_", ExportFormat)
def test_memory_does_not_grow_with_the_results(format_: ExportFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(junit, "_HELD_BACK", 10_000)  # less than either export
    peak(format_, 200)  # what is read once and kept is read now
    few, many = peak(format_, 200), peak(format_, 1000)

    # 800 rows that were kept would be more than a megabyte; buffers of files are a fraction of that.
    assert many < few + 300_000


@pytest.mark.parametrize("format_", ExportFormat)
def test_the_same_results_give_the_same_bytes(format_: ExportFormat) -> None:
    assert exported(format_, rows(20)) == exported(format_, rows(20))
