from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.deployment import Recipient
from compliance_runtime.errors import EventError, ReconciliationError
from compliance_runtime.lambda_context import Place
from compliance_runtime.recording.batches import ATTEMPTS
from compliance_runtime.recording.counts import Counts
from compliance_runtime.recording.rule_directory import RuleEntry
from compliance_runtime.waivers.waiver import ResourceId, Tagged
from compliance_tf.testing import CAPTURED_TIME
from tests.unit.compliance_runtime.builders import deployed_waiver
from tests.unit.compliance_runtime.recording.account import LATER, TAGS, TLS, Account, result


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr("compliance_runtime.recording.batches.FIRST_PAUSE_SECONDS", 0)
    return Account()


def test_a_table_that_agrees_with_aws_config_is_left_alone(account: Account) -> None:
    known = [result(f"bucket-{number}", annotation="Missing: Owner.") for number in range(5)]
    account.knows(*known)
    before = (account.table.present, account.table.history)
    account.answers(TAGS, *known[:3], *(replace(one, time=one.time + timedelta(days=1)) for one in known[3:]))

    assert account.reconcile() == Counts(checked=5)
    assert (account.table.present, account.table.history) == before


def test_what_a_lost_event_left_behind_is_repaired(account: Account) -> None:
    later = CAPTURED_TIME + timedelta(hours=1)
    account.knows(result("flipped"), result("stale"), result("same"))
    account.answers(
        TAGS,
        result("flipped", Compliance.COMPLIANT, time=later),
        result("same"),
        result("new", Compliance.COMPLIANT, time=later),
    )

    assert account.reconcile() == Counts(checked=4, written=2, closed=1, repaired=3)
    assert account.present() == {
        "flipped": "COMPLIANT",
        "stale": "NOT_APPLICABLE",
        "same": "NON_COMPLIANT",
        "new": "COMPLIANT",
    }


def test_an_event_that_was_recorded_meanwhile_is_not_undone(account: Account) -> None:
    later = CAPTURED_TIME + timedelta(hours=1)
    account.knows(result("flipped", Compliance.COMPLIANT, time=later))
    account.answers(TAGS, result("flipped"))

    assert account.reconcile() == Counts(checked=1)
    assert account.present() == {"flipped": "COMPLIANT"}


def test_a_result_that_is_recorded_while_it_is_closed_stays(account: Account) -> None:
    account.knows(result("new", time=CAPTURED_TIME + timedelta(days=36_500)))
    account.answers(TAGS)

    assert account.reconcile() == Counts(checked=1)
    assert account.present() == {"new": "NON_COMPLIANT"}


def test_what_aws_config_lists_again_is_opened_again_though_it_is_older_than_its_closing(account: Account) -> None:
    account.knows(result("logs"))
    for listed in ([], [result("logs")]):
        account.answers(TAGS, *listed)
        account.reconcile()

    assert account.present() == {"logs": "NON_COMPLIANT"}


def test_a_rule_s_new_severity_and_a_new_annotation_reach_its_results(account: Account) -> None:
    account.knows(result("logs", severity=Severity.LOW), result("data", severity=Severity.CRITICAL))
    better = result("data", time=CAPTURED_TIME + timedelta(hours=1), annotation="Missing: Owner.")
    account.answers(TAGS, result("logs"), better)

    assert account.reconcile({TAGS: Severity.CRITICAL}) == Counts(checked=2, written=2)
    assert {one.resource.id: one.annotation for one in account.table.violations(Severity.CRITICAL)} == {
        "logs": None,
        "data": "Missing: Owner.",
    }


def test_the_results_of_a_rule_that_aws_config_does_not_know_are_closed(account: Account) -> None:
    account.knows(result("logs"))
    account.fails(TAGS, *["NoSuchConfigRuleException"] * 2)

    assert account.reconcile() == Counts(checked=1, closed=1, repaired=1)
    assert account.present() == {"logs": "NOT_APPLICABLE"}


def test_all_results_of_a_rule_that_is_not_deployed_any_more_are_closed_and_then_it_is_forgotten(
    account: Account,
) -> None:
    removed = RuleEntry("acme-dev-removed", Severity.LOW)
    account.directory.write([removed], [removed])
    account.knows(result("logs", rule=removed.name), result("data", Compliance.COMPLIANT, rule=removed.name))
    account.knows(result("logs"))
    account.answers(TAGS, result("logs"))

    assert account.reconcile() == Counts(checked=3, closed=2)
    compliances = [(item["rule"], item["compliance"]) for item in account.table.present]
    assert compliances == [(removed.name, "NOT_APPLICABLE")] * 2 + [(TAGS, "NON_COMPLIANT")]
    assert account.table.rules == [TAGS]


