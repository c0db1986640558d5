"""Functions use runtimes that AWS still supports."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.lambda_runtimes import AS_OF, DEPRECATION_DATES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from compliance_runtime.account import Account

MAX_DAYS_AHEAD = 730


@dataclass(frozen=True)
class Parameters:
    """The definition of a deprecated runtime.

    Raises
    ------
    ParameterError
        When the days are out of bounds.
    """

    days_ahead: int = field(
        default=0, metadata={"doc": "Refuse a runtime so many days before it is deprecated already, 0 to 730."}
    )
    exempt_runtimes: tuple[str, ...] = field(
        default=(), metadata={"doc": "Runtimes that may be used all the same, as python3.9."}
    )

    def __post_init__(self) -> None:
        """Refuse what is out of bounds."""
        if not 0 <= self.days_ahead <= MAX_DAYS_AHEAD:
            raise ParameterError(f"Parameter days_ahead is {self.days_ahead}; it must be 0 to {MAX_DAYS_AHEAD}.")


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge every function by the day of the evaluation.

    A schedule asks, since a runtime becomes deprecated without any change of the function.

    Yields
    ------
    Finding
        One on each function.
    """
    for page in account.client("lambda").get_paginator("list_functions").paginate():
        for function in page["Functions"]:
            verdict = judge(function.get("Runtime"), account.time.date(), parameters)
            yield Finding("AWS::Lambda::Function", function["FunctionName"], verdict)


def judge(runtime: str | None, today: date, parameters: Parameters) -> Verdict:
    """Judge a function by its runtime; a container image has none."""
    if not runtime:
        return Verdict.not_applicable("The function is a container image, which has no managed runtime.")
    if runtime in parameters.exempt_runtimes:
        return Verdict.not_applicable(f"Runtime {runtime} is exempt.")
    deprecation = DEPRECATION_DATES.get(runtime)
    if deprecation is None:
        return Verdict.compliant(
            f"Runtime {runtime} is not in the table of {AS_OF.isoformat()}, so it is likely newer."
        )
    day = deprecation.isoformat()
    if deprecation <= today:
        return Verdict.non_compliant(f"Runtime {runtime} is deprecated since {day}: move to a newer one.")
    if deprecation <= today + timedelta(days=parameters.days_ahead):
        return Verdict.non_compliant(f"Runtime {runtime} will be deprecated on {day}: move to a newer one before.")
    return Verdict.compliant(f"Runtime {runtime} is maintained until {day}.")


CHECK = PeriodicCheck(
    id="lambda-runtime",
    title="No deprecated Lambda runtimes",
    description="Functions must not run on a deprecated runtime, which gets no security patches any more.",
    remediation="Move the function to a supported runtime, after a test of it.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::Lambda::Function",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("lambda:ListFunctions",),
)
