"""Which violations a waiver is for, and which of several they have."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from botocore.stub import Stubber
from compliance_runtime.check import Compliance, Severity
from compliance_runtime.errors import WaiverLookupError
from compliance_runtime.recording.results import Result
from compliance_runtime.recording.results_table import Resource
from compliance_runtime.waivers.waiver import ArnPattern, DeployedWaiver, ResourceId, Tagged, Target
from compliance_runtime.waivers.waiver_lookup import WaiverLookup
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, REGION, event_item, history_item
from tests.unit.compliance_runtime.builders import client, configuration_item, deployed_waiver

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = "acme-dev-buckets"
LOGS = Resource(ACCOUNT, REGION, "AWS::S3::Bucket", "logs")
ITEM = event_item(arn="arn:aws:s3:::logs", tags={"team": "data", "empty": ""})
MAY, JUNE, JULY = date(2026, 5, 31), date(2026, 6, 30), date(2026, 7, 31)


class AwsConfig:
    """AWS Config with prepared answers."""

    def __init__(self) -> None:
        self.client = client("config")
        self.stub = Stubber(self.client)

    def has(self, *items: dict[str, Any]) -> None:
        asked = {"resourceType": "AWS::S3::Bucket", "resourceId": "logs", "limit": 1}
        self.stub.add_response("get_resource_config_history", {"configurationItems": list(items)}, asked)

    def ticket(self, *waivers: DeployedWaiver, compliance: Compliance = Compliance.NON_COMPLIANT) -> str | None:
        """The ticket of the waiver that a result has, when all that was prepared was asked for."""
        lookup = WaiverLookup({RULE: waivers}, lambda: self.client)
        note = lookup.note(Result(LOGS, RULE, Severity.LOW, compliance, None, CAPTURED_TIME, CAPTURED_TIME))
        self.stub.assert_no_pending_responses()
        return note.ticket if note else None


@pytest.fixture
def config() -> Iterator[AwsConfig]:
    config = AwsConfig()
    with config.stub:
        yield config


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
    item = configuration_item(arn=ITEM["ARN"], tags=ITEM["tags"])

    assert deployed_waiver("buckets", target).covers(LOGS, item) is covered


@pytest.mark.parametrize("target", [ArnPattern("arn:*"), Tagged("team")])
def test_what_aws_config_does_not_record_has_neither_arn_nor_tags(target: Target) -> None:
    waiver = deployed_waiver("buckets", target)

    assert not waiver.covers(LOGS, None)
    assert not waiver.covers(LOGS, configuration_item(arn=None))


def test_a_waiver_by_id_is_found_without_asking(config: AwsConfig) -> None:
    assert config.ticket(deployed_waiver("buckets", ResourceId("logs"))) == "SEC-1"
    assert config.ticket(deployed_waiver("buckets", ResourceId("other"))) is None
    assert config.ticket() is None


def test_what_complies_has_no_waiver_and_costs_no_look_up(config: AwsConfig) -> None:
    waivers = (deployed_waiver("buckets", ResourceId("logs")), deployed_waiver("buckets", Tagged("team")))
    for compliance in (Compliance.COMPLIANT, Compliance.NOT_APPLICABLE):
        assert config.ticket(*waivers, compliance=compliance) is None


def test_a_resource_is_read_once_for_all_patterns_and_tags(config: AwsConfig) -> None:
    config.has(history_item(ITEM))

    ticket = config.ticket(
        deployed_waiver("buckets", ArnPattern("arn:aws:s3:::other"), ticket="SEC-2"),
        deployed_waiver("buckets", Tagged("team", "data"), ticket="SEC-3"),
    )

    assert ticket == "SEC-3"


def test_nothing_is_asked_where_another_waiver_holds_longer_anyway(config: AwsConfig) -> None:
    by_tag = deployed_waiver("buckets", Tagged("team"), expires=MAY, ticket="SEC-2")

    assert config.ticket(by_tag, deployed_waiver("buckets", ResourceId("logs"), expires=MAY)) == "SEC-1"


@given(st.permutations([("id", MAY), ("pattern", JUNE), ("tag", JULY)]), st.permutations([MAY, JUNE, JULY]))
def test_of_several_waivers_the_one_counts_that_expires_last_in_whatever_order_they_stand(
    order: list[tuple[str, date]], days: list[date]
) -> None:
    config = AwsConfig()
    targets: dict[str, Target] = {
        "id": ResourceId("logs"),
        "pattern": ArnPattern("arn:aws:s3:::l*"),
        "tag": Tagged("team"),
    }
    expiry = dict(zip(targets, days, strict=True))
    last = max(expiry, key=lambda kind: expiry[kind])
    if last != "id":
        config.has(history_item(ITEM))
    waivers = [deployed_waiver("buckets", targets[kind], expires=expiry[kind], ticket=kind) for kind, _ in order]
    with config.stub:
        assert config.ticket(*waivers) == last


@pytest.mark.parametrize("code", ["ResourceNotDiscoveredException", "ValidationException"])
def test_what_is_no_recorded_resource_has_no_waiver_by_tag(config: AwsConfig, code: str) -> None:
    config.stub.add_client_error("get_resource_config_history", code)

    assert config.ticket(deployed_waiver("buckets", Tagged("team"))) is None


def test_a_resource_without_a_history_has_no_waiver_by_tag(config: AwsConfig) -> None:
    config.has()

    assert config.ticket(deployed_waiver("buckets", Tagged("team"))) is None


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_an_answer_that_fails_is_an_error_that_names_the_resource(config: AwsConfig, code: str) -> None:
    config.stub.add_client_error("get_resource_config_history", code)

    with pytest.raises(WaiverLookupError, match=f"AWS::S3::Bucket logs has a waiver is not known.*{code}"):
        config.ticket(deployed_waiver("buckets", Tagged("team")))


def test_an_item_of_another_form_is_an_error_that_names_the_resource(config: AwsConfig) -> None:
    config.has({"resourceType": "AWS::S3::Bucket"})

    with pytest.raises(WaiverLookupError, match="AWS::S3::Bucket logs"):
        config.ticket(deployed_waiver("buckets", Tagged("team")))


def test_a_waiver_says_for_what_it_is() -> None:
    said = [str(target) for target in (ResourceId("logs"), ArnPattern("arn:*"), Tagged("team"), Tagged("team", ""))]

    assert said == ["id logs", "ARN arn:*", "tag team", "tag team="]
