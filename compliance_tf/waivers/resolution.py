"""Resolution of declared waivers into those of the functions: packs become rules."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from compliance_runtime.suggestions import hint
from compliance_runtime.waivers.waiver import DeployedWaiver
from compliance_tf.errors import WaiverError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from compliance_runtime.deployment import DeployedRule
    from compliance_tf.model.workspaces import Workspaces
    from compliance_tf.waivers.waiver import Waiver


@dataclass(frozen=True)
class Resolution:
    """Resolved waivers, and problems.

    Parameters
    ----------
    waivers
        The waivers that can be deployed, in an order that does not depend on their declaration.
    problems
        The problems of the others: a sentence each.
    """

    waivers: tuple[DeployedWaiver, ...]
    problems: tuple[str, ...]


def check_waivers(waivers: Sequence[Waiver], *, max_days: int, workspaces: Workspaces) -> None:
    """Refuse waivers that the stack's settings do not allow.

    Parameters
    ----------
    max_days
        Days for which a waiver may be granted: at least 1.

    Raises
    ------
    WaiverError
        When a waiver is longer than that, or the limit is below 1.
    SettingError
        When a waiver names a workspace that the stack cannot be deployed to.
    """
    if max_days < 1:
        raise WaiverError(f"max_waiver_days={max_days} must be at least 1.")
    for waiver in waivers:
        if waiver.days > max_days:
            raise WaiverError(
                f"{waiver}: expires={waiver.expires} is {waiver.days} days after granted={waiver.granted}, and the "
                f"stack's max_waiver_days allows {max_days}."
            )
        workspaces.refuse_unknown_names(waiver.workspaces, str(waiver))


def resolve_waivers(waivers: Sequence[Waiver], rules: Mapping[str, DeployedRule]) -> Resolution:
    """Resolve the rules of waivers.

    Parameters
    ----------
    rules
        The rules of the stack by their id.

    Returns
    -------
    Resolution
        The waivers that can be deployed, and a sentence for each that names no rule of the stack or is given twice.
    """
    ordered = sorted(waivers, key=_order)
    problems = [problem for waiver in ordered if (problem := _unknown(waiver, rules))]
    problems += _duplicates(ordered)
    known = (waiver for waiver in ordered if not _unknown(waiver, rules))
    return Resolution(tuple(_deployed(waiver, rules) for waiver in known), tuple(problems))


def _deployed(waiver: Waiver, rules: Mapping[str, DeployedRule]) -> DeployedWaiver:
    pack = _pack(waiver)
    covered = [rule_id for rule_id, rule in rules.items() if rule_id == waiver.rule or pack in rule.packs]
    return DeployedWaiver(
        rules=tuple(sorted(covered)),
        pack=pack,
        target=waiver.target,
        reason=waiver.reason,
        owner=waiver.owner,
        ticket=waiver.ticket,
        granted=waiver.granted,
        expires=waiver.expires,
        workspaces=tuple(sorted(waiver.workspaces)),
    )


def _unknown(waiver: Waiver, rules: Mapping[str, DeployedRule]) -> str | None:
    """Return the problem of a waiver that matches no rule of the stack."""
    if waiver.rule is not None and waiver.rule not in rules:
        return f"{waiver}: the stack has no rule '{waiver.rule}'.{hint(waiver.rule, rules)}"
    packs = {pack for rule in rules.values() for pack in rule.packs}
    if waiver.pack is not None and _pack(waiver) not in packs:
        has = f"its packs are {', '.join(sorted(packs))}" if packs else "it has none"
        return f"{waiver}: no rule of the stack belongs to a pack '{waiver.pack}': {has}.{hint(waiver.pack, packs)}"
    return None


def _duplicates(ordered: Sequence[Waiver]) -> Iterator[str]:
    """Find waivers for the same rules and resources, of which it would be undefined which one counts."""
    for _, alike in groupby(ordered, key=_covered):
        for one, other in combinations(alike, 2):
            if not one.workspaces or not other.workspaces or set(one.workspaces) & set(other.workspaces):
                yield f"{one} and {other} are for the same rules and resources: keep one of them."


def _covered(waiver: Waiver) -> tuple[str, ...]:
    return (waiver.rule or "", _pack(waiver) or "", str(waiver.target))


def _order(waiver: Waiver) -> tuple[tuple[str, ...], str]:
    return _covered(waiver), repr(waiver)


def _pack(waiver: Waiver) -> str | None:
    """Return the short name of a waiver's pack, which may be given by AWS's name."""
    if waiver.pack is None:
        return None
    from compliance_tf.catalog.conformance_packs import conformance_packs

    short = {pack.aws_name: pack.name for pack in conformance_packs().packs.values()}
    return short.get(waiver.pack, waiver.pack)
