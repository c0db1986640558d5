"""The policies: one subject per file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.review.policies import (
    access,
    code,
    completeness,
    drift,
    names,
    recording,
    results_table,
    rules,
    scope,
    state,
)
from compliance_tf.review.policies.policy import Hit, Limits, Policy, Verdict

if TYPE_CHECKING:
    from compliance_tf.review.plan.plan import Plan

__all__ = ["POLICIES", "Hit", "Limits", "Policy", "Verdict", "fixed_violations"]

POLICIES: Final[tuple[Policy, ...]] = (
    scope.RECORDER,
    scope.ALLOW_LIST,
    scope.PROVISIONERS,
    scope.ELSEWHERE,
    results_table.LOST,
    results_table.UNPROTECTED,
    access.ADMINISTRATION,
    access.PUBLIC,
    access.SOURCELESS,
    names.UNSCOPED,
    names.SHARED,
    code.ELSEWHERE,
    state.RELOCATED,
    rules.REMOVED_AT_ONCE,
    completeness.INCOMPLETE,
    access.PERMISSION_INCREASE,
    rules.REMOVED,
    rules.WAIVED,
    recording.STOPPED,
    state.REASSIGNED,
    drift.DRIFT,
    completeness.NOT_UNDERSTOOD,
)
"""All policies, the most severe first."""


def fixed_violations(plan: Plan) -> tuple[tuple[Policy, Hit], ...]:
    """List the violations of the policies that no setting weakens: such a plan is never applied.

    Returns
    -------
    tuple of (Policy, Hit)
        Each hit with its policy, the most severe first; empty where the plan may be applied.
    """
    return tuple((policy, hit) for policy in POLICIES if policy.is_fixed for hit in policy.find(plan, Limits()))
