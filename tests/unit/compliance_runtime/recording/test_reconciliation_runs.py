"""A comparison takes as many invocations as it needs, whatever ends them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.errors import ReconciliationError
from compliance_runtime.recording.counts import Counts
from compliance_runtime.recording.reconciliation import LONGEST_INVOCATION, SETTLED
from compliance_runtime.recording.results import time_text
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.waivers.waiver import ResourceId
from tests.examples import few
from tests.unit.compliance_runtime.builders import deployed_waiver
from tests.unit.compliance_runtime.recording.account import LATER, TAGS, TLS, Account, Killed, result

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_runtime.recording.results import Result

RULES = {TAGS: Severity.HIGH, TLS: Severity.LOW}


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr("compliance_runtime.recording.batches.FIRST_PAUSE_SECONDS", 0)
    return Account()


def pages(account: Account, number: int) -> Callable[[], float]:
    """Time for so many more pages of AWS Config."""
    end = len(account.aws_config.pages) + number
    return lambda: 900 if len(account.aws_config.pages) < end else 45


def results(count: int, rule: str = TAGS) -> list[Result]:
    severity = RULES[rule]
    return [result(f"bucket-{number}", rule=rule, severity=severity) for number in range(count)]


def metrics(capsys: pytest.CaptureFixture[str]) -> list[str]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [one["Name"] for line in lines if "_aws" in line for one in line["_aws"]["CloudWatchMetrics"][0]["Metrics"]]


def deployed_before(account: Account, age: timedelta) -> None:
    """Have the table know the present rules since some time."""
    account.table.items["RULES", "DIRECTORY"]["since"] = time_text(datetime.now(UTC) - age)


def test_what_there_was_no_time_for_is_left_for_the_next_run_which_compares_nothing_twice(account: Account) -> None:
    account.answers(TAGS, *results(20))
    account.answers(TLS, *results(20, TLS))
    account.aws_config.page = 2

    first = account.reconcile(RULES, pages(account, 3))
    runs = [first]
    while runs[-1].left:
        runs.append(account.resume(RULES, pages(account, 3)))

    assert first.left == 2
    assert sum(run.checked for run in runs) == sum(run.written for run in runs) == 40
    # 20 results in pages of 2, and one page that is empty, for each rule.
    assert len(account.aws_config.pages) == 22
    assert [(one.rule_name, one.compliant, one.non_compliant) for one in account.table.counts] == [
        (TLS, 0, 20),
        (TAGS, 0, 20),
    ]


def test_without_time_no_rule_is_begun_and_all_are_left(account: Account) -> None:
    account.answers(TAGS, *results(1))

    assert account.reconcile(RULES, lambda: 59) == Counts(left=2)
    assert account.aws_config.pages == []


def test_when_nothing_is_left_aws_config_is_not_asked(account: Account) -> None:
    account.reconcile()
    deployed_before(account, timedelta())
    asked = len(account.aws_config.pages)

    for _ in range(3):
        assert account.resume() == Counts()
    assert len(account.aws_config.pages) == asked


def test_a_comparison_that_begins_anew_begins_with_what_was_left(account: Account) -> None:
    account.answers(TAGS, *results(4))
    account.answers(TLS, *results(4, TLS))
    # TLS comes first by its name.
    account.reconcile(RULES, pages(account, 3))
    assert set(account.aws_config.pages) == {TLS}

    account.reconcile(RULES, pages(account, 3))

    assert account.aws_config.pages[3:] == [TAGS] * 3


def test_the_results_of_a_removed_rule_are_closed_over_several_runs(account: Account) -> None:
    removed = RuleEntry("acme-dev-removed", Severity.LOW)
    account.directory.write([removed], [removed])
    account.knows(*(result(f"bucket-{number}", rule=removed.name) for number in range(5)))
    times = iter([900, 900, 900, 45, 45])

    assert account.reconcile({}, lambda: next(times)) == Counts(checked=2, closed=2, left=1)
    assert account.resume({}) == Counts(checked=3, closed=3)
    assert account.table.rules == []


def test_a_retry_of_the_same_request_compares_just_what_failed(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.answers(TAGS, *results(1))
    account.fails(TAGS, "AccessDeniedException")
    with pytest.raises(ReconciliationError, match=TAGS):
        account.reconcile(RULES, request="one")
    asked = len(account.aws_config.pages)

    assert account.reconcile(RULES, request="one").checked == 1
    assert set(account.aws_config.pages[asked:]) == {TAGS}
    assert "Failures" not in metrics(capsys)


def test_what_fails_is_not_tried_every_hour(account: Account) -> None:
    account.fails(TAGS, *["AccessDeniedException"] * 9)
    with pytest.raises(ReconciliationError):
        account.reconcile()

    assert account.resume() == Counts()


def test_a_kill_is_counted_by_the_next_run_which_goes_on_where_it_was(
    account: Account, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("compliance_runtime.recording.reconciliation.CHECKPOINT_SECONDS", 0)
    monkeypatch.setattr("compliance_runtime.recording.rule_comparison.CHECKPOINT_SECONDS", 0)
    account.answers(TAGS, *results(20))
    account.aws_config.page = 2
    kill(account, at=7)
    with pytest.raises(Killed):
        account.reconcile(request="killed")
    assert metrics(capsys) == []
    asked = len(account.aws_config.pages)

    assert account.reconcile(request="killed").left == 0
    assert sorted(metrics(capsys)) == ["Failures", "Repaired"]
    # The page at which it was killed is asked for again, and none before.
    assert len(account.aws_config.pages) - asked == 11 - 6
    assert len(account.present()) == 20


def kill(account: Account, at: int) -> None:
    def on_page() -> None:
        if len(account.aws_config.pages) == at:
            raise Killed

    account.aws_config.on_page = on_page


def test_the_hourly_run_leaves_one_alone_that_compares_and_takes_over_from_one_that_is_silent(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.answers(TAGS, *results(3))
    kill(account, at=1)
    with pytest.raises(Killed):
        account.reconcile()

    assert account.resume() == Counts()
    assert account.present() == {}

    item = account.table.items["RECONCILIATION", "PROGRESS"]
    item["saved_at"] = time_text(datetime.now(UTC) - LONGEST_INVOCATION - timedelta(seconds=1))
    assert account.resume().checked == 3
    assert "Failures" in metrics(capsys)


def test_a_comparison_that_begins_ends_one_that_is_under_way(account: Account) -> None:
    account.answers(TAGS, *results(3))
    inner: list[Counts] = []

    def begin_another() -> None:
        account.aws_config.on_page = lambda: None
        inner.append(account.reconcile())

    account.aws_config.on_page = begin_another
    outer = account.reconcile()

    assert inner[0].checked == 3
    assert outer == Counts()


def test_a_token_that_aws_config_does_not_know_any_more_begins_the_listing_anew(account: Account) -> None:
    account.answers(TAGS, *results(9))
    assert account.reconcile(seconds=pages(account, 2)).left == 1
    account.aws_config.forget_tokens()

    assert account.resume().left == 0
    assert len(account.present()) == 9
    (counts,) = account.table.counts
    assert counts.non_compliant == 9


def test_a_result_that_slips_through_between_two_pages_is_not_closed(account: Account) -> None:
    known = results(6)
    account.knows(*known)
    account.answers(TAGS, *known)

    def slip() -> None:
        hidden = len(account.aws_config.pages) == 2
        account.answers(TAGS, *(known[:-1] if hidden else known))

    account.aws_config.page = 6
    account.aws_config.on_page = slip
    assert account.reconcile() == Counts(checked=6)
    assert set(account.present().values()) == {"NON_COMPLIANT"}


def test_a_result_that_is_listed_twice_is_counted_once(account: Account) -> None:
    known = result("logs")
    account.knows(result("data"))
    for one in (known, result("data")):
        account.answers(TAGS, one, one, one, one)
        account.aws_config.page = 1
        account.reconcile()

    (counts,) = account.table.counts
    assert counts.non_compliant == 1


@pytest.mark.parametrize(
    ("change", "compared"),
    [
        pytest.param({}, False, id="the same"),
        pytest.param({"rules": {TAGS: Severity.LOW}}, True, id="another severity"),
        pytest.param({"waiver": True}, True, id="a waiver"),
    ],
)
def test_all_is_compared_some_time_after_a_deployment_and_not_before(
    account: Account, change: dict[str, Any], *, compared: bool
) -> None:
    account.answers(TAGS, result("logs"))
    account.resume()
    deployed_before(account, SETTLED)
    assert account.resume().checked == 1
    if "waiver" in change:
        account.waivers = (deployed_waiver("required-tags", ResourceId("logs"), expires=date(9999, 1, 1)),)
    rules = change.get("rules")

    assert account.resume(rules).checked == 0
    deployed_before(account, SETTLED - timedelta(minutes=1))
    assert account.resume(rules).checked == 0
    deployed_before(account, SETTLED)
    assert account.resume(rules).checked == compared
    assert account.resume(rules).checked == 0


def test_the_daily_comparison_shortly_after_a_deployment_does_not_replace_the_one_some_time_after_it(
    account: Account,
) -> None:
    account.reconcile()
    account.answers(TAGS, result("late"))
    deployed_before(account, SETTLED)

    assert account.resume().written == 1


@few(10)
@given(st.data())
def test_however_invocations_end_the_table_is_what_aws_config_says(data: st.DataObject) -> None:
    account = Account()
    ids = [f"bucket-{number}" for number in range(data.draw(st.integers(0, 12)))]
    compliances = st.sampled_from([Compliance.COMPLIANT, Compliance.NON_COMPLIANT])
    for rule, severity in RULES.items():
        known = data.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
        account.knows(*(result(one, data.draw(compliances), rule=rule, severity=severity) for one in known))
        now = data.draw(st.lists(st.sampled_from(ids), unique=True) if ids else st.just([]))
        says = [result(one, data.draw(compliances), rule=rule, severity=severity, time=LATER) for one in now]
        account.answers(rule, *says)
    account.aws_config.page = data.draw(st.integers(1, 4))
    expected = {
        (one.rule, one.resource_id): one.compliance for listed in account.aws_config.results.values() for one in listed
    }
    counts = account.reconcile(RULES, pages(account, data.draw(st.integers(0, 3))), request="run-0")
    for number in range(1, 40):
        if not counts.left:
            break
        end = data.draw(st.sampled_from(["time", "kill", "token", "none"]))
        if end == "token":
            account.aws_config.forget_tokens()
        if end == "kill":
            kill(account, at=len(account.aws_config.pages) + data.draw(st.integers(1, 3)))
        enough = lambda: 900.0  # noqa: E731
        try:
            counts = account.resume(
                RULES,
                pages(account, data.draw(st.integers(1, 4))) if end == "time" else enough,
                request=f"run-{number}",
            )
        except Killed:
            # AWS Lambda tries again with the same request.
            counts = account.resume(RULES, enough, request=f"run-{number}")

    found = {
        (item["rule"], item["resource_id"]): item["compliance"]
        for item in account.table.present
        if item["compliance"] != "NOT_APPLICABLE"
    }
    assert counts.left == 0
    assert found == expected
