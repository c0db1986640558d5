"""Plans are those that somebody meant: of the workspace, and with the fingerprints that were reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from compliance_tf.review.plan.plan import Plan


def refusals(plans: Mapping[str, Plan], workspace: str | None, expected: Collection[str] | None) -> Iterator[str]:
    """Say of each plan that was not meant why it is refused, and which one is missing.

    Parameters
    ----------
    plans
        The plans by what people call them, such as their files.
    workspace
        The workspace that all of them must be of; None for any.
    expected
        Their fingerprints, no more and no fewer; None for any.
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
