"""Networks in conditions of policies.

VPCs and their endpoints by id or ARN (``aws:SourceVpc``, ``aws:SourceVpcArn``, ``aws:SourceVpce``), address ranges
(``aws:SourceIp``), and whoever owns the endpoint (``aws:VpceAccount``, ``aws:VpceOrgID``):
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-network-properties
"""

from __future__ import annotations

import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

_Range: TypeAlias = "IPv4Network | IPv6Network"

MIN_PREFIXES = {4: 8, 6: 32}
"""The widest ranges that S3 takes for certain networks, by version:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"""

_ID = re.compile(r"vpce?-[0-9a-z]+|[0-9]{12}|o-[a-z0-9]{10,32}")


def is_network(text: str) -> bool:
    """Return whether a text is a specific network: no wildcards, no range that is wider than S3 accepts."""
    return _ID.fullmatch(_id(text)) is not None or _range(text) is not None


def is_network_in(text: str, networks: Iterable[str]) -> bool:
    """Return whether a network is part of one of others: the same one, or a range within a range."""
    own = _range(text)
    if own is None:
        return _ID.fullmatch(_id(text)) is not None and _id(text) in {_id(one) for one in networks}
    others = (_range(one) for one in networks)
    return any(_is_within(own, other) for other in others if other is not None)


def _id(text: str) -> str:
    """Return the id in an ARN, and the organization of a path in it; any other text as it is."""
    return text.rpartition("/")[2] if text.startswith("arn:") else text.partition("/")[0]


def _range(text: str) -> _Range | None:
    try:
        network = ip_network(text, strict=False)
    except ValueError:
        return None
    return network if network.prefixlen >= MIN_PREFIXES[network.version] else None


def _is_within(inner: _Range, outer: _Range) -> bool:
    if isinstance(inner, IPv4Network):
        return isinstance(outer, IPv4Network) and inner.subnet_of(outer)
    return isinstance(outer, IPv6Network) and inner.subnet_of(outer)
