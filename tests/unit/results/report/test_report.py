"""What is written, without a browser."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.counts import Counts
from compliance_tf.results.report import About, ReportError, write_report
from compliance_tf.results.report.console import timeline_url
from compliance_tf.results.report.controls import control_lines
from compliance_tf.results.report.page import heat_level
from compliance_tf.results.report.summary import Summary
from compliance_tf.results.report.trend import WIDTH, TrendDay, score_chart, trend, violations_chart
from compliance_tf.results.row import WORST_FIRST, Names
from compliance_tf.results.wording import percent
from tests.browser.report import sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from compliance_tf.results.row import Row


def _summary(*rows: Row) -> Summary:
    summary = Summary()
    for row in rows:
        summary.add(row)
    return summary


def test_score_leaves_out_what_is_waived() -> None:
    good = sample.row("good", compliance=Compliance.COMPLIANT)
    waived = sample.row("waived", waiver=sample.WAIVERS[0])
    assert _summary(good, waived).overall.score == 1
    assert _summary(good, waived, sample.row("bad")).overall.score == 0.5
    assert _summary(waived).overall.score is None


def test_percent_is_never_complete_before_everything_is() -> None:
    counts = [Counts(), Counts(0, 1), Counts(99_999, 1), Counts(1), Counts(57, 43), Counts(8748, 1252)]
    assert [percent(one) for one in counts] == ["-", "0.0 %", "99.9 %", "100 %", "57.0 %", "87.4 %"]
    assert [one.rounded_score for one in counts] == [None, 0.0, 0.9999, 1.0, 0.57, 0.8748]


def test_worst_resource_is_the_one_with_the_most_critical_violations() -> None:
    critical, high, low = (RuleEntry(f"acme-prod-{name}", Severity(name)) for name in ("CRITICAL", "HIGH", "LOW"))
    rows = [sample.row("many", rule=rule) for rule in (high, low)]
    rows += [sample.row("one", rule=critical), sample.row("waived", rule=critical, waiver=sample.WAIVERS[0])]
    worst = _summary(*rows).worst_resources(10)
    assert [(entry.resource.id, entry.violations) for entry in worst] == [("one", (1, 0, 0, 0)), ("many", (0, 1, 0, 1))]
    assert len(_summary(*rows).worst_resources(1)) == 1


def test_heat_map_shows_what_is_worst_and_counts_the_rest() -> None:
    rules = [RuleEntry(f"acme-prod-{name}", Severity.LOW) for name in "abc"]
    rows = [sample.row(f"{name}", rule=rules[0], kind="AWS::A::A") for name in range(3)]
    rows += [sample.row(f"{name}", rule=rules[1], kind="AWS::B::B") for name in range(2)]
    rows += [sample.row("x", rule=rules[2], kind="AWS::A::A", compliance=Compliance.COMPLIANT)]
    heat_map = _summary(*rows).heat_map(rules=1, types=1)
    assert (heat_map.rules, heat_map.types) == (("acme-prod-a",), ("AWS::A::A",))
    assert (heat_map.more_rules, heat_map.more_types) == (1, 0)
    assert _summary(*rows).heat_map(rules=9, types=9).rules == ("acme-prod-a", "acme-prod-b")


def test_heat_grows_with_the_share_of_violations() -> None:
    levels = [heat_level(Counts(compliant=100 - open_, non_compliant=open_)) for open_ in (0, 1, 10, 20, 50, 100)]
    assert levels == [0, 1, 2, 3, 4, 5]


def test_trend_adds_up_the_rules_of_a_day() -> None:
    days = [
        _day(2, "a", Severity.HIGH, compliant=1, non_compliant=3),
        _day(1, "a", Severity.HIGH, compliant=4, non_compliant=0),
        _day(2, "b", Severity.LOW, compliant=5, non_compliant=1),
    ]
    first, second = trend(days)
    assert (first.day, second.day) == (date(2026, 11, 1), date(2026, 11, 2))
    assert (first.counts.score, second.counts.score) == (1, 0.6)
    assert second.violations == {Severity.CRITICAL: 0, Severity.HIGH: 3, Severity.MEDIUM: 0, Severity.LOW: 1}


def test_only_the_rules_of_the_named_packs_are_in_the_report(tmp_path: Path) -> None:
    about = About("acme", "prod", sample.TAKEN_AT, packs=(sample.PCI,))
    expected = [row for row in sample.rows() if sample.PCI in row.rule.packs]
    file = tmp_path / "report.html"
    assert write_report(file, about, sample.rows(), sample.rules(), days=sample.days(2)) == len(expected)
    assert "only pack pci-dss" in file.read_text(encoding="utf-8")
    assert "ec2-imdsv2" not in file.read_text(encoding="utf-8")


def test_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    files = [tmp_path / "one.html", tmp_path / "two.html"]
    for file in files:
        write_report(file, sample.ABOUT, sample.rows(), sample.rules(), days=sample.days(9))
    assert files[0].read_bytes() == files[1].read_bytes()


def test_report_stays_as_it_was_when_a_new_one_cannot_be_finished(tmp_path: Path) -> None:
    def rows() -> Iterator[Row]:
        yield sample.row()
        raise ConnectionError

    file = tmp_path / "report.html"
    file.write_text("before", encoding="utf-8")
    with pytest.raises(ConnectionError):
        write_report(file, sample.ABOUT, rows(), sample.rules())
    assert [found.read_text(encoding="utf-8") for found in tmp_path.iterdir()] == ["before"]


def test_missing_folder_is_named_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="nowhere is not a folder: create it first"):
        write_report(tmp_path / "nowhere" / "report.html", sample.ABOUT, _unread(), sample.rules())


def test_memory_does_not_grow_with_the_compliant_results(tmp_path: Path) -> None:
    """Tracing memory slows the writing down; 20 bytes more for each of 1,500 results would show."""
    # The first report leaves what all of them share.
    write_report(tmp_path / "report.html", sample.ABOUT, sample.many_rows(50), sample.rules())
    few, many = (_peak(tmp_path, count) for count in (1_000, 2_500))
    assert many - few < 25_000


def test_a_chosen_framework_is_the_only_one_and_unfolded_so_that_paper_has_it(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    about = replace(sample.ABOUT, frameworks=("cis-3.0",))
    write_report(file, about, sample.rows(), sample.rules(), days=sample.days(1))

    text = file.read_text(encoding="utf-8")
    assert text.count('<details class="framework"') == text.count('<details class="framework" open>') == 1
    assert "CIS AWS Foundations Benchmark 3.0: " in text


def test_the_account_is_called_by_its_name_and_number(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    named = sample.row("logs", names=Names(account="production"))
    write_report(file, sample.ABOUT, [named], sample.rules())

    assert f"account production ({sample.ACCOUNT})" in file.read_text(encoding="utf-8")


def test_one_of_each_is_not_several(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    one = sample.row("logs")
    write_report(file, sample.ABOUT, [one], [one.rule])

    assert "1 result of 1 of 1 rule; 1 resource has open violations." in file.read_text(encoding="utf-8")


def test_file_without_results_is_small(tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    write_report(file, sample.ABOUT, [], sample.rules(), days=sample.days())
    # Most of it are the controls of the seventeen frameworks that the sample's rules map to.
    assert file.stat().st_size < 350_000


@pytest.mark.parametrize(
    ("region", "host"),
    [
        ("eu-west-1", "eu-west-1.console.aws.amazon.com"),
        ("cn-north-1", "console.amazonaws.cn"),
        ("us-gov-west-1", "console.amazonaws-us-gov.com"),
    ],
)
def test_link_leads_to_the_console_of_the_partition(region: str, host: str) -> None:
    assert timeline_url(region, "AWS::S3::Bucket", "a b&c/d") == (
        f"https://{host}/config/home?region={region}#/resources/timeline"
        "?resourceId=a%20b%26c%2Fd&resourceType=AWS%3A%3AS3%3A%3ABucket"
    )


def test_there_is_no_link_where_the_console_has_no_public_address() -> None:
    assert timeline_url("us-iso-east-1", "AWS::S3::Bucket", "x") is None


def test_controls_are_a_line_for_each_framework() -> None:
    lines = control_lines(RuleEntry("acme-prod-x", Severity.LOW, (), "IAM_PASSWORD_POLICY"))
    assert len(lines) > 1
    assert len({line.partition(": ")[0] for line in lines}) == len(lines)
    assert control_lines(RuleEntry("acme-prod-x", Severity.LOW)) == ()


def _unread() -> Iterator[Row]:
    raise AssertionError("the results were read")
    yield sample.row()


def _peak(folder: Path, count: int) -> int:
    rows = (row for row in sample.many_rows(count * 4 // 3) if row.result.compliance is Compliance.COMPLIANT)
    tracemalloc.start()
    write_report(folder / "report.html", sample.ABOUT, rows, sample.rules())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak


def _day(day: int, rule: str, severity: Severity, *, compliant: int, non_compliant: int) -> DailyCounts:
    at = datetime(2026, 11, day, tzinfo=UTC)
    return DailyCounts(at.date(), rule, severity, (), compliant, non_compliant, 0, at)


def day(number: int, *violations: int, compliant: int = 1) -> TrendDay:
    """A day with so many violations of each severity, the worst first."""
    return TrendDay(
        date(2026, 11, number), Counts(compliant, sum(violations)), dict(zip(WORST_FIRST, violations, strict=True))
    )


def test_the_chart_of_violations_stacks_severities_up_to_their_sum() -> None:
    chart = violations_chart([day(1, 1, 0, 0, 3), day(2, 0, 0, 0, 0)])

    assert [tick.label for tick in chart.values] == ["0", "1", "2", "3", "4"]
    assert [line.name for line in chart.lines] == ["low", "medium", "high", "critical"]
    heights = {tick.label: f"{tick.at:.1f}" for tick in chart.values}
    assert chart.lines[0].top == f"0.0,{heights['3']} {WIDTH:.1f},{heights['0']}"
    assert chart.lines[3].top == f"0.0,{heights['4']} {WIDTH:.1f},{heights['0']}"
    assert chart.lines[3].area.endswith(f"0.0,{heights['3']}")


def test_a_day_without_a_comparison_is_a_gap_of_its_width() -> None:
    chart = violations_chart([day(1, 1, 0, 0, 0), day(2, 1, 0, 0, 0), day(11, 1, 0, 0, 0)])
    assert [(tick.label, tick.at) for tick in chart.days] == [("01 Nov", 0), ("02 Nov", WIDTH / 10), ("11 Nov", WIDTH)]


def test_one_day_is_a_bar_and_its_score_a_dot() -> None:
    only = [day(1, 0, 2, 0, 0)]
    assert len(set(violations_chart(only).lines[2].top.split())) == 2
    (line,) = score_chart(only).lines
    assert len(line.top.split()) == 1


def test_a_score_is_drawn_up_to_all_and_not_from_none() -> None:
    chart = score_chart([day(1, 1, 0, 0, 0, compliant=2), day(2, 1, 0, 0, 0, compliant=3)])
    assert [tick.label for tick in chart.values] == ["60%", "70%", "80%", "90%", "100%"]
    assert score_chart([day(1, 0, 0, 0, 0, compliant=0)]).lines == ()


@pytest.mark.parametrize("violations", [0, 1, 7, 999, 1000, 123_456])
def test_the_ticks_of_any_number_are_few_and_whole(violations: int) -> None:
    labels = [tick.label for tick in violations_chart([day(1, violations, 0, 0, 0)]).values]
    assert 2 <= len(labels) <= 6
    assert int(labels[-1].replace(",", "")) >= violations
    assert len(set(labels)) == len(labels)
