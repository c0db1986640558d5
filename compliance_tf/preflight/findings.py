"""What a preflight says: one line for each thing that it asked about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Verdict(Enum):
    """How things stand."""

    OK = "ok"
    WARNING = "warning"
    """The deployment will succeed, and something about it should be known before."""
    FAIL = "fail"
    """The deployment will fail, or will not do what it is for."""
    UNKNOWN = "unknown"
    """AWS did not answer."""


@dataclass(frozen=True)
class Finding:
    """A line of the report.

    Parameters
    ----------
    place
        What it is about: a stack, a region, or the account.
    subject
        What was asked about, in a few words.
    verdict
        How it stands.
    figure
        What was found.
    advice
        What to do; empty where nothing is to be done.
    vital
        Whether a deployment is pointless as long as the answer is not known.
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
    """Ask AWS for a finding: what it does not answer is unknown, and never well.

    Parameters
    ----------
    ask
        Asks, and judges the answer.
    vital
        See :class:`Finding`.
    """
    try:
        return ask()
    except ClientError as error:
        told = error.response["Error"]
        reason = f"{error.operation_name} was answered with {told['Code']}: {told.get('Message', '')}"
    except BotoCoreError as error:
        reason = str(error)
    return Finding(
        place, subject, Verdict.UNKNOWN, reason.rstrip(" :"), "Allow it, or look it up by other means.", vital=vital
    )


def enumerated(names: Iterable[str], most: int = 10) -> str:
    """List names for a line: so many of them, in their order, and how many more there are."""
    listed = sorted(names)
    more = len(listed) - most
    return ", ".join(listed[:most]) + (f" and {more} more" if more > 0 else "")
