"""The declaration of waivers: accepted violations, with owner, reason and expiry."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TypeAlias

from msgspec import Meta, Struct
from msgspec.structs import force_setattr

from compliance_runtime.evaluation.configuration_item import MAX_RESOURCE_ID
from compliance_runtime.waivers.waiver import ArnPattern, ResourceId, Tagged
from compliance_tf.errors import WaiverError
from compliance_tf.model.members import Day, RuleId, Text, allowed, check_members, whole
from compliance_tf.model.naming import NAME_PART
from compliance_tf.model.tags import MAX_TAG_KEY, MAX_TAG_VALUE

if TYPE_CHECKING:
    from compliance_runtime.waivers.waiver import Target

MAX_REASON: Final = 500
MAX_NAME: Final = 100
"""Characters of an owner and of a ticket."""

EARLIEST: Final = date(2014, 11, 12)
"""The day on which AWS Config was announced: an earlier one is a slip. Source: the AWS News Blog, "AWS Config"."""

DEFAULT_MAX_DAYS: Final = 365
"""Days for which a waiver may be granted unless the stack says otherwise."""

# Of "bucket" and "function:orders" the first names a resource, the second a type and then the resource.
_NAME = "[^:/]*[A-Za-z0-9][^:/]*|[^:/]*[:/].*[A-Za-z0-9].*"
ARN_PATTERN: Final = f"arn:[^:]+:[^:]*[A-Za-z0-9][^:]*:[^:]*:[^:]*:({_NAME})"
"""Valid patterns of ARNs: with a service, and at least one letter or digit of the resource's own name."""

_Exact: TypeAlias = Annotated[
    str,
    allowed(
        "a string: one whole value, not blank and without wildcards (arn takes a pattern)",
        pattern=r"^[^*?]*[^*?\s][^*?]*$",
    ),
]
_Arn: TypeAlias = Annotated[
    str,
    allowed(
        "an ARN that is not too broad, with all parts, a service and a part of the resource's name at least, as "
        "arn:aws:s3:::acme-legacy-* (what no resource has to comply with should be no rule)",
        pattern=whole(ARN_PATTERN),
    ),
]
_Workspace: TypeAlias = Annotated[
    str,
    allowed(
        "a workspace: a lower-case letter, then lower-case letters, digits and underscores", pattern=whole(NAME_PART)
    ),
]


def _line(max_length: int) -> Meta:
    """Publish the bound of a text that becomes one line first, and is measured then."""
    return Meta(extra_json_schema={"maxLength": max_length})


class Waiver(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Violations that an owner accepts for a time.

    It never changes AWS Config's verdict: they are recorded with their verdict and the waiver, and shown as waived
    until the end of its last day, in UTC.

    Parameters
    ----------
    rule
        The id of the stack's rule that it is for. Give this or ``pack``.
    pack
        The name of the pack whose rules it is for.
    resource_id
        AWS Config's id of the resource that it is for, without wildcards. Give this, or ``arn``, or ``tag_key``.
    arn
        A pattern of the ARNs of resources, with the wildcards ``*`` and ``?`` of IAM, such as
        ``arn:aws:s3:::acme-legacy-*``. It must name more of the resource than its type.
    tag_key
        The key of a tag that a resource must have, exactly as it is written.
    tag_value
        The value that the tag must have; any unless given.
    reason
        The reason: at most 500 characters.
    owner
        The person or team responsible for it: at most 100 characters.
    ticket
        The ticket of the decision: at most 100 characters.
    granted
        The date of the decision, 2014-11-12 (AWS Config's first day) at the earliest.
    expires
        Its last day, in UTC: after ``granted``, by at most the stack's ``max_waiver_days``.
    workspaces
        The only workspaces that it is for; all unless given.

    Raises
    ------
    WaiverError
        When something is missing or invalid; the message names the waiver.

    Examples
    --------
    >>> from datetime import date
    >>> Waiver(
    ...     rule="s3-bucket-tls-only",
    ...     resource_id="acme-legacy-exports",
    ...     reason="The exporter cannot speak TLS; it goes in March.",
    ...     owner="team-payments",
    ...     ticket="SEC-214",
    ...     granted=date(2026, 11, 2),
    ...     expires=date(2027, 3, 31),
    ... ).days
    149
    """

    rule: RuleId | None = None
    pack: Text | None = None
    resource_id: Annotated[_Exact, Meta(max_length=MAX_RESOURCE_ID)] | None = None
    arn: _Arn | None = None
    tag_key: Annotated[_Exact, Meta(max_length=MAX_TAG_KEY)] | None = None
    tag_value: Annotated[str, Meta(max_length=MAX_TAG_VALUE)] | None = None
    reason: Annotated[Text, _line(MAX_REASON)]
    owner: Annotated[Text, _line(MAX_NAME)]
    ticket: Annotated[Text, _line(MAX_NAME)]
    granted: Day
    expires: Day
    workspaces: tuple[_Workspace, ...] = ()

    def __post_init__(self) -> None:
        check_members(self, self._refuse)
        if (self.rule is None) == (self.pack is None):
            self._refuse(f"give exactly one of rule and pack: it has {_and(self._given('rule', 'pack'))}.")
        kinds = self._given("resource_id", "arn", "tag_key")
        if len(kinds) != 1:
            self._refuse(f"give exactly one of resource_id, arn and tag_key: it has {_and(kinds)}.")
        if self.tag_value is not None and self.tag_key is None:
            self._refuse(f"tag_value={self.tag_value!r:.80} has no tag_key: give it too.")
        for name, max_length in (("reason", MAX_REASON), ("owner", MAX_NAME), ("ticket", MAX_NAME)):
            # It stands on one line of plans and tables.
            force_setattr(self, name, line := " ".join(getattr(self, name).split()))
            if len(line) > max_length:
                self._refuse(f"{name}: it has {len(line)} characters: give at most {max_length}.")
        if self.granted < EARLIEST:
            self._refuse(f"granted={self.granted} is before AWS Config existed ({EARLIEST}).")
        if self.expires <= self.granted:
            self._refuse(f"expires={self.expires} is not after granted={self.granted}.")

    def __str__(self) -> str:
        """Return its name for messages."""
        subjects = ("rule", "pack", "resource_id", "arn", "tag_key", "tag_value")
        given = ", ".join(f"{name}={getattr(self, name)!r:.80}" for name in self._given(*subjects))
        return f"Waiver {self.ticket!r:.80} ({given or 'for nothing'})"

    @property
    def days(self) -> int:
        """The days for which it is granted."""
        return (self.expires - self.granted).days

    @property
    def target(self) -> Target:
        """Its resources."""
        if self.resource_id is not None:
            return ResourceId(self.resource_id)
        if self.arn is not None:
            return ArnPattern(self.arn)
        return Tagged(self.tag_key or "", self.tag_value)

    def _given(self, *names: str) -> list[str]:
        return [name for name in names if getattr(self, name) is not None]

    def _refuse(self, message: str) -> NoReturn:
        raise WaiverError(f"{self}: {message}")


def _and(names: list[str]) -> str:
    return " and ".join(names) or "none"
