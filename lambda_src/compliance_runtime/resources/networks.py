"""Address ranges: containment, and the internet."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable

Network: TypeAlias = IPv4Network | IPv6Network

# Wider ranges belong to no single organization: they are the internet, or a large part of it in several rules.
_WIDEST_PREFIX = {4: 8, 6: 16}
# RFC 1918, 6598, 3927, 1122; RFC 4193, 4291. ``ipaddress.is_private`` differs between Python versions.
_PRIVATE_IPV4 = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 127.0.0.0/8"
_PRIVATE_IPV6 = "fc00::/7 fe80::/10 ::1/128"
PRIVATE: tuple[Network, ...] = tuple(ip_network(text) for text in f"{_PRIVATE_IPV4} {_PRIVATE_IPV6}".split())
"""The ranges that the internet does not route."""


def is_internet(network: Network) -> bool:
    """Return whether a range is too wide for one organization: wider than /8 of IPv4 or /16 of IPv6."""
    return network.prefixlen < _WIDEST_PREFIX[network.version]


def is_inside(network: Network, ranges: Iterable[Network]) -> bool:
    """Return whether one of the ranges contains the whole network."""
    return any(
        outer.version == network.version
        and int(outer.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(outer.broadcast_address)
        for outer in ranges
    )


def networks_of(parameter: str, texts: Iterable[str]) -> list[Network]:
    """Parse the address ranges of a parameter.

    Returns
    -------
    list[Network]
        The ranges in their order.

    Raises
    ------
    ParameterError
        When a text is not an address range, or has bits set behind its prefix.
    """
    try:
        return [ip_network(text) for text in texts]
    except ValueError as cause:
        raise ParameterError(f"Parameter {parameter}: {cause}; write it as 192.0.2.0/24.") from cause
