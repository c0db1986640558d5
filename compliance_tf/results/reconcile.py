"""Reconciliation on demand: invokes the function, and waits for its result."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import boto3
from botocore.config import Config

from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mypy_boto3_lambda import LambdaClient

    from compliance_tf.results.place import ResultsPlace

_RECONCILE: Final = {"action": "reconcile"}

_WHOLE_INVOCATION: Final = Config(
    # AWS Lambda's longest timeout is 900 seconds. A second attempt would compare everything a second time.
    read_timeout=930,
    connect_timeout=5,
    retries={"mode": "standard", "total_max_attempts": 1},
    tcp_keepalive=True,
)


@dataclass(frozen=True)
class Reconciled:
    """The result of a reconciliation.

    Parameters
    ----------
    counts
        Its counts by name, as the function returns them: ``checked``, ``written``, ``closed`` and more.
    """

    counts: Mapping[str, int]

    def __str__(self) -> str:
        """Return one sentence."""
        left = self.counts.get("left", 0)
        numbers = [f"{number:,} {what}" for what, number in self.counts.items() if number and what != "left"]
        said = f"The table was compared with AWS Config: {', '.join(numbers) or 'there is nothing to compare'}."
        rules = "rule was" if left == 1 else "rules were"
        return f"{said} {left:,} {rules} left: the function goes on with them every hour." if left else said


def reconcile(place: ResultsPlace, client: LambdaClient | None = None) -> Reconciled:
    """Invoke the function that reconciles the table; up to 15 minutes.

    Parameters
    ----------
    client
        Lambda's client; one with a sufficient timeout unless given.

    Returns
    -------
    Reconciled
        The counts of the comparison.

    Raises
    ------
    ResultsError
        When it cannot be invoked, or the comparison is incomplete; the message is the function's.
    """
    name = place.record_function
    missing = (
        f"There is no function {name} in {place.region}: deploy first with `compliance-tf deploy --workspace "
        f"{place.workspace}`, or give --project and --region."
    )
    with explained(f"the function {name} in {place.region}", "lambda:InvokeFunction", missing=missing):
        functions = client or boto3.client("lambda", region_name=place.region, config=_WHOLE_INVOCATION)
        answer = functions.invoke(FunctionName=name, Payload=json.dumps(_RECONCILE))
        said = json.loads(answer["Payload"].read() or "null")
    if "FunctionError" in answer:
        reason = said.get("errorMessage", said) if isinstance(said, dict) else said
        raise ResultsError(f"The function {name} did not compare everything: {reason} Its log says more.")
    counts = said if isinstance(said, dict) else {}
    return Reconciled({name: number for name, number in counts.items() if isinstance(number, int)})
