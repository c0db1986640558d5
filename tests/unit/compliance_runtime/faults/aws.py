"""AWS with faults, behind real clients: botocore writes the requests, tries again, and reads the answers.

Nothing is sent: what botocore is about to send is answered here, or not. A fault is that of a network or of a service:
it may come before a request is carried out or after it, which the caller cannot tell.
"""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.session import Session, get_session

from compliance_tf.testing import REGION
from tests.aws_config import AwsConfig
from tests.served import HERE
from tests.unit.compliance_runtime.fake_results_table import FakeResultsTable

if TYPE_CHECKING:
    import random

RULE = "acme-dev-required-tags"
CANCELLED = ("ThrottlingError", "TransactionConflict")


class Killed(BaseException):
    """The function is ended where it stands."""


class _Raw(BytesIO):
    def stream(self, **_: Any) -> Any:
        yield self.read()


@dataclass
class Faults:
    """Chooses what goes wrong.

    Parameters
    ----------
    chance
        Seeded, so that a failure comes again.
    rate
        The share of requests that meet a fault, 0 to less than 1.
    """

    chance: random.Random
    rate: float
    met: Counter[str] = field(default_factory=Counter)

    def choose(self, operation: str) -> str | None:
        if self.chance.random() >= self.rate:
            return None
        kinds = [
            "throttled",
            "error 500",
            "error 503",
            "reset before",
            "reset after",
            "too slow",
            "killed",
            "killed after",
        ]
        if operation == "TransactWriteItems":
            kinds += ["cancelled"] * 4
        if operation == "PutEvaluations":
            kinds += ["not taken"] * 2
        kind = self.chance.choice(kinds)
        self.met[kind] += 1
        return kind


@cache
def _session() -> Session:
    """A session reads the models of its services once."""
    return get_session()


@dataclass
class Aws:
    """AWS Config and the results table, and the network to both."""

    faults: Faults
    table: FakeResultsTable = field(default_factory=FakeResultsTable)
    config: AwsConfig = field(default_factory=lambda: AwsConfig(RULE))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.config.now += seconds

    def client(self, service: str, attempts: int = 6) -> Any:
        made = _session().create_client(
            service,
            region_name=REGION,
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 nobody accepts it
            config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
        )
        made.meta.events.register("before-send", self._answer)
        return made

    @property
    def says(self) -> dict[str, str]:
        """What AWS Config says, by resource."""
        return {name: verdict for name, verdict in self.config.verdicts().items() if verdict != "NOT_APPLICABLE"}

    def _answer(self, request: Any, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
        fault = self.faults.choose(operation)
        match fault:
            case "throttled":
                return _response(400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
            case "error 500":
                return _response(500, {"__type": "InternalServerError", "message": "internal"})
            case "error 503":
                return _response(503, {})
            case "reset before":
                raise ConnectionClosedError(endpoint_url=request.url)
            case "killed":
                raise Killed
            case "cancelled":
                reasons = [{"Code": self.faults.chance.choice(CANCELLED)}, {"Code": "None"}]
                return _response(400, {"__type": "TransactionCanceledException", "CancellationReasons": reasons})
        self.config.failure_rate = 0.5 if fault == "not taken" else 0.0
        answered = self._carry_out(operation, request.body)
        match fault:
            case "reset after":
                raise ConnectionClosedError(endpoint_url=request.url)
            case "too slow":
                raise ReadTimeoutError(endpoint_url=request.url)
            case "killed after":
                raise Killed
        return answered

    def _carry_out(self, operation: str, body: bytes) -> AWSResponse:
        if operation in self.config.operations:
            status, headers, answer = self.config.api.answer(HERE, "key", operation, body)
            return AWSResponse("https://aws", status, headers, _Raw(answer))
        asked = json.loads(body)
        if operation == "Query":
            items = [item for page in self.table.paginate(**asked) for item in page["Items"]]
            return _response(200, {"Items": items, "Count": len(items), "ScannedCount": len(items)})
        return self._of_table(operation, asked)

    def _of_table(self, operation: str, asked: dict[str, Any]) -> AWSResponse:
        # botocore adds a token by which DynamoDB knows a request again; the table's conditions do as well.
        asked.pop("ClientRequestToken", None)
        method = getattr(self.table, re.sub("(?<!^)(?=[A-Z])", "_", operation).lower())
        try:
            return _response(200, method(**_with_bytes(asked)) or {})
        except ClientError as cause:
            error = {"__type": cause.response["Error"]["Code"], "message": cause.response["Error"]["Message"]}
            return _response(400, error | {"CancellationReasons": cause.response.get("CancellationReasons", [])})


def _response(status: int, answer: dict[str, Any]) -> AWSResponse:
    body = json.dumps(answer, default=lambda value: base64.b64encode(value).decode()).encode()
    return AWSResponse("https://aws", status, {"content-type": "application/x-amz-json-1.1"}, _Raw(body))


def _with_bytes(asked: dict[str, Any]) -> dict[str, Any]:
    """Read what is binary, as botocore writes it."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        return {"B": base64.b64decode(read["B"])} if read.keys() == {"B"} and isinstance(read["B"], str) else read

    return dict(json.loads(json.dumps(asked), object_pairs_hook=read))
