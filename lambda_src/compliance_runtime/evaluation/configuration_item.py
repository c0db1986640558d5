"""A configuration item, normalized from the forms of events and of the history.

The two forms differ in names (``ARN`` and ``arn``, ``awsAccountId`` and ``accountId``), in encoding (in the history
``configuration`` and every supplementary value are JSON texts) and in times (ISO 8601 text and datetime):
https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config_develop-rules_example-events.html
https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, cast

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject, decoded

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from compliance_runtime.json_object import JsonValue

MAX_RESOURCE_ID = 768
"""Characters of a resource's id (AWS Config API, BaseResourceId)."""

_OWNER_IN_ARN = 4

DELETED_STATUSES = frozenset({"ResourceDeleted", "ResourceDeletedNotRecorded"})
NOT_RECORDED_STATUS = "ResourceNotRecorded"

_STATUSES = {
    status.casefold(): status for status in ("OK", "ResourceDiscovered", NOT_RECORDED_STATUS, *sorted(DELETED_STATUSES))
}


@dataclass(frozen=True)
class ConfigurationItem:
    """A resource as AWS Config recorded it at a time.

    Parameters
    ----------
    resource_type
        AWS Config's name of the type, such as ``AWS::S3::Bucket``.
    resource_id
        AWS Config's id of it, 1 to 768 characters.
    resource_name
        Its name, if the type has one.
    arn
        Its ARN, if the type has one.
    region
        The region, ``global`` for some global types.
    account
        The account's 12 digits.
    capture_time
        The capture time, in UTC.
    status
        OK, ResourceDiscovered, ResourceNotRecorded, ResourceDeleted or ResourceDeletedNotRecorded.
    tags
        The tags, from wherever the type has them.
    configuration
        The decoded configuration; None when the resource was deleted.
    supplementary
        The decoded supplementary configuration; texts inside its values stay as they are.
    """

    resource_type: str
    resource_id: str
    resource_name: str | None
    arn: str | None
    region: str
    account: str
    capture_time: datetime
    status: str
    tags: Mapping[str, str]
    configuration: JsonValue
    supplementary: Mapping[str, JsonValue]

    @property
    def label(self) -> str:
        """The resource's name in messages."""
        return f"{self.resource_type} {self.resource_id}"

    @property
    def is_kept_by_aws(self) -> bool:
        """Return whether it belongs to AWS itself, as AWS managed policies do: its ARN has ``aws`` as account."""
        return (self.arn or "").split(":")[_OWNER_IN_ARN : _OWNER_IN_ARN + 1] == ["aws"]

    @property
    def members(self) -> JsonObject:
        """The configuration as an object.

        Raises
        ------
        EventError
            When it is not an object.
        """
        return JsonObject.of(self.configuration, f"{self.label}: configuration", EventError)

    def supplement(self, name: str) -> JsonObject | None:
        """Read a value of the supplementary configuration.

        Returns
        -------
        JsonObject | None
            The object; None where it is absent or null.

        Raises
        ------
        EventError
            When it is not an object.
        """
        value = self.supplementary.get(name)
        return None if value is None else JsonObject.of(value, f"{self.label}: {name}", EventError)

    @property
    def recorded(self) -> bool:
        """Return whether AWS Config records the resource; if not, the item is not current."""
        return self.status != NOT_RECORDED_STATUS

    @property
    def deleted(self) -> bool:
        """Return whether the resource was deleted. SQS items have status OK and no configuration then."""
        return self.status in DELETED_STATUSES or (self.recorded and self.configuration is None)


def resource_identity(item: JsonObject) -> tuple[str, str]:
    """Read the resource's type and id from an item or a summary.

    Returns
    -------
    tuple[str, str]
        The type, then the id.

    Raises
    ------
    EventError
        When one of them is missing or of the wrong type, or the id is too long.
    """
    resource_id = item.text("resourceId")
    if len(resource_id) > MAX_RESOURCE_ID:
        raise EventError(
            f"{item.place}.resourceId has {len(resource_id)} characters; AWS Config allows {MAX_RESOURCE_ID}."
        )
    return item.text("resourceType"), resource_id


def item_status(item: JsonObject) -> str:
    """Read the status of an item or a summary, ignoring case: AWS does not always write what its reference says.

    Returns
    -------
    str
        The status as AWS's reference writes it, such as ``ResourceDeleted``.

    Raises
    ------
    EventError
        When it is missing or unknown, so that it is not clear whether there is anything to evaluate.
    """
    text = item.text("configurationItemStatus")
    status = _STATUSES.get(text.replace("_", "").casefold())
    if status is None:
        raise EventError(
            f"{item.place}.configurationItemStatus is {text!r:.80}; known are {', '.join(_STATUSES.values())}."
        )
    return status


