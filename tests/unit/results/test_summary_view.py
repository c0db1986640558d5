from __future__ import annotations

import io

from compliance_runtime.check import Severity
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_tf.results.counts import Counts
from compliance_tf.results.summary import Summary
from compliance_tf.results.summary_view import print_summary
from compliance_tf.results.trend import Trend
from tests.unit.results.exports.builders import NOW, PLACE


def printed(rules: dict[str, Counts], top: int = 10) -> str:
    counts = {RuleEntry(f"acme-dev-{name}", Severity.HIGH): one for name, one in rules.items()}
    trend = Trend(NOW.date(), {})
    summary = Summary(
        place=PLACE,
        taken_at=NOW,
        rules=counts,
        severities=dict.fromkeys(Severity, Counts()) | {Severity.HIGH: sum(counts.values(), Counts())},
        packs={},
        types={},
        places={},
        missing={},
        trend=trend,
        severity_trends=dict.fromkeys(Severity, trend),
    )
    stream = io.StringIO()
    print_summary(summary, top, stream)
    return stream.getvalue()


def test_rules_without_a_result_are_named_for_they_say_neither_that_it_is_well_nor_that_it_is_not() -> None:
    text = printed({"tls": Counts(1, 2), "kms": Counts(), "ssh": Counts()})

    assert "2 rules without a result" in text
    assert ": kms, ssh." in text


def test_of_many_rules_without_a_result_the_first_are_named_and_all_are_counted() -> None:
    text = printed({"tls": Counts(1), **{f"rule-{number}": Counts() for number in range(15)}}, top=3)

    assert "15 rules without a result" in text
    assert "rule-2 and 12 more." in text


def test_where_every_rule_has_results_nothing_is_said() -> None:
    assert "without a result" not in printed({"tls": Counts(1, 2)})
