"""The parts of AWS Lambda's context that the functions use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from compliance_runtime.errors import EventError

_ARN_PARTS = 7


class LambdaContext(Protocol):
    """The context of an invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str
    function_name: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until AWS Lambda ends the invocation."""
        ...


@dataclass(frozen=True)
class Place:
    """The account and region that a function runs in."""

    account: str
    region: str

    @classmethod
    def of_function(cls, arn: str) -> Place:
        """Read the account and region from a Lambda function's ARN.

        Returns
        -------
        Place
            The account and region.

        Raises
        ------
        EventError
            When it is not such an ARN.
        """
        parts = arn.split(":")
        if len(parts) < _ARN_PARTS:
            raise EventError(
                f"The function's ARN is {arn!r:.80}; it must be arn:aws:lambda:<region>:<account>:function:<name>."
            )
        return cls(account=parts[4], region=parts[3])


def remaining_seconds(context: LambdaContext) -> float:
    """Return the seconds until AWS Lambda ends the invocation."""
    return context.get_remaining_time_in_millis() / 1000
