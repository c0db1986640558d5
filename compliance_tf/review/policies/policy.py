"""The base of the review's policies."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.review.plan.plan import Plan


class Verdict(Enum):
    """The verdict on a plan, from harmless to blocked."""

    CLEAN = "clean"
    APPROVAL = "approval"
    BLOCKED = "blocked"

    @property
    def words(self) -> str:
        """The verdict in words."""
        return "needs approval" if self is Verdict.APPROVAL else self.value


@dataclass(frozen=True)
class Limits:
    """Numbers in policies that a project's settings may change.

    Parameters
    ----------
    rules_removed_at_once
        How many rules a plan may remove before that alone blocks it: at least 0.
    """

    rules_removed_at_once: int = 10


@dataclass(frozen=True)
class Hit:
    """A violation of a policy by a plan.

    Parameters
    ----------
    address
        The address of the resource, or another subject.
    message
        The consequence, as a sentence.
    """

    address: str
    message: str


@dataclass(frozen=True)
class Policy:
    """Something that a plan must not do, or not without approval.

    Parameters
    ----------
    id
        Its name in settings and reports, and its anchor in ``docs/reference/policies.md``.
    title
        Its requirement, in a few words.
    why
        The reason: one or two sentences.
    verdict
        The verdict on a violation, unless a project's settings override it.
    find
        Finds the violations in a plan.
    is_fixed
        Whether settings cannot weaken it.
    """

    id: str
    title: str
    why: str
    verdict: Verdict
    find: Callable[[Plan, Limits], Iterator[Hit]]
    is_fixed: bool = False
