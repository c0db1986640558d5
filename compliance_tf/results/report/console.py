"""Addresses of resource timelines in the AWS console."""

from __future__ import annotations

from urllib.parse import quote, urlencode

_HOSTS = (
    ("cn-", "console.amazonaws.cn"),
    ("us-gov-", "console.amazonaws-us-gov.com"),
    ("us-iso", None),
    ("eu-isoe-", None),
    ("eusc-", None),
)
"""The consoles of partitions by the prefixes of their regions; None where the address is not public.

https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/console.html and
https://docs.amazonaws.cn/en_us/aws/latest/userguide/endpoints-arns.html
"""


def timeline_base(region: str) -> str | None:
    """Build the address of AWS Config's resource timelines in a region; a resource's own part follows it.

    Returns
    -------
    str | None
        The address, to which a query is added; None for a region of a partition whose console has no public address.
    """
    host = next((host for prefix, host in _HOSTS if region.startswith(prefix)), f"{region}.console.aws.amazon.com")
    if host is None:
        return None
    return f"https://{host}/config/home?region={quote(region)}#/resources/timeline?"


def timeline_url(region: str, resource_type: str, resource_id: str) -> str | None:
    """Build the address of a resource's timeline in AWS Config; None where ``timeline_base`` is None."""
    base = timeline_base(region)
    return base and base + urlencode({"resourceId": resource_id, "resourceType": resource_type}, quote_via=quote)
