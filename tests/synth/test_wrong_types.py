"""Options of another type than they take: one sentence that names the option, before anything is made of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import bucket_tls_only
from compliance_tf import (
    ApiCall,
    CheckRule,
    ComplianceStack,
    KmsKeys,
    ManagedRule,
    Network,
    Notifications,
    Packs,
    PolicyRule,
    S3State,
    Schedule,
    SettingError,
    Workspaces,
    by_workspace,
)

if TYPE_CHECKING:
    from tests.synth.conftest import Synthesize

IDENTIFIER = "S3_BUCKET_VERSIONING_ENABLED"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"workspaces": ["dev"]}, r"workspaces=\['dev'\] must be a Workspaces or None\."),
        ({"state": "s3://states"}, "state='s3://states' must be a LocalState or a S3State or None"),
        ({"recorder_source": "cloud_control"}, "recorder_source='cloud_control' must be a RecorderSource"),
        ({"history_days": "365"}, r"history_days='365' must be a whole number or by_workspace\(\.\.\.\) of it"),
        ({"history_days": by_workspace(dev=7.5, default=30)}, "history_days=ByWorkspace.* must be a whole number"),
        ({"history_days": True}, "history_days=True must be a whole number"),
        ({"tracing": "no"}, "tracing='no' must be True or False"),
        ({"reevaluate": "rate(1 day)"}, r"reevaluate='rate\(1 day\)' must be a Schedule or None"),
        ({"notifications": ["arn:aws:sns:..."]}, r"notifications=.* must be a Notifications or None or by_workspace"),
        ({"waivers": [{"rule": "tls"}]}, r"waivers=\[.* must be a list, each a Waiver"),
        ({"tags": {"cost-center": 12}}, r"tags=\{'cost-center': 12\} must be a mapping of a text to a text or None"),
        ({"project": None}, "project=None must be a text"),
    ],
)
def test_an_option_of_the_stack(synthesize: Synthesize, options: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingError, match=rf"^ComplianceStack 'stack': {message}"):
        synthesize(lambda _: None, **options)


@pytest.mark.parametrize(
    ("rule", "options", "message"),
    [
        (
            ManagedRule,
            {"identifier": IDENTIFIER, "enabled": "no"},
            "enabled='no' must be True or False or by_workspace",
        ),
        (ManagedRule, {"identifier": IDENTIFIER, "skip_unavailable": "no"}, "skip_unavailable='no' must be True"),
        (
            ManagedRule,
            {"identifier": IDENTIFIER, "parameters": ["a"]},
            r"parameters=\['a'\] must be a mapping of a text",
        ),
        (ManagedRule, {"identifier": IDENTIFIER, "rule_scope": "AWS::S3::Bucket"}, "must be a Scope or None"),
        (
            ManagedRule,
            {"identifier": IDENTIFIER, "severity": "low"},
            r"Severity or None\. Did you mean Severity\.LOW\?",
        ),
        (CheckRule, {"check": bucket_tls_only}, "check=<module .* must be a Check"),
        (CheckRule, {"check": bucket_tls_only.CHECK, "evaluate_after": ["s3"]}, "must be a list, each an ApiCall"),
        (CheckRule, {"check": bucket_tls_only.CHECK, "name": 5}, "name=5 must be a text or None"),
        (PolicyRule, {"policy": b"rule x", "rule_scope": None}, "policy=b'rule x' must be a text"),
        (Packs, {"packs": [5]}, r"packs=\[5\] must be a list, each a text or a Pack"),
        (Packs, {"packs": ["cis-1.4-level-1"], "change": {"root-mfa": "off"}}, "a mapping of a text to a Change"),
    ],
)
def test_an_option_of_a_rule(synthesize: Synthesize, rule: Any, options: dict[str, Any], message: str) -> None:
    def build(stack: ComplianceStack) -> None:
        rule(stack, "one", **options)

    with pytest.raises(SettingError, match=rf"^{rule.__name__} 'one': .*{message}"):
        synthesize(build)


@pytest.mark.parametrize(
    ("create", "message"),
    [
        (lambda: Workspaces(allowed=("dev", 5)), r"Workspaces: allowed=\('dev', 5\) must be a list, each a text"),
        (lambda: S3State(bucket="acme-states", region=None), "S3State: region=None must be a text"),
        (lambda: KmsKeys(table=5), "KmsKeys: table=5 must be a text or None"),
        (lambda: Network(subnets=[1], security_groups=["sg-1"]), r"Network: subnets=\[1\] must be a list, each a text"),
        (lambda: Notifications(target=None), "Notifications: target=None must be a text"),
        (lambda: Schedule(5), "Schedule: expression=5 must be a text"),
        (lambda: ApiCall("kms", 5), "ApiCall: .*=5 must be a text"),
    ],
)
def test_a_part_of_an_option(create: Any, message: str) -> None:
    with pytest.raises(SettingError, match=f"^{message}"):
        create()
