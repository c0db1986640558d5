"""Results as a JUnit report: a suite for each rule, a test case for each resource.

A violation is a failure; a waived one is skipped, with the waiver as its text.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from compliance_tf.output.junit import attribute, content
from compliance_tf.results.exports.finding import fix, reason, waiver_text
from compliance_tf.results.row import Status

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from compliance_tf.results.exports.export import Snapshot
    from compliance_tf.results.row import Row

_HELD_BACK: Final = 4_000_000
"""Characters of test cases that are kept in memory before they are written to files."""


def write(rows: Iterable[Row], snapshot: Snapshot, stream: TextIO) -> None:
    """Write a report.

    A suite has its number of failures in its first line, so the cases are written to temporary files, one for each
    rule, until all are read.
    """
    with TemporaryDirectory() as folder:
        suites = _Suites(Path(folder))
        for row in rows:
            suites.add(row)
        suites.write(snapshot, stream)


@dataclass
class _Suite:
    """The test cases of a rule.

    Parameters
    ----------
    file
        The file with the cases that are not pending.
    pending
        The cases in memory.
    tests, failures, skipped
        The total numbers.
    """

    file: Path
    pending: list[str] = field(default_factory=list)
    tests: int = 0
    failures: int = 0
    skipped: int = 0


class _Suites:
    """The suites by their rule's name.

    Parameters
    ----------
    folder
        An empty folder for temporary files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._by_rule: dict[str, _Suite] = {}
        self._held = 0

    def add(self, row: Row) -> None:
        suite = self._by_rule.setdefault(row.rule.name, _Suite(self._folder / str(len(self._by_rule))))
        suite.tests += 1
        suite.failures += row.status is Status.NON_COMPLIANT
        suite.skipped += row.status in {Status.WAIVED, Status.CLOSED}
        case = _case(row)
        suite.pending.append(case)
        self._held += len(case)
        if self._held > _HELD_BACK:
            self._put_away()

    def write(self, snapshot: Snapshot, stream: TextIO) -> None:
        self._put_away()
        suites = self._by_rule.values()
        counts = _counts(
            sum(suite.tests for suite in suites),
            sum(suite.failures for suite in suites),
        )
        name = f"{snapshot.place.project} {snapshot.place.workspace}"
        stream.write('<?xml version="1.0" encoding="UTF-8"?>\n')
        stream.write(f"<testsuites name={attribute(name)} {counts}>\n")
        for rule, suite in sorted(self._by_rule.items()):
            counts = f'{_counts(suite.tests, suite.failures)} skipped="{suite.skipped}"'
            taken_at = snapshot.taken_at.isoformat(timespec="seconds")[:19]
            stream.write(f'<testsuite name={attribute(rule)} {counts} timestamp="{taken_at}">\n')
            with suite.file.open(encoding="utf-8", newline="") as cases:
                copyfileobj(cases, stream)
            stream.write("</testsuite>\n")
        stream.write("</testsuites>\n")

    def _put_away(self) -> None:
        for suite in self._by_rule.values():
            if suite.pending:
                with suite.file.open("a", encoding="utf-8", newline="") as cases:
                    cases.writelines(suite.pending)
                suite.pending.clear()
        self._held = 0


def _case(row: Row) -> str:
    resource = row.result.resource
    class_name = f"{resource.account}.{resource.region}.{resource.type}"
    head = f'<testcase name={attribute(resource.id)} classname={attribute(class_name)} time="0"'
    match row.status:
        case Status.COMPLIANT:
            return f"{head}/>\n"
        case Status.NON_COMPLIANT:
            severity = row.result.severity.value
            said = (
                f"<failure message={attribute(reason(row))} type={attribute(severity)}>{_failure_text(row)}</failure>"
            )
        case Status.WAIVED:
            said = f"<skipped>{content(f'Waived by {waiver_text(row)}')}</skipped>"
        case Status.CLOSED:
            said = "<skipped>The resource was deleted, or the rule does not apply to it any more.</skipped>"
    return f"{head}>{said}</testcase>\n"


def _failure_text(row: Row) -> str:
    """Return all details for the reader of a failure; a case's name is its id alone, which is stable."""
    names = row.names
    lines = [
        reason(row),
        *([f"Resource: {row.resource_name}"] if row.resource_name else []),
        *([f"ARN: {names.arn}"] if names.arn else []),
        *([f"Account: {names.account}"] if names.account else []),
        f"To fix it: {fix(row)}",
    ]
    return "\n".join(map(content, lines))


def _counts(tests: int, failures: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="0" time="0"'
