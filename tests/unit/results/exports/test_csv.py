from __future__ import annotations

import csv
import io

from hypothesis import given

from compliance_tf.output.sanitize import visible
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import any_row, exported, row


def lines(*rows: Row) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(exported(ExportFormat.CSV, rows), newline="")))


@given(any_row)
def test_any_text_reads_back_as_it_is_seen_but_for_the_mark_before_formulas(one: Row) -> None:
    (line,) = lines(one)

    assert line["resource_id"].removeprefix("'") == visible(one.result.resource.id).removeprefix("'")
    assert line["reason"].removeprefix("'") == visible(one.result.annotation or "").removeprefix("'")
    assert line["status"] == one.status.value


@given(any_row)
def test_no_cell_begins_as_a_formula_does(one: Row) -> None:
    (line,) = lines(one)

    assert [cell for cell in line.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []


def test_a_line_says_which_controls_the_rule_speaks_to_and_where_it_is_described() -> None:
    (line,) = lines(row())

    assert "cis-1.4-level-2/2.1.2" in line["controls"].split()
    assert line["rule_page"].endswith("/s3-bucket-ssl-requests-only.html")


def test_a_waived_violation_comes_with_its_waiver() -> None:
    waived, open_ = lines(row(Status.WAIVED), row())

    assert (waived["waiver_ticket"], waived["waiver_expires"]) == ("SEC-214", "2027-03-31")
    assert open_["waiver_ticket"] == ""


def test_an_export_of_nothing_has_a_heading() -> None:
    assert exported(ExportFormat.CSV, []).startswith('"status","severity","rule",')
