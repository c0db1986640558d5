"""AWS around the function that starts evaluations, with a clock that only waiting moves, and with kills."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance_runtime.errors import EvaluationsNotStartedError
from compliance_runtime.logs import Log
from compliance_runtime.recording.throttled_writes import Retries
from compliance_runtime.triggering.starter import Starter
from compliance_runtime.triggering.waiting import Waiting, WaitingStore
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.config.on_demand import OnDemandEvaluations
from tests.unit.compliance_runtime.builders import client
from tests.unit.compliance_runtime.local_config import served

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from compliance_tf.local.api.json_api import Call

TABLE = "acme-dev-results"
FUNCTION_SECONDS = 900.0
RETRY_PAUSES = (60.0, 120.0)
"""AWS Lambda tries an asynchronous invocation twice more (Lambda Developer Guide, asynchronous invocation)."""


EXCEPTIONS = client("dynamodb").exceptions


class Killed(BaseException):
    """AWS Lambda ended the process: nothing of it runs any more."""


@dataclass
class World:
    """AWS Config and the table.

    Parameters
    ----------
    evaluation_seconds
        How long an evaluation takes.
    any_running
        Whether a running evaluation keeps all rules from being started, and not only its own.
    report_seconds
        How late AWS Config says when it invoked a rule.
    kills
        The steps after which the process is killed: each call of AWS is two, before and after it had its effect.
    """

    evaluation_seconds: float = 0.0
    any_running: bool = False
    report_seconds: float = 20.0
    kills: Collection[int] = ()
    unknown_rules: Collection[str] = ()
    now: float = 1_000_000.0
    steps: int = 0
    sent: int = 0
    started: Counter[str] = field(default_factory=Counter)
    item: dict[str, Any] | None = None
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._evaluations = OnDemandEvaluations(60.0, self.evaluation_seconds)
        self._invoked: dict[str, float] = {}
        operations = {
            "StartConfigRulesEvaluation": self._start,
            "DescribeConfigRuleEvaluationStatus": self._statuses,
        }
        self.config = served(operations)
        self.exceptions = EXCEPTIONS

    # -- Invocations -----------------------------------------------------------------------------------------

    def invoke(self, names: Iterable[str], request: str, *, event: str | None = None, deployed: Any = None) -> None:
        """Invoke the function as AWS Lambda does, with its retries."""
        rules = sorted(names)
        known = sorted({*rules, *self.waiting.rules, *self.waiting.claimed}) if deployed is None else deployed
        for pause in (*RETRY_PAUSES, None):
            try:
                self._run(rules, request, {request, event or request}, known)
            except (Killed, EvaluationsNotStartedError) as cause:
                self.failures.append(type(cause).__name__)
                if pause is not None:
                    self.now += pause
                    continue
            return

    def _run(self, names: list[str], request: str, ids: set[str], deployed: Collection[str]) -> None:
        began = self.now
        Starter(
            config=self.config,
            once=self.config,
            store=WaitingStore(self, TABLE, Retries()),  # type: ignore[arg-type]  # it has what is used of a client
            deployed=deployed,
            worker=request,
            log=Log(request, "acme-dev-trigger"),
            remaining_seconds=lambda: began + FUNCTION_SECONDS - self.now,
            now=lambda: self.now,
            sleep=self._sleep,
        ).run(names, ids)

    @property
    def waiting(self) -> Waiting:
        return Waiting.from_item(self.item) if self.item else Waiting()

    def _sleep(self, seconds: float) -> None:
        self.now += seconds / 2
        self._step()
        self.now += seconds / 2

    def _step(self) -> None:
        self.steps += 1
        if self.steps in self.kills:
            raise Killed

    # -- AWS Config ------------------------------------------------------------------------------------------

    def _start(self, call: Call) -> dict[str, Any]:
        self._step()
        self.sent += 1
        names = call.parameters["ConfigRuleNames"]
        unknown = sorted(set(names).intersection(self.unknown_rules))
        if unknown:
            raise ApiError("NoSuchConfigRuleException", f"The ConfigRule '{unknown[0]}' is invalid.")
        running = [*names, *self._invoked] if self.any_running else names
        if any(self._invoked.get(name, 0.0) + self.evaluation_seconds > self.now for name in running):
            raise ApiError("LimitExceededException", "An evaluation is in progress.")
        self._evaluations.start(names, self.now)
        self.started.update(names)
        self._invoked |= dict.fromkeys(names, self.now)
        self._step()
        return {}

    def _statuses(self, call: Call) -> dict[str, Any]:
        names = call.parameters["ConfigRuleNames"]
        unknown = sorted(set(names).intersection(self.unknown_rules))
        if unknown:
            raise ApiError("NoSuchConfigRuleException", f"The ConfigRule '{unknown[0]}' is invalid.")
        return {"ConfigRulesEvaluationStatus": [self._status(name) for name in names]}

    def _status(self, name: str) -> dict[str, Any]:
        invoked = self._invoked.get(name)
        known = invoked is not None and invoked + self.report_seconds <= self.now
        return {"ConfigRuleName": name} | ({"LastSuccessfulInvocationTime": float(int(invoked or 0))} if known else {})

    # -- DynamoDB --------------------------------------------------------------------------------------------

    def get_item(self, **_: Any) -> dict[str, Any]:
        return {"Item": self.item} if self.item else {}

    def put_item(self, *, Item: dict[str, Any], **condition: Any) -> None:  # noqa: N803 boto3's name
        self._step()
        known = self.item["version"] if self.item else None
        if known != condition.get("ExpressionAttributeValues", {}).get(":version"):
            raise self.exceptions.ConditionalCheckFailedException({"Error": {"Code": "C"}}, "PutItem")
        self.item = Item
        self._step()
