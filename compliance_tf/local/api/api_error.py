"""An error as AWS answers it to a client."""

from __future__ import annotations


class ApiError(Exception):
    """An answer with an error code of AWS; clients see it as botocore's ClientError.

    Parameters
    ----------
    code
        The code, for example ``NoSuchConfigRuleException``. Each operation may answer only the codes that its
        model in botocore declares, and those that all operations share.
    message
        What AWS would say.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
