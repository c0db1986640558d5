"""The account's quotas after the apply, from ``compliance-tf preflight --format json``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from compliance_tf.errors import ReviewError

if TYPE_CHECKING:
    from pathlib import Path


class QuotaLine(msgspec.Struct, frozen=True, rename="camel"):
    """A line of a preflight's report.

    Parameters
    ----------
    place
        The stack, region or account.
    subject
        The subject.
    verdict
        ``ok``, ``warning``, ``fail`` or ``unknown``.
    blocks
        Whether it blocks the deployment.
    figure
        The observation.
    advice
        What to do; empty for nothing.
    """

    place: str
    subject: str
    verdict: str
    blocks: bool
    figure: str
    advice: str = ""


class Preflight(msgspec.Struct, frozen=True, rename="camel"):
    """The result of a preflight.

    Parameters
    ----------
    account
        The account.
    workspaces
        The workspaces.
    may_go_ahead
        Whether nothing blocks the deployment.
    findings
        Its lines.
    """

    account: str
    workspaces: tuple[str, ...]
    may_go_ahead: bool
    findings: tuple[QuotaLine, ...]


def preflight_from_file(path: Path) -> Preflight:
    """Parse the output of ``compliance-tf preflight --format json``.

    Returns
    -------
    Preflight
        The account, its workspaces, and a line for each subject.

    Raises
    ------
    ReviewError
        When it has another form.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Preflight)
    except OSError as cause:
        raise ReviewError(f"{path} cannot be read: {cause.strerror}.") from cause
    except msgspec.DecodeError as cause:
        raise ReviewError(f"{path} is not what `compliance-tf preflight --format json` prints: {cause}.") from cause
