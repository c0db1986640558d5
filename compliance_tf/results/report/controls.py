"""The controls of a rule, as the report shows them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from compliance_tf.results.frameworks.references import controls_of

if TYPE_CHECKING:
    from compliance_runtime.recording.rule_directory import RuleEntry


def control_lines(rule: RuleEntry) -> tuple[str, ...]:
    """Return the controls that a rule maps to, one line per framework: its title and the ids of the controls."""
    return tuple(
        f"{title}: {', '.join(reference.id for reference in references)}"
        for title, references in groupby(controls_of(rule), lambda reference: reference.framework_title)
    )
