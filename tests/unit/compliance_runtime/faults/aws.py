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
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError
from botocore.session import Session, get_session

from compliance_tf.testing import CAPTURED_TIME, REGION
from tests.unit.compliance_runtime.builders import compliance_event
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


@dataclass
class Aws:
    """AWS Config's results of one rule, the results table, and the events that were not delivered yet."""

    faults: Faults
    table: FakeResultsTable = field(default_factory=FakeResultsTable)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    last_events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The event of each resource's last change."""
    started: list[tuple[str, float]] = field(default_factory=list)
    """The rules whose evaluation was started, and when."""
    now: float = CAPTURED_TIME.timestamp()
    _session: Session = field(default_factory=get_session)
    _clock: datetime = CAPTURED_TIME

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds

    def client(self, service: str, attempts: int = 6) -> Any:
        made = self._session.create_client(
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
        verdicts = {name: result["ComplianceType"] for name, result in self.results.items()}
        return {name: verdict for name, verdict in verdicts.items() if verdict != "NOT_APPLICABLE"}

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
        answered = self._carry_out(operation, json.loads(request.body), not_taken=fault == "not taken")
        match fault:
            case "reset after":
                raise ConnectionClosedError(endpoint_url=request.url)
            case "too slow":
                raise ReadTimeoutError(endpoint_url=request.url)
            case "killed after":
                raise Killed
        return answered

    def _carry_out(self, operation: str, asked: dict[str, Any], *, not_taken: bool) -> AWSResponse:
        match operation:
            case "PutEvaluations":
                return _response(200, self._put(asked["Evaluations"], not_taken=not_taken))
            case "GetComplianceDetailsByConfigRule":
                found = [one for one in self.results.values() if one["ComplianceType"] in asked["ComplianceTypes"]]
                return _response(200, {"EvaluationResults": found})
            case "StartConfigRulesEvaluation":
                self.started += [(name, self.now) for name in asked["ConfigRuleNames"]]
                return _response(200, {})
            case "DescribeConfigRuleEvaluationStatus":
                times = dict(self.started)
                known = {name: {"LastSuccessfulInvocationTime": time} for name, time in times.items()}
                statuses = [{"ConfigRuleName": name, **known.get(name, {})} for name in asked["ConfigRuleNames"]]
                return _response(200, {"ConfigRulesEvaluationStatus": statuses})
            case "Query":
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

    def _put(self, evaluations: list[dict[str, Any]], *, not_taken: bool) -> dict[str, Any]:
        failed = evaluations[:1] if not_taken else []
        for new in evaluations[len(failed) :]:
            name = new["ComplianceResourceId"]
            old = self.results.get(name)
            if old and old["EvaluationResultIdentifier"]["OrderingTimestamp"] > new["OrderingTimestamp"]:
                continue
            self._clock += timedelta(seconds=1)
            qualifier = {"ConfigRuleName": RULE, "ResourceType": new["ComplianceResourceType"], "ResourceId": name}
            self.results[name] = {
                "EvaluationResultIdentifier": {
                    "EvaluationResultQualifier": qualifier,
                    "OrderingTimestamp": new["OrderingTimestamp"],
                },
                "ComplianceType": new["ComplianceType"],
                "ResultRecordedTime": self._clock.timestamp(),
            }
            before = old["ComplianceType"] if old else None
            if before != new["ComplianceType"] and (old or new["ComplianceType"] != "NOT_APPLICABLE"):
                event = compliance_event(
                    new["ComplianceType"],
                    rule_name=RULE,
                    resource_id=name,
                    recorded=self._clock.astimezone(UTC).isoformat(),
                    before=before,
                )
                self.events.append(event)
                self.last_events[name] = event
        return {"FailedEvaluations": failed}


def _response(status: int, answer: dict[str, Any]) -> AWSResponse:
    body = json.dumps(answer, default=lambda value: base64.b64encode(value).decode()).encode()
    return AWSResponse("https://aws", status, {"content-type": "application/x-amz-json-1.1"}, _Raw(body))


def _with_bytes(asked: dict[str, Any]) -> dict[str, Any]:
    """Read what is binary, as botocore writes it."""

    def read(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        read = dict(pairs)
        return {"B": base64.b64decode(read["B"])} if read.keys() == {"B"} and isinstance(read["B"], str) else read

    return dict(json.loads(json.dumps(asked), object_pairs_hook=read))
