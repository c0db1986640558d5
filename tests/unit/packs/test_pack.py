"""Packs and their rules are refused when they contradict themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import bucket_tls_only, iam_access_keys, required_tags
from compliance_tf.errors import ComplianceError
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule

if TYPE_CHECKING:
    from collections.abc import Callable

KEYS = ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": 90})
BUCKET = ("AWS::S3::Bucket",)


def test_a_rules_id_is_its_identifier_or_its_check_unless_given() -> None:
    assert KEYS.id == "access-keys-rotated"
    assert CheckPackRule(bucket_tls_only.CHECK).id == "bucket-tls-only"
    assert ManagedPackRule("CLOUD_TRAIL_ENABLED", id="trail").id == "trail"


def test_a_pack_of_aws_has_its_rules_parameters_and_title() -> None:
    pack = Pack.named("hipaa")
    assert pack.title == "HIPAA Security"
    assert pack.process_checks
    (keys,) = [rule for rule in pack.rules if rule.id == "access-keys-rotated"]
    assert isinstance(keys, ManagedPackRule)
    assert keys.parameters == {"maxAccessKeyAge": "90"}


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Pack("Acme Rules", (KEYS,)), "pack 'Acme Rules': a pack's name has lower-case words"),
        (lambda: Pack("a" * 65, (KEYS,)), "at most 64 characters"),
        (lambda: Pack("acme", ()), "pack 'acme' has no rules"),
        (
            lambda: Pack("acme", (KEYS, KEYS)),
            "pack 'acme' has more than one rule access-keys-rotated: give each another id",
        ),
        (lambda: wrong("ACCESS_KEYS_ROTATE"), "'ACCESS_KEYS_ROTATE' is not known. Did you mean ACCESS_KEYS_ROTATED?"),
        (lambda: wrong("ACCESS_KEYS_ROTATED"), "(?s)ACCESS_KEYS_ROTATED.*'maxAccessKeyAge' .* is required"),
        (lambda: wrong("ENCRYPTED_VOLUMES", frequency="One_Hour"), "(?s)ENCRYPTED_VOLUMES.*'One_Hour' is not allowed"),
        (lambda: wrong("ENCRYPTED_VOLUMES", resource_types=BUCKET), "'AWS::S3::Bucket' is not evaluated by the rule"),
        (lambda: wrong("CLOUD_TRAIL_ENABLED", id="Trail_1"), "rule id 'Trail_1': use lower-case words"),
        (
            lambda: CheckPackRule(bucket_tls_only.CHECK, frequency="One_Hour"),
            "frequency is not allowed: the check 'bucket-tls-only' is triggered by changes",
        ),
        (
            lambda: CheckPackRule(bucket_tls_only.CHECK, resource_types=("AWS::EC2::Volume",)),
            "resource_types has AWS::EC2::Volume, and the check 'bucket-tls-only' evaluates AWS::S3::Bucket",
        ),
        (
            lambda: CheckPackRule(iam_access_keys.CHECK, resource_types=("AWS::IAM::User",)),
            "resource_types is not allowed: the check 'iam-access-keys' is periodic",
        ),
        (lambda: CheckPackRule(required_tags.CHECK), "the check 'required-tags' needs a value of tags"),
        (
            lambda: CheckPackRule(required_tags.CHECK, {"tags": {}}),
            "takes parameters of compliance_runtime.checks.required_tags.Parameters, not {'tags': {}}",
        ),
        (
            lambda: CheckPackRule(
                required_tags.CHECK, required_tags.Parameters(tags={f"t{n}": ("v" * 60,) for n in range(20)})
            ),
            r"'required-tags': .*1,?024",
        ),
        (lambda: PolicyPackRule("names", "rule a {", BUCKET), "Rule 'names': the policy is not Guard"),
        (lambda: PolicyPackRule("names", "rule a { x exists }", ()), "Rule 'names': a policy needs resource types"),
    ],
)
def test_what_contradicts_itself_is_refused(build: Callable[[], object], message: str) -> None:
    with pytest.raises(ComplianceError, match=message):
        build()


def wrong(identifier: Any, **settings: Any) -> ManagedPackRule:
    """A managed rule as a user may write it whom no type checker warns."""
    return ManagedPackRule(identifier, **settings)
