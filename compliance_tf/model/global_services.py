"""AWS services that are not regional: where their API calls become events."""

from __future__ import annotations

from typing import Final

from compliance_tf.model.regions import partition

_OF_THE_SDK: Final = (
    *("account", "billingconductor", "budgets", "ce", "chime", "cloudfront", "health", "iam", "importexport"),
    *("networkmanager", "notifications-contacts", "organizations", "route53", "savingsplans", "shield", "tax", "waf"),
)
"""Source: endpoints.json of botocore, services with isRegionalized false; a test compares the two."""

_OF_THE_DOCUMENTS: Final = ("route53domains", "sts")
"""Source: CloudTrail User Guide, "Global service events"."""

_USUAL: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
"""The region of a partition's global services, unless named below; unknown ones of other partitions are not refused."""

_UNUSUAL: Final = {
    ("aws", "globalaccelerator"): "us-west-2",
    ("aws", "networkmanager"): "us-west-2",
    ("aws-cn", "iam"): "cn-north-1",
}


def event_region(service: str, region: str) -> str:
    """Return the region in which API calls become EventBridge events.

    Parameters
    ----------
    service
        The service as CloudTrail names it, without ``.amazonaws.com``.
    region
        The region in which the calls are made.

    Returns
    -------
    str
        The region itself for a regional service, and where nothing is known.
    """
    own = partition(region) or ""
    if (own, service) in _UNUSUAL:
        return _UNUSUAL[own, service]
    if service in _OF_THE_SDK or service in _OF_THE_DOCUMENTS:
        return _USUAL.get(own, region)
    return region
