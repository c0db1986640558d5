from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import ANY, Stubber
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Verdict
from compliance_runtime.errors import EvaluationsNotPutError, EvaluationsRefusedError
from compliance_runtime.evaluation.evaluations import Evaluation, EvaluationWriter, annotation
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.testing import CAPTURED_TIME
from tests.aws_config import AwsConfig
from tests.served import served
from tests.unit.compliance_runtime.builders import client

if TYPE_CHECKING:
    from compliance_tf.local.api.json_api import Call


def evaluation(number: int = 0, reason: str = "Missing: Owner.", resource_type: str = "AWS::S3::Bucket") -> Evaluation:
    return Evaluation(resource_type, f"bucket-{number}", Verdict.non_compliant(reason), CAPTURED_TIME)


def sizes(config: AwsConfig) -> list[int]:
    """How many evaluations each call had."""
    return [len(call.parameters["Evaluations"]) for call in config.asked]


def put(config: Any, evaluations: list[Evaluation], seconds: float = 60) -> list[float]:
    """Put them with a clock that only sleeping moves; returns the times slept."""
    slept: list[float] = []
    putter = EvaluationWriter(config, "token-1", lambda: seconds - sum(slept), slept.append)
    putter.put(evaluations)
    putter.check()
    return slept


def test_a_verdict_is_put_with_the_time_of_the_state_that_was_judged() -> None:
    config = client("config")
    expected = {
        "Evaluations": [
            {
                "ComplianceResourceType": "AWS::S3::Bucket",
                "ComplianceResourceId": "bucket-0",
                "ComplianceType": "NON_COMPLIANT",
                "Annotation": "Missing: Owner.",
                "OrderingTimestamp": CAPTURED_TIME,
            }
        ],
        "ResultToken": "token-1",
    }
    with Stubber(config) as stub:
        stub.add_response("put_evaluations", {"FailedEvaluations": []}, expected)
        put(config, [evaluation()])
        stub.assert_no_pending_responses()


def test_a_test_event_is_answered_in_test_mode_which_keeps_nothing() -> None:
    config = client("config")
    with Stubber(config) as stub:
        expected = {"Evaluations": ANY, "ResultToken": "TESTMODE", "TestMode": True}
        stub.add_response("put_evaluations", {"FailedEvaluations": []}, expected)
        EvaluationWriter(config, "TESTMODE", lambda: 60).put([evaluation()])
        stub.assert_no_pending_responses()


def test_no_call_has_more_than_a_hundred_evaluations() -> None:
    config = AwsConfig(failure_rate=0)

    put(config.client, [evaluation(number) for number in range(250)])

    assert sizes(config) == [100, 100, 50]


def test_no_verdict_is_lost_when_a_third_of_each_call_fails() -> None:
    config = AwsConfig(failure_rate=0.3)
    evaluations = [evaluation(number) for number in range(250)]

    put(config.client, evaluations)

    assert sorted(config.known) == sorted(one.resource_id for one in evaluations)


def test_only_what_failed_is_sent_again() -> None:
    config = AwsConfig(failure_rate=0.3)

    put(config.client, [evaluation(number) for number in range(100)])

    assert sizes(config) == sorted(sizes(config), reverse=True)
    assert sizes(config)[1] < 50


def test_what_still_fails_when_the_time_is_over_raises_with_the_resource() -> None:
    config = AwsConfig(failure_rate=1)

    with pytest.raises(EvaluationsNotPutError, match=r"1 evaluations in time: AWS::S3::Bucket bucket-0"):
        put(config.client, [evaluation()], seconds=30)
    assert len(sizes(config)) > 3


def test_waiting_ends_before_the_function_does() -> None:
    slept: list[float] = []

    with pytest.raises(EvaluationsNotPutError):
        EvaluationWriter(
            AwsConfig(failure_rate=1).client,
            "token-1",
            lambda: 10 - sum(slept),
            slept.append,
        ).put([evaluation()])
    assert 3 < sum(slept) <= 8


