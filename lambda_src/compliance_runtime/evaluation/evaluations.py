"""Verdicts go to AWS Config, all of them.

https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from compliance_runtime.errors import EvaluationsNotPutError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import EvaluationTypeDef

    from compliance_runtime.check import Compliance, Verdict

MAX_EVALUATIONS = 100
"""Evaluations in one call."""

MAX_ANNOTATION = 256
"""Characters of an annotation, of which there must be one at least."""

FIRST_DELAY = 0.2
MAX_DELAY = 5.0
RESERVE = 2.0
"""Seconds that are kept for the last call and for the error that says what was not put."""

_MARK = " …"
_LAST_OF_BASIC_PLANE = 0xFFFF


@dataclass(frozen=True)
class Evaluation:
    """A verdict about one resource, with the time of the state that was judged."""

    resource_type: str
    resource_id: str
    verdict: Verdict
    ordering_time: datetime


def annotation(reason: str) -> str:
    """Make a text that AWS Config takes: 1 to 256 characters, cut at a word and marked if there were more."""
    text = "".join(_plain(character) for character in " ".join(reason.split()))
    if not text:
        return "No reason given."
    if len(text) <= MAX_ANNOTATION:
        return text
    room = MAX_ANNOTATION - len(_MARK)
    words, _, _ = text[: room + 1].rpartition(" ")
    return (words or text[:room]) + _MARK


def put_evaluations(
    config: ConfigServiceClient,
    evaluations: Iterable[Evaluation],
    result_token: str,
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None] = time.sleep,
) -> Counter[Compliance]:
    """Put all evaluations, 100 a call as soon as there are as many, and those that AWS Config could not take again.

    Returns
    -------
    Counter[Compliance]
        How many of each result.

    Raises
    ------
    EvaluationsNotPutError
        When the next attempt would not end before the function does.
    Exception
        Whatever ``evaluations`` or boto3 raises. What was put until then stays.
    """
    counts: Counter[Compliance] = Counter()
    left = iter(evaluations)
    while batch := list(islice(left, MAX_EVALUATIONS)):
        _put_batch(config, batch, result_token, remaining_seconds, sleep)
        counts.update(evaluation.verdict.compliance for evaluation in batch)
    return counts


def _put_batch(
    config: ConfigServiceClient,
    batch: Sequence[Evaluation],
    result_token: str,
    remaining_seconds: Callable[[], float],
    sleep: Callable[[float], None],
) -> None:
    longest = FIRST_DELAY
    while batch := _put_once(config, batch, result_token):
        # Spread over the whole time: the functions of a burst would otherwise all come back together.
        delay = random.uniform(0, longest)  # noqa: S311 no secret
        if delay + RESERVE > remaining_seconds():
            names = ", ".join(f"{failed.resource_type} {failed.resource_id}" for failed in batch[:3])
            raise EvaluationsNotPutError(f"AWS Config did not take {len(batch)} evaluations in time: {names}.")
        sleep(delay)
        longest = min(MAX_DELAY, longest * 2)


def _put_once(config: ConfigServiceClient, batch: Sequence[Evaluation], result_token: str) -> Sequence[Evaluation]:
    """Put the evaluations and return those that were not taken."""
    answer = config.put_evaluations(Evaluations=[_entry(one) for one in batch], ResultToken=result_token)
    failed = {
        (entry["ComplianceResourceType"], entry["ComplianceResourceId"])
        for entry in answer.get("FailedEvaluations", [])
    }
    left = [one for one in batch if (one.resource_type, one.resource_id) in failed]
    # An answer that names others must not end as success.
    return left if left or not failed else batch


def _entry(evaluation: Evaluation) -> EvaluationTypeDef:
    return {
        "ComplianceResourceType": evaluation.resource_type,
        "ComplianceResourceId": evaluation.resource_id,
        "ComplianceType": evaluation.verdict.compliance.value,
        "Annotation": annotation(evaluation.verdict.reason),
        "OrderingTimestamp": evaluation.ordering_time,
    }


def _plain(character: str) -> str:
    """Replace characters outside of the basic plane, which may count twice, and those that may not be sent at all."""
    return (
        character if character.isprintable() and ord(character) <= _LAST_OF_BASIC_PLANE else "\N{REPLACEMENT CHARACTER}"
    )
