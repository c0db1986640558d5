"""The ingress permissions of a recorded security group, old and new forms as one.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lambda_src.errors import EventError

if TYPE_CHECKING:
    from lambda_src.configuration_item import ConfigurationItem
    from lambda_src.json_object import JsonValue

ALL_PORTS = range(65536)

# The API gives and takes names and IANA's numbers.
_PROTOCOLS = {"-1": "all traffic", "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


@dataclass(frozen=True)
class Permission:
    """What may come in from where.

    Parameters
    ----------
    protocol
        tcp, udp, icmp, icmpv6, ``all traffic`` or the number of another protocol.
    ports
        The ports of TCP or UDP; None for what has no ports.
    cidrs
        The address ranges. Prefix lists and other groups may come in too, but are no ranges.
    """

    protocol: str
    ports: range | None
    cidrs: tuple[str, ...]

    @property
    def traffic(self) -> str:
        """Protocol and ports in words, such as ``tcp 22`` or ``udp 8000-8100``."""
        if self.ports is None:
            return f"protocol {self.protocol}" if self.protocol.isdecimal() else self.protocol
        if self.ports == ALL_PORTS:
            return f"{self.protocol} all ports"
        first, last = self.ports[0], self.ports[-1]
        return f"{self.protocol} {first}" if first == last else f"{self.protocol} {first}-{last}"

    def within(self, ports: range) -> bool:
        """Tell whether it opens nothing but some of these ports of TCP or UDP."""
        return self.ports is not None and ports.start <= self.ports.start and self.ports.stop <= ports.stop


def ingress_permissions(item: ConfigurationItem) -> list[Permission]:
    """Read the permissions of an AWS::EC2::SecurityGroup.

    Raises
    ------
    EventError
        When the item has no list of them.
    """
    configuration = item.configuration if isinstance(item.configuration, dict) else {}
    permissions = configuration.get("ipPermissions")
    if not isinstance(permissions, list):
        raise EventError(f"{item.resource_id}: configuration.ipPermissions must be a list, not {permissions!r:.80}.")
    return [_permission(entry) for entry in _objects(permissions)]


def _permission(entry: dict[str, JsonValue]) -> Permission:
    recorded = str(entry.get("ipProtocol", "-1")).lower()
    protocol = _PROTOCOLS.get(recorded, recorded)
    ports = _ports(entry) if protocol in {"tcp", "udp"} else None
    return Permission(protocol, ports, _cidrs(entry))


def _ports(entry: dict[str, JsonValue]) -> range:
    first, last = entry.get("fromPort"), entry.get("toPort")
    if not isinstance(first, int) or not isinstance(last, int) or first < 0 or last < first:
        return ALL_PORTS
    return range(first, last + 1)


def _cidrs(entry: dict[str, JsonValue]) -> tuple[str, ...]:
    """Read the address ranges.

    Old items have ``ipRanges`` only, a list of texts; newer ones also lists of objects by address family.
    """
    old = entry.get("ipRanges")
    recorded = list(old) if isinstance(old, list) else []
    recorded += [element.get("cidrIp") for element in _objects(entry.get("ipv4Ranges"))]
    recorded += [element.get("cidrIpv6") for element in _objects(entry.get("ipv6Ranges"))]
    return tuple(dict.fromkeys(cidr for cidr in recorded if isinstance(cidr, str)))


def _objects(value: JsonValue) -> list[dict[str, JsonValue]]:
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []
