"""The content about rules: counts by pack and severity first, then short or folded lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Final

from compliance_runtime.check import Severity
from compliance_tf.review.changes.rule_changes import Kind
from compliance_tf.review.rendering.document import Code, Fold, Rank, Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from compliance_tf.review.changes.rule_changes import RuleChange
    from compliance_tf.review.rendering.document import Block, Words

_FEW: Final = 10
"""Rules that are shown; more are folded."""

_PACKS: Final = 20
"""Packs with a line and a list of their own, those with the most rules; the others share one."""

_NO_PACK: Final = "no pack"
_OTHER_PACKS: Final = "other packs"


def rules_title(rules: Iterable[RuleChange]) -> str:
    """Return the heading of the section: the numbers of removed, replaced, changed and added rules."""
    return f"Rules: {', '.join(f'{count:,} {kind.value}' for kind, count in _by_kind(rules).items())}"


def rule_blocks(rules: Sequence[RuleChange]) -> Iterator[Block]:
    """Build the blocks on rules: counts where there are many, then the rules of each kind."""
    if len(rules) > _FEW:
        yield _counts(rules)
    for kind in _by_kind(rules):
        yield from _of_kind(kind, [rule for rule in rules if rule.kind is kind])


def _by_kind(rules: Iterable[RuleChange]) -> dict[Kind, int]:
    counts = Counter(rule.kind for rule in rules)
    return {kind: counts[kind] for kind in Kind if counts[kind]}


def _counts(rules: Sequence[RuleChange]) -> Table:
    kinds = tuple(_by_kind(rules))
    groups = {"all": list(rules), **_by_pack(rules)}
    if len(groups) == 2 and _NO_PACK in groups:  # noqa: PLR2004 all, and those of no pack: the same rules twice
        del groups[_NO_PACK]
    rows = tuple(
        (_pack(pack), *((_severities(rule for rule in group if rule.kind is kind),) for kind in kinds))
        for pack, group in groups.items()
    )
    return Table(("", *(kind.value.capitalize() for kind in kinds)), rows, "packs", Rank.CONTEXT)


def _pack(name: str) -> Words:
    return (name,) if name in {"all", _NO_PACK, _OTHER_PACKS} else (Code(name),)


def _by_pack(rules: Iterable[RuleChange]) -> dict[str, list[RuleChange]]:
    """Group rules by pack; a rule of several packs is in each."""
    groups: defaultdict[str, list[RuleChange]] = defaultdict(list)
    for rule in rules:
        for pack in rule.packs or (_NO_PACK,):
            groups[pack].append(rule)
    return dict(sorted(groups.items(), key=lambda group: (group[0] == _NO_PACK, -len(group[1]), group[0]))[:_PACKS])


def _severities(rules: Iterable[RuleChange]) -> str:
    """Count, with the severities where there are several."""
    rules = list(rules)
    text = _by_severity(rules)
    return f"{len(rules):,}: {text}" if ", " in text else text


def _by_severity(rules: Iterable[RuleChange]) -> str:
    counts = Counter(rule.severity for rule in rules)
    return ", ".join(f"{counts[one]:,} {_severity(one)}" for one in (*reversed(Severity), None) if counts[one])


def _severity(severity: Severity | None) -> str:
    return severity.value.lower() if severity else "without severity"


def _of_kind(kind: Kind, rules: list[RuleChange]) -> Iterator[Block]:
    heading = kind.value.capitalize()
    if len(rules) <= _FEW:
        yield _table(kind, rules)
        return
    names = (*_by_pack(rules), _OTHER_PACKS)
    groups: dict[str, list[RuleChange]] = {name: [] for name in names}
    for rule in rules:
        # Once each, under the pack with the most rules, with its other packs beside it.
        groups[next((name for name in names if name in (rule.packs or (_NO_PACK,))), _OTHER_PACKS)].append(rule)
    further = ""
    for pack, group in groups.items():
        if group:
            summary = f": {len(group):,} {further}rules ({_by_severity(group)})"
            yield Fold((f"{heading}, ", *_pack(pack), summary), (_table(kind, group),))
            further = "further "


def _table(kind: Kind, rules: Iterable[RuleChange]) -> Table:
    with_differences = kind in {Kind.CHANGED, Kind.REPLACED}
    last = "What changes" if with_differences else "Evaluates"
    rows = tuple(
        (
            (Code(rule.name),),
            (_severity(rule.severity) if rule.severity else "",),
            _separated(rule.packs),
            ("; ".join(rule.differences),) if with_differences else _subject(rule.subject),
        )
        for rule in rules
    )
    columns = (kind.value.capitalize(), "Severity", "Packs", last)
    if not any(rule.packs for rule in rules):
        return Table((*columns[:2], last), tuple((*row[:2], row[3]) for row in rows), "rules", Rank.RULE)
    return Table(columns, rows, "rules", Rank.RULE)


def _subject(subject: str) -> Words:
    return (subject,) if " " in subject else (Code(subject),)


def _separated(names: tuple[str, ...]) -> Words:
    words: list[str | Code] = []
    for name in names:
        words += [", "] if words else []
        words.append(Code(name))
    return tuple(words)
