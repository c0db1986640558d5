"""A probe distinguishes what disproves an assumption from what decides nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance
from compliance_tf.verify import probes
from compliance_tf.verify.outcome import Verdict
from compliance_tf.verify.samples import BAD, BUCKET, GOOD, LOG_GROUP, Sample
from compliance_tf.verify.trial import Seen
from tests.unit.verify.builders import Client, trial

if TYPE_CHECKING:
    from compliance_tf.verify.trial import Trial

HOLDS, FAILS, OPEN = Verdict.HOLDS, Verdict.DOES_NOT_HOLD, Verdict.NOT_CHECKED
NO_TYPE = "AWS::Verify::NoSuchType"
WHOLE = json.dumps({"Name": "default", "RecordingGroup": {}, "ResourceARN": "arn"})


def status(word: str | None) -> Client:
    return Client(describe_configuration_recorder_status={"ConfigurationRecordersStatus": [{"lastStatus": word}]})


@pytest.mark.parametrize(
    ("probe", "client", "verdict"),
    [
        (probes.rule_name_length, Client("ValidationException"), HOLDS),
        (probes.rule_name_length, Client("NoSuchConfigRuleException"), FAILS),
        (probes.rule_name_length, Client(get_compliance_details_by_config_rule={}), FAILS),
        (probes.rule_name_length, Client("AccessDeniedException"), OPEN),
        (probes.rule_name_length, Client("ThrottlingException"), OPEN),
        (probes.rule_name_length, Client("InternalFailure"), OPEN),
        (probes.unknown_type_refused, Client("InvalidParameterValueException", f"The type {NO_TYPE}"), HOLDS),
        (probes.unknown_type_refused, Client("InvalidParameterValueException", "The time is in the future"), OPEN),
        (probes.unknown_type_refused, Client("InvalidResultTokenException", f"{NO_TYPE} or not"), OPEN),
        (probes.unknown_type_refused, Client("ThrottlingException"), OPEN),
        (probes.unknown_type_refused, Client(put_evaluations={"FailedEvaluations": []}), OPEN),
        (probes.unknown_type_refused, Client("AccessDeniedException"), OPEN),
        (probes.recorder_by_cloud_control, Client("UnsupportedActionException"), FAILS),
        (probes.recorder_by_cloud_control, Client("AccessDeniedException"), OPEN),
        (probes.recorder_by_cloud_control, Client(get_resource={"ResourceDescription": {"Properties": "{}"}}), FAILS),
        (probes.recorder_by_cloud_control, Client(get_resource={"ResourceDescription": {"Properties": WHOLE}}), HOLDS),
        (probes.recorder_status_words, status("SUCCESS"), HOLDS),
        (probes.recorder_status_words, status("Success"), HOLDS),
        (probes.recorder_status_words, status("DONE"), FAILS),
        (probes.recorder_status_words, status(None), OPEN),
        (probes.log_group_ids, Client("ValidationException"), OPEN),
        (probes.first_page_of_history, Client("InvalidExpressionException"), OPEN),
    ],
)
def test_an_answer_is_judged(probe: Any, client: Client, verdict: Verdict) -> None:
    assert probes.ask(probe, trial(client)).verdict is verdict


def judged(good: Compliance, bad: Compliance | None, *, in_table: Compliance | None = None) -> Trial:
    """A trial with two buckets, of which AWS Config and the table have these verdicts."""
    found = trial()
    found.samples = [Sample(BUCKET, GOOD, "good"), Sample(BUCKET, BAD, "bad", ("arn:aws:s3:::bad",))]
    found.by_config[found.samples[0]] = found.in_table[found.samples[0]] = Seen(good, "good", 1)
    if bad:
        found.by_config[found.samples[1]] = Seen(bad, "bad", 2)
    if in_table:
        found.in_table[found.samples[1]] = Seen(in_table, "bad", 5)
    return found


RIGHT, WRONG = Compliance.COMPLIANT, Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    ("found", "verdicts", "in_table"),
    [
        (judged(RIGHT, WRONG, in_table=WRONG), HOLDS, HOLDS),
        (judged(RIGHT, RIGHT, in_table=RIGHT), FAILS, HOLDS),
        (judged(RIGHT, None), FAILS, HOLDS),
        (judged(RIGHT, WRONG), HOLDS, FAILS),
        (judged(RIGHT, WRONG, in_table=RIGHT), HOLDS, FAILS),
    ],
)
def test_verdicts_and_table_are_held_against_what_samples_deserve(
    found: Trial, verdicts: Verdict, in_table: Verdict
) -> None:
    assert (probes.verdicts(found).verdict, probes.results_in_table(found).verdict) == (verdicts, in_table)


def test_another_id_than_expected_is_named() -> None:
    found = judged(RIGHT, WRONG)
    assert probes.resource_ids(found).verdict is HOLDS
    found.by_config[found.samples[1]] = Seen(WRONG, "arn:aws:s3:::bad", 2)
    outcome = probes.resource_ids(found)
    assert outcome.verdict is FAILS
    assert "'arn:aws:s3:::bad' instead of 'bad'" in outcome.seen


def test_nothing_is_proven_by_samples_that_were_not_made() -> None:
    empty = trial()
    outcomes = [probes.ask(probe, empty) for probe in (probes.item_forms, probes.bucket_without_policy)]
    outcomes += [probes.results_in_table(empty), probes.resource_ids(empty), probes.removal_closes_results(empty)]
    outcomes.append(probes.newer_verdict_wins(empty, Sample(LOG_GROUP, BAD, "x")))
    assert {outcome.verdict for outcome in outcomes} == {OPEN}
