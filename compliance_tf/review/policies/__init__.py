"""The policies: one subject a file."""

from __future__ import annotations

from typing import Final

from compliance_tf.review.policies import (
    access,
    completeness,
    drift,
    names,
    recording,
    rules,
    scope,
    state,
    table,
)
from compliance_tf.review.policies.policy import Hit, Limits, Policy, Verdict

__all__ = ["POLICIES", "Hit", "Limits", "Policy", "Verdict"]

POLICIES: Final[tuple[Policy, ...]] = (
    scope.RECORDER,
    scope.ALLOW_LIST,
    scope.PROVISIONERS,
    scope.ELSEWHERE,
    table.LOST,
    table.UNPROTECTED,
    access.ADMINISTRATION,
    access.PUBLIC,
    access.SOURCELESS,
    names.UNSCOPED,
    state.RELOCATED,
    rules.REMOVED_AT_ONCE,
    completeness.INCOMPLETE,
    access.WIDENED,
    rules.REMOVED,
    rules.WAIVED,
    recording.STOPPED,
    state.REASSIGNED,
    drift.DRIFT,
    completeness.NOT_UNDERSTOOD,
)
"""All policies, the gravest first."""
