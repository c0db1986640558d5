from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import ConfigurationItem, item_from_event, item_from_history
from compliance_runtime.json_object import JsonObject
from compliance_tf.testing import CAPTURED_TIME, event_item, history_item
from tests.unit.compliance_runtime.builders import configuration_item


def from_history(item: dict[str, Any]) -> ConfigurationItem:
    return item_from_history(JsonObject.of(item, "item", EventError))


def from_event(item: dict[str, Any]) -> ConfigurationItem:
    return item_from_event(JsonObject.of(item, "item", EventError))


def test_both_forms_of_an_item_are_the_same_in_the_end() -> None:
    item = event_item(
        arn="arn:aws:s3:::logs",
        configuration={"name": "logs", "owner": {"id": "7"}, "text": "123"},
        supplementary={
            "BucketPolicy": {"policyText": '{"Statement":[]}'},
            "BucketVersioningConfiguration": {"status": "Enabled", "isMfaDeleteEnabled": None},
            "IsRequesterPaysEnabled": False,
            "RequesterAccount": "123456789012",
            "Nothing": None,
        },
        tags={"Owner": "ops"},
    )

    normal = item_from_event(JsonObject.of(item, "item", EventError))

    assert from_history(history_item(item)) == normal
    assert normal.capture_time == CAPTURED_TIME
    assert normal.supplementary["RequesterAccount"] == "123456789012"
    assert (normal.arn, normal.resource_name, normal.tags) == ("arn:aws:s3:::logs", "logs", {"Owner": "ops"})


def test_what_is_encoded_twice_is_decoded_in_both_forms() -> None:
    grants = {"grantSet": None, "owner": {"id": "7"}}
    item = event_item(supplementary={"AccessControlList": json.dumps(grants)})

    assert item_from_event(JsonObject.of(item, "item", EventError)).supplementary["AccessControlList"] == grants
    assert from_history(history_item(item)).supplementary["AccessControlList"] == grants


def test_texts_inside_values_stay_texts() -> None:
    item = configuration_item(supplementary={"BucketPolicy": {"policyText": "{}"}, "State": "Enabled"})

    assert item.supplementary == {"BucketPolicy": {"policyText": "{}"}, "State": "Enabled"}


@pytest.mark.parametrize(
    ("status", "configuration", "deleted"),
    [
        ("ResourceDeleted", None, True),
        ("ResourceDeletedNotRecorded", None, True),
        ("ResourceDeleted", {"name": "logs"}, True),
        ("OK", None, True),
        ("OK", {"name": "logs"}, False),
        ("OK", {}, False),
        ("ResourceDiscovered", {"name": "logs"}, False),
        ("ResourceNotRecorded", None, False),
    ],
)
def test_a_resource_is_deleted_by_status_or_by_the_lack_of_a_configuration(
    status: str, configuration: object, *, deleted: bool
) -> None:
    item = event_item(status=status, configuration=configuration)

    assert configuration_item(status=status, configuration=configuration).deleted is deleted
    assert from_history(history_item(item)).deleted is deleted


@pytest.mark.parametrize("configuration", [None, "", "null"])
def test_a_deleted_resource_has_no_configuration_in_the_history(configuration: str | None) -> None:
    item = history_item(event_item()) | {"configuration": configuration}

    assert from_history(item).configuration is None


@pytest.mark.parametrize(
    "place",
    [
        {"tags": {"Owner": "ops"}},
        {"tags": [{"key": "Owner", "value": "ops"}]},
        {"tags": [{"Key": "Owner", "Value": "ops"}]},
        {"configuration": {"tags": [{"key": "Owner", "value": "ops"}]}},
        {"configuration": {"Tags": {"Owner": "ops"}}},
        {"configuration": {"tagSet": [{"key": "Owner", "value": "ops"}]}},
        {"configuration": {"tagList": [{"key": "Owner", "value": "ops"}]}},
        {"supplementary": {"Tags": [{"tagKey": "Owner", "tagValue": "ops"}]}},
        {"supplementary": {"Tags": {"Owner": "ops"}}},
        {"supplementary": {"BucketTaggingConfiguration": {"tagSets": [{"tags": {"Owner": "ops"}}]}}},
        {"tags": {"Owner": "ops"}, "configuration": {"tags": {"Owner": "stale"}}},
    ],
)
def test_tags_are_found_wherever_a_type_keeps_them(place: dict[str, Any]) -> None:
    assert configuration_item(**place).tags == {"Owner": "ops"}


def test_a_tag_without_a_value_is_there_with_an_empty_one() -> None:
    assert configuration_item(tags=[{"key": "Owner"}]).tags == {"Owner": ""}


@pytest.mark.parametrize("tags", ["Owner", 5, ["Owner"], [{"key": 5}], {"Owner": 5}])
def test_tags_of_an_unknown_form_are_no_tags(tags: object) -> None:
    assert configuration_item(tags=tags).tags == {}


@pytest.mark.parametrize(
    "name",
    [
        "resourceType",
        "resourceId",
        "awsRegion",
        "awsAccountId",
        "configurationItemCaptureTime",
        "configurationItemStatus",
    ],
)
def test_what_is_missing_is_named(name: str) -> None:
    item = event_item()
    del item[name]

    with pytest.raises(EventError, match=f"item.{name} must be .*missing"):
        item_from_event(JsonObject.of(item, "item", EventError))


@pytest.mark.parametrize("time", ["2026-03-01T10:20:30", "yesterday", 5, "0001-01-01T00:00:00+23:00"])
def test_a_time_without_offset_or_sense_is_refused(time: object) -> None:
    with pytest.raises(EventError, match="configurationItemCaptureTime"):
        item_from_event(JsonObject.of(event_item() | {"configurationItemCaptureTime": time}, "item", EventError))


def test_an_offset_is_converted_to_utc() -> None:
    assert configuration_item(captured="2026-03-01T12:20:30.456+02:00") == replace(
        configuration_item(), capture_time=CAPTURED_TIME
    )


def test_a_resource_id_has_at_most_768_characters() -> None:
    assert configuration_item(resource_id="x" * 768).resource_id == "x" * 768
    with pytest.raises(EventError, match="769 characters"):
        configuration_item(resource_id="x" * 769)


@pytest.mark.parametrize("word", ["ResourceDeleted", "RESOURCE_DELETED", "resourcedeleted"])
def test_a_status_counts_however_aws_writes_it(word: str) -> None:
    assert from_event(event_item(status=word)).deleted
    assert not from_event(event_item(status="Ok")).deleted


def test_a_status_that_is_not_known_is_an_error() -> None:
    with pytest.raises(EventError, match="'ResourceMoved'; known are OK, ResourceDiscovered"):
        from_event(event_item(status="ResourceMoved"))
