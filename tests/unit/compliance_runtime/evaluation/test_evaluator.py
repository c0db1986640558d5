from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule
from compliance_runtime.errors import (
    CheckError,
    ComplianceError,
    DeploymentError,
    EvaluationsRefusedError,
    EventError,
    HistoryNotReadyError,
    ParameterError,
)
from compliance_runtime.evaluation.config_event import config_request
from compliance_runtime.evaluation.evaluator import Evaluator
from compliance_tf.local.api.clock import from_epoch
from compliance_tf.testing import (
    CAPTURED_TIME,
    REGION,
    config_event,
    event_item,
    history_item,
    oversized_event,
    scheduled_event,
)
from tests.aws_config import AwsConfig
from tests.unit.compliance_runtime.builders import client

SAMPLES = "tests.runtime.functions.own_checks"
RULES = MappingProxyType(
    {
        "acme-dev-required-tags": DeployedRule("compliance_runtime.checks.required_tags", Severity.LOW),
        "acme-dev-buckets": DeployedRule("compliance_runtime.checks.bucket_tls_only", Severity.HIGH),
        "acme-dev-roles": DeployedRule(f"{SAMPLES}.role_names", Severity.LOW),
        "acme-dev-lookup": DeployedRule(f"{SAMPLES}.role_count", Severity.LOW),
        "acme-dev-managed": DeployedRule(None, Severity.HIGH),
        "acme-dev-typo": DeployedRule("compliance_runtime.checks.required_tag", Severity.LOW),
    }
)
OWNER = {"tags": '{"Owner":[]}'}
BUCKET = "logs"
PERIODIC = "acme-dev-roles"


def evaluate(
    event: dict[str, Any], config: AwsConfig | None = None, *, iam: Any = None, seconds: float = 60
) -> AwsConfig:
    """Have the function evaluate an event, and give AWS Config as it is afterwards."""
    config = config or AwsConfig(PERIODIC)
    clients: dict[str, Any] = {"config": config.client, "iam": iam}
    Evaluator(
        rules=RULES,
        client=clients.__getitem__,  # type: ignore[arg-type]  # the protocol says more of what it gives
        lookup=clients.__getitem__,  # type: ignore[arg-type]
        region=REGION,
        remaining_seconds=lambda: seconds,
    ).run(config_request(event))
    return config


def iam_with(*pages: list[str]) -> Any:
    """IAM with these pages of roles, each named by its id."""
    iam = client("iam")
    stub = Stubber(iam)
    for number, page in enumerate(pages):
        roles = [
            {
                "Path": "/",
                "RoleName": name,
                "RoleId": f"AROAEXAMPLE{name:>010}",
                "Arn": f"arn:aws:iam::123456789012:role/{name}",
                "CreateDate": CAPTURED_TIME,
            }
            for name in page
        ]
        more = {"IsTruncated": True, "Marker": f"page-{number + 1}"} if number + 1 < len(pages) else {}
        stub.add_response("list_roles", {"Roles": roles, **more}, {"Marker": f"page-{number}"} if number else {})
    stub.activate()
    return iam


def role(name: str) -> str:
    return f"AROAEXAMPLE{name:>010}"


def a_day_later() -> dict[str, Any]:
    return scheduled_event(rule_name="acme-dev-roles", at="2026-03-02T10:20:30.456Z")


