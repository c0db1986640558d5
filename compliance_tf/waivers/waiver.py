"""The declaration of waivers: accepted violations, with owner, reason and expiry."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, NoReturn

from compliance_runtime.evaluation.configuration_item import MAX_RESOURCE_ID
from compliance_runtime.waivers.waiver import ArnPattern, ResourceId, Tagged
from compliance_tf.errors import WaiverError
from compliance_tf.model.naming import NAME_PART

if TYPE_CHECKING:
    from compliance_runtime.waivers.waiver import Target

MAX_REASON: Final = 500
MAX_NAME: Final = 100
"""Characters of an owner and of a ticket."""

MAX_TAG_KEY: Final = 128
MAX_TAG_VALUE: Final = 256
"""Characters. Source: AWS General Reference, "Tag naming limits and requirements"."""

DEFAULT_MAX_DAYS: Final = 365
"""Days for which a waiver may be granted unless the stack says otherwise."""

# Of "bucket" and "function:orders" the first names a resource, the second a type and then the resource.
_NAME = "[^:/]*[A-Za-z0-9][^:/]*|[^:/]*[:/].*[A-Za-z0-9].*"
ARN_PATTERN: Final = f"arn:[^:]+:[^:]*[A-Za-z0-9][^:]*:[^:]*:[^:]*:({_NAME})"
"""Valid patterns of ARNs: with a service, and at least one letter or digit of the resource's own name."""

_WILDCARDS = re.compile(r"[*?]")


@dataclass(frozen=True, kw_only=True)
class Waiver:
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
        The date of the decision.
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

    rule: str | None = None
    pack: str | None = None
    resource_id: str | None = None
    arn: str | None = None
    tag_key: str | None = None
    tag_value: str | None = None
    reason: str
    owner: str
    ticket: str
    granted: date
    expires: date
    workspaces: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.rule is None) == (self.pack is None):
            self._refuse(f"give exactly one of rule and pack: it has {_and(self._given('rule', 'pack'))}.")
        kinds = self._given("resource_id", "arn", "tag_key")
        if len(kinds) != 1:
            self._refuse(f"give exactly one of resource_id, arn and tag_key: it has {_and(kinds)}.")
        if self.tag_value is not None and self.tag_key is None:
            self._refuse(f"tag_value={self.tag_value!r:.80} has no tag_key: give it too.")
        self._check_resource()
        self._check_text("reason", MAX_REASON)
        self._check_text("owner", MAX_NAME)
        self._check_text("ticket", MAX_NAME)
        self._check_dates()
        if isinstance(self.workspaces, str):
            self._refuse(f"workspaces={self.workspaces!r:.80} is a string: give a tuple, such as ('prod',).")
        for workspace in self.workspaces:
            if not re.fullmatch(NAME_PART, workspace):
                self._refuse(
                    f"the workspace {workspace!r:.80} is not a workspace's name: use a lower-case letter, then "
                    "lower-case letters, digits and underscores."
                )

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
        """The resources that it is for."""
        if self.resource_id is not None:
            return ResourceId(self.resource_id)
        if self.arn is not None:
            return ArnPattern(self.arn)
        return Tagged(self.tag_key or "", self.tag_value)

    def _check_resource(self) -> None:
        for name, max_length in (("resource_id", MAX_RESOURCE_ID), ("tag_key", MAX_TAG_KEY)):
            text = getattr(self, name)
            if text is None:
                continue
            if not text.strip() or len(text) > max_length:
                self._refuse(f"{name} has {len(text)} characters: give 1 to {max_length}, not all of them blank.")
            if _WILDCARDS.search(text):
                self._refuse(f"{name}={text!r:.80} has a wildcard, and is compared exactly: use arn for a pattern.")
        if self.tag_value is not None and len(self.tag_value) > MAX_TAG_VALUE:
            self._refuse(f"tag_value has {len(self.tag_value)} characters: AWS allows {MAX_TAG_VALUE}.")
        if self.arn is not None:
            self._check_arn(self.arn)

    def _check_arn(self, pattern: str) -> None:
        if not re.fullmatch(ARN_PATTERN, pattern):
            self._refuse(
                f"arn={pattern!r:.200} is too broad, or not an ARN: give all of its parts, with a service and at "
                "least a "
                "part of the resource's name, as arn:aws:s3:::acme-legacy-*. What no resource has to comply with "
                "should be no rule."
            )

    def _check_text(self, name: str, max_length: int) -> None:
        text = getattr(self, name)
        # Plans and tables show it on one line.
        line = " ".join(text.split()) if isinstance(text, str) else ""
        if not line:
            self._refuse(f"{name} is empty: a waiver needs a reason, an owner and a ticket.")
        if len(line) > max_length:
            self._refuse(f"{name} has {len(line)} characters: give at most {max_length}.")
        object.__setattr__(self, name, line)

    def _check_dates(self) -> None:
        for name in ("granted", "expires"):
            day = getattr(self, name)
            # A datetime is a subclass of date, and comparing the two raises TypeError.
            if not isinstance(day, date) or isinstance(day, datetime):
                self._refuse(f"{name}={day!r:.80} is not a date: give one, such as date(2027, 3, 31).")
        if self.expires <= self.granted:
            self._refuse(f"expires={self.expires} is not after granted={self.granted}.")

    def _given(self, *names: str) -> list[str]:
        return [name for name in names if getattr(self, name) is not None]

    def _refuse(self, message: str) -> NoReturn:
        raise WaiverError(f"{self}: {message}")


def _and(names: list[str]) -> str:
    return " and ".join(names) or "none"
