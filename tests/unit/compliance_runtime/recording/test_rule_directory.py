from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import NotWrittenError
from compliance_runtime.recording.batches import ATTEMPTS
from compliance_runtime.recording.daily_counts import DailyCounts
from compliance_runtime.recording.rule_directory import RuleDirectory, RuleEntry
from compliance_tf.testing import CAPTURED_TIME
from tests.unit.compliance_runtime.fake_results_table import FakeResultsTable

names = st.text("abc-", min_size=1, max_size=5)
packs = st.lists(names, unique=True).map(lambda found: tuple(sorted(found)))
entries = st.builds(RuleEntry, names, st.sampled_from(Severity), packs, st.none() | names, st.none() | names)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("compliance_runtime.recording.batches.FIRST_PAUSE_SECONDS", 0)


def directory(table: FakeResultsTable) -> RuleDirectory:
    return RuleDirectory(table, "acme-dev-results")  # type: ignore[arg-type]  # a stand-in


@given(st.lists(entries, unique_by=lambda entry: entry.name, max_size=60))
def test_whoever_reads_the_table_knows_all_rules(deployed: list[RuleEntry]) -> None:
    table = FakeResultsTable()

    assert directory(table).write_once(deployed)
    assert directory(table).read() == {entry.name: entry for entry in deployed}
    assert not directory(table).write_once(deployed[::-1])


@pytest.mark.parametrize(
    "other",
    [
        RuleEntry("tags", Severity.HIGH, ("cis",), "required-tags"),
        RuleEntry("tags", Severity.LOW, (), "required-tags"),
        RuleEntry("tags", Severity.LOW, ("cis",), "REQUIRED_TAGS"),
        RuleEntry("tags", Severity.LOW, ("cis",)),
    ],
)
def test_another_deployment_changes_what_the_table_says_of_a_rule(other: RuleEntry) -> None:
    table = FakeResultsTable()
    directory(table).write_once([RuleEntry("tags", Severity.LOW, ("cis",), "required-tags")])

    assert directory(table).write_once([other])
    assert directory(table).read() == {"tags": other}


def test_rules_that_were_not_all_written_are_written_again() -> None:
    table = FakeResultsTable()
    deployed = [RuleEntry(f"rule-{number}", Severity.LOW) for number in range(30)]
    table.refuses = ATTEMPTS

    with pytest.raises(NotWrittenError, match="25 items of table acme-dev-results"):
        directory(table).write_once(deployed)
    assert directory(table).write_once(deployed)
    assert len(directory(table).read()) == 30


def test_a_rule_is_as_the_manifest_has_it() -> None:
    rule = DeployedRule("compliance_runtime.checks.x", Severity.LOW, packs=("hipaa", "cis"), identifier="x")

    assert RuleEntry.of("acme-dev-x", rule) == RuleEntry("acme-dev-x", Severity.LOW, ("cis", "hipaa"), "x")


@given(
    st.builds(
        DailyCounts,
        day=st.dates(),
        severity=st.sampled_from(Severity),
        packs=packs,
        compliant=st.integers(0),
        non_compliant=st.integers(0),
        waived=st.integers(0),
        compared_at=st.just(CAPTURED_TIME),
    )
)
def test_the_counts_of_a_day_read_back_as_they_were_written(counts: DailyCounts) -> None:
    item = counts.to_item(7)

    assert DailyCounts.from_item(item) == counts
    assert (item["pk"], item["expires_at"]) == ({"S": f"DAY#{counts.day.isoformat()}"}, {"N": "7"})
