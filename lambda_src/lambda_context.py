"""What the Lambdas use of the context that AWS Lambda passes to a handler."""

from __future__ import annotations

from typing import Protocol


class LambdaContext(Protocol):
    """The context of an invocation.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    aws_request_id: str
    invoked_function_arn: str

    def get_remaining_time_in_millis(self) -> int:
        """Give the milliseconds until AWS Lambda ends the invocation."""
        ...


def remaining_seconds(context: LambdaContext) -> float:
    """Give the seconds until AWS Lambda ends the invocation."""
    return context.get_remaining_time_in_millis() / 1000
