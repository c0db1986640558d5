from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.json_api import Call, JsonApi

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = AccountRegion("000000000001", "eu-central-1")


def answer(operation: str, respond: Callable[[Call], dict[str, Any]], **parameters: Any) -> tuple[int, Any]:
    """What a client gets when an operation of AWS Config responds so."""
    api = JsonApi("config", {operation: respond}, authorize=lambda _: None)
    target = f"StarlingDoveService.{operation}"
    status, _, body = api.answer(HERE, "key", target, json.dumps(parameters).encode())
    return status, json.loads(body)


def fails_with(error: ApiError) -> Callable[[Call], dict[str, Any]]:
    def respond(_: Call) -> dict[str, Any]:
        raise error

    return respond


@pytest.mark.parametrize(
    ("response", "problem"),
    [
        ({"ConfigRules": [{"ConfigRuleName": "a"}]}, "Source"),
        ({"ConfigRules": [{"Source": {"Owner": "NOBODY"}}]}, "enum"),
        ({"ConfigRules": [{"Source": {"Owner": "AWS"}, "ConfigRuleName": "a" * 129}]}, "128"),
        ({"ConfigRules": [{"Source": {"Owner": "AWS"}, "Description": 1}]}, "type string"),
        ({"ConfigRules": [], "nextToken": "n"}, "not in the model"),
    ],
    ids=["a required member", "an enum", "a length", "a type", "an unknown member"],
)
def test_a_response_that_breaks_the_model_never_reaches_a_client(response: dict[str, Any], problem: str) -> None:
    status, body = answer("DescribeConfigRules", lambda _: response)

    assert (status, body["__type"]) == (500, "InternalFailure")
    assert problem in body["message"]


def test_a_response_of_an_operation_that_answers_nothing_never_reaches_a_client() -> None:
    status, body = answer("DeleteConfigRule", lambda _: {"Deleted": True}, ConfigRuleName="a")

    assert (status, body["__type"]) == (500, "InternalFailure")


def test_an_error_that_the_operation_does_not_declare_never_reaches_a_client() -> None:
    status, body = answer("DescribeConfigRules", fails_with(ApiError("NoSuchBucket", "?")))

    assert (status, body["__type"]) == (500, "InternalFailure")
    assert "NoSuchBucket" in body["message"]


def test_an_error_that_the_operation_declares_reaches_the_client() -> None:
    status, body = answer("DescribeConfigRules", fails_with(ApiError("NoSuchConfigRuleException", "none")))

    assert (status, body) == (400, {"__type": "NoSuchConfigRuleException", "message": "none"})


def test_a_request_that_breaks_the_model_is_refused_with_everything_that_is_wrong() -> None:
    wrong = [{"ComplianceType": "MAYBE", "Annotation": ""}]

    status, body = answer("PutEvaluations", lambda _: {}, ResultToken="t", Evaluations=wrong)

    assert (status, body["__type"]) == (400, "ValidationException")
    for member in ("complianceResourceType", "orderingTimestamp", "annotation", "enum value set"):
        assert member.lower() in body["message"].lower()


def test_an_operation_that_is_not_served_says_so() -> None:
    api = JsonApi("config", {}, authorize=lambda _: None)
    status, _, raw = api.answer(HERE, "key", "StarlingDoveService.SelectResourceConfig", b"{}")
    assert (status, json.loads(raw)["__type"]) == (400, "UnknownOperationException")
