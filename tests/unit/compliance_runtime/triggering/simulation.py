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
from tests.aws_config import AwsConfig
from tests.unit.compliance_runtime.fake_results_table import TABLE, FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


FUNCTION_SECONDS = 900.0
RETRY_PAUSES = (60.0, 120.0)
"""AWS Lambda tries an asynchronous invocation twice more (Lambda Developer Guide, asynchronous invocation)."""


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
    steps: int = 0
    failures: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.aws_config = AwsConfig(
            evaluation_seconds=self.evaluation_seconds,
            any_running=self.any_running,
            report_seconds=self.report_seconds,
            unknown_rules=self.unknown_rules,
            on_start=self._step,
            now=1_000_000.0,
        )
        self.table = FakeResultsTable()
        self.exceptions = self.table.exceptions

    @property
    def now(self) -> float:
        return self.aws_config.now

    @now.setter
    def now(self, seconds: float) -> None:
        self.aws_config.now = seconds

    @property
    def started(self) -> Counter[str]:
        """How often the evaluation of each rule was started."""
        return Counter(name for name, _ in self.aws_config.started)

    @property
    def sent(self) -> int:
        """How many calls there were to start some."""
        return self.aws_config.calls["StartConfigRulesEvaluation"]

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
            config=self.aws_config.client,
            once=self.aws_config.client,
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
        return WaitingStore(self.table, TABLE, Retries()).read()  # type: ignore[arg-type]  # a stand-in

    def _sleep(self, seconds: float) -> None:
        self.now += seconds / 2
        self._step()
        self.now += seconds / 2

    def _step(self) -> None:
        self.steps += 1
        if self.steps in self.kills:
            raise Killed

    # -- DynamoDB --------------------------------------------------------------------------------------------

    def get_item(self, **asked: Any) -> dict[str, Any]:
        return self.table.get_item(**asked)

    def put_item(self, **asked: Any) -> None:
        self._step()
        self.table.put_item(**asked)
        self._step()
