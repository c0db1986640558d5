"""The permissions of a recorded security group, normalized from old and new forms.

AWS Config records a group's permissions as DescribeSecurityGroups returns them, without the ids of their rules, so a
rule is identified by its description.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_network
from typing import TYPE_CHECKING, Literal

from compliance_runtime.errors import EventError

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject
    from compliance_runtime.resources.networks import Network

ALL_PORTS = range(65536)
ALL_TRAFFIC = "all traffic"

# The API uses both names and IANA's numbers.
_PROTOCOLS = {"-1": ALL_TRAFFIC, "1": "icmp", "6": "tcp", "17": "udp", "58": "icmpv6"}


@dataclass(frozen=True)
class Range:
    """An address range of a rule.

    Parameters
    ----------
    network
        The addresses.
    description
        The rule's description, if it has one.
    """

    network: Network
    description: str | None


@dataclass(frozen=True)
class PrefixList:
    """A prefix list of a rule; AWS Config does not record its addresses.

    Parameters
    ----------
    id
        Its id, such as ``pl-0123456789abcdef0``.
    description
        The rule's description, if it has one.
    """

    id: str
    description: str | None


@dataclass(frozen=True)
class Permission:
    """A rule of a security group: protocol, ports and peers.

    Parameters
    ----------
    protocol
        tcp, udp, icmp, icmpv6, ``all traffic`` or the number of another protocol.
    ports
        The ports of TCP or UDP; None for what has no ports.
    ranges
        The address ranges.
    prefix_lists
        The prefix lists. References to other security groups are left out.
    """

    protocol: str
    ports: range | None
    ranges: tuple[Range, ...]
    prefix_lists: tuple[PrefixList, ...]

    @property
    def traffic(self) -> str:
        """The protocol and ports, such as ``tcp 22`` or ``udp 8000-8100``."""
        if self.ports is None:
            return f"protocol {self.protocol}" if self.protocol.isdecimal() else self.protocol
        if self.ports == ALL_PORTS:
            return f"{self.protocol} all ports"
        first, last = self.ports.start, self.ports.stop - 1
        return f"{self.protocol} {first}" if first == last else f"{self.protocol} {first}-{last}"

    @property
    def width(self) -> int:
        """The size, for comparisons: the number of ports; more for a protocol without ports, most for all traffic."""
        if self.ports is not None:
            return self.ports.stop - self.ports.start
        return ALL_PORTS.stop + (2 if self.protocol == ALL_TRAFFIC else 1)

    def within(self, ports: range) -> bool:
        """Return whether all of its ports are among these ports of TCP or UDP."""
        return self.ports is not None and ports.start <= self.ports.start and self.ports.stop <= ports.stop


def protocol_name(recorded: str) -> str:
    """Normalize a protocol, which may be a name or IANA's number."""
    return _PROTOCOLS.get(recorded.lower(), recorded.lower())


def permissions_of(
    item: ConfigurationItem, member: Literal["ipPermissions", "ipPermissionsEgress"]
) -> tuple[Permission, ...]:
    """Read the inbound or outbound permissions of an AWS::EC2::SecurityGroup.

    Returns
    -------
    tuple[Permission, ...]
        The permissions in the order of the item; empty where there are none.

    Raises
    ------
    EventError
        When the item has no list of them, or an entry is malformed.
    """
    configuration = item.configuration if isinstance(item.configuration, dict) else {}
    permissions = configuration.get(member)
    if not isinstance(permissions, list):
        raise EventError(f"{item.label}: configuration.{member} must be a list, not {permissions!r:.80}.")
    return tuple(_permission(entry) for entry in item.members.objects(member))


def _permission(entry: JsonObject) -> Permission:
    protocol = protocol_name(entry.text("ipProtocol"))
    ports = _ports(entry) if protocol in {"tcp", "udp"} else None
    lists = tuple(
        PrefixList(element.text("prefixListId"), element.optional_text("description"))
        for element in entry.objects("prefixListIds")
    )
    return Permission(protocol, ports, _ranges(entry), lists)


def _ports(entry: JsonObject) -> range:
    first, last = entry.optional_number("fromPort"), entry.optional_number("toPort")
    if first is None or last is None or first < 0 or last < first:
        return ALL_PORTS
    return range(first, last + 1)


def _ranges(entry: JsonObject) -> tuple[Range, ...]:
    """Read the address ranges.

    Old items have ``ipRanges`` only, a list of texts; newer ones also lists of objects by address family.

    Returns
    -------
    tuple[Range, ...]
        Each range once, with its description, which old items do not have.
    """
    described: dict[str, str | None] = dict.fromkeys(entry.texts("ipRanges"))
    for element in entry.objects("ipv4Ranges"):
        described[element.text("cidrIp")] = element.optional_text("description")
    for element in entry.objects("ipv6Ranges"):
        described[element.text("cidrIpv6")] = element.optional_text("description")
    return tuple(Range(_network(entry, cidr), description) for cidr, description in described.items())


def _network(entry: JsonObject, cidr: str) -> Network:
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        raise EventError(f"{entry.place} must hold address ranges, not {cidr!r:.80}.") from None
