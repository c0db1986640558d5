from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import ExportError, ResultsError
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.selection import Selection
from tests.runtime.exports.command import DEPLOYMENT, run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from typer.testing import Result as Run

    from compliance_tf.results.row import Row


def export(*arguments: str) -> Run:
    return run("results", "export", *DEPLOYMENT, *arguments)


def statuses(*arguments: str) -> dict[str, str]:
    lines = export("--format", "jsonl", *arguments).stdout.splitlines()
    return {line["resource"]["id"]: line["status"] for line in map(json.loads, lines)}


def test_all_present_results_are_exported() -> None:
    assert statuses() == {"open": "non-compliant", "legacy": "waived", "tidy": "compliant", "neat": "compliant"}


def test_the_status_chooses() -> None:
    assert statuses("--status", "waived") == {"legacy": "waived"}
    assert set(statuses("--status", "compliant", "--status", "non-compliant")) == {"tidy", "neat", "open"}


def test_closed_results_cannot_be_asked_for() -> None:
    with pytest.raises(ResultsError, match="Closed results"):
        statuses("--status", "closed")


@pytest.mark.parametrize("format_", ExportFormat)
def test_a_file_holds_what_standard_output_would_and_the_count_is_said_beside_it(
    format_: ExportFormat, tmp_path: Path
) -> None:
    file = tmp_path / "results"
    said = export("--format", format_.value, "--output", str(file))

    assert said.stdout == ""
    assert said.stderr == "4 results exported.\n"
    # Times of reading differ from one export to the next.
    written = file.read_text(encoding="utf-8")
    assert len(written) == len(export("--format", format_.value).stdout)
    assert "legacy" in written
    assert [one.name for one in tmp_path.iterdir()] == ["results"]


def test_csv_names_rules_without_what_all_names_of_the_deployment_begin_with() -> None:
    lines = list(csv.DictReader(io.StringIO(export("--format", "csv").stdout)))

    assert {line["rule"] for line in lines} == {"tls"}


def test_a_file_that_cannot_be_written_is_said_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="cannot be written"):
        export("--format", "csv", "--output", str(tmp_path / "no" / "such" / "folder.csv"))

    assert list(tmp_path.iterdir()) == []


def test_half_a_file_is_left_nowhere_when_reading_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(rows: Iterator[Row]) -> Iterator[Row]:
        yield next(rows)
        raise ResultsError("The table is deleted.")

    whole = Selection.rows
    monkeypatch.setattr(Selection, "rows", lambda self, reader: fail(whole(self, reader)))
    (tmp_path / "results.csv").write_text("of yesterday", encoding="utf-8")

    with pytest.raises(ResultsError, match="deleted"):
        export("--format", "csv", "--output", str(tmp_path / "results.csv"))

    assert {file.name: file.read_text(encoding="utf-8") for file in tmp_path.iterdir()} == {
        "results.csv": "of yesterday"
    }
