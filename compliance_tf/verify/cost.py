"""The cost of a verification: an upper estimate, shown before the confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.preflight.prices import prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.verify.samples import Kind

PER_ITEM: Final = 0.003
"""US dollars for a configuration item that is recorded continuously (https://aws.amazon.com/config/pricing/)."""

ITEMS_OF_A_DEPLOYMENT: Final = 120
"""Maximum items of the deployment: some 30 resources, created, completed, tagged and removed."""

CHANGES_OF_A_SAMPLE: Final = 5
"""Items of a sample: created, tagged, configured, fixed, removed."""

SAMPLES_OF_A_KIND: Final = 2

RUNS_OF_A_PERIODIC_RULE: Final = 3
"""Evaluations of a periodic rule: at its creation, on request, and possibly once by its schedule."""


def estimate(kinds: Sequence[Kind], log_groups: int) -> float:
    """Estimate the maximum cost of a verification.

    Parameters
    ----------
    kinds
        The kinds of samples.
    log_groups
        The number of log groups in the region: at least 0. The rule of log groups lists its resources itself, so it
        judges all of them.

    Returns
    -------
    float
        US dollars.
    """
    samples = SAMPLES_OF_A_KIND * len(kinds)
    changes = samples * CHANGES_OF_A_SAMPLE
    # A rule with a tag in its scope is triggered by changes of all types.
    evaluations = changes * sum(not kind.periodic for kind in kinds)
    if any(kind.periodic for kind in kinds):
        evaluations += RUNS_OF_A_PERIODIC_RULE * (log_groups + SAMPLES_OF_A_KIND)
    return prices().of_evaluations(evaluations) + PER_ITEM * (changes + ITEMS_OF_A_DEPLOYMENT)