def test_a_rule_is_not_forgotten_before_all_of_its_results_are_closed(account: Account) -> None:
    removed = RuleEntry("acme-dev-removed", Severity.LOW)
    account.directory.write([removed], [removed])
    account.knows(result("new", rule=removed.name, time=CAPTURED_TIME + timedelta(days=36_500)))

    assert account.reconcile({}) == Counts(checked=1)
    assert account.table.rules == [removed.name]


def test_the_rules_are_kept_as_they_are_deployed_whatever_the_table_had(account: Account) -> None:
    wanted = RuleEntry(TAGS, Severity.HIGH)
    account.directory.write([RuleEntry(TAGS, Severity.LOW, ("cis",))], [wanted])
    account.answers(TAGS)

    account.reconcile()

    assert account.directory.read() == {TAGS: wanted}


def test_results_are_compared_even_when_the_rules_cannot_be_kept(account: Account) -> None:
    account.answers(TAGS, result("logs"))
    account.table.refuses = ATTEMPTS

    with pytest.raises(ReconciliationError, match="does not have the rules of this deployment"):
        account.reconcile()
    assert account.present() == {"logs": "NON_COMPLIANT"}


def test_every_day_has_the_counts_of_its_last_comparison(account: Account) -> None:
    account.waivers = (deployed_waiver("required-tags", ResourceId("waived"), expires=date(9999, 1, 1)),)
    violations = [result("waived"), result("one"), result("two")]
    account.answers(TAGS, *violations)
    account.reconcile()
    account.answers(TAGS, *violations[:2], result("two", Compliance.COMPLIANT, time=LATER))
    before = datetime.now(UTC)
    account.reconcile()

    (counts,) = account.table.counts
    assert (counts.compliant, counts.non_compliant, counts.waived) == (1, 1, 1)
    assert (counts.rule_name, counts.severity, counts.day) == (TAGS, Severity.HIGH, counts.compared_at.date())
    assert before <= counts.compared_at <= datetime.now(UTC)


def test_a_compliance_that_did_not_change_is_as_old_as_it_was(account: Account) -> None:
    long_ago = CAPTURED_TIME - timedelta(days=30)
    account.knows(*(result(name, since=long_ago) for name in ("same", "flipped")))
    account.answers(
        TAGS, result("same", time=LATER, annotation="Other."), result("flipped", Compliance.COMPLIANT, time=LATER)
    )

    account.reconcile()

    since = {one.resource.id: one.since for one in account.store.of_rule(TAGS)}
    assert since == {"same": long_ago, "flipped": LATER}


def test_a_violation_whose_event_was_lost_is_announced_and_no_other(account: Account) -> None:
    account.recipient = Recipient("arn:aws:sns:eu-west-1:111122223333:security", frozenset({Severity.HIGH}))
    account.waivers = (deployed_waiver("required-tags", ResourceId("waived"), expires=date(9999, 1, 1)),)
    account.knows(result("known"), result("flipped", Compliance.COMPLIANT), result("fixed"))
    account.answers(
        TAGS,
        result("known", time=LATER, annotation="Other."),
        result("flipped", time=LATER),
        result("new"),
        result("waived"),
        result("fixed", Compliance.COMPLIANT, time=LATER),
    )

    account.reconcile()

    assert account.table.announced == [("flipped", TAGS), ("new", TAGS)]


