"""The report in a real browser."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.output.sanitize import visible
from compliance_tf.results.row import Names
from tests.browser.browser import accessibility_violations
from tests.browser.report import sample
from tests.browser.report.open_page import Opened, open_report, shown

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

HOSTILE = "</script><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">\u2028'\"&amp;"

PCI_RULES = {rule.id for rule in sample.rules() if sample.PCI in rule.packs}


def test_summary_shows_the_score_and_every_section(opened: Opened) -> None:
    headings = opened.page.get_by_role("heading", level=2).all_inner_texts()
    assert headings == [
        *("Summary", "Trend", "Frameworks", "Rules by resource type", "Worst resources"),
        *("Rules", "Waivers", "Results"),
    ]
    statuses = [one.status.value for one in sample.rows()]
    score = statuses.count("compliant") / (len(statuses) - statuses.count("waived"))
    shown = opened.page.locator(".figure").inner_text()
    assert float(shown.removesuffix(" %")) == pytest.approx(score * 100, abs=0.1)


def test_what_is_open_is_shown_first_and_the_worst_on_top(opened: Opened) -> None:
    violations = sum(one.status.value == "non-compliant" for one in sample.rows())
    assert opened.found == f"{violations} of {len(sample.rows()):,} results"
    assert opened.column("severity")[0] == "Critical"
    assert set(opened.column("status")) == {"Non-compliant"}


@pytest.mark.parametrize(
    ("name", "label", "column", "seen"),
    [
        ("status", "Waived", "status", {"Waived"}),
        ("severity", "Medium", "severity", {"Medium"}),
        ("pack", "pci-dss", "rule", PCI_RULES),
        ("type", "KMS::Key", "type", {"KMS::Key"}),
        ("rule", "lambda-runtime", "rule", {"lambda-runtime"}),
        ("region", "us-east-1", "type", {"IAM::Policy", "Account"}),
        ("control", "CIS AWS Foundations Benchmark 1.4, level 2: 3.8", "rule", {"kms-key-rotation"}),
    ],
)  # fmt: skip
def test_filter_leaves_only_what_it_names(opened: Opened, name: str, label: str, column: str, seen: set[str]) -> None:
    opened.show(**{name: label})
    count = int(opened.found.split(" of ")[0].replace(",", ""))
    assert 0 < count < len(sample.rows())
    shown = opened.column(f"{column}:visible")
    assert shown
    assert set(shown) <= seen


def test_search_finds_all_words_in_resource_reason_rule_and_controls(opened: Opened) -> None:
    opened.search("SSE-S3 acme-data")
    assert set(opened.column("rule")) == {"bucket-encryption"}
    assert all(name.startswith("acme-data") for name in opened.column("resource"))
    opened.search("cis level 2: 3.8")
    assert set(opened.column("rule")) == {"kms-key-rotation"}
    opened.search("nothing is called like this")
    assert opened.found.startswith("0 of ")
    assert opened.column("rule") == []


def test_clear_brings_back_what_is_shown_at_first(opened: Opened) -> None:
    before = opened.found
    opened.show(severity="Low")
    opened.search("acme")
    opened.page.get_by_role("button", name="Clear").click()
    opened.settle()
    assert opened.found == before


def test_heading_sorts_and_sorts_the_other_way_when_pressed_again(opened: Opened) -> None:
    heading = opened.page.locator("#head").get_by_role("columnheader", name="Resource")
    heading.get_by_role("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    names = opened.column("resource")
    assert names == sorted(names, key=str.lower)
    heading.get_by_role("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    reversed_names = opened.column("resource")
    assert reversed_names == sorted(reversed_names, key=str.lower, reverse=True)
    assert reversed_names[0] > names[0]
    assert opened.page.locator("[aria-sort]").count() == 1


def test_first_seen_sorts_by_time(opened: Opened) -> None:
    opened.page.get_by_role("columnheader", name="First seen").get_by_role("button").click()
    days = opened.page.locator("#rows tr td:nth-child(7)").all_inner_texts()
    assert days == sorted(days)
    assert days[0] < days[-1]


def test_keys_go_through_the_results_and_open_one(opened: Opened) -> None:
    opened.page.locator("#rows button").first.focus()
    for key, place in [("ArrowDown", 1), ("ArrowDown", 2), ("ArrowUp", 1), ("End", 203), ("Home", 0), ("ArrowDown", 1)]:
        opened.page.keyboard.press(key)
        opened.settle()
        assert opened.page.evaluate("document.activeElement.closest('tr').dataset.place") == str(place)
    name = opened.page.evaluate("document.activeElement.textContent")
    opened.page.keyboard.press("Enter")
    assert opened.page.get_by_role("dialog").get_by_role("heading").inner_text() == name
    opened.page.keyboard.press("Escape")
    assert opened.page.get_by_role("dialog").count() == 0
    assert opened.page.evaluate("document.activeElement.textContent") == name


def test_everything_is_reached_with_the_tab_key_in_few_steps(opened: Opened) -> None:
    opened.page.get_by_role("searchbox").focus()
    reached = []
    for _ in range(22):
        opened.page.keyboard.press("Tab")
        reached.append(opened.page.evaluate("document.activeElement.className || document.activeElement.id"))
    # One row alone is in the order of the tab key, however many there are.
    assert reached.count("row-open") == 1
    assert "scroll results" in reached


def test_detail_has_everything_about_a_result(browser: Browser, tmp_path: Path) -> None:
    names = Names("the logs", "arn:aws:s3:::logs", "production")
    rule, waiver = sample.rules()[2], sample.WAIVERS[0]
    waived = sample.row("logs", rule=rule, reason="it is public", waiver=waiver, names=names)
    report = open_report(browser, tmp_path, [waived])
    report.show()
    report.page.get_by_role("button", name="the logs", exact=True).click()
    dialog = report.page.get_by_role("dialog")
    headings = dialog.locator("dt").all_inner_texts()
    assert headings == [
        *(
            "Reason",
            "Rule",
            "Evaluated by",
            "What it asks",
            "How to fix it",
            "Packs",
            "Controls",
            "Resource type",
            "Id",
            "ARN",
            "Region",
            "Account",
        ),
        *("First seen", "Last seen", "Waiver", "Waived by", "Waived because", "Waived for", "AWS console"),
    ]
    facts = dialog.locator("dd").all_inner_texts()
    assert {
        "it is public",
        "acme-prod-bucket-public-access",
        *("logs", "arn:aws:s3:::logs", f"production ({sample.ACCOUNT})"),
        "cis-v1.4",
        "CIS AWS Foundations Benchmark 1.4, level 2: 2.1.5",
    } <= set(facts)
    assert {"2026-11-20 09:30 UTC", "2026-11-23 07:30 UTC", "SEC-418, until 2027-03-31"} <= set(facts)
    assert dialog.get_by_role("link", name="Timeline").get_attribute("href") == (
        "https://eu-west-1.console.aws.amazon.com/config/home?region=eu-west-1#/resources/timeline"
        "?resourceId=logs&resourceType=AWS%3A%3AS3%3A%3ABucket"
    )


def test_control_shows_its_results_and_those_of_no_other(opened: Opened) -> None:
    opened.page.locator(".framework summary", has_text="1.4, level 2").click()
    opened.page.locator(".framework[open]").get_by_role("button", name="3.8", exact=True).click()
    opened.settle()
    assert set(opened.column("rule")) == {"kms-key-rotation"}
    assert int(opened.found.split(" of ")[0]) == sum(one.rule.id == "kms-key-rotation" for one in sample.rows())


def test_results_that_are_shown_are_saved_as_csv(browser: Browser, tmp_path: Path) -> None:
    rows = [sample.row("=1+1", reason='says "no", twice'), sample.row("good", compliance=Compliance.COMPLIANT)]
    report = open_report(browser, tmp_path, rows)
    with report.page.expect_download() as started:
        report.page.get_by_role("button", name="Save as CSV").click()
    saved = started.value.path().read_text(encoding="utf-8")
    (line,) = csv.DictReader(io.StringIO(saved))
    assert (line["resource"], line["reason"], line["account"]) == ("'=1+1", 'says "no", twice', sample.ACCOUNT)
    assert report.witness.errors == []


def test_rules_without_results_say_why_and_waivers_when_they_expire(browser: Browser, tmp_path: Path) -> None:
    waived = sample.row("logs", waiver=sample.WAIVERS[0])
    compared = next(day for day in sample.days(1) if day.rule_name == "acme-prod-rds-not-public")
    report = open_report(browser, tmp_path, [waived], days=[compared])
    rules = report.page.locator("section", has=report.page.get_by_role("heading", name="Rules", exact=True))
    silent = rules.get_by_role("row", name="rds-not-public").first.inner_text()
    assert "AWS Config had none when compared on 2026-11-23 09:30 UTC" in silent
    assert "No comparison" in rules.get_by_role("row", name="kms-key-rotation").first.inner_text()
    waivers = report.page.locator("section", has=report.page.get_by_role("heading", name="Waivers"))
    assert "SEC-418 2027-03-31 platform@acme.example" in " ".join(waivers.inner_text().split())


def test_cell_of_the_heat_map_shows_its_results(opened: Opened) -> None:
    opened.search("something else")
    # A rule that judges many types, and a type that many rules judge.
    cell = opened.page.locator(".heat").get_by_role("button", name="required-tags, AWS::S3::Bucket")
    cell.click()
    opened.settle()
    assert set(opened.column("rule")) == {"required-tags"}
    assert set(opened.column("type")) == {"S3::Bucket"}
    assert f": {opened.found.split(' of ')[0]} of " in str(cell.text_content())


def _background(report: Opened) -> str:
    return str(report.page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_colours_follow_the_system_and_the_switch(browser: Browser, sample_file: Path) -> None:
    light = _background(shown(browser, sample_file))
    report = shown(browser, sample_file, colours="dark")
    dark = _background(report)
    assert light != dark
    line = "getComputedStyle(document.querySelector('.charts line')).stroke"
    chart_in_the_dark = report.page.evaluate(line)
    report.page.get_by_text("Light", exact=True).click()
    assert _background(report) == light
    assert report.page.evaluate(line) != chart_in_the_dark
    report.page.get_by_text("Auto", exact=True).click()
    assert _background(report) == dark


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_nobody_is_shut_out(browser: Browser, sample_file: Path, colours: str) -> None:
    report = shown(browser, sample_file, colours=colours)
    report.show()
    assert accessibility_violations(report.page) == []
    report.page.locator(".days summary").click()
    report.page.locator("#rows button").first.click()
    assert accessibility_violations(report.page) == []


def test_report_without_results_says_so(browser: Browser, tmp_path: Path) -> None:
    report = open_report(browser, tmp_path, [], rules=[])
    assert report.found == "0 of 0 results"
    assert report.page.locator(".figure").inner_text() == "-"
    assert report.page.get_by_text("There are no open violations.").count() == 2
    assert accessibility_violations(report.page) == []
    assert report.witness.errors == []


def test_hostile_texts_are_shown_and_do_nothing(browser: Browser, tmp_path: Path) -> None:
    rule = RuleEntry(f"acme-prod-{HOSTILE}", Severity.HIGH, (HOSTILE,), HOSTILE)
    rows = [sample.row(HOSTILE, rule=rule, kind=HOSTILE, reason=HOSTILE)]
    report = open_report(browser, tmp_path, rows, rules=[rule])
    assert report.page.locator("#rows .c-reason").text_content() == visible(HOSTILE)
    assert report.page.locator("#rows .c-resource").text_content() == visible(HOSTILE)
    report.page.locator("#rows button").last.click()
    assert report.page.get_by_role("dialog").get_by_role("heading").text_content() == visible(HOSTILE)
    assert report.page.title() == "Compliance of acme-prod, 2026-11-23"
    assert report.page.locator("main img, dialog img").count() == 0
    assert report.witness.errors == []
    assert report.witness.requests == []


@pytest.mark.parametrize(
    "attempt",
    [
        "new Image().src = 'http://127.0.0.1:9/pixel'",
        "fetch('http://127.0.0.1:9/data').catch(() => null)",
        "document.head.append(Object.assign(document.createElement('script'), { textContent: 'x = 1' }))",
        "document.body.append(Object.assign(document.createElement('iframe'), { src: 'http://127.0.0.1:9/' }))",
    ],
)
def test_page_forbids_itself_the_network_and_foreign_scripts(opened: Opened, attempt: str) -> None:
    blocked = _blocked(opened, attempt)
    assert blocked in {"img-src", "connect-src", "script-src-elem", "frame-src"}
    # The attempt itself is in the console, and an image is announced before it is refused.
    opened.witness.errors.clear()
    opened.witness.requests.clear()


def _blocked(opened: Opened, attempt: str) -> str:
    """Try something, and tell the directive that forbids it: nothing where that is not heard of soon."""
    script = (
        "new Promise((done) => {"
        "  addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective));"
        f" {attempt};"
        "  setTimeout(() => done('nothing'), 5000);"
        "})"
    )
    return str(opened.page.evaluate(script))


def test_table_works_with_100_000_results(browser: Browser, tmp_path: Path) -> None:
    """As many as an organization has: writing them and having a browser filter and sort them takes seconds."""
    report = open_report(browser, tmp_path, sample.many_rows(100_000))
    assert report.found == "25,000 of 100,000 results"
    report.show()
    assert report.page.locator("#rows tr").count() < 100
    report.page.locator("#head").get_by_role("columnheader", name="Resource").get_by_role("button").click()
    report.page.locator("#scroller").evaluate("(scroller) => { scroller.scrollTop = scroller.scrollHeight; }")
    report.settle()
    assert report.column("resource")[-1] == "bucket-099999"
    last = report.page.locator("#rows tr").last
    assert last.get_attribute("aria-rowindex") == "100001"
    box, scroller = last.bounding_box(), report.page.locator("#scroller").bounding_box()
    assert box is not None
    assert scroller is not None
    assert box["y"] + box["height"] <= scroller["y"] + scroller["height"] + 1
    report.search("bucket-077777")
    assert report.column("resource") == ["bucket-077777"]
