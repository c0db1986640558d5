"""The report in print, on a phone, and with headings that stay."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance
from tests.browser.browser import accessibility_violations
from tests.browser.report import sample
from tests.browser.report.open_page import Opened, open_report, shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser


def test_print_has_the_first_results_and_says_how_many_there_are(browser: Browser, tmp_path: Path) -> None:
    report = open_report(browser, tmp_path, sample.many_rows(4000), days=sample.days())
    # The page gets an event before the browser prints: what it prints is counted there.
    report.page.evaluate(
        "addEventListener('beforeprint', () => {"
        "  globalThis.printed = [document.querySelectorAll('#rows tr').length, "
        "    document.querySelectorAll('#head button').length,"
        "    document.getElementById('print-note').textContent, document.getElementById('print-note').hidden]; })"
    )
    document = report.page.pdf(prefer_css_page_size=True)
    assert report.page.evaluate("globalThis.printed") == [
        500,
        # Where a head is repeated on the next page, its buttons are not.
        0,
        "Printed are the first 500 of the 1,000 results that the filters leave; the HTML file has all of them.",
        False,
    ]
    pages = len(re.findall(rb"/Type\s*/Page\b", document))
    assert 10 < pages < 60
    assert report.page.locator("#rows tr").count() < 100
    assert report.page.locator("#head button").count() == 7
    assert report.page.locator("#print-note").is_hidden()
    assert report.witness.errors == []


def test_summary_and_trend_fit_the_first_printed_page(browser: Browser, sample_file: Path) -> None:
    report = shown(browser, sample_file)
    # A4 across, without its margins, at 96 pixels an inch.
    report.page.set_viewport_size({"width": 1032, "height": 703})
    report.page.emulate_media(media="print")
    box = report.page.locator(".charts").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] < 703


def test_compliant_results_count_but_are_not_shown_at_first(browser: Browser, tmp_path: Path) -> None:
    rows = [
        sample.row("good", compliance=Compliance.COMPLIANT),
        sample.row("stale", compliance=Compliance.NOT_APPLICABLE),
    ]
    report = open_report(browser, tmp_path, rows)
    assert report.found == "0 of 1 results"
    report.show()
    assert report.column("resource") == ["good"]
    assert report.page.locator(".figure").inner_text() == "100 %"


def _overlapping(report: Opened) -> list[str]:
    """Name the headings whose texts stand on each other, or beyond the edge of the screen."""
    script = """() => {
      const texts = [...document.querySelectorAll('h1, h2, h3, caption, thead th, .tiles dt')].map((heading) => {
        const range = document.createRange();
        range.selectNodeContents(heading);
        return { text: heading.textContent.trim(), box: range.getBoundingClientRect(), heading };
      }).filter(({ text, box, heading }) => text && box.width > 1 && box.height > 1
        && heading.checkVisibility() && !heading.closest('.cards thead, .hidden, dialog'));
      const found = texts.filter(({ box, heading }) => !heading.closest('.scroll') && box.right > innerWidth + 1)
        .map(({ text }) => `${text} is cut off`);
      for (const [place, one] of texts.entries()) for (const other of texts.slice(place + 1)) {
        const apart = one.box.right <= other.box.left + 1 || other.box.right <= one.box.left + 1
          || one.box.bottom <= other.box.top + 1 || other.box.bottom <= one.box.top + 1;
        if (!apart) found.push(`${one.text} on ${other.text}`);
      }
      return found;
    }"""
    return list(report.page.evaluate(script))


def _cut_cells(report: Opened) -> list[str]:
    """Name the cells of which a part cannot be seen."""
    script = """() => [...document.querySelectorAll('td, tbody th, #rows tr')]
      .filter((cell) => cell.checkVisibility() && cell.textContent && !cell.closest('.space'))
      .filter((cell) => {
        const box = cell.getBoundingClientRect();
        return box.right > innerWidth + 1 || box.left < 0
          || cell.scrollWidth > cell.clientWidth + 1 || cell.scrollHeight > cell.clientHeight + 2;
      }).map((cell) => `${cell.className}: ${cell.textContent}`)"""
    return list(report.page.evaluate(script))


@pytest.mark.parametrize("width", [320, 390, 700, 768, 1024])
def test_nothing_scrolls_sideways_and_no_heading_stands_on_another(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 844})
    opened.settle()
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert _overlapping(opened) == []


def test_every_cell_is_readable_on_a_phone(browser: Browser, tmp_path: Path) -> None:
    long = sample.row("arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/50dc6c495c0c9188")
    report = open_report(browser, tmp_path, [long, *sample.rows()], days=sample.days())
    report.page.set_viewport_size({"width": 390, "height": 844})
    for summary in report.page.locator("summary").all():
        summary.click()
    report.show()
    assert _cut_cells(report) == []
    assert report.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert accessibility_violations(report.page) == []
    # The last one is reached though only those that are seen are drawn.
    report.page.locator("#scroller").evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight; }")
    report.settle()
    assert report.page.locator("#rows tr").last.get_attribute("aria-rowindex") == str(len(sample.rows()) + 2)