def test_failures_that_name_no_evaluation_of_the_call_are_not_taken_for_success() -> None:
    other = {
        "ComplianceResourceType": "AWS::S3::Bucket",
        "ComplianceResourceId": "other",
        "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": CAPTURED_TIME.timestamp(),
    }
    confused = served({"PutEvaluations": lambda _: {"FailedEvaluations": [other]}})

    with pytest.raises(EvaluationsNotPutError):
        put(confused, [evaluation()], seconds=5)


@pytest.mark.parametrize("place", [0, 57, 99, 120, 249])
def test_one_of_an_unknown_type_costs_no_other_and_fails_the_invocation(place: int) -> None:
    config = AwsConfig()
    evaluations = [evaluation(number) for number in range(250)]
    evaluations[place] = evaluation(place, resource_type="AWS::S3::Buckets")

    with pytest.raises(
        EvaluationsRefusedError, match=rf"refused 1 evaluations.*AWS::S3::Buckets bucket-{place} .*is invalid"
    ):
        put(config.client, evaluations)

    assert sorted(config.known) == sorted(f"bucket-{number}" for number in range(250) if number != place)


def test_many_of_an_unknown_type_are_refused_without_asking_for_each() -> None:
    config = AwsConfig()
    evaluations = [
        evaluation(number, resource_type="AWS::S3::Buckets" if number % 2 else "AWS::S3::Bucket")
        for number in range(1000)
    ]

    with pytest.raises(EvaluationsRefusedError, match="refused 500 evaluations"):
        put(config.client, evaluations)

    assert len(config.known) == 500
    assert config.calls.total() < 40


@pytest.mark.parametrize(
    "wrong",
    [
        Evaluation("AWS::S3::Bucket", "", Verdict.compliant("."), CAPTURED_TIME),
        Evaluation("", "no-type", Verdict.compliant("."), CAPTURED_TIME),
        Evaluation("AWS::S3::Bucket", "x" * 769, Verdict.compliant("."), CAPTURED_TIME),
        Evaluation("AWS::S3::Bucket", None, Verdict.compliant("."), CAPTURED_TIME),  # type: ignore[arg-type]
    ],
)
def test_one_of_another_form_costs_no_other(wrong: Evaluation) -> None:
    config = AwsConfig()

    with pytest.raises(EvaluationsRefusedError, match="refused 1 evaluations"):
        put(config.client, [evaluation(0), wrong, evaluation(1)])

    assert sorted(config.known) == ["bucket-0", "bucket-1"]


def test_another_error_is_not_taken_for_a_refusal() -> None:
    def refuse(_: Call) -> dict[str, Any]:
        raise ApiError("InvalidResultTokenException", "The result token provided is not valid.")

    client = served({"PutEvaluations": refuse})
    with pytest.raises(client.exceptions.InvalidResultTokenException):
        put(client, [evaluation(0), evaluation(1)])


@given(st.text(alphabet=st.characters(), max_size=600))
def test_an_annotation_is_always_one_that_aws_config_takes(reason: str) -> None:
    text = annotation(reason)

    assert 1 <= len(text) <= 256
    assert text.strip()
    assert len(text.encode("utf-16-le", errors="strict")) == 2 * len(text)
    assert annotation(text) == text


def test_a_long_reason_is_cut_at_a_word_and_marked() -> None:
    text = annotation("Missing tags: " + "Owner, " * 100)

    assert text.endswith("Owner, …"[-8:])
    assert len(text) > 245


def test_exactly_256_characters_are_not_cut_and_257_are() -> None:
    assert annotation("x" * 256) == "x" * 256
    assert annotation("x" * 257) == "x" * 254 + " …"


def test_an_empty_reason_becomes_a_sentence() -> None:
    assert annotation(" \n ") == "No reason given."
