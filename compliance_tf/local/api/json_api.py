"""A service of AWS with a JSON protocol: requests in, validated responses out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.api_model import (
    declared_errors,
    request_violations,
    response_violations,
    service_model,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance_tf.local.api.account_region import AccountRegion

Response = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


@dataclass(frozen=True)
class Call:
    """A decoded request of a client."""

    place: AccountRegion
    access_key: str
    operation: str
    parameters: dict[str, Any]


class JsonApi:
    """The dispatcher of the operations of one service.

    A response that violates botocore's model, or an error code that the operation does not declare, is a bug of the
    local AWS: the client gets an InternalFailure with the place, and never a wrong response.

    Parameters
    ----------
    service
        botocore's name of the service.
    operations
        The handler of each operation; others are refused as unknown.
    authorize
        Raises :class:`ApiError` when the caller lacks the permission.
    """

    def __init__(
        self,
        service: str,
        operations: Mapping[str, Callable[[Call], dict[str, Any]]],
        authorize: Callable[[Call], None],
    ) -> None:
        self._model = service_model(service)
        self._operations = operations
        self._authorize = authorize

    def answer(self, place: AccountRegion, access_key: str, target: str, body: bytes) -> Response:
        """Answer one request; ``target`` is its X-Amz-Target header."""
        call = Call(place, access_key, target.rpartition(".")[2], json.loads(body or b"{}"))
        try:
            return self._respond(200, self._checked(call))
        except ApiError as error:
            return self._respond(400, {"__type": error.code, "message": error.message}, code=error.code)
        except ModelMismatchError as error:
            failure = {"__type": "InternalFailure", "message": str(error)}
            return self._respond(500, failure, code="InternalFailure")

    def _checked(self, call: Call) -> dict[str, Any]:
        if call.operation not in self._operations:
            raise ApiError("UnknownOperationException", f"The local AWS does not serve {call.operation}.")
        model = self._model.operation_model(call.operation)
        self._authorize(call)
        if violations := request_violations(model, call.parameters):
            count = f"{len(violations)} validation error{'s' if len(violations) > 1 else ''} detected"
            raise ApiError("ValidationException", f"{count}: {'; '.join(violations)}")
        try:
            response = self._operations[call.operation](call)
        except ApiError as error:
            if error.code not in declared_errors(model):
                raise ModelMismatchError(call.operation, f"error {error.code} is not declared") from error
            raise
        if violations := response_violations(model, response):
            raise ModelMismatchError(call.operation, "; ".join(violations))
        return response

    def _respond(self, status: int, content: dict[str, Any], *, code: str | None = None) -> Response:
        headers = {"Content-Type": f"application/x-amz-json-{self._model.metadata['jsonVersion']}"}
        if code:
            headers["x-amzn-errortype"] = code
        return status, headers, json.dumps(content).encode()


class ModelMismatchError(Exception):
    """A response of the local AWS violates botocore's model."""

    def __init__(self, operation: str, problem: str) -> None:
        super().__init__(f"{operation}: the local AWS's answer is not what botocore's model allows: {problem}")
