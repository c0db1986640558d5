"""Waivers: violations that an owner has accepted for a time.

A waiver never changes a verdict. It is stored with the violation, which is shown as waived until the waiver expires.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.errors import DeploymentError
from compliance_runtime.policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from compliance_runtime.evaluation.recorded import Recorded
    from compliance_runtime.json_object import JsonObject
    from compliance_runtime.recording.table_schema import Resource


@dataclass(frozen=True)
class ResourceId:
    """The resource with this id in AWS Config."""

    id: str

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"id {self.id}"


@dataclass(frozen=True)
class ArnPattern:
    """All resources with a matching ARN, with IAM's wildcards ``*`` and ``?``."""

    pattern: str

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"ARN {self.pattern}"


@dataclass(frozen=True)
class Tagged:
    """All resources with this tag, and with this value unless it is None."""

    key: str
    value: str | None = None

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"tag {self.key}" if self.value is None else f"tag {self.key}={self.value}"


Target: TypeAlias = ResourceId | ArnPattern | Tagged
"""The resources of a waiver. ARNs and tags are compared with the configuration item."""


@dataclass(frozen=True)
class WaiverNote:
    """The waiver's data that is stored with a violation.

    Parameters
    ----------
    ticket
        The ticket of the decision.
    owner
        The person or team responsible for it.
    reason
        The reason.
    resource
        The resources, as text: ``id logs``, ``ARN arn:aws:s3:::acme-*`` or ``tag team=data``.
    expires
        Its last day, in UTC.
    """

    ticket: str
    owner: str
    reason: str
    resource: str
    expires: date

    def is_active(self, at: datetime) -> bool:
        """Return whether it has not expired at a time, which must have an offset."""
        return at.astimezone(UTC).date() <= self.expires


@dataclass(frozen=True)
class DeployedWaiver:
    """A waiver in the deployment's manifest.

    Parameters
    ----------
    rules
        The ids of its rules.
    pack
        The pack of the rules, if it is for a whole one.
    target
        Its resources.
    reason
        The reason.
    owner
        The person or team responsible for it.
    ticket
        The ticket of the decision.
    granted
        The date of the decision.
    expires
        Its last day, in UTC.
    workspaces
        Its workspaces; all where this is empty.
    """

    rules: tuple[str, ...]
    pack: str | None
    target: Target
    reason: str
    owner: str
    ticket: str
    granted: date
    expires: date
    workspaces: tuple[str, ...] = ()

    @property
    def note(self) -> WaiverNote:
        """The data that is stored with a violation."""
        return WaiverNote(self.ticket, self.owner, self.reason, str(self.target), self.expires)

    @property
    def needs_recorded(self) -> bool:
        """Return whether the configuration item decides if it is for a resource."""
        return not isinstance(self.target, ResourceId)

    def is_in(self, workspace: str) -> bool:
        """Return whether it applies in a workspace."""
        return not self.workspaces or workspace in self.workspaces

    def is_active(self, at: datetime) -> bool:
        """Return whether it has not expired at a time, which must have an offset."""
        return self.note.is_active(at)

    def covers(self, resource: Resource, recorded: Recorded | None) -> bool:
        """Compare its target with a resource.

        Parameters
        ----------
        resource
            The resource.
        recorded
            Its recorded ARN and tags; None where AWS Config does not record it.

        Returns
        -------
        bool
            Whether it applies; False for an ARN pattern or a tag where ``recorded`` is None.
        """
        match self.target:
            case ResourceId(resource_id):
                return resource.id == resource_id
            case ArnPattern(pattern):
                return recorded is not None and recorded.arn is not None and matches(pattern, recorded.arn)
            case Tagged(key, value):
                return recorded is not None and key in recorded.tags and value in {None, recorded.tags[key]}

    def to_json(self) -> dict[str, object]:
        """Convert to the form of the manifest."""
        return {
            "expires": self.expires.isoformat(),
            "granted": self.granted.isoformat(),
            "owner": self.owner,
            "pack": self.pack,
            "reason": self.reason,
            "rules": sorted(self.rules),
            "target": _target_to_json(self.target),
            "ticket": self.ticket,
            "workspaces": sorted(self.workspaces),
        }

    @classmethod
    def from_json(cls, waiver: JsonObject) -> DeployedWaiver:
        """Parse the form of ``to_json``.

        Returns
        -------
        DeployedWaiver
            The waiver.

        Raises
        ------
        DeploymentError
            When it has another form; the message names the place.
        """
        return cls(
            rules=waiver.texts("rules"),
            pack=waiver.optional_text("pack"),
            target=_target(waiver.member("target")),
            reason=waiver.text("reason"),
            owner=waiver.text("owner"),
            ticket=waiver.text("ticket"),
            granted=_day(waiver, "granted"),
            expires=_day(waiver, "expires"),
            workspaces=waiver.texts("workspaces"),
        )


def _target_to_json(target: Target) -> Mapping[str, str | None]:
    match target:
        case ResourceId(resource_id):
            return {"id": resource_id}
        case ArnPattern(pattern):
            return {"arn": pattern}
        case Tagged(key, value):
            return {"tagKey": key, "tagValue": value}


def _target(target: JsonObject) -> Target:
    if resource_id := target.optional_text("id"):
        return ResourceId(resource_id)
    if pattern := target.optional_text("arn"):
        return ArnPattern(pattern)
    # A tag may have an empty value.
    value = target.values.get("tagValue")
    return Tagged(target.text("tagKey"), value if isinstance(value, str) else None)


def _day(waiver: JsonObject, name: str) -> date:
    text = waiver.text(name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeploymentError(
            f"{waiver.place}.{name} is {text!r:.80}; it must be a date, such as 2027-03-31."
        ) from None
