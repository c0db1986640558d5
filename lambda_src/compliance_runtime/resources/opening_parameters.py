"""The parameters that the checks of both directions of security groups share."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.networks import Network, networks_of
from compliance_runtime.resources.security_group import ALL_PORTS, protocol_name
from compliance_runtime.resources.tags import EXEMPT_TAGS_DOC, refuse_impossible_tags

_NAMED_PROTOCOLS = frozenset({"tcp", "udp", "icmp", "icmpv6"})
_MAX_PROTOCOL = 255


@dataclass(frozen=True)
class OpeningParameters:
    """Allowed openings.

    Raises
    ------
    ParameterError
        When a text is not a port, protocol, address range or prefix list, or a tag is not valid in AWS.
    """

    allowed_ports: tuple[str, ...] = field(
        default=(), metadata={"doc": "Ports of TCP and UDP, 0 to 65535, that may be open to anyone: 443 or 8000-8100."}
    )
    allowed_protocols: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Protocols that may be open to anyone: tcp, udp, icmp, icmpv6 or a number, 0 to 255."},
    )
    allowed_cidrs: tuple[str, ...] = field(
        default=(), metadata={"doc": "Address ranges, IPv4 or IPv6, that may be open on any port: 192.0.2.0/24."}
    )
    allowed_prefix_lists: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Ids of prefix lists that may be open on any port: pl-0123abcd. Naming one refuses the others."
        },
    )
    public_ranges: bool = field(
        default=False, metadata={"doc": "Also refuse smaller ranges of public addresses, not only the internet."}
    )
    prefix_lists: bool = field(
        default=False,
        metadata={"doc": "Also refuse prefix lists that are not allowed: AWS Config does not record their addresses."},
    )
    exempt_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata={"doc": EXEMPT_TAGS_DOC})

    def __post_init__(self) -> None:
        """Refuse a text that is not a port, protocol, address range, prefix list or tag."""
        self.ports()
        self.protocols()
        self.networks()
        for text in self.allowed_prefix_lists:
            if not re.fullmatch(r"pl-[0-9a-z]+", text):
                raise ParameterError(f"Parameter allowed_prefix_lists: {text!r} must be an id such as pl-0123abcd.")
        refuse_impossible_tags("exempt_tags", self.exempt_tags)

    def ports(self) -> list[range]:
        """Parse the allowed ports."""
        return [_port_range(text) for text in self.allowed_ports]

    def protocols(self) -> frozenset[str]:
        """Parse the allowed protocols."""
        return frozenset(_protocol(text) for text in self.allowed_protocols)

    def networks(self) -> list[Network]:
        """Parse the allowed address ranges."""
        return networks_of("allowed_cidrs", self.allowed_cidrs)


def _port_range(text: str) -> range:
    first, _, last = text.partition("-")
    if re.fullmatch(r"[0-9]{1,5}(-[0-9]{1,5})?", text):
        ports = range(int(first), int(last or first) + 1)
        if ports and ports[-1] in ALL_PORTS:
            return ports
    raise ParameterError(f"Parameter allowed_ports: {text!r} must be a port, 0 to 65535, or a range as 8000-8100.")


def _protocol(text: str) -> str:
    if text in _NAMED_PROTOCOLS or (re.fullmatch(r"[0-9]{1,3}", text) and int(text) <= _MAX_PROTOCOL):
        return protocol_name(text)
    raise ParameterError(
        f"Parameter allowed_protocols: {text!r} must be tcp, udp, icmp, icmpv6 or a protocol's number, 0 to 255."
    )
