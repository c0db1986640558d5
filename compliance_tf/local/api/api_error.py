"""Errors of AWS as clients receive them."""

from __future__ import annotations


class ApiError(Exception):
    """A response with an error code of AWS; clients see it as botocore's ClientError.

    Parameters
    ----------
    code
        The code, for example ``NoSuchConfigRuleException``. Each operation may return only the codes that its
        model in botocore declares, and those that all operations share.
    message
        The message of AWS.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
