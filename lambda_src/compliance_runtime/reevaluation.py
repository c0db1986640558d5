"""Evaluations are started: of all rules, or of those that an API call concerns.

https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigRulesEvaluation.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.errors import EvaluationsNotStartedError, EventError
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.deployment import DeployedRule

REEVALUATE = "reevaluate"
"""The action that asks for all rules."""

MAX_RULES = 25
"""Rules in one call."""


def rules_to_evaluate(event: object, rules: Mapping[str, DeployedRule]) -> list[str]:
    """List the names of the rules that an event asks for, sorted.

    Parameters
    ----------
    event
        ``{"action": "reevaluate"}`` or a CloudTrail event. An API call that failed changed nothing, so it asks for
        none.
    rules
        The deployed rules by their whole name.

    Raises
    ------
    EventError
        When it is another event.
    """
    outer = JsonObject.of(event, "event", EventError)
    action = outer.optional_text("action")
    if action is not None:
        if action != REEVALUATE:
            raise EventError(f"event.action is {action!r:.80}; it must be {REEVALUATE!r}.")
        return sorted(rules)
    detail = outer.member("detail")
    call = f"{detail.text('eventSource')}:{detail.text('eventName')}"
    if detail.optional_text("errorCode"):
        return []
    return sorted(name for name, rule in rules.items() if call in rule.api_calls)


@dataclass(frozen=True)
class Refused:
    """A rule whose evaluation AWS Config did not start."""

    rule_name: str
    reason: str


def start_evaluations(config: ConfigServiceClient, names: Sequence[str]) -> None:
    """Start the evaluation of these rules, 25 a call.

    Where AWS Config refuses some, such as those that are being evaluated, the others are started all the same.

    Raises
    ------
    EvaluationsNotStartedError
        In the end, when AWS Config refused some, so that AWS Lambda invokes again; the message names them.
    """
    refused: list[Refused] = []
    for start in range(0, len(names), MAX_RULES):
        refused += _start(config, names[start : start + MAX_RULES])
    if refused:
        reasons = "; ".join(f"{one.rule_name}: {one.reason}" for one in refused)
        raise EvaluationsNotStartedError(f"{len(refused)} of {len(names)} rules were not started: {reasons}.")


def _start(config: ConfigServiceClient, names: Sequence[str]) -> list[Refused]:
    """Halve what is refused: one rule makes AWS Config refuse all that are named with it."""
    try:
        config.start_config_rules_evaluation(ConfigRuleNames=names)
    except (
        config.exceptions.ResourceInUseException,
        config.exceptions.LimitExceededException,
        config.exceptions.NoSuchConfigRuleException,
    ) as cause:
        if len(names) == 1:
            return [Refused(names[0], type(cause).__name__)]
        middle = len(names) // 2
        return _start(config, names[:middle]) + _start(config, names[middle:])
    return []
