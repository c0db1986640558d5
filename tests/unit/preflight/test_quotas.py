"""Whether there is room, by what the account or AWS's documentation says."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_tf.preflight.findings import Finding, Verdict
from compliance_tf.preflight.quotas import (
    CODE_STORAGE,
    CONCURRENCY,
    CONFIG_RULES,
    EVENT_RULES,
    Limit,
    RegionQuotas,
    limit_of,
    role_quota,
    room,
)
from tests.unit.preflight.builders import described_role, function, rule, stack, stubbed

GIBIBYTE = 1024**3


def config_rules(present: int, planned: int) -> Finding:
    region, stubbers = stubbed(quotas="service-quotas")
    stubbers["quotas"].add_client_error("list_service_quotas", "AccessDeniedException")
    vars(region)["config_rules"] = {f"other-{number}": "arn" for number in range(present)} | {"acme-dev-0": "arn"}
    rules = tuple(rule(f"acme-dev-{number}") for number in range(planned))
    findings = RegionQuotas(region, [stack(rules=rules)]).findings()
    return next(finding for finding in findings if finding.subject == "Config rules")


def test_rules_that_are_there_already_are_not_counted_twice() -> None:
    finding = config_rules(present=10, planned=5)
    assert finding.verdict is Verdict.OK
    assert finding.figure.startswith("11 + 4 new = 15 of 1000 (AWS's default")


@pytest.mark.parametrize(
    ("new", "verdict"), [(9, Verdict.OK), (10, Verdict.WARNING), (20, Verdict.WARNING), (21, Verdict.FAIL)]
)
def test_a_quota_that_is_nearly_full_is_a_warning_and_one_that_is_exceeded_a_failure(
    new: int, verdict: Verdict
) -> None:
    finding = room("here", "tables", present=80, new=new, limit=Limit(100), adjustable=True)
    assert finding.verdict is verdict
    assert ("ask AWS for more" in finding.advice) is (verdict is not Verdict.OK)


def test_what_aws_does_not_raise_is_not_to_be_asked_for() -> None:
    finding = room("here", "rules", present=100, new=1, limit=Limit(100), adjustable=False)
    assert finding.advice == "The quota is exceeded: remove some, because it cannot be raised."


def quota(name: str, value: float) -> dict[str, Any]:
    return {"QuotaName": name, "Value": value}


def test_a_quota_is_what_the_account_was_given() -> None:
    region, stubbers = stubbed(quotas="service-quotas")
    stubbers["quotas"].add_response(
        "get_service_quota",
        {"Quota": quota("Number of rules", 500.0)},
        {"ServiceCode": "events", "QuotaCode": "L-244521F2"},
    )
    assert limit_of(EVENT_RULES, region) == Limit(500)


def test_a_quota_that_was_never_raised_is_the_services_default() -> None:
    region, stubbers = stubbed(quotas="service-quotas")
    stubbers["quotas"].add_client_error("get_service_quota", "NoSuchResourceException")
    stubbers["quotas"].add_response("get_aws_default_service_quota", {"Quota": quota("Number of rules", 300.0)})
    assert limit_of(EVENT_RULES, region) == Limit(300)


def test_a_quota_that_may_not_be_asked_for_is_the_documented_one_of_the_region() -> None:
    region, stubbers = stubbed(quotas="service-quotas")
    for _ in range(2):
        stubbers["quotas"].add_client_error("get_service_quota", "AccessDeniedException")
    assert limit_of(EVENT_RULES, region) == Limit(300, known=False)
    region.name = "af-south-1"
    assert limit_of(EVENT_RULES, region) == Limit(100, known=False)


@pytest.mark.parametrize(
    ("listed", "limit"),
    [
        ([quota("Maximum number of AWS Config Rules per Region per account", 1200.0)], Limit(1200)),
        ([quota("AWS Config rules per region across all conformance packs", 150.0)], Limit(1000, known=False)),
        ([], Limit(1000, known=False)),
    ],
)
def test_the_quota_of_config_rules_is_found_by_its_name(listed: list[dict[str, Any]], limit: Limit) -> None:
    region, stubbers = stubbed(quotas="service-quotas")
    stubbers["quotas"].add_response("list_service_quotas", {"Quotas": listed})
    assert limit_of(CONFIG_RULES, region) == limit


def lambda_findings(unreserved: int, used: int, code_bytes: int) -> dict[str, Finding]:
    region, stubbers = stubbed(functions="lambda", quotas="service-quotas")
    settings = {
        "AccountLimit": {"TotalCodeSize": 75 * GIBIBYTE, "UnreservedConcurrentExecutions": unreserved},
        "AccountUsage": {"TotalCodeSize": used, "FunctionCount": 1},
    }
    for _ in range(2):
        stubbers["functions"].add_response("get_account_settings", settings)
    vars(region).update(config_rules={}, event_rules={}, tables=frozenset())
    planned = stack(functions=(function(code_bytes=code_bytes), function("acme-dev-record", code_bytes)))
    return {finding.subject: finding for finding in RegionQuotas(region, [planned]).findings()}


def test_little_unreserved_concurrency_is_a_warning() -> None:
    assert lambda_findings(10, 0, 1)[CONCURRENCY].verdict is Verdict.WARNING
    assert lambda_findings(900, 0, 1)[CONCURRENCY].verdict is Verdict.OK


def test_packages_that_do_not_fit_into_the_code_storage_are_a_failure() -> None:
    assert lambda_findings(900, GIBIBYTE, GIBIBYTE)[CODE_STORAGE].verdict is Verdict.OK
    full = lambda_findings(900, 74 * GIBIBYTE, GIBIBYTE)[CODE_STORAGE]
    assert full.verdict is Verdict.FAIL
    assert "L-2ACBD22F" in full.advice


def test_roles_of_all_stacks_are_counted_together_and_those_that_exist_are_not_new() -> None:
    region, stubbers = stubbed(iam="iam")
    stubbers["iam"].add_response("get_account_summary", {"SummaryMap": {"Roles": 998, "RolesQuota": 1000}})
    for exists in (True, False, False, False):
        if exists:
            stubbers["iam"].add_response("get_role", {"Role": described_role("acme-dev-x")})
        else:
            stubbers["iam"].add_client_error("get_role", "NoSuchEntity")
    finding = role_quota(region, [stack(roles=("a", "b")), stack(roles=("c", "d"))])
    assert finding.verdict is Verdict.FAIL
    assert finding.figure == "998 + 3 new = 1001 of 1000"


def test_what_the_account_does_not_tell_is_unknown_and_stands_in_nobodys_way() -> None:
    region, stubbers = stubbed(iam="iam")
    stubbers["iam"].add_client_error("get_account_summary", "AccessDenied", "not you")
    finding = role_quota(region, [stack()])
    assert finding.verdict is Verdict.UNKNOWN
    assert "GetAccountSummary was answered with AccessDenied: not you" in finding.figure
    assert not finding.blocks
