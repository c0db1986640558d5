"""Both checks judge a policy in the same way; each has what its service alone does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks import sns_topic_access, sqs_queue_access
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, event_item, normal_forms, verdict

if TYPE_CHECKING:
    from types import ModuleType

UNTRUSTED = "999999999999"


@dataclass(frozen=True)
class Service:
    """A service with its check, and a service that acts on its resources.

    Parameters
    ----------
    arn_member
        The member of the configuration with the resource's ARN.
    """

    module: ModuleType
    type: str
    id: str
    arn: str
    arn_member: str
    action: str
    acting: str

    def item(self, *statements: dict[str, Any], **recorded: Any) -> dict[str, Any]:
        """As AWS Config records it: a policy is a JSON text."""
        policy = {"Policy": json.dumps({"Version": "2012-10-17", "Statement": statements})} if statements else {}
        return event_item(
            self.type, self.id, arn=self.arn, configuration={self.arn_member: self.arn, **policy, **recorded}
        )

    def grant(self, principal: Any, condition: Any = None) -> dict[str, Any]:
        allowed = {"Sid": "S", "Effect": "Allow", "Principal": principal, "Action": self.action, "Resource": self.arn}
        return allowed | ({"Condition": condition} if condition else {})

    def grant_to_service(self, condition: Any = None) -> dict[str, Any]:
        return self.grant({"Service": f"{self.acting}.amazonaws.com"}, condition)

    def judged(self, *statements: dict[str, Any], **parameters: Any) -> Verdict:
        return verdict(self.module.CHECK, self.item(*statements), self.module.Parameters(**parameters))


TOPICS = Service(
    module=sns_topic_access,
    type="AWS::SNS::Topic",
    id="arn:aws:sns:eu-central-1:123456789012:news",
    arn="arn:aws:sns:eu-central-1:123456789012:news",
    arn_member="TopicArn",
    action="sns:Publish",
    acting="events",
)
QUEUES = Service(
    module=sqs_queue_access,
    type="AWS::SQS::Queue",
    id="https://sqs.eu-central-1.amazonaws.com/123456789012/jobs",
    arn="arn:aws:sqs:eu-central-1:123456789012:jobs",
    arn_member="QueueArn",
    action="sqs:SendMessage",
    acting="sns",
)
both = pytest.mark.parametrize("service", [TOPICS, QUEUES], ids=["topics", "queues"])


def test_the_policy_that_sns_makes_by_default_lets_only_the_owner_in() -> None:
    default = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": ["SNS:GetTopicAttributes", "SNS:Subscribe", "SNS:Publish"],
        "Resource": TOPICS.arn,
        "Condition": {"StringEquals": {"AWS:SourceOwner": ACCOUNT}},
    }
    another = default | {"Condition": {"StringEquals": {"AWS:SourceOwner": UNTRUSTED}}}

    assert TOPICS.judged(default).compliance is Compliance.COMPLIANT
    assert TOPICS.judged(another).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "statement",
    [
        QUEUES.grant({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}),
        QUEUES.grant("*", {"ArnEquals": {"aws:SourceArn": f"arn:aws:sns:eu-central-1:{ACCOUNT}:news"}}),
        QUEUES.grant(
            "*", {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}
        ),
    ],
)
def test_the_own_account_and_its_topics_and_buckets_may_send(statement: dict[str, Any]) -> None:
    assert QUEUES.judged(statement).compliance is Compliance.COMPLIANT


def test_a_bucket_that_may_be_anyones_is_named() -> None:
    found = QUEUES.judged(QUEUES.grant("*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::logs"}}))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "services for arn:aws:s3:::logs (S)" in found.reason


@both
@pytest.mark.parametrize("recorded", [{}, {"Policy": None}, {"Policy": ""}])
def test_without_a_policy_nobody_may_come_in(service: Service, recorded: dict[str, Any]) -> None:
    parameters = service.module.Parameters(require_source=True)

    assert verdict(service.module.CHECK, service.item(**recorded), parameters).compliance is Compliance.COMPLIANT


@both
def test_anyone_is_named_and_cannot_be_listed(service: Service) -> None:
    statement = service.grant("*")

    assert "anyone (S)" in service.judged(statement).reason
    assert service.judged(statement, accounts=(UNTRUSTED,)).compliance is Compliance.NON_COMPLIANT


@both
def test_an_account_that_is_not_trusted_is_named(service: Service) -> None:
    arn = f"arn:aws:{service.acting}:eu-central-1:{UNTRUSTED}:x"

    for statement, named in (
        (service.grant({"AWS": UNTRUSTED}), f"account {UNTRUSTED} (S)"),
        (
            service.grant_to_service({"ArnEquals": {"aws:SourceArn": arn}}),
            f"{service.acting}.amazonaws.com for {arn} (S)",
        ),
    ):
        found = service.judged(statement)
        assert found.compliance is Compliance.NON_COMPLIANT
        assert named in found.reason
        assert service.judged(statement, accounts=(UNTRUSTED,)).compliance is Compliance.COMPLIANT


@both
def test_an_organization_can_be_trusted(service: Service) -> None:
    statement = service.grant("*", {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})

    assert service.judged(statement).compliance is Compliance.NON_COMPLIANT
    assert service.judged(statement, organizations=("o-a1b2c3d4e5",)).compliance is Compliance.COMPLIANT


@both
def test_a_service_may_act_for_anyone_unless_a_source_is_required(service: Service) -> None:
    found = service.judged(service.grant_to_service(), require_source=True)

    assert service.judged(service.grant_to_service()).compliance is Compliance.COMPLIANT
    assert found.compliance is Compliance.NON_COMPLIANT
    assert f"{service.acting}.amazonaws.com (S): add aws:SourceArn" in found.reason


@both
@pytest.mark.parametrize("key", ["aws:SourceAccount", "aws:SourceOwner"])
def test_a_service_with_a_source_of_the_own_account_complies(service: Service, key: str) -> None:
    statement = service.grant_to_service({"StringEquals": {key: ACCOUNT}})

    assert service.judged(statement, require_source=True).compliance is Compliance.COMPLIANT


@both
def test_untrusted_principals_come_before_services_without_a_source(service: Service) -> None:
    found = service.judged(service.grant_to_service(), service.grant({"AWS": UNTRUSTED}), require_source=True)

    assert found.reason.index(UNTRUSTED) < found.reason.index("No source")


@both
def test_parameters_are_checked(service: Service) -> None:
    with pytest.raises(ParameterError, match="Parameter accounts"):
        service.module.Parameters(accounts=("me",))


@both
@pytest.mark.parametrize("policy", ["{", "[1]", {}, [], 1, False, '{"Statement": [{"Effect": "Allow"}]}'])
def test_a_malformed_policy_is_no_verdict(service: Service, policy: Any) -> None:
    for form in normal_forms(service.item(Policy=policy)):
        with pytest.raises(EventError):
            service.module.CHECK.evaluate(form, service.module.Parameters())


@both
@pytest.mark.parametrize("listed", ["arn:aws:s3:::inbox", "arn:aws:s3:*:*:inbox"])
def test_a_bucket_that_is_listed_may_have_s3_send(service: Service, listed: str) -> None:
    statement = service.grant("*", {"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:inbox"}})

    assert "or list who may come in as principals" in service.judged(statement).reason
    assert service.judged(statement, principals=(listed,)).compliance is Compliance.COMPLIANT
    assert service.judged(statement, principals=("arn:aws:s3:::outbox",)).compliance is Compliance.NON_COMPLIANT


@both
def test_a_vpc_endpoint_or_a_range_that_is_listed_lets_in(service: Service) -> None:
    endpoint = service.grant("*", {"StringEquals": {"aws:SourceVpce": "vpce-0a1b2c3d4e5f"}})
    office = service.grant("*", {"IpAddress": {"aws:SourceIp": "203.0.113.7/32"}})
    listed = ("vpce-0a1b2c3d4e5f", "203.0.113.0/24")

    found = service.judged(endpoint, office)

    assert "anyone from vpce-0a1b2c3d4e5f (S)" in found.reason
    assert "as networks" in found.reason
    assert service.judged(endpoint, office, networks=listed).compliance is Compliance.COMPLIANT
