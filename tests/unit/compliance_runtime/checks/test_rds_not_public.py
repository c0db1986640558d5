from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance
from compliance_runtime.checks.rds_not_public import CHECK
from compliance_runtime.errors import EventError
from compliance_tf.testing import event_item, verdict


def instance(**members: Any) -> dict[str, Any]:
    return event_item("AWS::RDS::DBInstance", "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ", configuration=members)


def test_a_private_database_is_compliant() -> None:
    assert verdict(CHECK, instance(publiclyAccessible=False)).compliance is Compliance.COMPLIANT


def test_a_public_database_violates_and_the_reason_says_what_to_do() -> None:
    result = verdict(CHECK, instance(publiclyAccessible=True))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert "publicly accessible" in result.reason
    assert "switch public access off" in result.reason


@pytest.mark.parametrize("members", [{}, {"publiclyAccessible": None}, {"publiclyAccessible": "false"}])
def test_an_item_that_does_not_say_is_no_verdict(members: dict[str, Any]) -> None:
    with pytest.raises(EventError, match="publiclyAccessible must be true or false"):
        verdict(CHECK, instance(**members))
