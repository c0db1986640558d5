"""Expiry of waivers, as every plan and ``compliance-tf waivers`` show it."""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING, Final

from compliance_tf.model.terraform_values import literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from compliance_runtime.waivers.waiver import DeployedWaiver

SOON_DAYS: Final = 30
"""Days before the last one in which a waiver counts as expiring soon."""


class State(Enum):
    """The state of a waiver on a day."""

    ACTIVE = "active"
    EXPIRES_SOON = "expires soon"
    EXPIRED = "expired"


def days_left(waiver: DeployedWaiver, today: date) -> int:
    """Count the days until a waiver's last one: 0 on that day, negative afterwards."""
    return (waiver.expires - today).days


def state(waiver: DeployedWaiver, today: date) -> State:
    """Return the state of a waiver on a day in UTC."""
    days = days_left(waiver, today)
    if days < 0:
        return State.EXPIRED
    return State.EXPIRES_SOON if days <= SOON_DAYS else State.ACTIVE


def in_workspace(waivers: Iterable[DeployedWaiver]) -> str:
    """Return the Terraform expression that lists the waivers of a workspace as texts, expired or not."""
    return _texts(waivers)


def expiring_soon(waivers: Iterable[DeployedWaiver]) -> str:
    """Return the Terraform expression that lists, as texts, the waivers that expire soon at the time of the plan.

    The texts have dates, not days left: as long as the list has the same waivers, a plan has no changes.

    Returns
    -------
    str
        An expression of a list of texts, empty where no waiver is in its last days.
    """
    return _texts(
        waivers,
        "timecmp(plantimestamp(), waiver.from) >= 0",
        "timecmp(plantimestamp(), waiver.until) <= 0",
    )


def _texts(waivers: Iterable[DeployedWaiver], *conditions: str) -> str:
    entries = [
        {
            "from": f"{waiver.expires - timedelta(days=SOON_DAYS)}T00:00:00Z",
            "text": _text(waiver),
            # Not the next midnight: 9999-12-31 has none. Terraform's times are whole seconds.
            "until": f"{waiver.expires}T23:59:59Z",
            "workspaces": sorted(waiver.workspaces),
        }
        for waiver in sorted(waivers, key=lambda waiver: (waiver.expires, _text(waiver), sorted(waiver.workspaces)))
    ]
    here = "(length(waiver.workspaces) == 0 || contains(waiver.workspaces, terraform.workspace))"
    return f"${{[for waiver in {literal(entries)} : waiver.text if {' && '.join((*conditions, here))}]}}"


def subject(waiver: DeployedWaiver) -> str:
    """Name the rule or the pack of a waiver."""
    return f"pack {waiver.pack}" if waiver.pack else f"rule {', '.join(waiver.rules)}"


def _text(waiver: DeployedWaiver) -> str:
    return f"{waiver.expires}: {waiver.ticket} of {waiver.owner}, {subject(waiver)}, {waiver.target} ({waiver.reason})"
