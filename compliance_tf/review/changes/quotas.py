"""What the account still has room for after the apply, as ``compliance-tf preflight --format json`` found it."""

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
        The stack, region or account that it is about.
    subject
        What was asked about.
    verdict
        ``ok``, ``warning``, ``fail`` or ``unknown``.
    blocks
        Whether the deployment should not go ahead because of it.
    figure
        What was found.
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
    """What a preflight found.

    Parameters
    ----------
    account
        The account that was asked.
    workspaces
        The workspaces that it is about.
    may_go_ahead
        Whether nothing stands in the way.
    findings
        Its lines.
    """

    account: str
    workspaces: tuple[str, ...]
    may_go_ahead: bool
    findings: tuple[QuotaLine, ...]


def preflight_from_file(path: Path) -> Preflight:
    """Read what ``compliance-tf preflight --format json`` printed.

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
