"""Parquet files have what the table has, by day and place, and are asked in SQL."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.cli.export import ExportedFormat
from compliance_tf.errors import ExportError
from compliance_tf.results.analytics import parquet
from compliance_tf.results.analytics.columns import COLUMNS, athena_ddl
from compliance_tf.results.analytics.sql import ask
from compliance_tf.results.exports.export import ExportFormat
from compliance_tf.results.row import Row, Status
from tests.repository import REPOSITORY
from tests.runtime.results.builders import BUCKET, NOW, result, rule, waiver

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path


PLACE = ("111122223333", "eu-west-1", "acme-dev")


def write_parquet(rows: Iterable[Row], at: datetime, target: str, **more: Any) -> int:
    return parquet.write_parquet(rows, at, target, source=lambda _: "acme-dev", **more)


def row(name: str, account: str = "111122223333", region: str = "eu-west-1") -> Row:
    found = replace(result("tls", Resource(account, region, BUCKET, name), reason="Open; 'quoted'."), waiver=waiver())
    return Row(found, rule("tls", Severity.HIGH, "cis", "hipaa"), Status.WAIVED, NOW)


def test_what_is_exported_is_found_again(tmp_path: Path) -> None:
    places = [("111122223333", "eu-west-1"), ("444455556666", "eu-west-1"), ("444455556666", "us-east-1")]
    rows = [row(f"bucket-{number}", *place) for number, place in enumerate(places)]
    assert write_parquet(rows, NOW, str(tmp_path / "it's")) == 3
    columns, found = ask("SELECT * EXCLUDE (day) FROM results ORDER BY resource_id", tmp_path / "it's")
    assert columns == (*(column.name for column in COLUMNS), "account", "region")
    assert [dict(zip(columns, one, strict=True)) for one in found] == [
        {**{column.name: column.of(one) for column in COLUMNS}, "account": account, "region": region}
        for one, (account, region) in zip(rows, places, strict=True)
    ]


def test_a_later_export_of_the_day_replaces_the_earlier_and_other_days_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "_OPEN", 1)
    monkeypatch.setattr(parquet, "_BATCH", 2)
    apart = [row("a"), row("b", region="us-east-1"), *(row(f"c{number}") for number in range(5))]
    assert write_parquet(apart, NOW, str(tmp_path)) == 2
    assert ask("SELECT count(*) FROM results", tmp_path)[1] == [(7,)]
    write_parquet([row("a")], NOW, str(tmp_path))
    write_parquet([row("a"), row("d")], NOW + timedelta(days=1), str(tmp_path))
    asked = ask("SELECT day, region, count(*) FROM results GROUP BY ALL ORDER BY ALL", tmp_path)[1]
    assert [(str(day), region, number) for day, region, number in asked] == [
        ("2026-11-23", "eu-west-1", 1),
        ("2026-11-23", "us-east-1", 1),
        ("2026-11-24", "eu-west-1", 2),
    ]
    assert ask("SELECT count(*) FROM latest", tmp_path)[1] == [(3,)]


def test_an_export_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    write_parquet([row("a")], NOW, str(tmp_path))

    def broken() -> object:
        yield row("b")
        raise ExportError("ended")

    with pytest.raises(ExportError, match="ended"):
        write_parquet(broken(), NOW, str(tmp_path))  # type: ignore[arg-type]
    assert ask("SELECT resource_id FROM results", tmp_path)[1] == [("a",)]
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["acme-dev.parquet"]


def test_what_was_fixed_is_in_no_latest_day(tmp_path: Path) -> None:
    write_parquet([row("open"), row("fixed", region="us-east-1")], NOW, str(tmp_path))
    read = {PLACE: True, ("111122223333", "us-east-1", "acme-dev"): True}
    write_parquet([row("open")], NOW + timedelta(days=1), str(tmp_path), read_to_end=lambda: read)
    assert ask("SELECT resource_id FROM latest", tmp_path)[1] == [("open",)]
    assert len(ask("SELECT resource_id FROM results", tmp_path)[1]) == 3


def test_a_place_that_was_not_read_to_its_end_keeps_its_earlier_file(tmp_path: Path) -> None:
    write_parquet([row("a"), row("b")], NOW, str(tmp_path))
    assert write_parquet([row("a")], NOW, str(tmp_path), read_to_end=lambda: {PLACE: False}) == 0
    assert ask("SELECT count(*) FROM latest", tmp_path)[1] == [(2,)]


def test_deployments_in_one_account_do_not_take_each_others_place(tmp_path: Path) -> None:
    for workspace in ("dev", "prod"):
        parquet.write_parquet([row(workspace)], NOW, str(tmp_path), source=lambda _, name=workspace: f"acme-{name}")
    later = NOW + timedelta(days=1)
    parquet.write_parquet([row("prod")], later, str(tmp_path), source=lambda _: "acme-prod")
    assert ask("SELECT day::VARCHAR, resource_id FROM latest ORDER BY ALL", tmp_path)[1] == [
        ("2026-11-23", "dev"),
        ("2026-11-24", "prod"),
    ]


@pytest.mark.parametrize(
    "question",
    ["SELECT * FROM read_text('/etc/hostname')", "COPY (SELECT 1) TO '/tmp/x.csv'", "SELEC", "INSTALL httpfs"],
)
def test_a_question_reaches_nothing_else(tmp_path: Path, question: str) -> None:
    write_parquet([row("a")], NOW, str(tmp_path))
    with pytest.raises(ExportError, match="DuckDB refuses the question"):
        ask(question, tmp_path)


def test_a_folder_without_exports_and_a_place_that_is_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="has no results"):
        ask("SELECT 1", tmp_path)
    with pytest.raises(ExportError, match="give s3://bucket/prefix"):
        write_parquet([], NOW, "s3://")
    with pytest.raises(ExportError, match="--kms-key is for objects in a bucket"):
        write_parquet([], NOW, str(tmp_path), kms_key="arn:aws:kms:eu-west-1:111122223333:key/1")


def test_the_how_to_has_the_ddl_of_the_schema() -> None:
    page = (REPOSITORY / "docs/how-to/analytics.md").read_text()
    (ddl,) = re.findall(r"```sql\n(CREATE EXTERNAL.*?)```", page, re.DOTALL)
    assert ddl == athena_ddl("s3://acme-compliance/results")


def test_the_questions_of_the_how_to_are_answered(tmp_path: Path) -> None:
    write_parquet([row("a")], NOW, str(tmp_path))
    page = (REPOSITORY / "docs/how-to/analytics.md").read_text()
    questions = re.findall(r'results sql "(.*?)"', page, re.DOTALL)
    assert len(questions) >= 3
    for question in questions:
        ask(question, tmp_path)


def test_the_command_has_every_format_of_text_and_parquet() -> None:
    assert {one.value for one in ExportedFormat} == {*(one.value for one in ExportFormat), "parquet"}
