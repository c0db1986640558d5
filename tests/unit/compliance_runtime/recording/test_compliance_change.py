"""Events of AWS Config are read, whatever their words' case, or refused."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.errors import EventError
from compliance_runtime.recording.compliance_change import ComplianceChange, compliance_change
from compliance_tf.testing import CAPTURED_TIME
from tests.unit.compliance_runtime.builders import compliance_event
from tests.unit.compliance_runtime.recording.test_results import BUCKET, RULE, result


def test_a_compliance_change_brings_what_is_recorded() -> None:
    change = compliance_change(compliance_event(annotation="Missing: Owner."))

    assert change == ComplianceChange(
        RULE, BUCKET, Compliance.NON_COMPLIANT, "Missing: Owner.", CAPTURED_TIME, before=None
    )
    assert change.result(Severity.HIGH) == result(since=CAPTURED_TIME)


@pytest.mark.parametrize(
    ("old", "before"),
    [
        ("NON_COMPLIANT", Compliance.NON_COMPLIANT),
        ("INSUFFICIENT_DATA", Compliance.NOT_APPLICABLE),
        ("Non_Compliant", Compliance.NON_COMPLIANT),
        ("insufficient_data", Compliance.NOT_APPLICABLE),
    ],
)
def test_a_compliance_change_says_what_was_before(old: str, before: Compliance) -> None:
    assert compliance_change(compliance_event(before=old)).before is before


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        ({"configRuleName": None}, "configRuleName"),
        ({"awsAccountId": 5}, "awsAccountId"),
        ({"awsRegion": ""}, "awsRegion"),
        ({"resourceId": []}, "resourceId"),
        ({"newEvaluationResult": "COMPLIANT"}, "newEvaluationResult must be a JSON object"),
        ({"newEvaluationResult": {"complianceType": "COMPLIANT"}}, "resultRecordedTime"),
        (
            {"newEvaluationResult": {"complianceType": "GOOD", "resultRecordedTime": "2026-03-01T00:00:00Z"}},
            "'GOOD'; allowed: COMPLIANT",
        ),
        ({"newEvaluationResult": None, "notificationCreationTime": None}, "notificationCreationTime"),
    ],
)
def test_a_compliance_change_of_another_form_is_refused(damage: dict[str, Any], message: str) -> None:
    event = compliance_event()

    with pytest.raises(EventError, match=message):
        compliance_change(event | {"detail": event["detail"] | damage})


@pytest.mark.parametrize("event", [None, [], {}, {"detail-type": "Config Configuration Item Change", "detail": {}}])
def test_an_event_of_another_kind_is_refused(event: object) -> None:
    with pytest.raises(EventError):
        compliance_change(event)
