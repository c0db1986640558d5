"""Whatever comes in, a check gives a verdict or one of the declared errors, and nothing else."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.account import Account
from compliance_runtime.check import ChangeCheck, Check, LookupCheck, Severity, Verdict
from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import ComplianceError, EventError
from compliance_runtime.evaluation.config_event import config_request
from compliance_runtime.evaluation.configuration_item import ConfigurationItem, item_from_event, item_from_history
from compliance_runtime.evaluation.evaluator import Evaluator
from compliance_runtime.json_object import JsonObject
from compliance_runtime.parameters import declared_parameters, from_rule_parameters
from compliance_tf.testing import REGION, config_event, event_item, history_item, oversized_event, scheduled_event
from tests.aws_config import AwsConfig
from tests.examples import few
from tests.unit.compliance_runtime.builders import client
from tests.unit.compliance_runtime.whole_items import WHOLE_ITEMS

if TYPE_CHECKING:
    from collections.abc import Callable

CHANGE_CHECKS = [check_id for check_id in check_ids() if isinstance(load_check(check_id), ChangeCheck | LookupCheck)]
REQUIRED = {
    "tags": '{"owner":["ops","o*"]}',
    "allowedOwners": "111122223333",
    "allowedSubnets": "subnet-1",
    "allowedVpcs": "vpc-1",
}
"""Values of the parameters without which some checks ask nothing."""

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20)


anything = st.recursive(
    scalars | st.sampled_from(["*", "arn:aws:iam::111122223333:root", "123456789012", "0.0.0.0/0", "true", "%7B%7D"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def damaged(value: Any, data: st.DataObject) -> Any:
    """A value of which one part, at any depth and also inside of texts that hold JSON, is replaced or left out."""
    decoded, encode = opened(value)
    if isinstance(decoded, dict | list) and decoded and data.draw(st.integers(0, 5)):
        places = sorted(decoded) if isinstance(decoded, dict) else range(len(decoded))
        place = data.draw(st.sampled_from(list(places)))
        copy = decoded.copy()
        if data.draw(st.integers(0, 7)):
            copy[place] = damaged(copy[place], data)
        else:
            del copy[place]
        return encode(copy)
    return data.draw(anything)


def opened(value: Any) -> tuple[Any, Callable[[Any], Any]]:
    """What a text holds, and how it is put into one again; another value as it is."""
    if isinstance(value, str):
        for decode, encode in ((str, str), (unquote, quote)):
            try:
                held = json.loads(decode(value))
            except ValueError:
                continue
            if isinstance(held, dict | list):
                return held, lambda changed, encode=encode: encode(json.dumps(changed))
    return value, lambda changed: changed


def forms(item: dict[str, Any]) -> list[ConfigurationItem]:
    """The item in both forms, as far as the function can read it."""
    read = []
    values = [(item_from_event, item)]
    if isinstance(item["supplementaryConfiguration"], dict):
        values.append((item_from_history, history_item(item)))
    for make, value in values:
        try:
            read.append(make(JsonObject.of(value, "item", EventError)))
        except EventError:
            continue
    return read


def parameters_of(check: Check[Any]) -> object:
    names = {parameter.rule_name for parameter in declared_parameters(check.parameters)}
    return from_rule_parameters(check.parameters, {name: text for name, text in REQUIRED.items() if name in names})


@cache
def refusing_client(service: str) -> Any:
    """A client to which AWS refuses everything."""
    made = client(service)

    def refuse(model: Any, **_: Any) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, model.name)

    made.meta.events.register("before-call", refuse)
    return made


def judged(check: Check[Any], item: ConfigurationItem) -> Verdict:
    if isinstance(check, ChangeCheck):
        return check.evaluate(item, parameters_of(check))
    assert isinstance(check, LookupCheck)
    return check.evaluate(item, parameters_of(check), Account(item.account, REGION, item.capture_time, refusing_client))


@pytest.mark.parametrize("check_id", CHANGE_CHECKS)
def test_every_check_judges_a_whole_item_of_its_types(check_id: str) -> None:
    check = load_check(check_id)

    for item in items_for(check):
        for form in forms(item):
            try:
                judged(check, form)
            except ClientError:
                assert isinstance(check, LookupCheck)


@pytest.mark.parametrize("check_id", CHANGE_CHECKS)
@few(10)  # of each of the checks
@given(data=st.data())
def test_no_item_makes_a_check_raise_anything_but_a_declared_error(check_id: str, data: st.DataObject) -> None:
    check = load_check(check_id)
    item = data.draw(st.sampled_from(items_for(check)))
    part = data.draw(st.sampled_from(["configuration", "supplementaryConfiguration", "tags", "ARN", "resourceName"]))
    item = item | {part: damaged(item[part], data)}

    for form in forms(item):
        if form.deleted:
            continue
        try:
            verdict = judged(check, form)
        except (ComplianceError, ClientError):
            continue
        assert verdict.reason.strip()


def items_for(check: Check[Any]) -> list[dict[str, Any]]:
    found = [item for item in WHOLE_ITEMS if not check.resource_types or item["resourceType"] in check.resource_types]
    assert {item["resourceType"] for item in found} >= set(check.resource_types)
    return found


RULES = {"acme-dev-required-tags": DeployedRule("compliance_runtime.checks.required_tags", Severity.LOW)}
OWNER = {"tags": '{"owner":[]}'}
EVENTS = [
    config_event(event_item(), parameters=OWNER),
    config_event(event_item(status="ResourceDeleted", configuration=None), parameters=OWNER),
    oversized_event(event_item(), parameters=OWNER),
    scheduled_event(parameters=OWNER),
]


@given(data=st.data())
def test_no_event_gives_anything_but_evaluations_or_a_declared_error(data: st.DataObject) -> None:
    event = damaged(data.draw(st.sampled_from(EVENTS)), data)
    config = AwsConfig()
    clients: dict[str, Any] = {"config": config.client}

    try:
        Evaluator(
            rules=RULES,
            client=clients.__getitem__,  # type: ignore[arg-type]  # the protocol says more of what it gives
            lookup=clients.__getitem__,  # type: ignore[arg-type]
            region=REGION,
            remaining_seconds=lambda: 60.0,
        ).run(config_request(event))
    except (ComplianceError, config.client.exceptions.ResourceNotDiscoveredException):
        assert config.known == {}
    else:
        assert len(config.known) == 1
