"""All errors that this library raises on purpose, in one tree.

Each message names the place, the value, what is allowed and what to do::

    ComplianceError
        SettingError
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
catches what the parameters of checks refuse, too.
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
    "GuardError",
    "InterruptedCommandError",
    "LocalAwsError",
    "ManagedRuleError",
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


class GuardError(ComplianceError):
    """A synthesized configuration declares what a deployment may not consist of, or cannot be read."""


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


class UnknownFrameworkError(ComplianceError):
    """No framework has this name."""


class PackError(ComplianceError):
    """A pack, or one of its rules, contradicts itself."""


class PackFileError(PackError):
    """A file is not a pack."""


class PackConflictError(PackError):
    """Packs ask for the same rule with different settings."""


class WaiverError(ComplianceError):
    """A waiver cannot be granted as it is declared."""


class WaiverFileError(WaiverError):
    """A file does not hold waivers."""


class SynthesizedAppError(ComplianceError):
    """There is no synthesized app, or one of another version."""


class CommandError(ComplianceError):
    """A command could not be run, or failed."""


class InterruptedCommandError(CommandError):
    """A command was ended by a signal.

    Parameters
    ----------
    signal
        Which one came first.
    reason
        What the program that ran has said of its end; empty where it ended well.
    """

    def __init__(self, signal: Signals, reason: str = "") -> None:
        self.signal = signal
        super().__init__(reason or f"Interrupted by {signal.name}.")


class RefusedPlanError(ComplianceError):
    """A plan may not be applied."""


class PreflightError(ComplianceError):
    """The account cannot be asked, or what is planned cannot be read."""


class ReviewError(ComplianceError):
    """A plan, or the review's settings, cannot be read."""


class UndecidedError(ComplianceError):
    """A check read what a plan does not show, so that there is no verdict."""


class CommentError(ComplianceError):
    """A review cannot be put into a pull or merge request."""


class ResultsError(ComplianceError):
    """Results cannot be read, or were asked for in a way that cannot be answered."""


class ExportError(ComplianceError):
    """Results or a module cannot be exported as asked."""


class ReportError(ComplianceError):
    """A report cannot be written."""


class LocalAwsError(ComplianceError):
    """The local AWS could not be started or reached; the message says what to do."""
