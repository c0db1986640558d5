from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.unit.results.exports.builders import any_row, exported, row


@given(st.lists(any_row, max_size=4))
def test_each_result_is_one_line_that_reads_back(rows: list[Row]) -> None:
    lines = [json.loads(line) for line in exported(ExportFormat.JSON_LINES, rows).splitlines()]

    assert [line["resource"]["id"] for line in lines] == [one.result.resource.id for one in rows]
    assert [line["reason"] for line in lines] == [one.result.annotation for one in rows]
    assert [line["status"] for line in lines] == [one.status.value for one in rows]


def test_the_id_stays_when_the_result_changes_and_differs_by_resource() -> None:
    before, after, other = (
        json.loads(exported(ExportFormat.JSON_LINES, [one]))["id"]
        for one in (row(), row(Status.COMPLIANT, reason="Fixed."), row(resource_id="other"))
    )

    assert before == after != other


def test_controls_are_given_by_framework() -> None:
    line = json.loads(exported(ExportFormat.JSON_LINES, [row()]))

    assert line["controls"]["nist-csf"] == ["PR.DS-2"]
