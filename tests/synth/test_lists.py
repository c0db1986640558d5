"""A text where a list is meant would silently become its letters: it is refused everywhere."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from msgspec.structs import replace

from compliance_runtime.check import Severity
from compliance_runtime.checks import bucket_tls_only, security_group_ingress
from compliance_tf import (
    ApiCall,
    CheckPackRule,
    CheckRule,
    ComplianceError,
    ManagedPackRule,
    ManagedRule,
    Notifications,
    Pack,
    Packs,
    PolicyPackRule,
    Scope,
    Waiver,
    Workspaces,
)

if TYPE_CHECKING:
    from tests.synth.conftest import Synthesize

TOPIC = "arn:aws:sns:eu-west-1:111122223333:security"
BUCKET = "AWS::S3::Bucket"
WAIVER = Waiver(
    rule="trail",
    resource_id="x",
    reason="r",
    owner="o",
    ticket="t",
    granted=date(2026, 11, 1),
    expires=date(2026, 12, 1),
)


@pytest.mark.parametrize(
    "make",
    [
        lambda _: Workspaces(protected="prod"),  # type: ignore[arg-type]
        lambda _: Workspaces(allowed="prod"),  # type: ignore[arg-type]
        lambda _: Notifications(TOPIC, severities=Severity.HIGH),  # type: ignore[arg-type]
        lambda _: Notifications(TOPIC, severities="HIGH"),  # type: ignore[arg-type]
        lambda _: Scope(resource_types=BUCKET),  # type: ignore[arg-type]
        lambda _: ManagedPackRule("S3_BUCKET_VERSIONING_ENABLED", resource_types=BUCKET),  # type: ignore[arg-type]
        lambda _: CheckPackRule(bucket_tls_only.CHECK, resource_types=BUCKET),  # type: ignore[arg-type]
        lambda _: PolicyPackRule("p", "rule r { resourceType exists }", BUCKET),  # type: ignore[arg-type]
        lambda _: Pack("acme", ManagedPackRule("CLOUD_TRAIL_ENABLED")),  # type: ignore[arg-type]
        lambda stack: Packs(stack, "packs", packs="pci-dss-4.0"),
        lambda stack: Packs(stack, "packs", packs=["s3"], leave_out="s3-bucket-logging-enabled"),
        lambda stack: ManagedRule(stack, "r", identifier="CLOUD_TRAIL_ENABLED", packs="acme"),
        lambda stack: ManagedRule(
            stack,
            "r",
            identifier="CLOUD_TRAIL_ENABLED",
            evaluate_after=ApiCall("s3", "PutBucketAcl"),  # type: ignore[arg-type]
        ),
        lambda stack: CheckRule(
            stack,
            "r",
            check=security_group_ingress.CHECK,
            parameters=security_group_ingress.Parameters(allowed_ports="443"),  # type: ignore[arg-type]
        ),
        lambda _: replace(WAIVER, workspaces="prod"),
    ],
)
def test_a_single_value_is_refused(synthesize: Synthesize, make: Any) -> None:
    with pytest.raises(
        ComplianceError, match=r"takes a list|must be a (list|tuple)|give a list|is a string|tuple of strings"
    ):
        synthesize(make)


def test_a_single_waiver_is_refused(synthesize: Synthesize) -> None:
    with pytest.raises(ComplianceError, match="waivers takes a list"):
        synthesize(waivers=WAIVER)


def test_who_protects_a_workspace_that_is_never_deployed_protects_nothing() -> None:
    with pytest.raises(ComplianceError, match=r"'prodution'. Did you mean production\? Allowed: dev, production"):
        Workspaces(allowed=("dev", "production"), protected=("prodution",))
    assert Workspaces(allowed=("dev",)).protected == ("prod",)
    assert Workspaces(allowed=["dev", "prod"], protected=["prod"]).allowed == ("dev", "prod")
