"""The checks of public function URLs and images, and of expiring certificates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Finding, Verdict
from compliance_runtime.checks.ec2_public_images import CHECK as IMAGES
from compliance_runtime.checks.ec2_public_images import Parameters as ImageParameters
from compliance_runtime.checks.lambda_public_urls import CHECK as URLS
from compliance_runtime.checks.lambda_public_urls import Parameters as UrlParameters
from compliance_runtime.checks.rds_certificates import CHECK as CERTIFICATES
from compliance_runtime.checks.rds_certificates import Parameters as CertificateParameters
from compliance_runtime.errors import ParameterError
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, account_with, event_item, verdict
from tests.unit.compliance_runtime.builders import client

FUNCTION = event_item("AWS::Lambda::Function", "orders")
ARN = f"arn:aws:lambda:eu-central-1:{ACCOUNT}:function:orders"


def url(auth: str, arn: str = ARN) -> dict[str, Any]:
    times = {"CreationTime": "2026-01-01T00:00:00Z", "LastModifiedTime": "2026-01-01T00:00:00Z"}
    return {"FunctionUrl": "https://abc.lambda-url.eu-central-1.on.aws/", "FunctionArn": arn, "AuthType": auth} | times


def function(*urls: dict[str, Any], error: str | None = None, **parameters: Any) -> Verdict:
    stubbed = client("lambda")
    with Stubber(stubbed) as stub:
        for _ in range(2):
            if error:
                stub.add_client_error("list_function_url_configs", error)
            else:
                stub.add_response(
                    "list_function_url_configs", {"FunctionUrlConfigs": list(urls)}, {"FunctionName": "orders"}
                )
        return verdict(URLS, FUNCTION, UrlParameters(**parameters), account_with(**{"lambda": stubbed}))


def test_urls_without_a_signature_violate_also_those_of_aliases() -> None:
    found = function(url("NONE"), url("AWS_IAM", f"{ARN}:test"), url("NONE", f"{ARN}:live"))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "the alias live, the function" in found.reason
    assert "test" not in found.reason


def test_signed_urls_and_none_comply() -> None:
    assert function(url("AWS_IAM")).compliance is Compliance.COMPLIANT
    assert function().compliance is Compliance.COMPLIANT


def test_public_functions_are_not_asked_for_and_those_that_are_deleted_left_out() -> None:
    listed = verdict(URLS, FUNCTION, UrlParameters(public_functions=("ord*",)), account_with())

    assert listed.compliance is Compliance.COMPLIANT
    assert function(error="ResourceNotFoundException").compliance is Compliance.NOT_APPLICABLE


def images(*found: dict[str, Any], **parameters: Any) -> Finding:
    stubbed = client("ec2")
    expected = {
        "Owners": ["self"],
        "Filters": [{"Name": "is-public", "Values": ["true"]}],
        "IncludeDeprecated": True,
        "IncludeDisabled": True,
    }
    with Stubber(stubbed) as stub:
        # An empty first page is not the end.
        stub.add_response("describe_images", {"Images": [], "NextToken": "more"}, expected)
        stub.add_response("describe_images", {"Images": list(found)}, expected | {"NextToken": "more"})
        (finding,) = IMAGES.evaluate(account_with(ec2=stubbed), ImageParameters(**parameters))
    return finding


def test_public_images_are_named_at_the_account() -> None:
    finding = images({"ImageId": "ami-2", "Name": "b"}, {"ImageId": "ami-1", "Name": "a"})

    assert (finding.resource_type, finding.resource_id) == ("AWS::::Account", ACCOUNT)
    assert finding.verdict.compliance is Compliance.NON_COMPLIANT
    assert "ami-1, ami-2 in eu-central-1" in finding.verdict.reason


@pytest.mark.parametrize("listed", ["ami-1", "acme-*"])
def test_listed_images_may_be_public(listed: str) -> None:
    finding = images({"ImageId": "ami-1", "Name": "acme-base"}, public_images=(listed,))

    assert finding.verdict.compliance is Compliance.COMPLIANT


def test_many_images_leave_the_reason_short() -> None:
    finding = images(*({"ImageId": f"ami-{number:017}"} for number in range(30)))

    assert "and 22 more" in finding.verdict.reason


def authority(name: str, days: int) -> dict[str, Any]:
    return {"CertificateIdentifier": name, "ValidTill": CAPTURED_TIME + timedelta(days=days)}


def database(number: int, authority: str | None, own_days: int | None = None) -> dict[str, Any]:
    own = {} if own_days is None else {"CertificateDetails": {"ValidTill": CAPTURED_TIME + timedelta(days=own_days)}}
    named = {} if authority is None else {"CACertificateIdentifier": authority}
    return {"DbiResourceId": f"db-{number}"} | named | own


def certificates(*databases: dict[str, Any], **parameters: int) -> list[Finding]:
    stubbed = client("rds")
    known = [authority("rds-ca-old", 30), authority("rds-ca-rsa2048-g1", 9000)]
    with Stubber(stubbed) as stub:
        stub.add_response("describe_certificates", {"Certificates": [], "Marker": "more"})
        stub.add_response("describe_certificates", {"Certificates": known})
        stub.add_response("describe_db_instances", {"DBInstances": list(databases)})
        return list(CERTIFICATES.evaluate(account_with(rds=stubbed), CertificateParameters(**parameters)))


@pytest.mark.parametrize(
    ("item", "compliance", "words"),
    [
        (database(1, "rds-ca-rsa2048-g1", 300), Compliance.COMPLIANT, "beyond"),
        (database(1, "rds-ca-rsa2048-g1"), Compliance.COMPLIANT, "beyond"),
        (database(1, "rds-ca-old", 300), Compliance.NON_COMPLIANT, "rds-ca-old ends on 2026-03-31"),
        (database(1, "rds-ca-2019"), Compliance.NON_COMPLIANT, "rds-ca-2019 is none"),
        (database(1, "rds-ca-rsa2048-g1", 10), Compliance.NON_COMPLIANT, "own certificate ends on 2026-03-11"),
        (database(1, None), Compliance.NOT_APPLICABLE, "no certificate"),
    ],
)
def test_certificates_must_be_valid_for_some_time_yet(item: Any, compliance: Compliance, words: str) -> None:
    (finding,) = certificates(item)

    assert (finding.resource_type, finding.resource_id) == ("AWS::RDS::DBInstance", "db-1")
    assert finding.verdict.compliance is compliance
    assert words in finding.verdict.reason


def test_the_days_can_be_chosen() -> None:
    assert certificates(database(1, "rds-ca-old"), days=29)[0].verdict.compliance is Compliance.COMPLIANT
    with pytest.raises(ParameterError, match="days is 0"):
        CertificateParameters(days=0)
