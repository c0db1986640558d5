"""PutEvaluations: puts all verdicts, in batches and with retries.

https://docs.aws.amazon.com/config/latest/APIReference/API_PutEvaluations.html
"""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from compliance_runtime.errors import EvaluationsNotPutError, EvaluationsRefusedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import EvaluationTypeDef

    from compliance_runtime.check import Compliance, Verdict

TEST_TOKEN = "TESTMODE"  # noqa: S105 AWS Config's word
"""The token of test events: AWS Config accepts it in test mode only, and stores no result."""

MAX_EVALUATIONS = 100
"""Evaluations in one call."""

MAX_ANNOTATION = 256
"""Maximum characters of an annotation; the minimum is 1."""

FIRST_DELAY = 0.2
MAX_DELAY = 5.0
RESERVE = 2.0
"""Seconds that are reserved for the last call and for the error message."""

MAX_EXAMPLES = 3
MAX_EXAMPLE = 300
"""The number of refused evaluations in an error message, and the maximum characters of each and of its reason."""

_REFUSALS = frozenset({"InvalidParameterValueException", "ValidationException"})

_MARK = " …"
_LAST_OF_BASIC_PLANE = 0xFFFF


@dataclass(frozen=True)
class Evaluation:
    """A verdict on one resource, with the time of the state that was evaluated."""

    resource_type: str
    resource_id: str
    verdict: Verdict
    ordering_time: datetime


def annotation(reason: str) -> str:
    """Return a text that AWS Config accepts: 1 to 256 characters, cut at a word, with a mark if it was longer."""
    text = "".join(_plain(character) for character in " ".join(reason.split()))
    if not text:
        return "No reason given."
    if len(text) <= MAX_ANNOTATION:
        return text
    room = MAX_ANNOTATION - len(_MARK)
    words, _, _ = text[: room + 1].rpartition(" ")
    return (words or text[:room]) + _MARK


@dataclass
class EvaluationWriter:
    """A writer of evaluations that isolates those that AWS Config refuses.

    PutEvaluations refuses all evaluations of a call because of a single one, such as one of an unknown resource type
    (https://github.com/awslabs/aws-config-rdk/issues/290).

    Parameters
    ----------
    config
        The client of AWS Config.
    result_token
        The token of the invocation.
    remaining_seconds
        Returns the seconds until the function is ended.
    sleep
        Sleeps for some seconds.
    refused
        The number of refused evaluations.
    """

    config: ConfigServiceClient
    result_token: str
    remaining_seconds: Callable[[], float]
    sleep: Callable[[float], None] = time.sleep
    refused: int = 0
    _examples: list[str] = field(default_factory=list)
    _refused_types: set[str] = field(default_factory=set)

    def put(self, evaluations: Iterable[Evaluation]) -> Counter[Compliance]:
        """Put all evaluations, in batches of 100, and retry those that failed.

        Returns
        -------
        Counter[Compliance]
            The number of evaluations by compliance type, refused ones included.

        Raises
        ------
        EvaluationsNotPutError
            When there is no time for another attempt.
        Exception
            Whatever ``evaluations`` or boto3 raises. What was put until then stays.
        """
        counts: Counter[Compliance] = Counter()
        left = iter(evaluations)
        while batch := list(islice(left, MAX_EVALUATIONS)):
            self._put_batch(batch)
            counts.update(evaluation.verdict.compliance for evaluation in batch)
        return counts

    def check(self) -> None:
        """Raise an error if any evaluation was refused: call it at the end.

        Raises
        ------
        EvaluationsRefusedError
            The message names some of the refused evaluations, with the reasons.
        """
        if self.refused:
            raise EvaluationsRefusedError(
                f"AWS Config refused {self.refused} evaluations and took all others: {'; '.join(self._examples)}"
            )

    def _put_batch(self, batch: Sequence[Evaluation]) -> None:
        delay_limit = FIRST_DELAY
        while batch := self._put_once(batch):
            # Full jitter: the functions of a burst would otherwise all retry at the same time.
            delay = random.uniform(0, delay_limit)  # noqa: S311 no secret
            if delay + RESERVE > self.remaining_seconds():
                names = ", ".join(f"{failed.resource_type} {failed.resource_id}" for failed in batch[:3])
                raise EvaluationsNotPutError(f"AWS Config did not take {len(batch)} evaluations in time: {names}.")
            self.sleep(delay)
            delay_limit = min(MAX_DELAY, delay_limit * 2)

    def _put_once(self, batch: Sequence[Evaluation]) -> Sequence[Evaluation]:
        """Put the evaluations and return those that failed; halve a refused batch to isolate the refused one."""
        from botocore.exceptions import ClientError, ParamValidationError

        for one in batch:
            if one.resource_type in self._refused_types:
                self._refuse(one, "its type was refused before")
        batch = [one for one in batch if one.resource_type not in self._refused_types]
        if not batch:
            return batch
        try:
            return self._sent(batch)
        except (ClientError, ParamValidationError) as cause:
            if isinstance(cause, ClientError) and cause.response["Error"]["Code"] not in _REFUSALS:
                raise
            if len(batch) == 1:
                if batch[0].resource_type and batch[0].resource_type in str(cause):
                    self._refused_types.add(batch[0].resource_type)
                self._refuse(batch[0], str(cause))
                return []
        middle = len(batch) // 2
        return [*self._put_once(batch[:middle]), *self._put_once(batch[middle:])]

    def _sent(self, batch: Sequence[Evaluation]) -> Sequence[Evaluation]:
        entries = [_entry(one) for one in batch]
        if self.result_token == TEST_TOKEN:
            answer = self.config.put_evaluations(Evaluations=entries, ResultToken=self.result_token, TestMode=True)
        else:
            answer = self.config.put_evaluations(Evaluations=entries, ResultToken=self.result_token)
        failed = {
            (entry["ComplianceResourceType"], entry["ComplianceResourceId"])
            for entry in answer.get("FailedEvaluations", [])
        }
        left = [one for one in batch if (one.resource_type, one.resource_id) in failed]
        # A response with unknown failed evaluations must not count as success.
        return left if left or not failed else batch

    def _refuse(self, evaluation: Evaluation, reason: str) -> None:
        self.refused += 1
        if len(self._examples) < MAX_EXAMPLES:
            named = f"{evaluation.resource_type} {evaluation.resource_id}"
            self._examples.append(f"{named:.{MAX_EXAMPLE}} ({reason:.{MAX_EXAMPLE}})")


def _entry(evaluation: Evaluation) -> EvaluationTypeDef:
    return {
        "ComplianceResourceType": evaluation.resource_type,
        "ComplianceResourceId": evaluation.resource_id,
        "ComplianceType": evaluation.verdict.compliance.value,
        "Annotation": annotation(evaluation.verdict.reason),
        "OrderingTimestamp": evaluation.ordering_time,
    }


def _plain(character: str) -> str:
    """Replace characters outside of the basic plane, which may count twice, and those that are not allowed."""
    return (
        character if character.isprintable() and ord(character) <= _LAST_OF_BASIC_PLANE else "\N{REPLACEMENT CHARACTER}"
    )
