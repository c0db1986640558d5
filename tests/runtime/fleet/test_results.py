"""The results of a fleet are those of its cells, and what is missing is said."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from tests.runtime.fleet.conftest import CLOSED, FIRST, REGIONS, SECOND

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result as Run

pytestmark = pytest.mark.usefixtures("as_caller")


@pytest.fixture
def run(fleet_file: Path) -> Any:
    def run(*command: str) -> Run:
        return CliRunner().invoke(app, [*command, "--fleet", str(fleet_file), "--project", "acme"])

    return run


def test_a_summary_has_every_account_and_region_and_names_the_missing_cell(run: Any) -> None:
    done = run("results", "summary", "--format", "json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert (found["nonCompliant"], found["compliant"]) == (123, 4)
    assert {(one["account"], one["region"]): one["nonCompliant"] for one in found["places"]} == {
        (FIRST, REGIONS[0]): 1,
        (FIRST, REGIONS[1]): 120,
        (SECOND, REGIONS[0]): 2,
        (SECOND, REGIONS[1]): 0,
    }
    assert [one["cell"] for one in found["missing"]] == [f"{CLOSED} eu-central-1 dev"]
    assert "1 of the cells are missing" in done.stderr
    assert "role/Reader cannot be assumed" in done.stderr

    table = run("results", "summary").stdout
    assert f"{FIRST} us-east-1" in table


def test_what_is_chosen_is_read_alone_and_is_whole(run: Any) -> None:
    done = run("results", "list", "--account", SECOND, "--format", "csv")
    assert done.exit_code == 0, done.output
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert [(row["account"], row["region"], row["resource_id"]) for row in rows] == [
        (SECOND, "eu-central-1", "open-0"),
        (SECOND, "eu-central-1", "open-1"),
    ]
    assert run("results", "list", "--account", SECOND, "--region", "us-east-1", "--fail-on", "low").exit_code == 0
    assert run("results", "list", "--account", SECOND, "--fail-on", "high").exit_code == 2


def test_a_list_has_columns_for_account_and_region_and_a_limit(run: Any) -> None:
    done = run("results", "list", "--account", FIRST, "--limit", "3", "--fail-on", "high")
    heading, *lines = done.stdout.splitlines()
    assert heading.split()[:2] == ["Account", "Region"]
    assert len(lines) == 3
    assert lines[0].split()[:2] == [FIRST, "eu-central-1"]
    assert "There are more" in done.stderr


def test_an_export_streams_all_cells_and_says_that_it_is_not_whole(run: Any, tmp_path: Path) -> None:
    done = run("results", "export", "--format", "jsonl", "-o", str(tmp_path / "all.jsonl"))
    assert done.exit_code == 1
    lines = [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()]
    assert len(lines) == 127
    assert {(line["resource"]["account"], line["resource"]["region"]) for line in lines} == {
        (account, region) for account in (FIRST, SECOND) for region in REGIONS
    }


def test_names_aliases_and_tags_are_asked_for_in_each_cell(run: Any) -> None:
    (line,) = csv.DictReader(io.StringIO(run("results", "list", "--tag", "team=a", "--format", "csv").stdout))
    assert (line["account"], line["resource_name"], line["account_name"]) == (FIRST, "web", "acme-first")
    assert line["resource_arn"].startswith(f"arn:aws:ec2:{REGIONS[0]}:{FIRST}:security-group/")
    # Local AWS has no recorder in the other cells, so they have no names; they are no less.
    assert run("results", "list", "--account", SECOND, "--format", "csv").exit_code == 0


def test_a_report_has_a_section_of_accounts_and_what_is_missing(run: Any, tmp_path: Path) -> None:
    done = run("report", "-o", str(tmp_path / "report.html"))
    assert done.exit_code == 1, done.output
    page = re.sub("<[^>]*>", "", (tmp_path / "report.html").read_text())
    assert "By account and region" in page
    assert f"{FIRST} us-east-1" in page
    assert "cells are missing from this report" in page
    assert f"{CLOSED} eu-central-1 dev" in page


def test_a_framework_is_that_of_all_cells(run: Any) -> None:
    done = run("frameworks", "report", "pci-dss", "--account", FIRST, "--format", "json")
    assert done.exit_code == 0, done.output
    assert sum(one["nonCompliant"] for one in json.loads(done.stdout)["controls"]) >= 121


def test_a_partial_answer_is_no_pass_whatever_is_asked(run: Any) -> None:
    """All that could be read is below the severity asked for, and a cell is missing."""
    for command in (("results", "list"), ("results", "summary"), ("results", "list", "--limit", "1")):
        done = run(*command, "--fail-on", "critical", *(("--format", "json") if "summary" in command else ()))
        assert done.exit_code == 1, done.output
        assert f"missing: {CLOSED} eu-central-1 dev" in done.stderr


def test_a_framework_names_what_is_missing(run: Any) -> None:
    done = run("frameworks", "report", "pci-dss", "--format", "json")
    assert done.exit_code == 1
    assert [one["cell"] for one in json.loads(done.stdout)["missing"]] == [f"{CLOSED} eu-central-1 dev"]
    assert "cells are missing" in run("frameworks", "report", "pci-dss").stdout


@pytest.mark.parametrize(
    ("command", "said"),
    [
        (("results", "list", "--resource", "open-0"), "is about one cell"),
        (("results", "list", "--account-name", "x"), "is that of one account"),
        (("results", "list", "--table", "mine"), "has a table in each cell"),
        (("results", "list", "--workspace", "prod"), "no such cells in the workspace 'prod'"),
        (("results", "list", "--account", "123456789012"), "the fleet has no such cells"),
    ],
)
def test_what_cannot_be_asked_of_a_fleet_is_refused(run: Any, command: tuple[str, ...], said: str) -> None:
    done = run(*command)
    assert done.exit_code == 1
    assert said in str(done.exception)
