"""The content of a review: sections, their order and their words."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.policies import Verdict
from compliance_tf.review.rendering.diff import diff
from compliance_tf.review.rendering.document import (
    Bullets,
    Code,
    Document,
    Fold,
    Paragraph,
    Rank,
    Resource,
    Resources,
    Section,
    Strong,
    Table,
)
from compliance_tf.review.rendering.rule_lists import rule_blocks, rules_title

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_tf.review.rendering.document import Block, Words
    from compliance_tf.review.review import Finding, PermissionIncrease, Review

_FEW: Final = 8
"""Lines of a list that are shown; longer lists are folded."""

_UNTOUCHED = "The account's recorder, delivery channel and retention are not touched."
_TOUCHED = "This plan reaches for the account's recorder, delivery channel or retention."


def document(review: Review, commit: str | None = None) -> Document:
    """Build the document of a review.

    Parameters
    ----------
    review
        The review.
    commit
        The commit of the plan; None where it is unknown.

    Returns
    -------
    Document
        Words and tables without a format, in the order in which they are read; sections without content are left out.
    """
    identity = review.identity
    sections = (
        Section("", tuple(_why(review))),
        Section("", (Paragraph((Strong(_UNTOUCHED if review.recorder_untouched else _TOUCHED),)),)),
        Section(_losses_title(review), tuple(_removals(review))),
        Section("Permission increases", tuple(_permission_increases(review))),
        Section(rules_title(review.rules), tuple(rule_blocks(review.rules))),
        Section("Coverage", tuple(_coverage(review))),
        Section("Waivers", tuple(_waivers(review))),
        Section("Quotas after the apply", tuple(_quotas(review))),
        Section("Everything else", tuple(_rest(review))),
    )
    return Document(
        deployment=(identity.project, identity.region, identity.workspace),
        verdict=review.verdict,
        title=(Code(identity.project), " in ", Code(identity.workspace), ", ", Code(identity.region)),
        line=_line(review, commit),
        sections=tuple(section for section in sections if section.blocks),
        footer=(*_origin(review, commit), ", state ", Code(identity.state)),
    )


def counted(count: int, noun: str, plural: str = "") -> str:
    """Format a number with its noun."""
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def _origin(review: Review, commit: str | None) -> Words:
    made_of: Words = ("commit ", Code(commit), ", ") if commit else ()
    return (*made_of, "fingerprint ", Code(review.fingerprint))


def _line(review: Review, commit: str | None) -> Words | None:
    if not review.is_empty or review.findings or review.drift:
        return None
    expiring = len(review.waivers.expiring)
    waivers = f" {counted(expiring, 'waiver')} will expire within 30 days." if expiring else ""
    return (f"no changes. {_UNTOUCHED}{waivers} (", *_origin(review, commit), ")")


def _why(review: Review) -> Iterator[Block]:
    yield Paragraph(_verdict(review))
    for finding in review.findings:
        if finding.verdict is Verdict.CLEAN and not finding.acknowledgement:
            continue
        # In quotation marks: a policy's title is a requirement and must not be read as a statement.
        demand = f' ("{finding.policy.title}")'
        yield Paragraph((Strong(_standing(finding)), ": against the policy ", Code(finding.policy.id), demand))
        yield from _hits(finding)


def _verdict(review: Review) -> Words:
    open_findings = Counter(finding.verdict for finding in review.open_findings)
    blocked, approval = open_findings[Verdict.BLOCKED], open_findings[Verdict.APPROVAL]
    acknowledged = sum(1 for finding in review.findings if finding.acknowledgement)
    also = f" {counted(acknowledged, 'policy was', 'policies were')} acknowledged for it." if acknowledged else ""
    if blocked:
        more = f", and {approval:,} more would need approval" if approval else ""
        return (f"This plan may not be applied: {counted(blocked, 'policy blocks', 'policies block')} it{more}.{also}",)
    if approval:
        return (f"Somebody has to approve this plan: {counted(approval, 'policy asks', 'policies ask')} for it.{also}",)
    changes = "changes nothing" if review.is_empty else "is within all policies"
    return (f"This plan {changes}, and needs no approval.{also}",)


def _standing(finding: Finding) -> str:
    return "Acknowledged for this plan" if finding.acknowledgement else finding.verdict.words.capitalize()


def _hits(finding: Finding) -> Iterator[Block]:
    acknowledgement = finding.acknowledgement
    items: list[Words] = []
    if acknowledgement:
        items.append((f"{acknowledgement.by} accepts it: {acknowledgement.reason}",))
    items += [(hit.message, " ", Code(hit.address)) for hit in finding.hits]
    # Numerous ones have a section of their own below, or look the same everywhere.
    shown = items if len(items) <= _FEW // 2 else items[:3]
    yield Bullets(tuple(shown), "places", Rank.FINDING)
    if rest := items[len(shown) :]:
        yield Fold((f"{len(rest):,} more places",), (Bullets(tuple(rest), "places", Rank.FINDING),))


def _losses_title(review: Review) -> str:
    counts = Counter(removal.action for removal in review.removals)
    texts = [f"{counts[one]:,} {_past(one)}" for one in Action if counts[one]]
    return f"Lost: {', '.join(texts)}"


def _past(action: Action) -> str:
    return action.words.removeprefix("is ")


def _removals(review: Review) -> Iterator[Block]:
    # The table is first, because it has the history of compliance.
    removals = sorted(review.removals, key=lambda removal: "aws_dynamodb_table." not in removal.address)
    with_reasons = any(removal.reason for removal in removals)
    rows = tuple(
        (
            (Code(removal.name),),
            (removal.action.words,),
            *(((removal.reason,),) if with_reasons else ()),
            (Code(removal.address),),
        )
        for removal in removals
    )
    if rows:
        columns = ("Name", "What happens", *(("Because",) if with_reasons else ()), "Resource")
        yield from _table(columns, rows, "resources", Rank.REMOVAL)


def _permission_increases(review: Review) -> Iterator[Block]:
    rows = tuple(
        ((increase.subject,), (permission,))
        for increase in review.permission_increases
        for permission in _permissions(increase)
    )
    if not rows:
        return
    subjects = counted(len(review.permission_increases), "role, policy or function", "roles, policies and functions")
    yield Paragraph((f"{subjects} may do more than now: {counted(len(rows), 'permission')} in all.",))
    table = Table(("Who", "May then"), rows, "permissions", Rank.PERMISSION_INCREASE)
    if len(rows) <= _FEW:
        yield table
        return
    yield Bullets(
        tuple(_summary(increase) for increase in review.permission_increases),
        "roles and functions",
        Rank.PERMISSION_INCREASE,
    )
    yield Fold((f"All {counted(len(rows), 'permission')}",), (table,))


def _permissions(increase: PermissionIncrease) -> tuple[str, ...]:
    return increase.permissions or ("cannot be seen before the apply: it may be anything",)


def _summary(increase: PermissionIncrease) -> Words:
    if not increase.permissions:
        return (increase.subject, ": ", *_permissions(increase))
    return (increase.subject, f": {counted(len(increase.permissions), 'permission')}")


def _coverage(review: Review) -> Iterator[Block]:
    changing = [one for one in review.coverage if one.changes]
    same = [one for one in review.coverage if not one.changes]
    if changing:
        yield Bullets(tuple(_words(str(one)) for one in changing), "packs", Rank.CONTEXT)
    if same and changing:
        table = Bullets(tuple(_words(str(one)) for one in same), "packs", Rank.CONTEXT)
        yield Fold((f"{counted(len(same), 'pack')} as before",), (table,))


def _words(text: str) -> Words:
    name, _, rest = text.partition(": ")
    return (Code(name), ": ", rest)


def _waivers(review: Review) -> Iterator[Block]:
    for verb, waivers in (
        ("Granted", review.waivers.granted),
        ("Ended", review.waivers.ended),
        ("Will expire within 30 days", review.waivers.expiring),
    ):
        if waivers:
            yield Paragraph((f"{verb}: {len(waivers):,}",))
            yield Bullets(tuple((text,) for text in waivers), "waivers", Rank.CONTEXT)


def _quotas(review: Review) -> Iterator[Block]:
    rules = f"This deployment will have {counted(review.rule_count, 'rule')}"
    if review.preflight is None:
        if not review.is_empty:
            yield Paragraph((f"{rules}. What the account has room for was not asked.",))
        return
    lines = review.preflight.findings
    bad = [line for line in lines if line.verdict != "ok"]
    summary = "; all is well" if not bad else f"; {counted(len(bad), 'line needs', 'lines need')} a look"
    yield Paragraph((f"{rules}. The account was asked about {counted(len(lines), 'thing')}{summary}.",))
    for some, folded in ((bad, False), ([line for line in lines if line.verdict == "ok"], True)):
        rows = tuple(
            ((line.verdict,), (line.subject,), (line.figure,), (line.advice,), (Code(line.place),)) for line in some
        )
        if rows:
            table = Table(("", "What", "Found", "What to do", "Where"), rows, "lines", Rank.CONTEXT)
            yield Fold((f"{counted(len(rows), 'line')} without trouble",), (table,)) if folded else table


def _rest(review: Review) -> Iterator[Block]:
    let_pass = [finding for finding in review.findings if finding.verdict is Verdict.CLEAN]
    if let_pass:
        items = tuple(
            (Code(finding.policy.id), f": {counted(len(finding.hits), 'place')}, which the settings let pass")
            for finding in let_pass
        )
        yield Bullets(items, "policies", Rank.CONTEXT)
    if review.drift:
        items = tuple((Code(one.address), ": " + (", ".join(one.attributes) or "destroyed")) for one in review.drift)
        summary = f"{counted(len(items), 'resource')} changed outside Terraform"
        yield Fold((summary,), (Bullets(items, "resources", Rank.RESOURCE),))
    if review.details:
        yield Fold((_counts(detail.action for detail in review.details),), (_resources(review),))


def _counts(actions: Iterable[Action]) -> str:
    counts = Counter(actions)
    texts = [f"{counts[action]:,} {_past(action)}" for action in Action if counts[action]]
    return f"{counted(counts.total(), 'resource')}: {', '.join(texts)}"


def _resources(review: Review) -> Resources:
    return Resources(
        tuple(Resource((Code(one.address), f" {one.action.words}"), diff(one.differences)) for one in review.details)
    )


def _table(columns: tuple[str, ...], rows: tuple[tuple[Words, ...], ...], noun: str, rank: Rank) -> Iterator[Block]:
    """Show the first rows, and fold the others."""
    shown = rows if len(rows) <= _FEW else rows[: _FEW // 2]
    yield Table(columns, shown, noun, rank)
    if rest := rows[len(shown) :]:
        yield Fold((f"{len(rest):,} more {noun}",), (Table(columns, rest, noun, rank),))
