from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import EventError
from compliance_runtime.triggering.request import request_ids, rules_to_evaluate

RULES = {
    "acme-dev-b": DeployedRule(
        None, Severity.LOW, ("s3.amazonaws.com:PutBucketPolicy", "s3.amazonaws.com:PutBucketAcl")
    ),
    "acme-dev-a": DeployedRule(None, Severity.LOW, ("s3.amazonaws.com:PutBucketPolicy",)),
    "acme-dev-c": DeployedRule(None, Severity.LOW),
}


def api_call(source: str = "s3.amazonaws.com", name: str = "PutBucketPolicy", **detail: str) -> dict[str, Any]:
    return {
        "detail-type": "AWS API Call via CloudTrail",
        "detail": {"eventSource": source, "eventName": name, **detail},
    }


def test_reevaluating_asks_for_all_rules() -> None:
    assert rules_to_evaluate({"action": "reevaluate"}, RULES) == ["acme-dev-a", "acme-dev-b", "acme-dev-c"]


def test_an_api_call_asks_for_the_rules_that_it_concerns() -> None:
    assert rules_to_evaluate(api_call(), RULES) == ["acme-dev-a", "acme-dev-b"]
    assert rules_to_evaluate(api_call(name="PutBucketAcl"), RULES) == ["acme-dev-b"]
    assert rules_to_evaluate(api_call(source="sns.amazonaws.com"), RULES) == []


def test_an_api_call_that_failed_asks_for_none() -> None:
    assert rules_to_evaluate(api_call(errorCode="AccessDenied"), RULES) == []


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"action": "reconcile"}, "must be 'reevaluate' or 'continue'"),
        ({}, "event.detail"),
        ({"detail": {"eventName": "PutBucketPolicy"}}, "eventSource"),
        (None, "event must be"),
    ],
)
def test_another_event_is_refused(event: object, message: str) -> None:
    with pytest.raises(EventError, match=message):
        rules_to_evaluate(event, RULES)


def test_a_schedule_asks_for_all_rules_and_going_on_for_none() -> None:
    assert rules_to_evaluate({"id": "e-1", "detail-type": "Scheduled Event", "detail": {}}, RULES) == sorted(RULES)
    assert rules_to_evaluate({"action": "continue"}, RULES) == []


@pytest.mark.parametrize(
    ("event", "ids"),
    [({"id": "e-1"}, {"e-1", "i-1"}), ({"action": "reevaluate"}, {"i-1"}), ({"id": 5}, {"i-1"}), (None, {"i-1"})],
)
def test_an_event_is_distinguished_from_others_by_its_id_and_by_that_of_the_invocation(
    event: object, ids: set[str]
) -> None:
    assert request_ids(event, "i-1") == ids
