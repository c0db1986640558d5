"""The findings of a preflight, one for each subject."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Verdict(Enum):
    """The verdict of a finding."""

    OK = "ok"
    WARNING = "warning"
    """The deployment will succeed, with something to know beforehand."""
    FAIL = "fail"
    """The deployment will fail, or will not work."""
    UNKNOWN = "unknown"
    """AWS did not answer."""


@dataclass(frozen=True)
class Finding:
    """A line of the report.

    Parameters
    ----------
    place
        Its stack, region or account.
    subject
        Its subject, in a few words.
    verdict
        The verdict.
    figure
        The observation.
    advice
        What to do; empty for nothing.
    vital
        Whether UNKNOWN blocks the deployment too.
    """

    place: str
    subject: str
    verdict: Verdict
    figure: str
    advice: str = ""
    vital: bool = False

    @property
    def blocks(self) -> bool:
        """Return whether the deployment should not go ahead."""
        return self.verdict is Verdict.FAIL or (self.vital and self.verdict is Verdict.UNKNOWN)


def answered(place: str, subject: str, ask: Callable[[], Finding], *, vital: bool = False) -> Finding:
    """Query AWS for a finding: an error of AWS makes it UNKNOWN, never OK.

    Parameters
    ----------
    ask
        Queries AWS and returns the finding.
    vital
        See :class:`Finding`.

    Returns
    -------
    Finding
        What ``ask`` returned, or UNKNOWN with AWS's error code and message.
    """
    try:
        return ask()
    except ClientError as error:
        details = error.response["Error"]
        reason = f"{error.operation_name} was answered with {details['Code']}: {details.get('Message', '')}"
    except BotoCoreError as error:
        reason = str(error)
    return Finding(
        place, subject, Verdict.UNKNOWN, reason.rstrip(" :"), "Allow it, or check it by other means.", vital=vital
    )


def enumerated(names: Iterable[str], max_names: int = 10) -> str:
    """List names on a line: the first ones, and the number of the rest."""
    listed = sorted(names)
    more = len(listed) - max_names
    return ", ".join(listed[:max_names]) + (f" and {more} more" if more > 0 else "")