def test_a_changed_resource_gets_the_verdict_of_the_rule_s_check_and_parameters() -> None:
    bad = evaluate(config_event(event_item(tags={}), parameters=OWNER))
    good = evaluate(config_event(event_item(tags={"Owner": "ops"}), parameters=OWNER))

    assert (bad.verdicts(), good.verdicts()) == ({BUCKET: "NON_COMPLIANT"}, {BUCKET: "COMPLIANT"})
    assert bad.known[BUCKET].ordered == CAPTURED_TIME
    assert bad.calls == {"PutEvaluations": 1}


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (config_event(event_item(status="ResourceDeleted", configuration=None), parameters=OWNER), "deleted"),
        (config_event(event_item(configuration=None), parameters=OWNER), "deleted"),
        (config_event(left_scope=True, parameters=OWNER), "left the scope"),
        (config_event(event_item(status="ResourceNotRecorded"), parameters=OWNER), "not recorded"),
        (
            config_event(event_item("AWS::SQS::Queue"), rule_name="acme-dev-buckets"),
            "does not judge AWS::SQS::Queue",
        ),
        (oversized_event(event_item(status="ResourceDeleted"), parameters=OWNER), "deleted"),
        (oversized_event(left_scope=True, parameters=OWNER), "left the scope"),
    ],
)
def test_where_there_is_nothing_to_judge_the_result_is_cleared(event: dict[str, Any], reason: str) -> None:
    config = evaluate(event)

    assert config.verdicts() == {BUCKET: "NOT_APPLICABLE"}
    assert reason in config.reasons()[BUCKET]
    assert config.known[BUCKET].ordered == CAPTURED_TIME
    assert config.calls == {"PutEvaluations": 1}


def test_an_item_older_than_one_already_evaluated_changes_nothing() -> None:
    config = evaluate(config_event(event_item(tags={"Owner": "ops"}), parameters=OWNER))

    evaluate(config_event(event_item(captured="2026-03-01T10:20:30.455Z"), parameters=OWNER), config)

    assert config.verdicts() == {BUCKET: "COMPLIANT"}


def test_an_oversized_item_is_judged_as_its_history_has_it() -> None:
    item = event_item(tags={"Owner": "ops"})
    later = event_item(captured="2026-03-01T10:20:33Z")

    config = evaluate(
        oversized_event(item, parameters=OWNER),
        AwsConfig(histories={BUCKET: [history_item(item), history_item(later)]}),
    )

    assert config.verdicts() == {BUCKET: "COMPLIANT"}
    assert config.known[BUCKET].ordered == CAPTURED_TIME
    assert from_epoch(config.asked[0].parameters["laterTime"]) == datetime(2026, 3, 1, 10, 20, 31, tzinfo=UTC)


def test_an_oversized_item_that_is_deleted_meanwhile_is_not_judged() -> None:
    deleted = history_item(event_item(status="ResourceDeleted", configuration=None))

    config = evaluate(oversized_event(parameters=OWNER), AwsConfig(histories={BUCKET: [deleted]}))

    assert config.verdicts() == {BUCKET: "NOT_APPLICABLE"}


@pytest.mark.parametrize("history", [[], [history_item(event_item(captured="2026-03-01T10:20:00Z"))]])
def test_a_history_that_lags_behind_is_no_verdict(history: list[dict[str, Any]]) -> None:
    config = AwsConfig(histories={BUCKET: list(history)})

    with pytest.raises(HistoryNotReadyError, match=f"AWS::S3::Bucket {BUCKET}"):
        evaluate(oversized_event(parameters=OWNER), config)
    assert config.results == {}


def test_a_check_may_look_up_what_the_item_does_not_tell() -> None:
    config = evaluate(config_event(rule_name="acme-dev-lookup"), iam=iam_with(["a", "b"]))

    assert config.reasons() == {BUCKET: "logs: 2 roles in 123456789012 at 10:20."}


def test_a_schedule_puts_all_findings_of_all_pages_with_the_time_of_the_notification() -> None:
    config = evaluate(scheduled_event(rule_name="acme-dev-roles"), iam=iam_with(["acme-a", "b"], ["acme-c"]))

    assert config.verdicts() == {role("acme-a"): "COMPLIANT", role("b"): "NON_COMPLIANT", role("acme-c"): "COMPLIANT"}
    assert {one.ordered for one in config.known.values()} == {CAPTURED_TIME}
    assert [call.operation for call in config.asked[:2]] == ["PutEvaluations", "GetComplianceDetailsByConfigRule"]
    assert config.calls["PutEvaluations"] == 1


