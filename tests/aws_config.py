"""AWS Config in process, behind a real client: local AWS's own, with all that AWS's documents leave open.

The one stand-in of all tests that need no server. botocore checks what is sent; local AWS's recorder, history, queries
and types decide what is answered. What AWS promises nowhere is unkind here: results are listed in any order, a few a
page, with empty pages between and tokens that are forgotten; calls are throttled and evaluations not taken where a test
says so.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import from_epoch
from compliance_tf.local.api.json_api import Call, JsonApi
from compliance_tf.local.config.configuration_item import Resource
from compliance_tf.local.config.evaluation import check_types
from compliance_tf.local.config.history import History
from compliance_tf.local.config.on_demand import OnDemandEvaluations
from compliance_tf.local.config.queries import Queries
from compliance_tf.local.config.recorder import RecorderSlot
from compliance_tf.local.config.tags import Tags
from compliance_tf.testing import CAPTURED_TIME, REGION
from tests.served import HERE, served_by
from tests.unit.compliance_runtime.builders import compliance_event

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from compliance_runtime.check import Compliance
    from compliance_runtime.recording.results import Result

WEEK = 7 * 24 * 60 * 60.0
BUCKET = "AWS::S3::Bucket"


@dataclass(frozen=True)
class Judged:
    """What AWS Config says of a rule and a resource.

    Parameters
    ----------
    compliance
        As AWS Config writes it.
    ordered
        The time by which of two evaluations one is kept.
    recorded
        When it was kept.
    """

    rule: str
    resource_type: str
    resource_id: str
    compliance: str
    annotation: str | None
    ordered: datetime
    recorded: datetime

    @classmethod
    def of(cls, result: Result) -> Judged:
        """Take what the table would have."""
        known = result.resource
        return cls(
            result.rule_name, known.type, known.id, result.compliance.value, result.annotation, result.time, result.time
        )

    def described(self) -> dict[str, Any]:
        """Return the form of GetComplianceDetailsByConfigRule."""
        qualifier = {
            "ConfigRuleName": self.rule,
            "ResourceType": self.resource_type,
            "ResourceId": self.resource_id,
        }
        return {
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": qualifier,
                "OrderingTimestamp": self.ordered.timestamp(),
            },
            "ComplianceType": self.compliance,
            "ResultRecordedTime": self.recorded.timestamp(),
        } | ({"Annotation": self.annotation} if self.annotation else {})


@dataclass
class AwsConfig:
    """AWS Config of an account with a recorder.

    Parameters
    ----------
    rule
        The rule that PutEvaluations is for, as result tokens say it.
    page
        How many results a page has at most.
    failure_rate
        The share of evaluations that PutEvaluations does not take.
    keeps_last
        Whether it keeps the evaluation that came last and not the one with the later ordering time: nobody knows.
    refused
        The resources for which PutEvaluations refuses the whole call.
    errors
        The error codes of the next calls, by rule or resource.
    refusing
        The error codes with which operations are refused.
    words
        What it answers of resources instead of their compliance.
    not_indexed
        The resources that queries do not find.
    listing
        What it still lists when it lags behind.
    histories
        Items of resources as they stand, instead of what was recorded.
    on_page
        What happens before each page is listed.
    evaluation_seconds
        How long an evaluation takes that was started on demand.
    any_running
        Whether a running evaluation keeps all rules from being started, and not only its own.
    report_seconds
        How late it says when it invoked a rule.
    unknown_rules
        The rules that it does not have.
    on_start
        What happens before and after evaluations are started.
    now
        The time of what is started, in seconds since 1970.
    """

    rule: str = "acme-dev-rule"
    page: int = 3
    failure_rate: float = 0.0
    keeps_last: bool = False
    refused: set[str] = field(default_factory=set)
    errors: dict[str, list[str]] = field(default_factory=dict)
    refusing: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    not_indexed: set[str] = field(default_factory=set)
    listing: list[Judged] | None = None
    histories: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    on_page: Callable[[], None] = lambda: None
    evaluation_seconds: float = 0.0
    any_running: bool = False
    report_seconds: float = 0.0
    unknown_rules: Collection[str] = ()
    on_start: Callable[[], None] = lambda: None
    now: float = CAPTURED_TIME.timestamp()

    results: dict[str, list[Judged]] = field(default_factory=dict)
    """What it says, by rule."""
    calls: Counter[str] = field(default_factory=Counter)
    """How often each operation was called."""
    asked: list[Call] = field(default_factory=list)
    """The calls with their parameters."""
    pages: list[str] = field(default_factory=list)
    """The rules of which a page was listed."""
    events: list[dict[str, Any]] = field(default_factory=list)
    """Its events of changes, which nobody has taken yet."""
    last_events: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The event of each resource's last change."""
    started: list[tuple[str, float]] = field(default_factory=list)
    """The rules whose evaluation was started on demand, and when."""

    def __post_init__(self) -> None:
        recorder = RecorderSlot(HERE, Tags())
        recorder.put(_call("Put", ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/r"}))
        self._random = random.Random(5)  # noqa: S311 no secret
        self._clock = CAPTURED_TIME
        self._resources: list[Resource] = []
        self._history = History(HERE, recorder, WEEK)
        self._queries = Queries(self._history, 0)
        self._listings: dict[str, list[Judged | None]] = {}
        self.operations: dict[str, Callable[[Call], dict[str, Any]]] = {
            "PutEvaluations": self._put,
            "GetComplianceDetailsByConfigRule": self._list,
            "GetResourceConfigHistory": self._items,
            "SelectResourceConfig": self._select,
            "StartConfigRulesEvaluation": self._start,
            "DescribeConfigRuleEvaluationStatus": self._statuses,
        }
        self._on_demand = OnDemandEvaluations(60.0, self.evaluation_seconds)
        self.api = JsonApi("config", self.operations, self._note)
        self.client = served_by(self.api, self._said)

    # -- What tests make of it ---------------------------------------------------------------------------------

    def record(
        self,
        name: str,
        *,
        days_ago: float = 0,
        resource_type: str = BUCKET,
        named: str | None = None,
        arn: str | None = None,
        **tags: str,
    ) -> None:
        """Record a resource that has not changed for some days. Record the oldest first."""
        resource = Resource(
            resource_type=resource_type,
            resource_id=name,
            resource_name=named or name,
            arn=arn or f"arn:aws:s3:::{name}",
            region=REGION,
            availability_zone="Regional",
            created=None,
            tags=tags,
            configuration={"name": name},
        )
        self._resources.append(resource)
        self._history.observe(self._resources, lambda _: True, datetime.now(UTC) - timedelta(days=days_ago))

    def judge(self, resource_id: str, compliance: Compliance) -> None:
        """Judge a bucket a second later."""
        ordered = self._clock + timedelta(seconds=1)
        self._keep(Judged(self.rule, BUCKET, resource_id, compliance.value, None, ordered, ordered))

    def forget_tokens(self) -> None:
        self._listings.clear()

    # -- What tests see of it ----------------------------------------------------------------------------------

    @property
    def known(self) -> dict[str, Judged]:
        """What was put, by resource."""
        return {one.resource_id: one for one in self.results.get(self.rule, [])}

    def verdicts(self) -> dict[str, str]:
        """What was put of each resource."""
        return {name: one.compliance for name, one in self.known.items()}

    def reasons(self) -> dict[str, str | None]:
        """Why, by resource."""
        return {name: one.annotation for name, one in self.known.items()}

    # -- What it answers ---------------------------------------------------------------------------------------

    def _note(self, call: Call) -> None:
        self.calls[call.operation] += 1
        self.asked.append(call)
        if code := self.refusing.get(call.operation):
            raise ApiError(code, "No.")
        for name in ("ConfigRuleName", "resourceId"):
            if codes := self.errors.get(call.parameters.get(name, "")):
                if name == "ConfigRuleName":
                    self.pages.append(call.parameters[name])
                raise ApiError(codes.pop(0), "No.")

    def _put(self, call: Call) -> dict[str, Any]:
        evaluations = call.parameters["Evaluations"]
        check_types(evaluations)
        if self.refused.intersection(one["ComplianceResourceId"] for one in evaluations):
            raise ApiError("InvalidParameterValueException", "No.")
        failed = [one for one in evaluations if self._random.random() < self.failure_rate]
        for one in evaluations:
            if one not in failed and not call.parameters.get("TestMode"):
                self._keep(self._judged(one))
        return {"FailedEvaluations": failed}

    def _judged(self, evaluation: Mapping[str, Any]) -> Judged:
        ordered = from_epoch(evaluation["OrderingTimestamp"])
        return Judged(
            self.rule,
            evaluation["ComplianceResourceType"],
            evaluation["ComplianceResourceId"],
            evaluation["ComplianceType"],
            evaluation.get("Annotation"),
            ordered,
            ordered,
        )

    def _keep(self, new: Judged) -> None:
        """Keep a result unless it has a later one; one that is the same again makes no event."""
        known = self.known
        before = known.get(new.resource_id)
        if before and before.ordered > new.ordered and not self.keeps_last:
            return
        self._clock += timedelta(seconds=1)
        self.results[self.rule] = [*(known | {new.resource_id: replace(new, recorded=self._clock)}).values()]
        was = before.compliance if before else None
        if was == new.compliance or (was is None and new.compliance == "NOT_APPLICABLE"):
            return
        event = compliance_event(
            new.compliance,
            rule_name=self.rule,
            resource_type=new.resource_type,
            resource_id=new.resource_id,
            recorded=self._clock.isoformat(),
            before=was,
        )
        self.events.append(event)
        self.last_events[new.resource_id] = event

    def _list(self, call: Call) -> dict[str, Any]:
        rule, token = call.parameters["ConfigRuleName"], call.parameters.get("NextToken")
        self.pages.append(rule)
        self.on_page()
        says = self.results.get(rule, []) if self.listing is None else self.listing
        if token is None:
            listing: list[Judged | None] = [
                one for one in says if one.compliance in call.parameters.get("ComplianceTypes", _SHOWN_UNASKED)
            ]
            self._random.shuffle(listing)
            listing[: len(listing) // 2] = [None, *listing[: len(listing) // 2]]
        elif token not in self._listings:
            raise ApiError("InvalidNextTokenException", "The token is not valid.")
        else:
            listing = self._listings.pop(token)
        size = min(self.page, call.parameters.get("Limit") or self.page)
        page, rest = listing[:size], listing[size:]
        # What is not there any more is not listed, as pages are not of one moment.
        found = [one for one in page if one in says]
        if None in page:
            found, rest = [], [*(one for one in page if one), *rest]
        return {"EvaluationResults": [one.described() for one in found if one]} | (self._token(rest) if rest else {})

    def _said(self, body: bytes) -> bytes:
        """Put words into an answer that botocore's model of today does not have, as a later AWS Config may."""
        if not self.words:
            return body
        answer = json.loads(body)
        for one in answer.get("EvaluationResults", ()):
            name = one["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]
            one["ComplianceType"] = self.words.get(name, one["ComplianceType"])
        return json.dumps(answer).encode()

    def _token(self, rest: list[Judged | None]) -> dict[str, str]:
        token = f"token-{self.calls.total()}"
        self._listings[token] = rest
        return {"NextToken": token}

    def _items(self, call: Call) -> dict[str, Any]:
        items = self.histories.get(call.parameters["resourceId"])
        if items is None:
            return self._history.resource_history(call)
        until = from_epoch(call.parameters["laterTime"])
        found = [item for item in items if item["configurationItemCaptureTime"] <= until]
        found.sort(key=lambda item: item["configurationItemCaptureTime"], reverse=True)
        return {"configurationItems": [_in_json(item) for item in found[: call.parameters["limit"]]]}

    def _start(self, call: Call) -> dict[str, Any]:
        self.on_start()
        names = self._existing(call)
        last = dict(self.started)
        running = [*names, *last] if self.any_running else names
        if any(last.get(name, 0.0) + self.evaluation_seconds > self.now for name in running):
            raise ApiError("LimitExceededException", "An evaluation is in progress.")
        self._on_demand.start(names, self.now)
        self.started += [(name, self.now) for name in names]
        self.on_start()
        return {}

    def _statuses(self, call: Call) -> dict[str, Any]:
        last = {name: time for name, time in self.started if time + self.report_seconds <= self.now}
        return {
            "ConfigRulesEvaluationStatus": [
                {"ConfigRuleName": name}
                | ({"LastSuccessfulInvocationTime": float(int(last[name]))} if name in last else {})
                for name in self._existing(call)
            ]
        }

    def _existing(self, call: Call) -> list[str]:
        names: list[str] = call.parameters["ConfigRuleNames"]
        if unknown := sorted(set(names).intersection(self.unknown_rules)):
            raise ApiError("NoSuchConfigRuleException", f"The ConfigRule '{unknown[0]}' is invalid.")
        return names

    def _select(self, call: Call) -> dict[str, Any]:
        answer = self._queries.select(call)
        rows = [row for row in answer["Results"] if not any(f'"{name}"' in row for name in self.not_indexed)]
        return answer | {"Results": rows}


_SHOWN_UNASKED = ("COMPLIANT", "NON_COMPLIANT")


def _in_json(item: Mapping[str, Any]) -> dict[str, Any]:
    """Write an item as the service does: times in seconds, and nothing for what it does not have."""
    present = {name: value for name, value in item.items() if value is not None}
    return {name: value.timestamp() if isinstance(value, datetime) else value for name, value in present.items()}


def _call(operation: str, **parameters: Any) -> Call:
    return Call(HERE, "key", operation, parameters)
