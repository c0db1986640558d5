"""The errors about managed rules and conformance packs.

A message lists all that is wrong with one rule, one problem a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.errors import ComplianceError

if TYPE_CHECKING:
    from collections.abc import Sequence


class ManagedRuleError(ComplianceError):
    """The base of the errors about managed rules."""


class UnknownManagedRuleError(ManagedRuleError):
    """No managed rule has this identifier."""


class _RuleProblemsError(ManagedRuleError):
    """One rule and all that is wrong with it.

    Parameters
    ----------
    identifier
        The managed rule.
    problems
        One sentence each: the place, the value, what is allowed.
    """

    def __init__(self, identifier: str, problems: Sequence[str]) -> None:
        self.identifier = identifier
        self.problems = tuple(problems)
        super().__init__("\n".join([f"managed rule {identifier}:", *(f"  - {problem}" for problem in problems)]))


class RuleParametersError(_RuleProblemsError):
    """AWS Config would refuse the parameters given to a managed rule."""


class RuleUseError(_RuleProblemsError):
    """AWS Config would refuse the region, the frequency or the scope given to a managed rule."""


class UnknownPackError(ComplianceError):
    """No conformance pack has this name."""


class FactsError(ManagedRuleError):
    """A file of facts that was to be imported is not of the form that is known."""
