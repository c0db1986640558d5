"""A parser of EventBridge's "Config Rules Compliance Change" event.

https://docs.aws.amazon.com/config/latest/developerguide/monitor-config-with-cloudwatchevents.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import Resource

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_runtime.check import Severity

DETAIL_TYPE = "Config Rules Compliance Change"

INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
"""AWS Config's compliance type where a rule gave no result."""


@dataclass(frozen=True)
class ComplianceChange:
    """A result that AWS Config reports.

    Parameters
    ----------
    rule_name
        The full name of the Config rule, which may belong to anyone.
    resource
        The evaluated resource.
    compliance
        The compliance; NOT_APPLICABLE also where AWS Config has no result any more.
    annotation
        The reason, if there is one.
    time
        The recording time of the result or, without one, the time of the event; in UTC.
    before
        The previous compliance; None where there was none.
    """

    rule_name: str
    resource: Resource
    compliance: Compliance
    annotation: str | None
    time: datetime
    before: Compliance | None

    def result(self, severity: Severity) -> Result:
        """Return the result to record, with the severity of its rule."""
        return Result(
            resource=self.resource,
            rule_name=self.rule_name,
            severity=severity,
            compliance=self.compliance,
            annotation=self.annotation,
            time=self.time,
            # An event is sent for a change only.
            since=self.time,
        )


def compliance_change(event: object) -> ComplianceChange:
    """Parse an event.

    Returns
    -------
    ComplianceChange
        The change; without a new result it is NOT_APPLICABLE, at the time of the notification.

    Raises
    ------
    EventError
        When a member is missing or of the wrong type, for any ``event``; the message names it.
    """
    outer = JsonObject.of(event, "event", EventError)
    if outer.text("detail-type") != DETAIL_TYPE:
        raise EventError(f"event.detail-type is {outer.text('detail-type')!r:.80}; it must be {DETAIL_TYPE!r}.")
    detail = outer.member("detail")
    new = detail.optional_member("newEvaluationResult")
    old = detail.optional_member("oldEvaluationResult")
    return ComplianceChange(
        rule_name=detail.text("configRuleName"),
        resource=Resource(
            account=detail.text("awsAccountId"),
            region=detail.text("awsRegion"),
            type=detail.text("resourceType"),
            id=detail.text("resourceId"),
        ),
        compliance=_compliance(new) if new else Compliance.NOT_APPLICABLE,
        annotation=new.optional_text("annotation") if new else None,
        time=new.time("resultRecordedTime") if new else detail.time("notificationCreationTime"),
        before=_compliance(old) if old else None,
    )


def _compliance(new: JsonObject) -> Compliance:
    if new.is_word("complianceType", INSUFFICIENT_DATA):
        return Compliance.NOT_APPLICABLE
    found = Compliance.read(new.text("complianceType"))
    if found is None:
        allowed = ", ".join([*Compliance.__members__, INSUFFICIENT_DATA])
        raise EventError(f"{new.place}.complianceType is {new.text('complianceType')!r:.80}; allowed: {allowed}.")
    return found
