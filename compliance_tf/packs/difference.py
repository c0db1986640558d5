"""The differences between two packs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance_tf.packs.pack import Pack, PackRule


@dataclass(frozen=True)
class PackDifference:
    """The differences between two packs.

    Parameters
    ----------
    only_first
        The rules that only the first one has, by id.
    only_second
        The rules that only the second one has, by id.
    changed
        The rules that both have, with different settings: as the first has it and as the second does.
    shared
        The number of rules that both have, those with different settings included.
    """

    only_first: tuple[PackRule, ...]
    only_second: tuple[PackRule, ...]
    changed: tuple[tuple[PackRule, PackRule], ...]
    shared: int

    def __bool__(self) -> bool:
        """Return whether there are any differences."""
        return bool(self.only_first or self.only_second or self.changed)


def difference(first: Pack, second: Pack) -> PackDifference:
    """Compare two packs rule by rule, by what they give explicitly."""
    left, right = ({rule.id: rule for rule in pack.rules} for pack in (first, second))
    shared = sorted(left.keys() & right.keys())
    return PackDifference(
        only_first=tuple(left[rule_id] for rule_id in sorted(left.keys() - right.keys())),
        only_second=tuple(right[rule_id] for rule_id in sorted(right.keys() - left.keys())),
        changed=tuple((left[rule_id], right[rule_id]) for rule_id in shared if left[rule_id] != right[rule_id]),
        shared=len(shared),
    )
