from __future__ import annotations

from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber

from lambda_src.check import Compliance, Severity
from lambda_src.config_event import config_request
from lambda_src.deployment import DeployedRule
from lambda_src.errors import (
    CheckError,
    DeploymentError,
    EventError,
    HistoryNotReadyError,
    LambdaError,
    ParameterError,
)
from lambda_src.evaluate import evaluate
from tests.unit.lambda_src.builders import (
    CAPTURED_TIME,
    client,
    config_event,
    event_item,
    history_item,
    oversized_event,
    scheduled_event,
)

if TYPE_CHECKING:
    from lambda_src.evaluations import Evaluation

RULES = MappingProxyType(
    {
        "acme-dev-required-tags": DeployedRule("required-tags", Severity.LOW),
        "acme-dev-buckets": DeployedRule("bucket-tls-only", Severity.HIGH),
        "acme-dev-managed": DeployedRule(None, Severity.HIGH),
        "acme-dev-typo": DeployedRule("required-tag", Severity.LOW),
    }
)
OWNER = {"tags": '{"Owner":[]}'}


def no_client() -> Any:
    raise AssertionError("no call to AWS Config was expected")


def evaluated(event: dict[str, Any]) -> Evaluation:
    return evaluate(config_request(event), RULES, no_client)


def from_history(event: dict[str, Any], answer: list[dict[str, Any]]) -> Evaluation:
    """Evaluate with one answer of the history, and check that it was asked for the right item."""
    config = client("config")
    expected = {
        "resourceType": "AWS::S3::Bucket",
        "resourceId": "logs",
        "laterTime": datetime(2026, 3, 1, 10, 20, 31, tzinfo=UTC),
        "limit": 1,
    }
    with Stubber(config) as stub:
        stub.add_response("get_resource_config_history", {"configurationItems": answer}, expected)
        evaluation = evaluate(config_request(event), RULES, lambda: config)
        stub.assert_no_pending_responses()
    return evaluation


def test_a_changed_resource_gets_the_verdict_of_the_rule_s_check_and_parameters() -> None:
    bad = evaluated(config_event(event_item(tags={}), parameters=OWNER))
    good = evaluated(config_event(event_item(tags={"Owner": "ops"}), parameters=OWNER))

    assert bad.verdict.compliance is Compliance.NON_COMPLIANT
    assert good.verdict.compliance is Compliance.COMPLIANT
    assert (bad.resource_type, bad.resource_id) == ("AWS::S3::Bucket", "logs")
    assert bad.ordering_time == CAPTURED_TIME


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (config_event(event_item(status="ResourceDeleted", configuration=None), parameters=OWNER), "deleted"),
        (config_event(event_item(configuration=None), parameters=OWNER), "deleted"),
        (config_event(left_scope=True, parameters=OWNER), "left the scope"),
        (config_event(event_item(status="ResourceNotRecorded"), parameters=OWNER), "not recorded"),
        (
            config_event(event_item("AWS::SQS::Queue"), rule_name="acme-dev-buckets"),
            "does not judge AWS::SQS::Queue",
        ),
        (oversized_event(event_item(status="ResourceDeleted"), parameters=OWNER), "deleted"),
        (oversized_event(left_scope=True, parameters=OWNER), "left the scope"),
    ],
)
def test_where_there_is_nothing_to_judge_the_result_is_cleared(event: dict[str, Any], reason: str) -> None:
    evaluation = evaluated(event)

    assert evaluation.verdict.compliance is Compliance.NOT_APPLICABLE
    assert reason in evaluation.verdict.reason
    assert evaluation.ordering_time == CAPTURED_TIME


def test_an_oversized_item_is_judged_as_its_history_has_it() -> None:
    item = event_item(tags={"Owner": "ops"})

    evaluation = from_history(oversized_event(item, parameters=OWNER), [history_item(item)])

    assert evaluation.verdict.compliance is Compliance.COMPLIANT
    assert evaluation.ordering_time == CAPTURED_TIME


def test_an_oversized_item_that_is_deleted_meanwhile_is_not_judged() -> None:
    gone = history_item(event_item(status="ResourceDeleted", configuration=None))

    evaluation = from_history(oversized_event(parameters=OWNER), [gone])

    assert evaluation.verdict.compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize("answer", [[], [history_item(event_item(captured="2026-03-01T10:20:00Z"))]])
def test_a_history_that_lags_behind_is_no_verdict(answer: list[dict[str, Any]]) -> None:
    with pytest.raises(HistoryNotReadyError, match="AWS::S3::Bucket logs"):
        from_history(oversized_event(parameters=OWNER), answer)


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        (config_event(rule_name="acme-dev-eu-required-tags"), DeploymentError, "acme-dev-buckets"),
        (config_event(rule_name="acme-dev-managed"), DeploymentError, "acme-dev-managed is not evaluated"),
        (config_event(rule_name="acme-dev-typo"), CheckError, "Did you mean required-tags"),
        (config_event(), ParameterError, "tags is required"),
        (config_event(parameters={"tag": "{}"}), ParameterError, "Did you mean tags"),
        (scheduled_event(parameters=OWNER), EventError, "on a schedule"),
    ],
)
def test_what_goes_wrong_is_an_error_and_never_a_verdict(
    event: dict[str, Any], error: type[LambdaError], message: str
) -> None:
    with pytest.raises(error, match=message):
        evaluated(event)
