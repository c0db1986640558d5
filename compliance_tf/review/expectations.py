"""Checks that plans are the intended ones: of the workspace, and with the reviewed fingerprints."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from compliance_tf.review.plan.plan import Plan


def refusals(plans: Mapping[str, Plan], workspace: str | None, expected: Collection[str] | None) -> Iterator[str]:
    """Yield the reason for each plan that is not intended, and for each missing one.

    Parameters
    ----------
    plans
        The plans by name, such as their file.
    workspace
        The workspace that all of them must be of; None for any.
    expected
        Their fingerprints, exactly one for each plan; None for any.

    Yields
    ------
    str
        A sentence each: first of the plans in their order, then of the missing fingerprints, sorted.
    """
    for name, plan in plans.items():
        if workspace is not None and plan.identity.workspace != workspace:
            yield f"{name} is of the workspace '{plan.identity.workspace}', not '{workspace}'."
        elif expected is not None and plan.fingerprint not in expected:
            yield (
                f"{name} has the fingerprint {plan.fingerprint}, which is not expected: the account, the state or the "
                "configuration has changed since. Review this plan, and have it approved."
            )
    for fingerprint in sorted(set(expected or ()) - {plan.fingerprint for plan in plans.values()}):
        yield f"No plan has the expected fingerprint {fingerprint}."
