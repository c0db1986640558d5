"""Times as AWS Config writes them: milliseconds, ISO 8601 in notifications, seconds since 1970 in the API."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Return the current time, truncated to milliseconds."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """Format a time as in notifications and events: ``2026-01-31T12:00:00.123Z``."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def from_epoch(seconds: float) -> datetime:
    """Parse a time as clients send it in the JSON protocol."""
    return datetime.fromtimestamp(seconds, UTC)
