"""Waivers: violations that somebody has accepted for a while.

A waiver never changes a verdict. It is kept with the violation, which reads as waived until the waiver expires.
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
    from compliance_runtime.recording.results_table import Resource


@dataclass(frozen=True)
class ResourceId:
    """The resource with this id of AWS Config's."""

    id: str

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"id {self.id}"


@dataclass(frozen=True)
class ArnPattern:
    """All resources whose ARN this matches, with IAM's wildcards ``*`` and ``?``."""

    pattern: str

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"ARN {self.pattern}"


@dataclass(frozen=True)
class Tagged:
    """All resources with this tag, whatever its value where that is None."""

    key: str
    value: str | None = None

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"tag {self.key}" if self.value is None else f"tag {self.key}={self.value}"


Target: TypeAlias = ResourceId | ArnPattern | Tagged
"""Which resources a waiver is for. An ARN and tags stand in what AWS Config recorded of a resource."""


@dataclass(frozen=True)
class WaiverNote:
    """What is kept of a waiver with a violation.

    Parameters
    ----------
    ticket
        Where it was decided.
    owner
        Who answers for it.
    reason
        Why the violation is accepted.
    resource
        Which resources it is for, as people read it: ``id logs``, ``ARN arn:aws:s3:::acme-*`` or ``tag team=data``.
    expires
        The last day, in UTC, on which it holds.
    """

    ticket: str
    owner: str
    reason: str
    resource: str
    expires: date

    def is_active(self, at: datetime) -> bool:
        """Return whether it holds at a time, which must have an offset."""
        return at.astimezone(UTC).date() <= self.expires


@dataclass(frozen=True)
class DeployedWaiver:
    """A waiver as the deployment's manifest has it.

    Parameters
    ----------
    rules
        The ids of the rules that it is for.
    pack
        The pack that they come from, where it is for a whole one.
    target
        The resources that it is for.
    reason
        Why their violations are accepted.
    owner
        Who answers for it.
    ticket
        Where it was decided.
    granted
        The day of the decision.
    expires
        The last day, in UTC, on which it holds.
    workspaces
        The only workspaces that it is for; all where this is empty.
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
        """What is kept of it with a violation."""
        return WaiverNote(self.ticket, self.owner, self.reason, str(self.target), self.expires)

    @property
    def needs_recorded(self) -> bool:
        """Return whether what AWS Config recorded of a resource decides if it is for that one."""
        return not isinstance(self.target, ResourceId)

    def is_in(self, workspace: str) -> bool:
        """Return whether it is for a workspace."""
        return not self.workspaces or workspace in self.workspaces

    def is_active(self, at: datetime) -> bool:
        """Return whether it holds at a time, which must have an offset."""
        return self.note.is_active(at)

    def covers(self, resource: Resource, recorded: Recorded | None) -> bool:
        """Return whether it is for a resource.

        Parameters
        ----------
        resource
            The resource.
        recorded
            What AWS Config recorded of it; None where it did not, so that it has neither an ARN nor tags.
        """
        match self.target:
            case ResourceId(resource_id):
                return resource.id == resource_id
            case ArnPattern(pattern):
                return recorded is not None and recorded.arn is not None and matches(pattern, recorded.arn)
            case Tagged(key, value):
                return recorded is not None and key in recorded.tags and value in {None, recorded.tags[key]}

    def to_json(self) -> dict[str, object]:
        """Write it for the manifest."""
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
        """Read what ``to_json`` wrote.

        Raises
        ------
        DeploymentError
            When it is something else; the message names the place.
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
    # An empty value of a tag is one, too.
    value = target.values.get("tagValue")
    return Tagged(target.text("tagKey"), value if isinstance(value, str) else None)


def _day(waiver: JsonObject, name: str) -> date:
    text = waiver.text(name)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise DeploymentError(f"{waiver.place}.{name} is {text!r:.80}; it must be a day, as 2027-03-31.") from None