def item_from_event(item: JsonObject) -> ConfigurationItem:
    """Parse the item of a ConfigurationItemChangeNotification.

    Returns
    -------
    ConfigurationItem
        The item in the form that is the same for events and the history.

    Raises
    ------
    EventError
        When a member is missing; the message names it.
    """
    return _item(item, item.text("awsAccountId"), item.optional_text("ARN"), _container)


def item_from_history(item: JsonObject) -> ConfigurationItem:
    """Parse an item of GetResourceConfigHistory.

    Returns
    -------
    ConfigurationItem
        The item in the form that is the same for events and the history.

    Raises
    ------
    EventError
        When a member is missing; the message names it.
    """
    return _item(item, item.text("accountId"), item.optional_text("arn"), decoded_text)


def _item(
    item: JsonObject, account: str, arn: str | None, decode: Callable[[JsonValue], JsonValue]
) -> ConfigurationItem:
    resource_type, resource_id = resource_identity(item)
    values = cast("Mapping[str, JsonValue]", item.values)
    configuration = decode(values.get("configuration"))
    extra = values.get("supplementaryConfiguration")
    supplementary = {name: decode(value) for name, value in extra.items()} if isinstance(extra, dict) else {}
    return ConfigurationItem(
        resource_type=resource_type,
        resource_id=resource_id,
        resource_name=item.optional_text("resourceName"),
        arn=arn,
        region=item.text("awsRegion"),
        account=account,
        capture_time=item.time("configurationItemCaptureTime"),
        status=item_status(item),
        tags=MappingProxyType(collected_tags(values.get("tags"), configuration, supplementary)),
        configuration=configuration,
        supplementary=MappingProxyType(supplementary),
    )


def decoded_text(value: JsonValue) -> JsonValue:
    """Decode a text that is JSON; anything else is returned as it is."""
    if not isinstance(value, str):
        return _container(value)
    try:
        return _container(decoded(value or "null", "it", EventError))
    except EventError:
        return value


def _container(value: JsonValue) -> JsonValue:
    """Decode a text of an object or a list, however often it was encoded; anything else is returned as it is."""
    inner = value
    while isinstance(inner, str):
        try:
            inner = decoded(inner, "it", EventError)
        except EventError:
            return value
    return inner if isinstance(inner, dict | list) else value


_TAG_MEMBERS = ("tags", "Tags", "tagSet", "TagSet", "tagList", "TagList")
_TAG_NAMES = ("key", "Key", "tagKey", "TagKey")
_TAG_VALUES = ("value", "Value", "tagValue", "TagValue")


def collected_tags(
    recorded: JsonValue, configuration: JsonValue, supplementary: Mapping[str, JsonValue]
) -> dict[str, str]:
    """Collect all tags; where sources differ, the tags that AWS Config itself recorded take precedence."""
    tags: dict[str, str] = {}
    bucket_tagging = supplementary.get("BucketTaggingConfiguration")
    tag_sets = bucket_tagging.get("tagSets") if isinstance(bucket_tagging, dict) else None
    for tag_set in tag_sets if isinstance(tag_sets, list) else []:
        tags |= _member_tags(tag_set)
    return tags | _member_tags(supplementary) | _member_tags(configuration) | _tag_pairs(recorded)


def _member_tags(value: object) -> dict[str, str]:
    tags: dict[str, str] = {}
    if isinstance(value, Mapping):
        for member in _TAG_MEMBERS:
            tags |= _tag_pairs(value.get(member))
    return tags


def _tag_pairs(value: JsonValue) -> dict[str, str]:
    """Read the tags of a map or of a list of pairs; none from anything else."""
    if isinstance(value, dict):
        return {key: text for key, text in value.items() if isinstance(text, str)}
    pairs = [pair for pair in value if isinstance(pair, dict)] if isinstance(value, list) else []
    named = ((_first_text(pair, _TAG_NAMES), _first_text(pair, _TAG_VALUES)) for pair in pairs)
    return {name: value or "" for name, value in named if name}


def _first_text(pair: Mapping[str, JsonValue], names: tuple[str, ...]) -> str | None:
    texts = (pair.get(name) for name in names)
    return next((text for text in texts if isinstance(text, str)), None)
