from __future__ import annotations

from typing import Any

import pytest
from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import EvaluationsNotStartedError, EventError
from compliance_runtime.reevaluation import rules_to_evaluate, start_evaluations

from tests.unit.compliance_runtime.builders import client

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


class BusyConfig:
    """AWS Config that refuses a call when one of the rules is busy, as the real one does."""

    def __init__(self, *busy: str, code: str = "ResourceInUseException") -> None:
        self.exceptions = client("config").exceptions
        self.error = getattr(self.exceptions, code)
        self.busy = set(busy)
        self.started: list[str] = []
        self.call_sizes: list[int] = []

    def start_config_rules_evaluation(self, *, ConfigRuleNames: list[str]) -> None:  # noqa: N803 boto3's name
        assert 1 <= len(ConfigRuleNames) <= 25
        self.call_sizes.append(len(ConfigRuleNames))
        if self.busy & set(ConfigRuleNames):
            raise self.error({"Error": {"Code": "x", "Message": "busy"}}, "StartConfigRulesEvaluation")
        self.started += ConfigRuleNames


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
        ({"action": "reconcile"}, "must be 'reevaluate'"),
        ({}, "event.detail"),
        ({"detail": {"eventName": "PutBucketPolicy"}}, "eventSource"),
        (None, "event must be"),
    ],
)
def test_another_event_is_refused(event: object, message: str) -> None:
    with pytest.raises(EventError, match=message):
        rules_to_evaluate(event, RULES)


def test_no_call_names_more_rules_than_the_api_allows() -> None:
    config: Any = BusyConfig()
    names = [f"acme-dev-{number}" for number in range(60)]

    start_evaluations(config, names)

    assert config.call_sizes == [25, 25, 10]
    assert config.started == names


@pytest.mark.parametrize("code", ["ResourceInUseException", "LimitExceededException", "NoSuchConfigRuleException"])
def test_rules_that_cannot_be_started_do_not_keep_the_others_from_it(code: str) -> None:
    names = [f"acme-dev-{number}" for number in range(60)]
    config: Any = BusyConfig("acme-dev-3", "acme-dev-59", code=code)

    with pytest.raises(EvaluationsNotStartedError, match=rf"2 of 60 rules.*acme-dev-3: {code}; acme-dev-59"):
        start_evaluations(config, names)
    assert sorted(config.started) == sorted(set(names) - config.busy)


def test_another_error_of_aws_config_is_not_swallowed() -> None:
    config: Any = BusyConfig("acme-dev-1", code="InvalidParameterValueException")

    with pytest.raises(config.error):
        start_evaluations(config, ["acme-dev-1", "acme-dev-2"])
