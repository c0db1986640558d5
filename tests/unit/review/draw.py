"""A machine that changes plans: what it may choose, and a change with the policy that catches it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from tests.unit.review.builders import of_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from compliance_tf.review.policies import Policy
    from tests.unit.review.builders import PlanJson


_T = TypeVar("_T")


class Draw:
    """Draws what a machine may choose."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def __call__(self, strategy: SearchStrategy[_T]) -> _T:
        return self._data.draw(strategy)

    def one(self, *choices: _T) -> _T:
        return self(st.sampled_from(choices))

    def coin(self) -> bool:
        return self(st.booleans())

    def any(self, plan: PlanJson) -> dict[str, Any]:
        """Any resource."""
        resources = plan["resource_changes"]
        found: dict[str, Any] = resources[self(st.integers(0, len(resources) - 1))]
        return found

    def resource(self, plan: PlanJson, type_: str) -> dict[str, Any]:
        """Any resource of a type."""
        resources = of_type(plan, type_)
        return resources[self(st.integers(0, len(resources) - 1))]

    def insert(self, plan: PlanJson, resource: dict[str, Any], where: str = "resource_changes") -> None:
        """Put a resource somewhere."""
        plan[where].insert(self(st.integers(0, len(plan[where]))), resource)


@dataclass(frozen=True)
class Mutation:
    """A change of a plan, and the policy that catches it."""

    policy: Policy
    words: str
    mutate: Callable[[PlanJson, Draw], None]

    def __str__(self) -> str:
        return f"{self.policy.id}: {self.words}"