def test_what_was_reported_before_and_is_not_found_again_is_cleared() -> None:
    names = [f"acme-{number}" for number in range(250)]
    config = evaluate(scheduled_event(rule_name="acme-dev-roles"), iam=iam_with(names))

    evaluate(a_day_later(), config, iam=iam_with(names[:20]))

    left = {name for name, verdict in config.verdicts().items() if verdict == "COMPLIANT"}
    assert left == {role(name) for name in names[:20]}
    assert set(config.verdicts().values()) == {"COMPLIANT", "NOT_APPLICABLE"}


@pytest.mark.parametrize("keeps_last", [False, True])
@pytest.mark.parametrize("listed_by", [timedelta(0), timedelta(days=-1), timedelta(days=-400)])
def test_what_this_run_found_is_not_cleared_however_aws_config_lists_and_orders(
    listed_by: timedelta, *, keeps_last: bool
) -> None:
    config = evaluate(
        scheduled_event(rule_name="acme-dev-roles"),
        AwsConfig(PERIODIC, keeps_last=keeps_last),
        iam=iam_with(["acme-a", "stale"]),
    )
    # What it lists late, with times of its own.
    config.listing = [replace(one, ordered=one.ordered + listed_by) for one in config.known.values()]

    evaluate(a_day_later(), config, iam=iam_with(["acme-a"]))

    assert config.verdicts() == {role("acme-a"): "COMPLIANT", role("stale"): "NOT_APPLICABLE"}
    assert config.known[role("acme-a")].ordered == CAPTURED_TIME + timedelta(days=1)


def test_what_a_later_run_found_is_not_cleared_by_one_that_came_late() -> None:
    config = evaluate(a_day_later(), AwsConfig(PERIODIC, keeps_last=True), iam=iam_with(["acme-new"]))

    evaluate(scheduled_event(rule_name="acme-dev-roles"), config, iam=iam_with([]))

    assert config.verdicts() == {role("acme-new"): "COMPLIANT"}


def test_a_finding_that_is_refused_is_no_reason_to_clear_or_to_keep_others() -> None:
    config = evaluate(scheduled_event(rule_name="acme-dev-roles"), iam=iam_with(["acme-a", "stale"]))
    config.refused = {role("acme-b")}

    with pytest.raises(EvaluationsRefusedError, match="refused 1 evaluations"):
        evaluate(a_day_later(), config, iam=iam_with(["acme-a", "acme-b"]))

    assert config.verdicts() == {role("acme-a"): "COMPLIANT", role("stale"): "NOT_APPLICABLE"}


def test_nothing_is_cleared_when_not_all_could_be_found() -> None:
    config = evaluate(scheduled_event(rule_name="acme-dev-roles"), iam=iam_with(["acme-a"]))
    iam = client("iam")
    stub = Stubber(iam)
    stub.add_client_error("list_roles", "ServiceFailure")
    stub.activate()

    with pytest.raises(iam.exceptions.ServiceFailureException):
        evaluate(a_day_later(), config, iam=iam)
    assert config.verdicts() == {role("acme-a"): "COMPLIANT"}


@pytest.mark.parametrize(
    ("event", "error", "message"),
    [
        (config_event(rule_name="acme-dev-eu-required-tags"), DeploymentError, "acme-dev-buckets"),
        (config_event(rule_name="acme-dev-managed"), DeploymentError, "acme-dev-managed is not evaluated"),
        (config_event(rule_name="acme-dev-typo"), CheckError, "required-tag cannot be imported"),
        (config_event(), ParameterError, "tags is required"),
        (config_event(parameters={"tag": "{}"}), ParameterError, "Did you mean tags"),
        (scheduled_event(parameters=OWNER), EventError, "on a schedule"),
        (config_event(event_item("AWS::IAM::Role"), rule_name="acme-dev-roles"), EventError, "is periodic"),
    ],
)
def test_what_goes_wrong_is_an_error_and_never_a_verdict(
    event: dict[str, Any], error: type[ComplianceError], message: str
) -> None:
    config = AwsConfig()

    with pytest.raises(error, match=message):
        evaluate(event, config)
    assert config.calls.total() == 0
