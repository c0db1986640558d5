"""Readers of what AWS Config recorded of resources, however long ago.

GetResourceConfigHistory covers seven days a call: for a resource that did not change for a week its first page is
empty, and has a token (https://docs.aws.amazon.com/config/latest/APIReference/API_GetResourceConfigHistory.html).
SelectResourceConfig returns existing resources, with their tags and many in one call
(https://docs.aws.amazon.com/config/latest/developerguide/querying-AWS-resources.html), but with some delay.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.configuration_item import collected_tags, decoded_text, item_from_history
from compliance_runtime.json_object import JsonObject, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonValue

MAX_EXPRESSION = 4096
"""Maximum characters of a query (AWS Config API, SelectResourceConfig)."""

MAX_IDS = 50
"""Resources of one query: their whole configuration comes with their tags."""

SECOND = timedelta(seconds=1)

_PROPERTIES = "resourceType, resourceId, arn, tags, configuration, supplementaryConfiguration"


@dataclass(frozen=True)
class Recorded:
    """The attributes of a resource by which waivers match it.

    Parameters
    ----------
    arn
        The resource's ARN, if its type has one.
    tags
        Its tags.
    """

    arn: str | None
    tags: Mapping[str, str]


def present_resources(
    config: ConfigServiceClient, resource_type: str, ids: Iterable[str]
) -> Iterator[tuple[str, Recorded]]:
    """Read ids, ARNs and tags of existing resources.

    Missing ones are not recorded, were recorded a moment ago, or have an id or a type that AWS Config's queries do not
    support: read their history.

    Yields
    ------
    tuple[str, Recorded]
        The id, and ARN and tags, in the order in which AWS Config answers.

    Raises
    ------
    EventError
        When a response does not have the form that AWS documents.
    Exception
        Any error of boto3.
    """
    for condition in _conditions(resource_type, ids):
        for row in _rows(config, f"SELECT {_PROPERTIES} WHERE {condition}"):
            if row.values.get("resourceType") == resource_type:
                yield row.text("resourceId"), _recorded(row)


def captured_time(config: ConfigServiceClient, resource_type: str, resource_id: str) -> datetime | None:
    """Read the capture time of an existing resource.

    Returns
    -------
    datetime | None
        The time, with an offset; None where ``present_resources`` would not find the resource.

    Raises
    ------
    EventError
        When a response does not have the form that AWS documents.
    Exception
        Any error of boto3.
    """
    for condition in _conditions(resource_type, [resource_id]):
        for row in _rows(config, f"SELECT configurationItemCaptureTime WHERE {condition}"):
            return row.time("configurationItemCaptureTime")
    return None


def item_until(
    config: ConfigServiceClient, resource_type: str, resource_id: str, captured: datetime
) -> ConfigurationItem | None:
    """Read the item of a resource that was captured at a time, or the last one of the week before.

    Returns
    -------
    ConfigurationItem | None
        The item; None where the history has none in that time.

    Raises
    ------
    EventError
        When a response does not have the form that AWS documents.
    Exception
        Any error of boto3.
    """
    answer = config.get_resource_config_history(
        resourceType=resource_type,  # type: ignore[arg-type]  # the stubs list the types of today
        resourceId=resource_id,
        # Older versions of boto3 truncate the time to seconds, which would exclude the item itself.
        laterTime=captured.replace(microsecond=0) + SECOND,
        limit=1,
    )
    return _first_item(answer["configurationItems"])


def last_item(config: ConfigServiceClient, resource_type: str, resource_id: str) -> ConfigurationItem | None:
    """Read the last item of a resource's history, a call for each week since.

    Returns
    -------
    ConfigurationItem | None
        The item; None where AWS Config never recorded the resource, or does not record its type.

    Raises
    ------
    EventError
        When a response does not have the form that AWS documents.
    Exception
        Any error of boto3 otherwise.
    """
    pages = config.get_paginator("get_resource_config_history").paginate(
        resourceType=resource_type,  # type: ignore[arg-type]  # the stubs list the types of today
        resourceId=resource_id,
        PaginationConfig={"PageSize": 1},
    )
    try:
        return _first_item([*islice((item for page in pages for item in page["configurationItems"]), 1)])
    except config.exceptions.ResourceNotDiscoveredException:
        return None
    except config.exceptions.ValidationException:
        # Rules also evaluate what is not a recorded resource, such as the account. A recordable type is refused for
        # another reason, which says nothing about the resource.
        if resource_type in config.meta.service_model.shape_for("ResourceType").metadata["enum"]:
            raise
        return None


def _first_item(items: Sequence[object]) -> ConfigurationItem | None:
    return item_from_history(JsonObject.of(items[0], "configurationItems[0]", EventError)) if items else None


def _conditions(resource_type: str, ids: Iterable[str]) -> Iterator[str]:
    """Yield conditions on all ids that queries support, as many ids in each as fit."""
    start = f"resourceType = '{resource_type}' AND resourceId IN ("
    room = MAX_EXPRESSION - len(f"SELECT {_PROPERTIES} WHERE {start})")
    batch: list[str] = []
    for id_ in ids:
        if "'" in id_ or not id_.isprintable():
            continue
        if len(batch) == MAX_IDS or len(",".join([*batch, f"'{id_}'"])) > room:
            yield f"{start}{','.join(batch)})"
            batch = []
        batch.append(f"'{id_}'")
    if batch:
        yield f"{start}{','.join(batch)})"


def _rows(config: ConfigServiceClient, expression: str) -> Iterator[JsonObject]:
    try:
        for page in config.get_paginator("select_resource_config").paginate(Expression=expression):
            for text in page["Results"]:
                yield JsonObject.of(decoded(text, "Results", EventError), "Results", EventError)
    except config.exceptions.InvalidExpressionException:
        # A type, or a character of an id, that queries do not support.
        return


def _recorded(row: JsonObject) -> Recorded:
    values = cast("Mapping[str, JsonValue]", row.values)
    extra = values.get("supplementaryConfiguration")
    supplementary = {name: decoded_text(value) for name, value in extra.items()} if isinstance(extra, dict) else {}
    tags = collected_tags(values.get("tags"), decoded_text(values.get("configuration")), supplementary)
    return Recorded(row.optional_text("arn"), MappingProxyType(tags))
