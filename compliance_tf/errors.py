"""All exceptions that this library raises on purpose, in one tree.

Each message names the place, the value, what is allowed and what to do::

    ComplianceError
        SettingError
        MissingExtraError
        GuardError
        ManagedRuleError
            UnknownManagedRuleError
            RuleParametersError
            RuleUseError
            FactsError
        UnknownPackError
        UnknownFrameworkError
        PackError
            PackFileError
            PackConflictError
        WaiverError
            WaiverFileError
        SynthesizedAppError
        CommandError
            InterruptedCommandError
        RefusedPlanError
        PreflightError
        FleetError
        ReviewError
        UndecidedError
        CommentError
        ResultsError
        ExportError
        ReportError
        LocalAwsError
        ParameterError
        CheckError

:class:`ComplianceError` is defined in ``compliance_runtime``, which runs without this package: catching it
also catches errors of the parameters of checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import CheckError, ComplianceError, ParameterError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from signal import Signals

__all__ = [
    "CheckError",
    "CommandError",
    "CommentError",
    "ComplianceError",
    "ExportError",
    "FactsError",
    "FleetError",
    "GuardError",
    "InterruptedCommandError",
    "LocalAwsError",
    "ManagedRuleError",
    "MissingExtraError",
    "PackConflictError",
    "PackError",
    "PackFileError",
    "ParameterError",
    "PreflightError",
    "RefusedPlanError",
    "ReportError",
    "ResultsError",
    "ReviewError",
    "RuleParametersError",
    "RuleUseError",
    "SettingError",
    "SynthesizedAppError",
    "UndecidedError",
    "UnknownFrameworkError",
    "UnknownManagedRuleError",
    "UnknownPackError",
    "WaiverError",
    "WaiverFileError",
]


class SettingError(ComplianceError):
    """A setting has a value that cannot work."""


class MissingExtraError(ComplianceError):
    """An extra of the package that was asked for is not installed."""


class GuardError(ComplianceError):
    """A synthesized configuration declares what the allow-list lacks, or cannot be read."""


class ManagedRuleError(ComplianceError):
    """The base of errors about managed rules."""


class UnknownManagedRuleError(ManagedRuleError):
    """No managed rule has this identifier."""


class _RuleProblemsError(ManagedRuleError):
    """A rule and all problems found with it.

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
    """A file of facts to import does not have the expected form."""


class UnknownFrameworkError(ComplianceError):
    """No framework has this name."""


class PackError(ComplianceError):
    """A pack, or one of its rules, is inconsistent."""


class PackFileError(PackError):
    """A file is not a pack."""


class PackConflictError(PackError):
    """Packs have the same rule with different settings."""


class WaiverError(ComplianceError):
    """A waiver cannot be granted as it is declared."""


class WaiverFileError(WaiverError):
    """A file has no valid waivers."""


class SynthesizedAppError(ComplianceError):
    """There is no synthesized app, or it is of another version."""


class CommandError(ComplianceError):
    """A command could not be run, or failed."""


class InterruptedCommandError(CommandError):
    """A command was interrupted by a signal.

    Parameters
    ----------
    signal
        The first signal.
    reason
        The error output of the program that ran; empty where it exited with 0.
    """

    def __init__(self, signal: Signals, reason: str = "") -> None:
        self.signal = signal
        super().__init__(reason or f"Interrupted by {signal.name}.")


class RefusedPlanError(ComplianceError):
    """A plan may not be applied."""


class PreflightError(ComplianceError):
    """The account cannot be queried, or the synthesized app cannot be read."""


class FleetError(ComplianceError):
    """A fleet is not declared as it can be, or one of its cells cannot be worked on."""


class ReviewError(ComplianceError):
    """A plan, or the review's settings, cannot be read."""


class UndecidedError(ComplianceError):
    """A check read a value that the plan does not show, so there is no verdict."""


class CommentError(ComplianceError):
    """A review cannot be published on a pull or merge request."""


class ResultsError(ComplianceError):
    """Results cannot be read, or the request for them is invalid."""


class ExportError(ComplianceError):
    """Results or a module cannot be exported as asked."""


class ReportError(ComplianceError):
    """A report cannot be written."""


class LocalAwsError(ComplianceError):
    """The local AWS could not be started or reached; the message says what to do."""
