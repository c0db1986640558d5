"""AWS Config, the results table, and the comparison of both."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.lambda_context import Place
from compliance_runtime.logs import Log
from compliance_runtime.recording.progress import ProgressStore
from compliance_runtime.recording.reconciliation import Reconciliation
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.rule_comparison import ComparisonContext
from compliance_runtime.recording.rule_directory import RuleDirectory
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from tests.aws_config import AwsConfig, Judged
from tests.unit.compliance_runtime.builders import FUNCTION_ARN
from tests.unit.compliance_runtime.fake_results_table import TABLE, FakeResultsTable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance_runtime.deployment import Recipient
    from compliance_runtime.recording.counts import Counts
    from compliance_runtime.waivers.waiver import DeployedWaiver, WaiverNote

TAGS = "acme-dev-required-tags"
TLS = "acme-dev-buckets"
LATER = CAPTURED_TIME + timedelta(hours=1)


def result(
    resource_id: str,
    compliance: Compliance = Compliance.NON_COMPLIANT,
    *,
    rule: str = TAGS,
    severity: Severity = Severity.HIGH,
    time: datetime = CAPTURED_TIME,
    annotation: str | None = None,
    since: datetime | None = None,
    waiver: WaiverNote | None = None,
) -> Result:
    resource = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", resource_id)
    return Result(resource, rule, severity, compliance, annotation, time, since or time, waiver)


class Killed(BaseException):
    """The function is ended where it stands."""


class Account:
    """AWS Config, the table, and invocations that compare them."""

    def __init__(self) -> None:
        self.table = FakeResultsTable()
        self.store = ResultStore(self.table, TABLE, history_days=10)  # type: ignore[arg-type]  # a stand-in
        self.recipient: Recipient | None = None
        self.aws_config = AwsConfig()
        self.waivers: tuple[DeployedWaiver, ...] = ()
        self._requests = itertools.count()

    @property
    def directory(self) -> RuleDirectory:
        return RuleDirectory(self.table, TABLE, {TAGS: self.waivers})  # type: ignore[arg-type]  # a stand-in

    @property
    def progress(self) -> ProgressStore:
        return ProgressStore(self.table, TABLE)  # type: ignore[arg-type]  # a stand-in

    def knows(self, *results: Result) -> None:
        for one in results:
            self.store.write(one)

    def answers(self, rule: str, *results: Result) -> None:
        self.aws_config.results[rule] = [Judged.of(one) for one in results]

    def fails(self, rule: str, *codes: str) -> None:
        self.aws_config.errors[rule] = list(codes)

    def waived(self) -> dict[str, str]:
        """Which resources have a waiver, with its ticket."""
        items = self.table.present
        return {item["resource_id"]: item["waiver_ticket"] for item in items if "waiver_ticket" in item}

    def reconciliation(
        self,
        rules: Mapping[str, Severity] | None = None,
        seconds: Callable[[], float] = lambda: 900,
        request: str | None = None,
    ) -> Reconciliation:
        deployed = {TAGS: Severity.HIGH} if rules is None else rules
        config = self.aws_config.client
        invocation = request or f"request-{next(self._requests)}"
        sides = ComparisonContext(
            config=config,
            store=self.store,
            recipient=self.recipient,
            waivers=WaiverLookup({TAGS: self.waivers}, lambda: config),
            place=Place.of_function(FUNCTION_ARN),
            log=Log(invocation, "acme-dev-record"),
            remaining_seconds=seconds,
        )
        return Reconciliation(
            sides=sides,
            rules={name: DeployedRule(None, severity) for name, severity in deployed.items()},
            directory=self.directory,
            progress=self.progress,
            invocation=invocation,
        )

    def reconcile(
        self, rules: Mapping[str, Severity] | None = None, seconds: Callable[[], float] = lambda: 900, **more: Any
    ) -> Counts:
        return self.reconciliation(rules, seconds, **more).begin()

    def resume(
        self, rules: Mapping[str, Severity] | None = None, seconds: Callable[[], float] = lambda: 900, **more: Any
    ) -> Counts:
        return self.reconciliation(rules, seconds, **more).resume()

    def present(self) -> dict[str, str]:
        return {item["resource_id"]: item["compliance"] for item in self.table.present}
