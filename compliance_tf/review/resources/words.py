"""The content about a plan's resources: sections, order and words, the same for terminal and comments."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies import Verdict
from compliance_tf.review.rendering.content import counted
from compliance_tf.review.rendering.document import (
    Bullets,
    Code,
    Document,
    Fold,
    Paragraph,
    Rank,
    Section,
    Strong,
    Table,
)
from compliance_tf.review.resources.judgement import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from compliance_tf.review.rendering.document import Block, Words
    from compliance_tf.review.resources.judgement import Judged, Judgement

KIND: Final = "resources"
"""The kind in the marker of a comment."""

_FEW: Final = 20
"""Rows that are shown; more are folded."""


def document(judged: Judged, workspace: str | None = None, commit: str | None = None) -> Document:
    """Build the document of a plan's resources.

    Parameters
    ----------
    judged
        The judgements.
    workspace
        The workspace of the plan, if known.
    commit
        The commit of the plan, if known.

    Returns
    -------
    Document
        Words and tables without a format, the violations first; sections without content are left out.
    """
    violations, undecided = judged.of(Outcome.VIOLATION), judged.of(Outcome.UNDECIDED)
    sections = (
        Section("", (Paragraph((_summary(judged),)),)),
        Section("AWS Config's recorder", tuple(_recorders(judged))),
        Section(f"Violations: {len(violations):,}", tuple(_table(violations, "Why", Rank.FINDING))),
        Section(f"Undecided: {len(undecided):,}", tuple(_undecided(undecided))),
        Section("Waived", tuple(_waived(judged))),
        Section("Not judged", tuple(_rest(judged))),
    )
    origin: Words = ("commit ", Code(commit), ", ") if commit else ()
    return Document(
        deployment=(judged.name, workspace or "", ""),
        verdict=_verdict(judged),
        title=(Code(judged.name), *((" in ", Code(workspace)) if workspace else ())),
        line=None,
        sections=tuple(section for section in sections if section.blocks),
        footer=(*origin, f"{counted(judged.resources, 'resource')} judged before they exist"),
        headline=headline(judged),
        kind=KIND,
    )


def headline(judged: Judged) -> str:
    """Return the headline of the document."""
    violations = len(judged.of(Outcome.VIOLATION))
    texts = [counted(violations, "violation")] if violations else []
    texts += ["declares AWS Config's recorder"] if judged.recorders else []
    return " and ".join(texts) or "No violation"


def _verdict(judged: Judged) -> Verdict:
    if judged.found_something:
        return Verdict.BLOCKED
    return Verdict.APPROVAL if judged.is_undecided else Verdict.CLEAN


def _summary(judged: Judged) -> str:
    counts = Counter(one.outcome for one in judged.judgements)
    words = {
        Outcome.VIOLATION: counted(counts[Outcome.VIOLATION], "violation"),
        Outcome.WAIVED: f"{counts[Outcome.WAIVED]:,} waived",
        Outcome.UNDECIDED: f"{counts[Outcome.UNDECIDED]:,} undecided",
        Outcome.COMPLIANT: f"{counts[Outcome.COMPLIANT]:,} compliant",
    }
    said = ", ".join(text for outcome, text in words.items() if counts[outcome]) or "nothing to say"
    return f"{counted(judged.resources, 'resource')} that the plan creates or changes: {said}."


def _recorders(judged: Judged) -> Iterator[Block]:
    if judged.recorders:
        yield Paragraph(
            (
                Strong("This plan declares what an account and region has once, and shares with everybody in it."),
                " A recorder, delivery channel or retention belongs to whoever set up the account.",
            )
        )
        items = tuple((Code(one.address),) for one in judged.recorders)
        yield Bullets(items, "places", Rank.FINDING)


def _table(found: Sequence[Judgement], why: str, rank: Rank) -> Iterator[Block]:
    columns = ("Severity", "Rule", "Resource", why, "Where")
    rows = tuple(
        (
            (one.rule.severity.value.lower(),),
            (Code(one.rule.id),),
            (Code(one.address),),
            (one.reason,),
            (Code(f"{one.block.file}:{one.block.line}"),) if one.block else ("",),
        )
        for one in found
    )
    if rows:
        yield Table(columns, rows[:_FEW], "violations" if rank is Rank.FINDING else "judgements", rank)
    if rows[_FEW:]:
        yield Fold((f"{len(rows) - _FEW:,} more",), (Table(columns, rows[_FEW:], "judgements", rank),))


def _undecided(found: Sequence[Judgement]) -> Iterator[Block]:
    if found:
        yield Paragraph(("What decides these is known only after the apply, or not from a plan: none is compliant.",))
        yield Fold((counted(len(found), "judgement"),), tuple(_table(found, "What is not known", Rank.CONTEXT)))


def _waived(judged: Judged) -> Iterator[Block]:
    items = tuple(
        (
            Code(one.address),
            " against ",
            Code(one.rule.id),
            f": {one.waiver.reason} ({one.waiver.owner}, {one.waiver.ticket}, until {one.waiver.expires})",
        )
        for one in judged.of(Outcome.WAIVED)
        if one.waiver
    )
    if items:
        yield Bullets(items, "waived violations", Rank.CONTEXT)


def _rest(judged: Judged) -> Iterator[Block]:
    items: list[Words] = [(Code(address), f": {reason}") for address, reason in judged.unresolved_parts]
    if judged.other_types:
        total = sum(count for _, count in judged.other_types)
        kinds = ", ".join(f"{count:,} {type_}" for type_, count in judged.other_types)
        items.append((f"{counted(total, 'resource')} of types that no check can judge in a plan: {kinds}.",))
    if judged.unchanged:
        items.append((f"{judged.unchanged:,} resources that the apply leaves as they are: --all judges them.",))
    if judged.account_rules:
        items.append((f"Rules that look at the account: {', '.join(judged.account_rules)}.",))
    items += [(problem,) for problem in judged.waiver_problems]
    if judged.elsewhere:
        items.append((f"Rules that AWS Config itself evaluates: {', '.join(judged.elsewhere)}.",))
    if items:
        yield Fold((counted(len(items), "remark"),), (Bullets(tuple(items), "remarks", Rank.RESOURCE),))
