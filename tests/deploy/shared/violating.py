"""Buckets that violate a rule of prod, with waivers and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compliance_runtime.recording.results import Result
    from tests.deploy.shared.deployed import Deployed

BUCKETS = ("by-id", "by-arn", "by-tag", "plain")


def results(deployed: Deployed) -> list[Result]:
    """The results of these buckets."""
    return [one for one in deployed.store.of_rule("compliance-prod-s3-bucket-tls-only") if one.resource.id in BUCKETS]


def tickets(deployed: Deployed) -> dict[str, str | None]:
    """The tickets of the waivers that violations have."""
    return {one.resource.id: one.waiver.ticket if one.waiver else None for one in results(deployed)}
