"""The configuration history of an account and region."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.paging import page_of
from compliance_tf.local.config.configuration_item import ConfigurationItem, Resource, Status
from compliance_tf.local.config.history_windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from compliance_tf.local.api.account_region import AccountRegion
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.recorder import RecorderSlot

USUAL_ITEMS = 10
"""Per page of GetResourceConfigHistory (AWS Config API Reference)."""

USUAL_RESOURCES = 100
"""Per page of ListDiscoveredResources (AWS Config API Reference)."""


@dataclass(frozen=True)
class Change:
    """A new item, and the one before it."""

    item: ConfigurationItem
    before: ConfigurationItem | None


class History:
    """Items of all resources that the recorder saw.

    Parameters
    ----------
    window
        Seconds of a resource's past that one call of GetResourceConfigHistory covers.
    """

    def __init__(self, place: AccountRegion, recorder: RecorderSlot, window: float) -> None:
        self._window = window
        self._place = place
        self._recorder = recorder
        self._items: dict[tuple[str, str], list[ConfigurationItem]] = {}

    def observe(self, present: Iterable[Resource], recorded: Callable[[str], bool], moment: datetime) -> list[Change]:
        """Record an item of every resource that is new, changed or deleted since the last call.

        Parameters
        ----------
        present
            All existing resources.
        recorded
            Whether a resource type is recorded: of others nothing is recorded, not even their deletion.

        Returns
        -------
        list[Change]
            The changes that were recorded: first those of existing resources, then the deletions.
        """
        found = {resource.key: resource for resource in present if recorded(resource.resource_type)}
        changes = [self._observe_present(resource, moment) for resource in found.values()]
        changes += [
            self._append(item.resource, Status.DELETED, moment)
            for item in self.present()
            if item.resource.key not in found and recorded(item.resource.resource_type)
        ]
        return [change for change in changes if change]

    def present(self, by: datetime | None = None) -> list[ConfigurationItem]:
        """Find the resources that are not deleted.

        Parameters
        ----------
        by
            The latest capture time to include.

        Returns
        -------
        list[ConfigurationItem]
            The last item of each.
        """
        known = ([item for item in items if by is None or item.captured <= by] for items in self._items.values())
        return [items[-1] for items in known if items and not items[-1].is_deleted]

    def is_deleted(self, resource_type: str, resource_id: str) -> bool:
        """Return whether a resource was recorded and is deleted."""
        items = self._items.get((resource_type, resource_id), [])
        return bool(items) and items[-1].is_deleted

    def _observe_present(self, resource: Resource, moment: datetime) -> Change | None:
        items = self._items.get(resource.key, [])
        if not items or items[-1].is_deleted:
            return self._append(resource, Status.DISCOVERED, moment)
        if items[-1].resource.fingerprint != resource.fingerprint:
            return self._append(resource, Status.OK, moment)
        return None

    def _append(self, resource: Resource, status: Status, moment: datetime) -> Change:
        items = self._items.setdefault(resource.key, [])
        before = items[-1] if items and not items[-1].is_deleted else None
        items.append(ConfigurationItem(self._place.account, resource, status, moment))
        return Change(items[-1], before)

    def resource_history(self, call: Call) -> dict[str, Any]:
        """GetResourceConfigHistory."""
        parameters = call.parameters
        if self._recorder.current is None:
            raise ApiError("NoAvailableConfigurationRecorderException", "There is no configuration recorder available.")
        key = (parameters["resourceType"], parameters["resourceId"])
        if key not in self._items:
            raise ApiError(
                "ResourceNotDiscoveredException",
                f"Resource {key[1]} of resourceType:{key[0]} is unknown or has not been discovered",
            )
        items = _between(self._items[key], parameters.get("earlierTime"), parameters.get("laterTime"))
        forward = parameters.get("chronologicalOrder") == "Forward"
        later = parameters.get("laterTime")
        windows = Windows(items, self._window, forward=forward, latest=time.time() if later is None else later + 1)
        limit = parameters.get("limit") or USUAL_ITEMS
        page, token = windows.page(parameters.get("nextToken"), limit)
        forms = [item.history_form() for item in page]
        return {"configurationItems": forms} | ({"nextToken": token} if token else {})

    def discovered(self, call: Call) -> dict[str, Any]:
        """ListDiscoveredResources."""
        parameters = call.parameters
        ids, name = parameters.get("resourceIds"), parameters.get("resourceName")
        if ids and name:
            raise ApiError("ValidationException", "Specify either resourceIds or a resourceName, not both.")
        last = [items[-1] for key, items in sorted(self._items.items()) if key[0] == parameters["resourceType"]]
        wanted = [
            item
            for item in last
            if (not item.is_deleted or parameters.get("includeDeletedResources"))
            and (not ids or item.resource.resource_id in ids)
            and (not name or item.resource.resource_name == name)
        ]
        token, limit = parameters.get("nextToken"), parameters.get("limit")
        found = page_of(wanted, token, limit, usual=USUAL_RESOURCES)
        return {"resourceIdentifiers": [_identifier(item) for item in found.members]} | found.token_as("nextToken")


def _identifier(item: ConfigurationItem) -> dict[str, Any]:
    deletion = {"resourceDeletionTime": item.captured.timestamp()} if item.is_deleted else {}
    return {
        "resourceType": item.resource.resource_type,
        "resourceId": item.resource.resource_id,
        "resourceName": item.resource.resource_name,
    } | deletion


def _between(items: list[ConfigurationItem], earlier: float | None, later: float | None) -> list[ConfigurationItem]:
    if earlier is not None and later is not None and earlier > later:
        raise ApiError("InvalidTimeRangeException", "The earlier time is after the later time.")
    # boto3 sends whole seconds, and the capture time of an item must still find that item.
    start = int(earlier) if earlier is not None else 0
    end = int(later) if later is not None else math.inf
    return [item for item in items if start <= int(item.captured.timestamp()) <= end]
