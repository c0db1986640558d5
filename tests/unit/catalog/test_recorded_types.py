"""Types that AWS Config does not know, or that a region never records."""

from __future__ import annotations

import pytest

from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.catalog.recorded_types import IAM_TYPES, check_types, is_recorded_in
from compliance_tf.errors import SettingError

NEWER_REGIONS = (
    *("ap-east-2", "ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7"),
    *("ca-west-1", "eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1"),
)
"""AWS Config came to these after February 2022: AWS Config Developer Guide, "Recording AWS Resources"."""


@pytest.mark.parametrize("resource_type", IAM_TYPES)
def test_iam_is_not_recorded_in_the_newer_regions(resource_type: str) -> None:
    for region in NEWER_REGIONS:
        with pytest.raises(
            SettingError, match=f"{region} does not record {resource_type}, .* all regions but .*{region}"
        ):
            check_types("Rule 'r'", [resource_type], region=region)
    for region in ("eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "eu-north-1", "af-south-1"):
        check_types("Rule 'r'", [resource_type], region=region)


@pytest.mark.parametrize(
    ("resource_type", "home"),
    [
        ("AWS::CloudFront::Distribution", "us-east-1"),
        ("AWS::IAM::OIDCProvider", "us-east-1"),
        ("AWS::Route53::HostedZone", "us-east-1"),
        ("AWS::WAF::WebACL", "us-east-1"),
        ("AWS::Route53RecoveryControl::Cluster", "us-west-2"),
    ],
)
def test_what_has_a_home_region_is_recorded_there_alone(resource_type: str, home: str) -> None:
    assert is_recorded_in(resource_type, home)
    assert not is_recorded_in(resource_type, "eu-west-1")
    assert is_recorded_in(resource_type, "cn-north-1")


def test_that_a_new_region_lacks_the_rules_for_a_type_proves_nothing() -> None:
    assert is_recorded_in("AWS::EC2::LaunchTemplate", "mx-central-1")


def test_no_rule_is_in_a_region_that_is_said_not_to_record_its_type() -> None:
    for rule in managed_rules().rules.values():
        for region in (*NEWER_REGIONS, "eu-west-1", "us-east-1", "us-west-2"):
            if rule.change_triggered and len(rule.resource_types) == 1 and rule.is_available_in(region):
                assert is_recorded_in(rule.resource_types[0], region), (rule.identifier, region)


@pytest.mark.parametrize(
    "resource_type", ["AWS::S3::Bucket", "AWS::EC2::Instance", "AWS::IoT::Policy", "Acme::Web::Site"]
)
def test_known_types_and_those_that_a_user_registered_pass(resource_type: str) -> None:
    check_types("Rule 'r'", [resource_type], region="eu-west-1")


@pytest.mark.parametrize("resource_type", ["AWS::S3::Buket", "aws::s3::bucket", "AWS::S3", "bucket", ""])
def test_unknown_types_are_refused(resource_type: str) -> None:
    with pytest.raises(SettingError, match="Rule 'r': AWS Config knows no resource type"):
        check_types("Rule 'r'", [resource_type])
