"""What holds for every format."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING, cast

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.exports import junit
from compliance_tf.results.exports.export import ExportFormat, write
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import POLICY_NAMES, SNAPSHOT, exported, row

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


@pytest.mark.parametrize("format_", ExportFormat)
def test_every_format_names_the_resource_its_arn_and_how_it_is_fixed(format_: ExportFormat) -> None:
    rule = RuleEntry("acme-dev-admin", Severity.HIGH, (), "iam-policy-admin")
    policy = row(rule=rule, resource_type="AWS::IAM::Policy", resource_id="ANPA1", names=POLICY_NAMES)

    text = exported(format_, [policy])

    said = (
        "ANPA1",
        "deployers",
        "arn:aws:iam::111122223333:policy/deployers",
        "production",
        "give administrators a role",
    )
    assert [one for one in said if one not in text] == []
