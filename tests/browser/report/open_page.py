"""Opens reports in the browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.results.report import write_report
from tests.browser.browser import Witness
from tests.browser.report import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from compliance_runtime.recording.daily_counts import DailyCounts
    from compliance_runtime.recording.rule_directory import RuleEntry
    from compliance_tf.results.row import Row


@dataclass(frozen=True)
class Opened:
    """A report that is open."""

    page: Page
    witness: Witness

    @property
    def found(self) -> str:
        """What it says about how many results are found."""
        return self.page.locator("#found").inner_text()

    def column(self, name: str) -> list[str]:
        """The texts of a column of the rows that are drawn."""
        return self.page.locator(f"#rows .c-{name}").all_inner_texts()

    def show(self, **chosen: str) -> None:
        """Filter by these alone: all results where none is given."""
        self.page.get_by_role("button", name="Clear").click()
        for name, label in {"status": "All", **chosen}.items():
            self.page.locator(f'#filters select[name="{name}"]').select_option(label=label)
        self.settle()

    def search(self, text: str) -> None:
        """Type into the search."""
        self.page.get_by_role("searchbox").fill(text)
        self.settle()

    def settle(self) -> None:
        """Wait until what was asked for is drawn: filters are applied in the next frame."""
        self.page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def write_sample(folder: Path) -> Path:
    """Write the report of the sample."""
    return _write(folder, sample.rows(), sample.rules(), sample.days())


def open_report(
    browser: Browser,
    folder: Path,
    rows: Iterable[Row],
    *,
    rules: Sequence[RuleEntry] | None = None,
    days: Iterable[DailyCounts] = (),
) -> Opened:
    """Write a report, of the sample's rules unless others are given, and open it."""
    return shown(browser, _write(folder, rows, sample.rules() if rules is None else rules, days))


def shown(browser: Browser, file: Path, *, colours: str = "light") -> Opened:
    """Open a report in a context of its own."""
    page = browser.new_context(
        color_scheme="dark" if colours == "dark" else "light", viewport={"width": 1360, "height": 900}
    ).new_page()
    witness = Witness(page)
    page.goto(file.absolute().as_uri())
    page.locator("#found", has_text=" results").wait_for()
    return Opened(page, witness)


def _write(folder: Path, rows: Iterable[Row], rules: Sequence[RuleEntry], days: Iterable[DailyCounts]) -> Path:
    file = folder / "report.html"
    write_report(file, sample.ABOUT, rows, rules, days=days, controls=sample.controls())
    return file
