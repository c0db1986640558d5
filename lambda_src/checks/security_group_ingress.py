"""Security groups let the internet in on the allowed ports only."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING, TypeAlias

from lambda_src.check import Check, Severity, Trigger, Verdict
from lambda_src.errors import ParameterError
from lambda_src.security_group import ALL_PORTS, ingress_permissions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lambda_src.configuration_item import ConfigurationItem

Network: TypeAlias = IPv4Network | IPv6Network

# Wider ranges belong to no organisation: they are the internet, or a large part of it in several rules.
WIDEST_PREFIX = {4: 8, 6: 16}
# RFC 1918, 6598, 3927, 1122; RFC 4193, 4291. What ipaddress calls private differs by Python version.
PRIVATE_IPV4 = "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 127.0.0.0/8"
PRIVATE_IPV6 = "fc00::/7 fe80::/10 ::1/128"
PRIVATE = tuple(ip_network(text) for text in f"{PRIVATE_IPV4} {PRIVATE_IPV6}".split())


@dataclass(frozen=True)
class Parameters:
    """What may be open. Ports are 0 to 65535.

    Raises
    ------
    ParameterError
        When a text is no port or no address range.
    """

    allowed_ports: tuple[str, ...] = field(
        default=(), metadata={"doc": "TCP and UDP ports that anyone may reach, as 443 or 8000-8100."}
    )
    allowed_cidrs: tuple[str, ...] = field(
        default=(), metadata={"doc": "Address ranges that may come in on any port, as 192.0.2.0/24."}
    )
    public_ranges: bool = field(
        default=False, metadata={"doc": "Also refuse smaller ranges of public addresses, not only the internet."}
    )

    def __post_init__(self) -> None:
        """Refuse what is no port or no address range."""
        self.ports()
        self.networks()

    def ports(self) -> list[range]:
        """Read the allowed ports."""
        return [_port_range(text) for text in self.allowed_ports]

    def networks(self) -> list[Network]:
        """Read the allowed address ranges."""
        try:
            return [ip_network(text) for text in self.allowed_cidrs]
        except ValueError as cause:
            raise ParameterError(f"Parameter allowed_cidrs: {cause}; write it as 192.0.2.0/24.") from cause


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Call it compliant if nothing but the allowed ports is open to anyone but the allowed ranges."""
    allowed_ports = parameters.ports()
    trusted = [*PRIVATE, *parameters.networks()]
    openings = dict.fromkeys(
        f"{permission.traffic} open to {cidr}"
        for permission in ingress_permissions(item)
        if not any(permission.within(ports) for ports in allowed_ports)
        for cidr in permission.cidrs
        if _exposed(ip_network(cidr, strict=False), trusted, public_ranges=parameters.public_ranges)
    )
    if openings:
        return Verdict.non_compliant("; ".join(openings))
    return Verdict.compliant("No ingress from the internet but on the allowed ports.")


def _exposed(network: Network, trusted: Iterable[Network], *, public_ranges: bool) -> bool:
    refused = public_ranges or network.prefixlen < WIDEST_PREFIX[network.version]
    return refused and not _within(network, trusted)


def _within(network: Network, ranges: Iterable[Network]) -> bool:
    return any(
        outer.version == network.version
        and int(outer.network_address) <= int(network.network_address)
        and int(network.broadcast_address) <= int(outer.broadcast_address)
        for outer in ranges
    )


def _port_range(text: str) -> range:
    first, _, last = text.partition("-")
    if re.fullmatch(r"[0-9]{1,5}(-[0-9]{1,5})?", text):
        ports = range(int(first), int(last or first) + 1)
        if ports and ports[-1] in ALL_PORTS:
            return ports
    raise ParameterError(f"Parameter allowed_ports: {text!r} must be a port, 0 to 65535, or a range as 8000-8100.")


CHECK = Check(
    id="security-group-ingress",
    title="No ingress from the internet",
    description="Security groups must not be open to the internet, but for the allowed ports and address ranges.",
    severity=Severity.HIGH,
    resource_types=("AWS::EC2::SecurityGroup",),
    trigger=Trigger.CHANGE,
    parameters=Parameters,
    evaluate=evaluate,
)
