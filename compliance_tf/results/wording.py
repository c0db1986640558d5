"""Formats of results for people: ages, names, reasons, colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Compliance, Severity
from compliance_tf.output.sanitize import visible
from compliance_tf.results.row import Row, Status

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.waivers.waiver import WaiverNote
    from compliance_tf.results.counts import Counts

SEVERITY_STYLES: Final = {
    Severity.CRITICAL: "bold white on red",
    Severity.HIGH: "bold red",
    Severity.MEDIUM: "yellow",
    Severity.LOW: "cyan",
}
STATUS_STYLES: Final = {
    Status.NON_COMPLIANT: "bold red",
    Status.WAIVED: "magenta",
    Status.COMPLIANT: "green",
    Status.CLOSED: "dim",
}
COMPLIANCE_STYLES: Final = {
    Compliance.NON_COMPLIANT: STATUS_STYLES[Status.NON_COMPLIANT],
    Compliance.COMPLIANT: STATUS_STYLES[Status.COMPLIANT],
    Compliance.NOT_APPLICABLE: STATUS_STYLES[Status.CLOSED],
}
BECAME: Final = {
    Compliance.NON_COMPLIANT: "non-compliant",
    Compliance.COMPLIANT: "compliant",
    Compliance.NOT_APPLICABLE: "closed",
}

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
_DAYS_OF_MONTHS: Final = 90


def age(since: datetime, now: datetime) -> str:
    """Format an age: ``5 min``, ``3 h``, ``12 d``, ``4 months``."""
    seconds = max(0.0, (now - since).total_seconds())
    if seconds < _HOUR:
        return f"{int(seconds // _MINUTE)} min"
    if seconds < 2 * _DAY:
        return f"{int(seconds // _HOUR)} h"
    days = int(seconds // _DAY)
    return f"{days} d" if days < _DAYS_OF_MONTHS else f"{days // 30} months"


def reason(row: Row) -> str:
    """Return the reason of a result, with its waiver."""
    said = row.result.annotation or ""
    waiver = row.result.waiver
    if waiver is None:
        return visible(said)
    note = waiver_note(waiver, expired=row.status is not Status.WAIVED)
    return visible(f"{note} {said}").rstrip()


def waiver_note(waiver: WaiverNote, *, expired: bool) -> str:
    """Describe a waiver, with its expiry."""
    when = f"waiver expired on {waiver.expires}" if expired else f"waived until {waiver.expires}"
    return f"[{when}: {waiver.ticket}, {waiver.owner}: {waiver.reason}]"


def percent(counts: Counts) -> str:
    """Write a score."""
    return "-" if counts.percent is None else f"{counts.percent:.1f} %".replace("100.0", "100")


def difference(now: int, before: Counts | None) -> str:
    """Format the difference of violations from before."""
    if before is None:
        return "-"
    return "±0" if now == before.non_compliant else f"{now - before.non_compliant:+,}"


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Format a number of things: ``1 rule``, ``2 rules``."""
    return f"{number:,} {thing if number == 1 else things or f'{thing}s'}"
