"""``compliance-tf report`` against a table on local AWS."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import ResultsError
from compliance_tf.results.place import ResultsPlace
from tests.browser.report import sample
from tests.browser.report.open_page import Opened, shown
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from compliance_tf.local import LocalAws

REGION = "eu-west-1"


@pytest.fixture
def table(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> WrittenTable:
    """A table with the sample in it, and a shell in an empty folder."""
    for name, value in local_aws.environment(region=REGION).items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    place = ResultsPlace("acme", "prod", REGION, "acme-prod-results")
    client = local_aws.client("dynamodb", region=REGION)
    if place.table in client.list_tables()["TableNames"]:
        client.delete_table(TableName=place.table)
    written = WrittenTable.create(client, place)
    written.put((row.result for row in sample.rows()), rules=sample.rules())
    return written


def _report(*options: str) -> str:
    command = ["report", "--workspace", "prod", "--project", "acme", "--region", REGION, *options]
    return CliRunner().invoke(app, command, catch_exceptions=False).output


def test_command_writes_what_is_in_the_table(table: WrittenTable, browser: Browser) -> None:
    assert _report().startswith("compliance-acme-prod.html: 1,080 results, 0.")
    report: Opened = shown(browser, Path("compliance-acme-prod.html"))
    violations = sum(row.status.value == "non-compliant" for row in sample.rows())
    assert report.found == f"{violations} of 1,080 results"
    report.page.locator("#rows button").first.click()
    assert "AWS" in report.page.get_by_role("dialog").inner_text()
    assert report.witness.errors == []
    assert table.place.project in report.page.title()


@pytest.mark.usefixtures("table")
def test_command_writes_only_the_packs_that_are_named() -> None:
    expected = sum(sample.PCI in row.rule.packs for row in sample.rows())
    assert _report("--pack", sample.PCI, "--output", "pci.html").startswith(f"pci.html: {expected} results")


@pytest.mark.usefixtures("table")
def test_unknown_pack_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="pci"):
        _report("--pack", "pci-ds")
    assert list(tmp_path.iterdir()) == []
