from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.config_event import OversizedItem, Scheduled, config_request
from compliance_runtime.evaluation.configuration_item import ConfigurationItem
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, config_event, event_item, oversized_event, scheduled_event


def test_a_change_brings_its_item_and_the_rule_that_asks() -> None:
    request = config_request(config_event(parameters={"tags": "{}"}, left_scope=True))

    assert isinstance(request.subject, ConfigurationItem)
    assert request.subject.resource_id == "logs"
    assert (request.rule_name, request.account) == ("acme-dev-required-tags", ACCOUNT)
    assert (request.result_token, request.left_scope) == ("token-1", True)
    assert request.parameters == {"tags": "{}"}


def test_an_oversized_change_brings_what_its_history_is_asked_with() -> None:
    request = config_request(oversized_event())

    assert request.subject == OversizedItem("AWS::S3::Bucket", "logs", CAPTURED_TIME, "OK")


def test_a_schedule_brings_its_time() -> None:
    assert config_request(scheduled_event()).subject == Scheduled(CAPTURED_TIME)


@pytest.mark.parametrize("parameters", [None, "", "{}"])
def test_a_rule_without_parameters_has_none(parameters: str | None) -> None:
    assert config_request(config_event() | {"ruleParameters": parameters}).parameters == {}


@pytest.mark.parametrize("name", ["invokingEvent", "configRuleName", "accountId", "resultToken"])
def test_what_is_missing_is_named(name: str) -> None:
    event = config_event()
    del event[name]

    with pytest.raises(EventError, match=f"event.{name} must be .*missing"):
        config_request(event)


@pytest.mark.parametrize(
    ("invoking", "message"),
    [
        ({"messageType": "ConfigurationSnapshotDeliveryCompleted"}, "known are"),
        ({"messageType": "ConfigurationItemChangeNotification"}, r"invokingEvent\.configurationItem must be"),
        ({"messageType": "OversizedConfigurationItemChangeNotification"}, "configurationItemSummary must be"),
        ({"messageType": "ScheduledNotification"}, "notificationCreationTime must be"),
        ([], "must be a JSON object"),
    ],
)
def test_an_invoking_event_of_another_form_is_refused(invoking: Any, message: str) -> None:
    with pytest.raises(EventError, match=message):
        config_request(config_event(invoking=invoking))


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "5", "null"])
def test_texts_that_hold_no_json_object_are_refused(text: str) -> None:
    with pytest.raises(EventError, match="invokingEvent"):
        config_request(config_event() | {"invokingEvent": text})
    with pytest.raises(EventError, match="ruleParameters"):
        config_request(config_event() | {"ruleParameters": text})


scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
offsets = st.timedeltas(timedelta(hours=-23), timedelta(hours=23)).map(timezone)
times = st.datetimes(timezones=offsets).map(datetime.isoformat)
values = st.recursive(
    scalars | times,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """An event of AWS Config of which some members are anything at all, or missing."""

    def damage(members: dict[str, Any]) -> dict[str, Any]:
        names = draw(st.sets(st.sampled_from(sorted(members)), max_size=2))
        missing = draw(st.sets(st.sampled_from(sorted(members)), max_size=1))
        changed = members | {name: draw(values) for name in names}
        return {name: value for name, value in changed.items() if name not in missing}

    build = draw(st.sampled_from([config_event, oversized_event]))
    invoking = damage(json.loads(build(damage(event_item()))["invokingEvent"]))
    return damage(config_event(invoking=invoking))


@given(values | damaged())
def test_no_event_gives_anything_but_a_request_or_an_event_error(event: object) -> None:
    try:
        request = config_request(event)
    except EventError:
        return
    assert isinstance(request.subject, ConfigurationItem | OversizedItem | Scheduled)
    assert request.rule_name
    assert request.result_token
