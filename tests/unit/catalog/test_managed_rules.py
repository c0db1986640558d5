from __future__ import annotations

import pytest

from compliance_runtime.check import Severity
from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.errors import ComplianceError, UnknownManagedRuleError
from tests.unit.catalog.builders import change_rule


def test_a_rule_is_found_by_its_identifier() -> None:
    facts = managed_rule("ACCESS_KEYS_ROTATED")

    assert facts.identifier == "ACCESS_KEYS_ROTATED"
    assert (facts.periodic, facts.change_triggered) == (True, False)
    assert facts.resource_types == ("AWS::IAM::User",)
    assert [(known.name, known.required, known.default) for known in facts.parameters] == [
        ("maxAccessKeyAge", True, "90")
    ]


def test_a_rule_may_be_both_change_triggered_and_periodic() -> None:
    facts = managed_rule("ACM_CERTIFICATE_EXPIRATION_CHECK")

    assert facts.change_triggered
    assert facts.periodic


@pytest.mark.parametrize(
    ("asked", "meant"),
    [
        ("S3_BUCKET_VERSIONNING_ENABLED", "S3_BUCKET_VERSIONING_ENABLED"),
        ("s3_bucket_versioning_enabled", "S3_BUCKET_VERSIONING_ENABLED"),
        ("s3-bucket-versioning-enabled", "S3_BUCKET_VERSIONING_ENABLED"),
        ("INCOMING_SSH_DISABLE", "INCOMING_SSH_DISABLED"),
        ("restricted-ssh", "INCOMING_SSH_DISABLED"),
        ("ec2-instance-managed-by-systems-manager", "EC2_INSTANCE_MANAGED_BY_SSM"),
    ],
)
def test_an_unknown_identifier_is_answered_with_the_one_that_was_meant(asked: str, meant: str) -> None:
    with pytest.raises(UnknownManagedRuleError) as raised:
        managed_rule(asked)

    message = str(raised.value)
    assert message.startswith(f"managed rule {asked!r} is not known. Did you mean {meant}?")
    assert "managed-rules-by-aws-config.html" in message


def test_an_identifier_like_no_other_gets_no_suggestion() -> None:
    with pytest.raises(UnknownManagedRuleError, match=r"'xyzzy' is not known\. Allowed are the \d+ identifiers"):
        managed_rule("xyzzy")


def test_an_unknown_rule_is_one_of_the_errors_that_the_library_raises_on_purpose() -> None:
    with pytest.raises(ComplianceError):
        managed_rule("xyzzy")


def test_an_unrated_rule_counts_as_medium_and_a_rated_one_as_rated() -> None:
    assert change_rule(rating=None).severity is Severity.MEDIUM
    assert change_rule(rating=Severity.CRITICAL).severity is Severity.CRITICAL


def test_a_rule_is_available_wherever_it_is_not_excluded() -> None:
    facts = change_rule(excluded_regions=("cn-north-1",))

    assert not facts.is_available_in("cn-north-1")
    assert facts.is_available_in("eu-west-1")


def test_a_rule_limited_to_some_regions_is_not_available_in_a_region_opened_since() -> None:
    facts = change_rule(only_regions=("us-east-1",))

    assert facts.is_available_in("us-east-1")
    assert not facts.is_available_in("eu-future-9")


def test_the_documentation_of_a_rule_is_found_under_its_name_not_its_identifier() -> None:
    assert managed_rule("INCOMING_SSH_DISABLED").documentation_url.endswith("/developerguide/restricted-ssh.html")
