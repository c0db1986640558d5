"""Configuration items in the forms of events and of the history."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.clock import iso

if TYPE_CHECKING:
    from datetime import datetime

VERSION = "1.3"
"""The version of the items' form."""


class Status(Enum):
    """The status of an item (AWS Config API Reference: ConfigurationItem)."""

    DISCOVERED = "ResourceDiscovered"
    OK = "OK"
    DELETED = "ResourceDeleted"


@dataclass(frozen=True)
class Resource:
    """A resource as it is now, in AWS Config's names.

    Parameters
    ----------
    configuration, supplementary
        Values of the item's ``configuration`` and ``supplementaryConfiguration``, JSON. A text among the
        supplementary values is JSON that is encoded already.
    """

    resource_type: str
    resource_id: str
    resource_name: str
    arn: str
    region: str
    availability_zone: str
    created: datetime | None
    tags: dict[str, str]
    configuration: dict[str, Any]
    supplementary: dict[str, Any] = field(default_factory=dict)
    relationships: tuple[dict[str, str], ...] = ()

    @property
    def key(self) -> tuple[str, str]:
        """The identity in its account and region."""
        return self.resource_type, self.resource_id

    @property
    def fingerprint(self) -> str:
        """A hash that changes whenever AWS Config would record a new item."""
        state = [self.configuration, self.supplementary, self.tags]
        text = json.dumps(state, sort_keys=True)
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True)
class ConfigurationItem:
    """An item; that of a deleted resource has only its identity."""

    account: str
    resource: Resource
    status: Status
    captured: datetime

    @property
    def is_deleted(self) -> bool:
        """Return whether the resource was deleted."""
        return self.status is Status.DELETED

    @property
    def state_id(self) -> str:
        """A number that grows with time."""
        return str(int(self.captured.timestamp() * 1000))

    def event_form(self) -> dict[str, Any]:
        """Return the form of change notifications."""
        return self.summary_form() | {
            "relatedEvents": [],
            "relationships": [] if self.is_deleted else list(self.resource.relationships),
            "configuration": None if self.is_deleted else self.resource.configuration,
            "supplementaryConfiguration": {} if self.is_deleted else self.resource.supplementary,
            "tags": {} if self.is_deleted else self.resource.tags,
            "resourceCreationTime": iso(self.resource.created)
            if self.resource.created and not self.is_deleted
            else None,
        }

    def summary_form(self) -> dict[str, Any]:
        """Return the form of notifications of oversized items, without their change type."""
        return {
            "configurationItemVersion": VERSION,
            "configurationItemCaptureTime": iso(self.captured),
            "configurationStateId": self.state_id,
            "awsAccountId": self.account,
            "configurationItemStatus": self.status.value,
            "resourceType": self.resource.resource_type,
            "resourceId": self.resource.resource_id,
            "resourceName": self.resource.resource_name,
            "ARN": self.resource.arn,
            "awsRegion": self.resource.region,
            "availabilityZone": self.resource.availability_zone,
            "configurationStateMd5Hash": "" if self.is_deleted else self.resource.fingerprint,
            "resourceCreationTime": iso(self.resource.created) if self.resource.created else None,
        }

    def history_form(self) -> dict[str, Any]:
        """Return the form of GetResourceConfigHistory: other names, and JSON texts inside."""
        item: dict[str, Any] = {
            "version": VERSION,
            "accountId": self.account,
            "configurationItemCaptureTime": self.captured.timestamp(),
            "configurationItemStatus": self.status.value,
            "configurationStateId": self.state_id,
            "configurationItemMD5Hash": "" if self.is_deleted else self.resource.fingerprint,
            "arn": self.resource.arn,
            "resourceType": self.resource.resource_type,
            "resourceId": self.resource.resource_id,
            "resourceName": self.resource.resource_name,
            "awsRegion": self.resource.region,
            "availabilityZone": self.resource.availability_zone,
            "tags": {},
            "relatedEvents": [],
            "relationships": [],
            "supplementaryConfiguration": {},
            "recordingFrequency": "CONTINUOUS",
            "configurationItemDeliveryTime": self.captured.timestamp(),
        }
        if self.is_deleted:
            return item
        if self.resource.created:
            item["resourceCreationTime"] = self.resource.created.timestamp()
        return item | {
            "configuration": json.dumps(self.resource.configuration),
            "supplementaryConfiguration": {
                name: json.dumps(value) for name, value in self.resource.supplementary.items()
            },
            "tags": self.resource.tags,
            "relationships": [
                {("relationshipName" if name == "name" else name): value for name, value in related.items()}
                for related in self.resource.relationships
            ],
        }

    def query_form(self) -> dict[str, Any]:
        """Return the form of advanced queries: JSON inside, and tags as a list."""
        return {
            "version": VERSION,
            "accountId": self.account,
            "arn": self.resource.arn,
            "availabilityZone": self.resource.availability_zone,
            "awsRegion": self.resource.region,
            "configuration": self.resource.configuration,
            "configurationItemCaptureTime": iso(self.captured),
            "configurationItemStatus": self.status.value,
            "configurationStateId": self.state_id,
            "relationships": list(self.resource.relationships),
            "resourceCreationTime": iso(self.resource.created) if self.resource.created else None,
            "resourceId": self.resource.resource_id,
            "resourceName": self.resource.resource_name,
            "resourceType": self.resource.resource_type,
            "supplementaryConfiguration": self.resource.supplementary,
            "tags": [
                {"key": key, "value": value, "tag": f"{key}={value}"} for key, value in self.resource.tags.items()
            ],
        }
