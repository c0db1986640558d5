"""Which violations a waiver is for, and which of several they have."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.errors import WaiverLookupError
from compliance_runtime.evaluation.recorded import Recorded
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.table_schema import Resource
from compliance_runtime.waivers.waiver import ArnPattern, DeployedWaiver, ResourceId, Tagged, Target
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION
from tests.aws_config import AwsConfig
from tests.served import served
from tests.unit.compliance_runtime.builders import deployed_waiver

RULE = "acme-dev-buckets"
LOGS = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", "logs")
TAGS = {"team": "data", "empty": ""}
MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


def ticket(
    config: AwsConfig, *waivers: DeployedWaiver, compliance: Compliance = Compliance.NON_COMPLIANT
) -> str | None:
    """The ticket of the waiver that a result has, where AWS Config recorded what a test says."""
    lookup = WaiverLookup({RULE: waivers}, lambda: config.client)
    note = lookup.note(violation(compliance=compliance))
    return note.ticket if note else None


@pytest.fixture
def config() -> AwsConfig:
    return AwsConfig()


def violation(
    resource_id: str = "logs",
    resource_type: str = "AWS::S3::Bucket",
    *,
    compliance: Compliance = Compliance.NON_COMPLIANT,
) -> Result:
    resource = Resource(ACCOUNT, REGION, resource_type, resource_id)
    return Result(resource, RULE, Severity.LOW, compliance, None, CAPTURED_TIME, CAPTURED_TIME)


@pytest.mark.parametrize(
    ("target", "covered"),
    [
        (ResourceId("logs"), True),
        (ResourceId("Logs"), False),
        (ResourceId("log"), False),
        (ArnPattern("arn:aws:s3:::logs"), True),
        (ArnPattern("arn:*:s3:::l?g*"), True),
        (ArnPattern("arn:aws:s3:::log"), False),
        (Tagged("team"), True),
        (Tagged("team", "data"), True),
        (Tagged("team", "web"), False),
        (Tagged("Team", "data"), False),
        (Tagged("empty", ""), True),
        (Tagged("team", ""), False),
    ],
)
def test_a_waiver_is_for_what_its_id_pattern_or_tag_fits(target: Target, *, covered: bool) -> None:
    recorded = Recorded("arn:aws:s3:::logs", TAGS)

    assert deployed_waiver("buckets", target).covers(LOGS, recorded) is covered


@pytest.mark.parametrize("target", [ArnPattern("arn:*"), Tagged("team")])
def test_what_aws_config_does_not_record_has_neither_arn_nor_tags(target: Target) -> None:
    waiver = deployed_waiver("buckets", target)

    assert not waiver.covers(LOGS, None)
    assert not waiver.covers(LOGS, Recorded(None, {}))


def test_a_waiver_by_id_is_found_without_asking(config: AwsConfig) -> None:
    assert ticket(config, deployed_waiver("buckets", ResourceId("logs"))) == "SEC-1"
    assert ticket(config, deployed_waiver("buckets", ResourceId("other"))) is None
    assert ticket(config) is None
    assert config.calls.total() == 0


def test_what_complies_has_no_waiver_and_costs_no_look_up(config: AwsConfig) -> None:
    waivers = (deployed_waiver("buckets", ResourceId("logs")), deployed_waiver("buckets", Tagged("team")))
    for compliance in (Compliance.COMPLIANT, Compliance.NOT_APPLICABLE):
        assert ticket(config, *waivers, compliance=compliance) is None
    assert config.calls.total() == 0


def test_nothing_is_asked_where_another_waiver_holds_longer_anyway(config: AwsConfig) -> None:
    by_tag = deployed_waiver("buckets", Tagged("team"), expires=MAY, ticket="SEC-2")

    assert ticket(config, by_tag, deployed_waiver("buckets", ResourceId("logs"), expires=MAY)) == "SEC-1"
    assert config.calls.total() == 0


@pytest.mark.parametrize("days_ago", [0, 6, 8, 400])
def test_a_resource_is_read_once_for_all_patterns_and_tags_however_long_it_did_not_change(
    config: AwsConfig, days_ago: int
) -> None:
    config.record("logs", days_ago=days_ago, team="data")

    found = ticket(
        config,
        deployed_waiver("buckets", ArnPattern("arn:aws:s3:::other"), ticket="SEC-2"),
        deployed_waiver("buckets", Tagged("team", "data"), ticket="SEC-3"),
    )

    assert found == "SEC-3"
    assert config.calls.total() == 1


@given(st.permutations([("id", MAY), ("pattern", JUNE), ("tag", JULY)]), st.permutations([MAY, JUNE, JULY]))
def test_of_several_waivers_the_one_counts_that_expires_last_in_whatever_order_they_stand(
    order: list[tuple[str, date]], days: list[date]
) -> None:
    config = AwsConfig()
    config.record("logs", team="data")
    targets: dict[str, Target] = {
        "id": ResourceId("logs"),
        "pattern": ArnPattern("arn:aws:s3:::l*"),
        "tag": Tagged("team"),
    }
    expiry = dict(zip(targets, days, strict=True))
    waivers = [deployed_waiver("buckets", targets[kind], expires=expiry[kind], ticket=kind) for kind, _ in order]

    assert ticket(config, *waivers) == max(expiry, key=lambda kind: expiry[kind])


BY_TAG = deployed_waiver("buckets", Tagged("team"))


def test_what_queries_do_not_find_is_read_from_its_history_with_its_empty_pages(config: AwsConfig) -> None:
    config.record("logs", days_ago=30, team="data")
    config.refusing["SelectResourceConfig"] = "InvalidExpressionException"

    assert ticket(config, BY_TAG) == "SEC-1"
    assert config.calls["GetResourceConfigHistory"] == 5


def test_an_id_that_no_query_can_name_is_read_from_its_history(config: AwsConfig) -> None:
    config.record("it's", days_ago=30, team="data")

    [found] = WaiverLookup({RULE: (BY_TAG,)}, lambda: config.client).notes([violation("it's")])

    assert found == BY_TAG.note


@pytest.mark.parametrize("resource_type", ["AWS::S3::Bucket", "AWS::::Account", "AWS::Logs::LogGroup"])
def test_what_is_no_recorded_resource_has_no_waiver_by_tag(config: AwsConfig, resource_type: str) -> None:
    assert WaiverLookup({RULE: (BY_TAG,)}, lambda: config.client).note(violation("x", resource_type)) is None


@pytest.mark.parametrize("operation", ["SelectResourceConfig", "GetResourceConfigHistory"])
@pytest.mark.parametrize("code", ["AccessDeniedException", "ValidationException"])
def test_an_answer_that_fails_is_an_error_that_names_the_resource(config: AwsConfig, operation: str, code: str) -> None:
    config.refusing[operation] = code

    with pytest.raises(WaiverLookupError, match=f"AWS::S3::Bucket logs has a waiver, because.*{code}"):
        ticket(config, BY_TAG)


def test_many_resources_are_read_with_few_calls(config: AwsConfig) -> None:
    names = [f"{number}-{'x' * 60}" for number in range(120)]
    for name in names:
        config.record(name, days_ago=100, **({"team": "data"} if name[0] == "1" else {}))

    found = WaiverLookup({RULE: (BY_TAG,)}, lambda: config.client).notes([violation(name) for name in names])

    assert [one is not None for one in found] == [name[0] == "1" for name in names]
    assert config.calls.total() < 8


def test_one_that_cannot_be_looked_up_costs_no_other(config: AwsConfig) -> None:
    config.record("logs", days_ago=100, team="data")
    config.refusing["GetResourceConfigHistory"] = "AccessDeniedException"
    by_tag = replace(BY_TAG, expires=date(2027, 1, 1))
    by_id = deployed_waiver("buckets", ResourceId("by-id"), expires=date(2027, 1, 2), ticket="SEC-9")
    lookup = WaiverLookup({RULE: (by_tag, by_id)}, lambda: config.client)

    known, unknown, without = lookup.notes([violation("logs"), violation("other"), violation("by-id")])

    assert known == by_tag.note
    assert isinstance(unknown, WaiverLookupError)
    assert without == by_id.note


def test_without_time_it_is_not_known_whether_there_is_a_waiver(config: AwsConfig) -> None:
    config.record("logs", team="data")

    [found] = WaiverLookup({RULE: (BY_TAG,)}, lambda: config.client).notes([violation()], lambda: False)

    assert isinstance(found, WaiverLookupError)
    assert config.calls.total() == 0


@pytest.mark.parametrize(
    "row",
    [
        {"tags": [{"key": "team", "value": "data", "tag": "team=data"}]},
        {"configuration": {"Tags": [{"Key": "team", "Value": "data"}]}},
        {"configuration": '{"tagSet": [{"key": "team", "value": "data"}]}'},
        {"supplementaryConfiguration": {"Tags": '[{"key": "team", "value": "data"}]'}},
    ],
)
def test_tags_are_found_wherever_a_type_keeps_them(row: dict[str, Any]) -> None:
    answer = {"Results": [json.dumps({"resourceType": "AWS::S3::Bucket", "resourceId": "logs", **row})]}
    client = served({"SelectResourceConfig": lambda _: answer})

    assert WaiverLookup({RULE: (BY_TAG,)}, lambda: client).note(violation()) == BY_TAG.note


def test_an_answer_of_another_form_is_an_error_that_names_the_resource() -> None:
    client = served({"SelectResourceConfig": lambda _: {"Results": ["[]"]}})

    with pytest.raises(WaiverLookupError, match="AWS::S3::Bucket logs"):
        WaiverLookup({RULE: (BY_TAG,)}, lambda: client).note(violation())


def test_a_waiver_says_for_what_it_is() -> None:
    said = [str(target) for target in (ResourceId("logs"), ArnPattern("arn:*"), Tagged("team"), Tagged("team", ""))]

    assert said == ["id logs", "ARN arn:*", "tag team", "tag team="]
