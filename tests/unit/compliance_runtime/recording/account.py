"""AWS Config as unkind as its documents let it be, the results table, and the comparison of both."""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from botocore.session import Session, get_session

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.lambda_context import Place
from compliance_runtime.logs import Log
from compliance_runtime.recording.progress import ProgressStore
from compliance_runtime.recording.reconciliation import Reconciliation
from compliance_runtime.recording.result_store import ResultStore
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.results_table import Resource
from compliance_runtime.recording.rule_comparison import ComparisonContext
from compliance_runtime.recording.rule_directory import RuleDirectory
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION, event_item, history_item
from tests.unit.compliance_runtime.builders import FUNCTION_ARN, selected
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


@dataclass
class AwsConfig:
    """What AWS Config says. It lists in any order, a few a page, with empty pages between, and forgets tokens.

    Nothing in its documents promises more.
    """

    results: dict[str, list[Result]] = field(default_factory=dict)
    page: int = 3
    errors: dict[str, list[str]] = field(default_factory=dict)
    """The error codes of the next calls, by rule or resource."""
    words: dict[str, str] = field(default_factory=dict)
    """What it answers of resources instead of their compliance."""
    tags: dict[str, dict[str, str]] = field(default_factory=dict)
    not_indexed: set[str] = field(default_factory=set)
    """The resources that queries do not find."""
    on_call: Callable[[], None] = lambda: None
    """What happens before each page is listed."""
    calls: list[str] = field(default_factory=list)
    """The rules of which a page was listed."""
    _random: random.Random = field(default_factory=lambda: random.Random(5))  # noqa: S311 no secret
    _listings: dict[str, list[Result | None]] = field(default_factory=dict)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)
    _asked: Mapping[str, Any] = field(default_factory=dict)

    def forget_tokens(self) -> None:
        self._listings.clear()

    def client(self) -> Any:
        made = _session().create_client(
            "config",
            region_name=REGION,
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 nobody accepts it
        )
        made.meta.events.register("provide-client-params.config", self._note)
        made.meta.events.register("before-call.config.GetComplianceDetailsByConfigRule", self._list)
        made.meta.events.register("before-call.config.SelectResourceConfig", self._select)
        made.meta.events.register("before-call.config.GetResourceConfigHistory", self._history)
        return made

    def _note(self, params: Mapping[str, Any], **_: Any) -> None:
        self._asked = params

    def _list(self, **_: Any) -> Any:
        asked = self._asked
        rule, token = asked["ConfigRuleName"], asked.get("NextToken")
        assert (asked["ComplianceTypes"], asked["Limit"]) == (["COMPLIANT", "NON_COMPLIANT"], 100)
        self.calls.append(rule)
        if self.errors.get(rule):
            return _error(self.errors[rule].pop(0))
        self.on_call()
        if token is None:
            listing: list[Result | None] = [*self.results.get(rule, [])]
            self._random.shuffle(listing)
            listing[: len(listing) // 2] = [None, *listing[: len(listing) // 2]]
        elif token not in self._listings:
            return _error("InvalidNextTokenException")
        else:
            listing = self._listings.pop(token)
        page, rest = listing[: self.page], listing[self.page :]
        # What is gone by now is listed no more, as pages are not of one moment.
        known = [one for one in page if one in self.results.get(rule, [])]
        answer: dict[str, Any] = {"EvaluationResults": [self._listed(one) for one in known if one]}
        if None in page:
            answer, rest = {"EvaluationResults": []}, [*(one for one in page if one), *rest]
        if rest:
            answer["NextToken"] = f"token-{next(self._numbers)}"
            self._listings[answer["NextToken"]] = rest
        return _Ok(), answer

    def _listed(self, known: Result) -> dict[str, Any]:
        word = self.words.get(known.resource.id)
        return listed(known) | ({"ComplianceType": word} if word else {})

    def _select(self, **_: Any) -> Any:
        asked = set(re.findall(r"'([^':]+)'", self._asked["Expression"])) - self.not_indexed
        return _Ok(), {
            "Results": [row for name in sorted(asked) for row in selected(name, **self.tags.get(name, {}))["Results"]]
        }

    def _history(self, **_: Any) -> Any:
        name = self._asked["resourceId"]
        if self.errors.get(name):
            return _error(self.errors[name].pop(0))
        item = history_item(event_item(resource_id=name, arn=f"arn:aws:s3:::{name}", tags=self.tags.get(name, {})))
        return _Ok(), {"configurationItems": [item]}


@cache
def _session() -> Session:
    """One session keeps AWS's models, whose reading takes longer than a test."""
    return get_session()


class _Ok:
    status_code = 200


def _error(code: str) -> Any:
    refused = _Ok()
    refused.status_code = 400
    return refused, {"Error": {"Code": code, "Message": "refused"}, "ResponseMetadata": {}}


def listed(known: Result) -> dict[str, Any]:
    """The result as GetComplianceDetailsByConfigRule gives it."""
    qualifier = {
        "ConfigRuleName": known.rule_name,
        "ResourceType": known.resource.type,
        "ResourceId": known.resource.id,
    }
    entry: dict[str, Any] = {
        "EvaluationResultIdentifier": {"EvaluationResultQualifier": qualifier},
        "ComplianceType": known.compliance.value,
        "ResultRecordedTime": known.time,
    }
    return entry if known.annotation is None else entry | {"Annotation": known.annotation}


class Account:
    """AWS Config, the table, and invocations that compare them."""

    def __init__(self) -> None:
        self.table = FakeResultsTable()
        self.store = ResultStore(self.table, TABLE, history_days=10)  # type: ignore[arg-type]  # a stand-in
        self.recipient: Recipient | None = None
        self.aws_config = AwsConfig()
        self.waivers: tuple[DeployedWaiver, ...] = ()
        self._config = self.aws_config.client()
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
        self.aws_config.results[rule] = list(results)

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
        config = self._config
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
