"""Types that AWS Config takes evaluations of."""

from __future__ import annotations

import pytest

from compliance_runtime.checks import check_ids, load_check
from compliance_tf.catalog.resource_types import check_resource_types, is_resource_type
from compliance_tf.errors import SettingError


@pytest.mark.parametrize("name", ["AWS::S3::Bucket", "AWS::::Account", "AWS::Logs::LogGroup", "Acme::Shop::Order"])
def test_types_of_aws_and_of_ones_own_are_taken(name: str) -> None:
    assert is_resource_type(name)


@pytest.mark.parametrize("name", ["AWS::Account", "AWS::S3::Buckets", "aws::s3::bucket", "AWS::S3", "Bucket", ""])
def test_others_are_not(name: str) -> None:
    assert not is_resource_type(name)


def test_what_is_meant_is_proposed() -> None:
    with pytest.raises(SettingError, match=r"Check mine: .* 'AWS::S3::Buckets'.*Did you mean AWS::S3::Bucket\?"):
        check_resource_types("Check mine", ["AWS::EC2::Instance", "AWS::S3::Buckets"])


def test_all_types_of_our_checks_are_taken() -> None:
    for check_id in check_ids():
        check_resource_types(check_id, load_check(check_id).resource_types)
