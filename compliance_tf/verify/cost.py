"""What a verification costs: an upper estimate, for the question that is asked before it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.preflight.prices import prices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.verify.samples import Kind

PER_ITEM: Final = 0.003
"""US dollars for a configuration item that is recorded continuously (https://aws.amazon.com/config/pricing/)."""

ITEMS_OF_A_DEPLOYMENT: Final = 120
"""Items at most of what is deployed: some 30 resources, made, completed, tagged and removed."""

CHANGES_OF_A_SAMPLE: Final = 5
"""Made, tagged, given its settings, fixed, removed."""

SAMPLES_OF_A_KIND: Final = 2

RUNS_OF_A_PERIODIC_RULE: Final = 3
"""When it is made, when it is asked for, and once more if a schedule happens to come."""


def estimate(kinds: Sequence[Kind], log_groups: int) -> float:
    """Estimate what a verification costs at most, in US dollars.

    Parameters
    ----------
    kinds
        The kinds of samples.
    log_groups
        How many log groups the region has: 0 or more. The rule of log groups lists its resources itself, so it judges
        all of them.
    """
    samples = SAMPLES_OF_A_KIND * len(kinds)
    changes = samples * CHANGES_OF_A_SAMPLE
    # A rule with a tag in its scope looks at the changes of all types.
    evaluations = changes * sum(not kind.periodic for kind in kinds)
    if any(kind.periodic for kind in kinds):
        evaluations += RUNS_OF_A_PERIODIC_RULE * (log_groups + SAMPLES_OF_A_KIND)
    return prices().of_evaluations(evaluations) + PER_ITEM * (changes + ITEMS_OF_A_DEPLOYMENT)