def test_what_was_repaired_is_counted(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.answers(TAGS, result("lost"), result("lost-too"))

    account.reconcile()

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    (metric,) = line["_aws"]["CloudWatchMetrics"]
    assert (metric["Dimensions"], metric["Metrics"]) == ([["FunctionName"]], [{"Name": "Repaired", "Unit": "Count"}])
    assert (line["Repaired"], line["FunctionName"]) == (2, "acme-dev-record")


def test_a_rule_that_fails_does_not_keep_the_others_from_being_compared(account: Account) -> None:
    account.fails(TLS, "AccessDeniedException")
    account.answers(TAGS, result("logs"))

    with pytest.raises(ReconciliationError, match=f"1 rules were not wholly compared: {TLS}"):
        account.reconcile({TLS: Severity.LOW, TAGS: Severity.HIGH})
    assert account.present() == {"logs": "NON_COMPLIANT"}


def test_every_rule_s_counts_are_logged(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.answers(TAGS, result("logs"))

    account.reconcile()

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    counts = {"checked": 1, "written": 1, "closed": 0, "level": "INFO", "requestId": "request-0"}
    assert counts.items() <= lines[0].items()
    assert [(line["message"], line.get("rule")) for line in lines] == [("Rule compared", TAGS), ("Reconciled", None)]


def test_a_waiver_reaches_the_violations_that_are_there_and_is_then_left_alone(account: Account) -> None:
    account.waivers = (deployed_waiver("required-tags", ResourceId("logs")),)
    known = [result("logs"), result("data"), result("fine", Compliance.COMPLIANT)]
    account.knows(*known)
    for written in (1, 0):
        account.answers(TAGS, *known)
        assert account.reconcile() == Counts(checked=3, written=written)
    assert account.waived() == {"logs": "SEC-1"}


def test_an_expired_waiver_stays_with_its_violation(account: Account) -> None:
    account.waivers = (deployed_waiver("required-tags", ResourceId("logs"), expires=CAPTURED_TIME.date()),)
    known = result("logs", waiver=account.waivers[0].note)
    account.knows(known)
    account.answers(TAGS, known)

    assert account.reconcile() == Counts(checked=1)
    assert account.waived() == {"logs": "SEC-1"}


def test_a_waiver_that_is_not_declared_any_more_is_taken_from_its_violation(account: Account) -> None:
    known = result("logs", waiver=deployed_waiver("required-tags", ResourceId("logs")).note)
    account.knows(known)
    account.answers(TAGS, known)

    assert account.reconcile() == Counts(checked=1, written=1)
    assert (account.waived(), account.present()) == ({}, {"logs": "NON_COMPLIANT"})


def test_what_complies_or_is_closed_has_no_waiver(account: Account) -> None:
    account.waivers = (deployed_waiver("required-tags", ResourceId("logs")),)
    note = account.waivers[0].note
    account.knows(result("logs", waiver=note), result("stale", waiver=note))
    account.answers(TAGS, result("logs", Compliance.COMPLIANT, time=CAPTURED_TIME + timedelta(hours=1)))

    account.reconcile()

    assert account.present() == {"logs": "COMPLIANT", "stale": "NOT_APPLICABLE"}
    assert account.waived() == {}


def test_a_waiver_that_cannot_be_looked_up_stays_and_neither_verdicts_nor_other_waivers_wait_for_it(
    account: Account,
) -> None:
    account.waivers = (deployed_waiver("required-tags", Tagged("team", "data")),)
    note = account.waivers[0].note
    account.knows(result("old", waiver=note))
    account.answers(TAGS, result("old"), result("unknown"), result("new"))
    # Queries do not know these yet, and their history is refused.
    account.aws_config.not_indexed = {"old", "unknown"}
    for name in ("old", "unknown"):
        account.fails(name, "ThrottlingException")
    account.aws_config.record("new", team="data")

    with pytest.raises(ReconciliationError, match="The waivers of 2 violations could not be looked up"):
        account.reconcile()
    assert account.present() == {"old": "NON_COMPLIANT", "unknown": "NON_COMPLIANT", "new": "NON_COMPLIANT"}
    assert account.waived() == {"old": "SEC-1", "new": "SEC-1"}


def test_a_function_arn_of_another_form_is_refused() -> None:
    with pytest.raises(EventError, match="arn:aws:lambda:<region>"):
        Place.of_function("record")


def test_a_compliance_that_is_not_known_is_neither_written_nor_closed_and_fails_the_comparison(
    account: Account,
) -> None:
    account.knows(result("logs"), result("stale"))
    account.answers(TAGS, result("logs"), result("new"), result("flipped", Compliance.COMPLIANT))
    account.aws_config.words = {"logs": "PARTLY_COMPLIANT", "new": "PARTLY_COMPLIANT"}

    with pytest.raises(ReconciliationError, match="2 results have a compliance that is not known") as caught:
        account.reconcile()

    assert TAGS in str(caught.value)
    assert account.present() == {"logs": "NON_COMPLIANT", "stale": "NOT_APPLICABLE", "flipped": "COMPLIANT"}


def test_a_compliance_counts_in_any_case(account: Account) -> None:
    account.knows(result("logs"))
    account.answers(TAGS, result("logs", time=LATER))
    account.aws_config.words = {"logs": "Compliant"}

    account.reconcile()

    assert account.present() == {"logs": "COMPLIANT"}
