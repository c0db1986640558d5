"""What a policy of the review is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from compliance_tf.review.plan.plan import Plan


class Verdict(Enum):
    """What may become of a plan, from harmless to not at all."""

    CLEAN = "clean"
    APPROVAL = "approval"
    BLOCKED = "blocked"

    @property
    def words(self) -> str:
        """How people read it."""
        return "needs approval" if self is Verdict.APPROVAL else self.value

    @property
    def exit_code(self) -> int:
        """The command's exit code; 1 is for errors."""
        return {Verdict.CLEAN: 0, Verdict.APPROVAL: 2, Verdict.BLOCKED: 3}[self]


@dataclass(frozen=True)
class Limits:
    """What the policies may be told by a project's settings.

    Parameters
    ----------
    rules_removed_at_once
        How many rules a plan may remove before that alone blocks it: at least 0.
    """

    rules_removed_at_once: int = 10


@dataclass(frozen=True)
class Hit:
    """A place where a plan is against a policy.

    Parameters
    ----------
    address
        The address of the resource, or what else it is about.
    message
        What would happen, as a sentence.
    """

    address: str
    message: str


@dataclass(frozen=True)
class Policy:
    """Something that a plan may not do, or not without somebody's approval.

    Parameters
    ----------
    id
        Its name in settings and reports, and its anchor in ``docs/reference/policies.md``.
    title
        What it forbids, in a few words.
    why
        What it saves people from: one or two sentences.
    verdict
        What a plan against it gets, unless a project's settings say otherwise.
    find
        Finds where a plan is against it.
    is_fixed
        Whether no settings may weaken it.
    """

    id: str
    title: str
    why: str
    verdict: Verdict
    find: Callable[[Plan, Limits], Iterator[Hit]]
    is_fixed: bool = False
