"""AWS Config in memory, behind a real client: botocore checks what is sent, AWS's rules decide what is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.unit.compliance_runtime.builders import client

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient


@dataclass
class FakeConfig:
    """The results of one rule, and the histories of resources.

    Of two evaluations it keeps the one with the later ordering time or, as nobody knows, the one that came last.
    """

    histories: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    asked: list[Mapping[str, Any]] = field(default_factory=list)
    keeps_last: bool = False
    refuses: str | None = None
    """The id of a resource for which PutEvaluations refuses the whole call."""
    listing: dict[str, dict[str, Any]] | None = None
    """What GetComplianceDetailsByConfigRule still answers when it lags behind."""

    def client(self) -> ConfigServiceClient:
        """A client whose calls end here instead of in the network."""
        made = client("config")
        made.meta.events.register("provide-client-params.config", self._note)
        made.meta.events.register("before-call.config", self._answer)
        return made  # type: ignore[no-any-return]

    def verdicts(self) -> dict[str, str]:
        """What the rule says, by resource."""
        return {name: entry["ComplianceType"] for name, entry in self.results.items()}

    def reasons(self) -> dict[str, str]:
        """Why, by resource."""
        return {name: entry["Annotation"] for name, entry in self.results.items()}

    def ordering(self, name: str) -> datetime:
        """The ordering time of a result."""
        time: datetime = self.results[name]["OrderingTimestamp"]
        return time

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append(model.name)
        self.asked.append(params)

    def _answer(self, model: Any, **_: Any) -> tuple[Any, dict[str, Any]]:
        class Answered:
            status_code = 200

        answers = {
            "PutEvaluations": self._put,
            "GetComplianceDetailsByConfigRule": self._list,
            "GetResourceConfigHistory": self._history,
        }
        answer = answers[model.name](self.asked[-1])
        if "Error" in answer:
            Answered.status_code = 400
        return Answered(), answer

    def _put(self, params: Mapping[str, Any]) -> dict[str, Any]:
        if self.refuses in [entry["ComplianceResourceId"] for entry in params["Evaluations"]]:
            return {"Error": {"Code": "InvalidParameterValueException", "Message": "No."}}
        for entry in params["Evaluations"]:
            known = self.results.get(entry["ComplianceResourceId"])
            if known is None or self.keeps_last or known["OrderingTimestamp"] <= entry["OrderingTimestamp"]:
                self.results[entry["ComplianceResourceId"]] = entry
        return {"FailedEvaluations": []}

    def _list(self, params: Mapping[str, Any]) -> dict[str, Any]:
        kept = self.results if self.listing is None else self.listing
        entries = [entry for entry in kept.values() if entry["ComplianceType"] in params["ComplianceTypes"]]
        start = int(params.get("NextToken", 0))
        page = entries[start : start + params["Limit"]]
        answer: dict[str, Any] = {"EvaluationResults": [_listed(entry) for entry in page]}
        more = start + len(page) < len(entries)
        return answer | ({"NextToken": str(start + len(page))} if more else {})

    def _history(self, params: Mapping[str, Any]) -> dict[str, Any]:
        items = [
            item
            for item in self.histories.get(params["resourceId"], [])
            if item["configurationItemCaptureTime"] <= params["laterTime"]
        ]
        items.sort(key=lambda item: item["configurationItemCaptureTime"], reverse=True)
        return {"configurationItems": items[: params["limit"]]}


def _listed(entry: Mapping[str, Any]) -> dict[str, Any]:
    qualifier = {"ResourceType": entry["ComplianceResourceType"], "ResourceId": entry["ComplianceResourceId"]}
    identifier = {"EvaluationResultQualifier": qualifier, "OrderingTimestamp": entry["OrderingTimestamp"]}
    return {"EvaluationResultIdentifier": identifier, "ComplianceType": entry["ComplianceType"]}
