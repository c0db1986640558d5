from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.iam_confused_deputy import CHECK, Parameters
from compliance_runtime.errors import ParameterError
from compliance_tf.testing import ACCOUNT, verdict
from tests.unit.compliance_runtime.iam_items import OWN_ACCOUNT, deny, role, trust

SCHEDULER = {"Service": "scheduler.amazonaws.com"}


def judged(*statements: dict[str, Any], parameters: Parameters | None = None, **members: Any) -> Verdict:
    return verdict(CHECK, role(trusts=statements, **members), parameters)


@pytest.mark.parametrize(
    "service", ["scheduler.amazonaws.com", "states.amazonaws.com", "bedrock.amazonaws.com", "sns.amazonaws.com"]
)
def test_a_service_that_may_come_for_anyone_violates(service: str) -> None:
    found = judged(trust({"Service": service}))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert f"{service} (statement 1)" in found.reason
    assert "aws:SourceAccount" in found.reason


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
        {"ArnLike": {"aws:SourceArn": f"arn:aws:scheduler:*:{ACCOUNT}:schedule/*"}},
        {"StringEquals": {"aws:SourceOrgID": "o-ours123456"}},
        {"StringEquals": {"AWS:SourceAccount": [ACCOUNT, "210987654321"]}},
    ],
)
def test_a_source_bounds_it(condition: dict[str, Any]) -> None:
    assert judged(trust(SCHEDULER, Condition=condition)).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "condition",
    [
        {"StringLike": {"aws:SourceAccount": "*"}},
        {"StringEqualsIfExists": {"aws:SourceAccount": ACCOUNT}},
        {"ArnLike": {"aws:SourceArn": "arn:aws:scheduler:*:*:schedule/*"}},
        {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}},
    ],
)
def test_what_bounds_nothing_violates(condition: dict[str, Any]) -> None:
    assert judged(trust(SCHEDULER, Condition=condition)).compliance is Compliance.NON_COMPLIANT


def test_a_denial_may_bound_it() -> None:
    denial = deny("sts:*", None, Principal="*", Condition={"StringNotEquals": {"aws:SourceAccount": ACCOUNT}})

    assert judged(trust(SCHEDULER), denial).compliance is Compliance.COMPLIANT


def test_services_that_send_no_source_need_none_unless_the_parameters_say_so() -> None:
    both = trust({"Service": ["ec2.amazonaws.com", "ec2.amazonaws.com.cn", "lambda.amazonaws.com"]})

    assert judged(both).compliance is Compliance.COMPLIANT
    assert judged(both, parameters=Parameters(exempt_services=())).compliance is Compliance.NON_COMPLIANT
    exempt = Parameters(exempt_services=("*.amazonaws.com",))
    assert judged(trust(SCHEDULER), parameters=exempt).compliance is Compliance.COMPLIANT


def test_roles_for_others_and_exempt_ones_are_left_out() -> None:
    assert judged(trust({"AWS": OWN_ACCOUNT})).compliance is Compliance.NOT_APPLICABLE
    linked = judged(trust(SCHEDULER), path="/aws-service-role/x.amazonaws.com/")
    assert linked.compliance is Compliance.NOT_APPLICABLE
    exempt = judged(trust(SCHEDULER), parameters=Parameters(exempt_roles=("deploy",)))
    assert exempt.compliance is Compliance.NOT_APPLICABLE


def test_what_is_no_service_is_refused() -> None:
    with pytest.raises(ParameterError, match="exempt_services"):
        Parameters(exempt_services=("arn:aws:iam::1:role/x",))
