"""Openings of a security group that are not allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.resources.networks import PRIVATE, is_inside, is_internet
from compliance_runtime.resources.security_group import PrefixList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_runtime.resources.networks import Network
    from compliance_runtime.resources.opening_parameters import OpeningParameters
    from compliance_runtime.resources.security_group import Permission, Range

SHOWN_DESCRIPTION = 40
"""Maximum characters of a rule's description in a reason; EC2 allows 255."""


def openings(permissions: Iterable[Permission], parameters: OpeningParameters) -> tuple[str, ...]:
    """List the openings that are not allowed, the widest first: ``tcp 22 open to 0.0.0.0/0 (office VPN)``."""
    ports, protocols = parameters.ports(), parameters.protocols()
    trusted = [*PRIVATE, *parameters.networks()]
    found = [
        (permission, peer)
        for permission in permissions
        if permission.protocol not in protocols and not any(permission.within(allowed) for allowed in ports)
        for peer in _refused(permission, trusted, parameters)
    ]
    return tuple(dict.fromkeys(_in_words(permission, peer) for permission, peer in sorted(found, key=_order)))


def _refused(permission: Permission, trusted: list[Network], parameters: OpeningParameters) -> list[Range | PrefixList]:
    ranges = [
        entry
        for entry in permission.ranges
        if (parameters.public_ranges or is_internet(entry.network)) and not is_inside(entry.network, trusted)
    ]
    if not (parameters.prefix_lists or parameters.allowed_prefix_lists):
        return [*ranges]
    lists = [entry for entry in permission.prefix_lists if entry.id not in parameters.allowed_prefix_lists]
    return [*ranges, *lists]


def _order(opening: tuple[Permission, Range | PrefixList]) -> tuple[bool, int, int, str]:
    """Return the sort key: address ranges before prefix lists, then by size."""
    permission, peer = opening
    known = not isinstance(peer, PrefixList)
    prefix = 0 if isinstance(peer, PrefixList) else peer.network.prefixlen
    return not known, -permission.width, prefix, _in_words(permission, peer)


def _in_words(permission: Permission, peer: Range | PrefixList) -> str:
    whom = f"prefix list {peer.id}" if isinstance(peer, PrefixList) else str(peer.network)
    rule = f" ({peer.description:.{SHOWN_DESCRIPTION}})" if peer.description else ""
    return f"{permission.traffic} open to {whom}{rule}"
