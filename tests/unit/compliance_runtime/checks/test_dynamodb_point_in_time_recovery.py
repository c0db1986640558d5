from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance
from compliance_runtime.checks.dynamodb_point_in_time_recovery import CHECK
from compliance_runtime.errors import EventError
from compliance_tf.testing import event_item, verdict


def backups(status: object) -> dict[str, Any]:
    return {
        "ContinuousBackupsDescription": {
            "continuousBackupsStatus": "ENABLED",
            "pointInTimeRecoveryDescription": {"pointInTimeRecoveryStatus": status},
        }
    }


def table(supplementary: dict[str, Any], status: object = "ACTIVE") -> dict[str, Any]:
    configuration = {"tableName": "orders", "tableStatus": status}
    return event_item("AWS::DynamoDB::Table", "orders", configuration=configuration, supplementary=supplementary)


def test_a_table_with_point_in_time_recovery_is_compliant() -> None:
    assert verdict(CHECK, table(backups("ENABLED"))).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "supplementary",
    [
        backups("DISABLED"),
        {"ContinuousBackupsDescription": {"continuousBackupsStatus": "DISABLED"}},
        {
            "ContinuousBackupsDescription": {
                "continuousBackupsStatus": "ENABLED",
                "pointInTimeRecoveryDescription": None,
            }
        },
    ],
)
@pytest.mark.parametrize("status", ["ACTIVE", "UPDATING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"])
def test_a_table_without_it_violates(supplementary: dict[str, Any], status: str) -> None:
    result = verdict(CHECK, table(supplementary, status))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert "enable it" in result.reason


@pytest.mark.parametrize("status", ["CREATING", "DELETING", "ARCHIVING", "ARCHIVED"])
def test_a_table_that_is_not_in_use_is_not_judged(status: str) -> None:
    result = verdict(CHECK, table({}, status))

    assert result.compliance is Compliance.NOT_APPLICABLE
    assert status in result.reason


@pytest.mark.parametrize(
    ("supplementary", "status", "named"),
    [
        ({}, "ACTIVE", "ContinuousBackupsDescription is missing"),
        ({"ContinuousBackupsDescription": "on"}, "ACTIVE", "ContinuousBackupsDescription must be a JSON object"),
        (backups(None), "ACTIVE", "pointInTimeRecoveryStatus"),
        (backups("ENABLED"), None, "tableStatus"),
    ],
)
def test_an_item_that_does_not_say_is_no_verdict(supplementary: dict[str, Any], status: object, named: str) -> None:
    with pytest.raises(EventError, match=named):
        verdict(CHECK, table(supplementary, status))


def test_words_count_in_any_case() -> None:
    assert verdict(CHECK, table(backups("Enabled"), "Active")).compliance is Compliance.COMPLIANT
    assert verdict(CHECK, table({}, "Deleting")).compliance is Compliance.NOT_APPLICABLE
