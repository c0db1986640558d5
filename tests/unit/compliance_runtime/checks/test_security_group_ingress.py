from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.security_group_ingress import CHECK, Parameters, evaluate
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item, verdict
from tests.unit.compliance_runtime.builders import configuration_item

if TYPE_CHECKING:
    from collections.abc import Mapping


def permission(
    *cidrs: str, protocol: str = "tcp", ports: tuple[int, int] | None = (22, 22), old: bool = False
) -> dict[str, Any]:
    """What may come in, as newer items have it or as old ones do."""
    v4 = [cidr for cidr in cidrs if ":" not in cidr]
    v6 = [cidr for cidr in cidrs if ":" in cidr]
    entry: dict[str, Any] = {
        "ipProtocol": protocol,
        "ipRanges": v4,
        "ipv6Ranges": [{"cidrIpv6": cidr} for cidr in v6],
        "prefixListIds": [],
        "userIdGroupPairs": [],
    }
    if ports:
        entry |= {"fromPort": ports[0], "toPort": ports[1]}
    return entry if old else entry | {"ipv4Ranges": [{"cidrIp": cidr} for cidr in v4]}


def judged(*permissions: dict[str, Any], parameters: Parameters | None = None) -> Verdict:
    item = configuration_item("AWS::EC2::SecurityGroup", "sg-1", configuration={"ipPermissions": list(permissions)})
    return evaluate(item, parameters or Parameters())


@pytest.mark.parametrize(
    ("entry", "opening"),
    [
        (permission("0.0.0.0/0"), "tcp 22 open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", old=True), "tcp 22 open to 0.0.0.0/0"),
        (permission("::/0", protocol="udp", ports=(8000, 8100)), "udp 8000-8100 open to ::/0"),
        (permission("0.0.0.0/0", protocol="6"), "tcp 22 open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", protocol="-1", ports=None), "all traffic open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", protocol="-1", ports=(-1, -1)), "all traffic open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", ports=(-1, -1)), "tcp all ports open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", ports=None), "tcp all ports open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", ports=(0, 65535)), "tcp all ports open to 0.0.0.0/0"),
        (permission("0.0.0.0/0", protocol="icmp", ports=(8, -1)), "icmp open to 0.0.0.0/0"),
        (permission("::/0", protocol="58", ports=(-1, -1)), "icmpv6 open to ::/0"),
        (permission("0.0.0.0/0", protocol="50", ports=None), "protocol 50 open to 0.0.0.0/0"),
        (permission("0.0.0.0/1", "128.0.0.0/1"), "tcp 22 open to 0.0.0.0/1; tcp 22 open to 128.0.0.0/1"),
        (permission("2000::/3"), "tcp 22 open to 2000::/3"),
    ],
)
def test_what_is_open_to_the_internet_is_named(entry: dict[str, Any], opening: str) -> None:
    verdict = judged(entry)

    assert (verdict.compliance, verdict.reason) == (Compliance.NON_COMPLIANT, opening)


@pytest.mark.parametrize(
    "entry",
    [
        permission("10.0.0.0/8"),
        permission("198.51.100.0/24"),
        permission("2001:db8::/32"),
        permission() | {"userIdGroupPairs": [{"groupId": "sg-2"}], "prefixListIds": [{"prefixListId": "pl-1"}]},
    ],
)
def test_ranges_prefix_lists_and_groups_are_not_the_internet(entry: dict[str, Any]) -> None:
    assert judged(entry).compliance is Compliance.COMPLIANT


def test_a_group_without_ingress_is_compliant() -> None:
    assert judged().compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("protocol", "ports", "compliance"),
    [
        ("tcp", (443, 443), Compliance.COMPLIANT),
        ("udp", (443, 443), Compliance.COMPLIANT),
        ("tcp", (8000, 8100), Compliance.COMPLIANT),
        ("tcp", (8050, 8060), Compliance.COMPLIANT),
        ("tcp", (7999, 8000), Compliance.NON_COMPLIANT),
        ("tcp", (8100, 8101), Compliance.NON_COMPLIANT),
        ("tcp", (443, 444), Compliance.NON_COMPLIANT),
        ("icmp", (443, 443), Compliance.NON_COMPLIANT),
        ("-1", None, Compliance.NON_COMPLIANT),
    ],
)
def test_only_allowed_ports_may_be_open(protocol: str, ports: tuple[int, int] | None, compliance: Compliance) -> None:
    verdict = judged(
        permission("0.0.0.0/0", protocol=protocol, ports=ports),
        parameters=Parameters(allowed_ports=("443", "8000-8100")),
    )

    assert verdict.compliance is compliance


def test_all_ports_may_be_allowed_without_allowing_other_protocols() -> None:
    everything = Parameters(allowed_ports=("0-65535",))

    assert judged(permission("0.0.0.0/0", ports=None), parameters=everything).compliance is Compliance.COMPLIANT
    verdict = judged(permission("0.0.0.0/0", protocol="-1", ports=None), parameters=everything)
    assert verdict.compliance is Compliance.NON_COMPLIANT


def test_allowed_ranges_may_come_in_on_any_port() -> None:
    parameters = Parameters(allowed_cidrs=("0.0.0.0/1",))

    assert judged(permission("0.0.0.0/1"), parameters=parameters).compliance is Compliance.COMPLIANT
    assert judged(permission("0.0.0.0/2"), parameters=parameters).compliance is Compliance.COMPLIANT
    assert judged(permission("0.0.0.0/0"), parameters=parameters).compliance is Compliance.NON_COMPLIANT
    assert judged(permission("::/0"), parameters=parameters).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    ("cidr", "compliance"),
    [
        ("8.8.8.8/32", Compliance.NON_COMPLIANT),
        ("2001:4860::/32", Compliance.NON_COMPLIANT),
        ("172.16.0.0/11", Compliance.NON_COMPLIANT),
        ("172.16.0.0/12", Compliance.COMPLIANT),
        ("10.1.2.3/32", Compliance.COMPLIANT),
        ("100.64.0.0/10", Compliance.COMPLIANT),
        ("fd00::/8", Compliance.COMPLIANT),
        ("192.0.2.0/25", Compliance.COMPLIANT),
    ],
)
def test_every_public_address_may_be_refused_but_for_allowed_ranges(cidr: str, compliance: Compliance) -> None:
    parameters = Parameters(public_ranges=True, allowed_cidrs=("192.0.2.0/24",))

    assert judged(permission(cidr), parameters=parameters).compliance is compliance


@pytest.mark.parametrize("port", ["", "https", "443-", "-443", "65536", "8100-8000", "80,443", " 443", "٤٤٣"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(ParameterError, match="allowed_ports"):
        Parameters(allowed_ports=(port,))


@pytest.mark.parametrize("cidr", ["", "internet", "192.0.2.1/24", "192.0.2.0/33"])
def test_an_address_range_that_is_none_is_refused(cidr: str) -> None:
    with pytest.raises(ParameterError, match="allowed_cidrs"):
        Parameters(allowed_cidrs=(cidr,))


@pytest.mark.parametrize("configuration", [{"groupId": "sg-1"}, {"ipPermissions": "none"}, "text"])
def test_an_item_without_its_permissions_is_no_verdict(configuration: object) -> None:
    item = configuration_item("AWS::EC2::SecurityGroup", "sg-1", configuration=configuration)

    with pytest.raises(EventError, match=r"ipPermissions must be a list"):
        evaluate(item, Parameters())


def group(*permissions: dict[str, Any], tags: dict[str, str] | None = None) -> dict[str, Any]:
    configuration = {"groupId": "sg-1", "ipPermissions": list(permissions), "ipPermissionsEgress": []}
    return event_item("AWS::EC2::SecurityGroup", "sg-1", configuration=configuration, tags=tags)


def lists(*ids: str, description: str | None = None) -> dict[str, Any]:
    """What may come in from prefix lists."""
    described = {} if description is None else {"description": description}
    return permission() | {"prefixListIds": [{"prefixListId": id_} | described for id_ in ids]}


def test_both_forms_of_an_item_are_judged_alike() -> None:
    result = verdict(CHECK, group(permission("0.0.0.0/0"), permission("::/0", old=True)))

    assert result == Verdict.non_compliant("tcp 22 open to 0.0.0.0/0; tcp 22 open to ::/0")


def test_what_is_open_widest_is_named_first_in_whatever_order_it_was_recorded() -> None:
    entries = [
        permission("0.0.0.0/1", ports=(80, 80)),
        permission("0.0.0.0/0", ports=(80, 80)),
        permission("0.0.0.0/0", ports=(8000, 8100)),
        permission("0.0.0.0/0", protocol="icmp", ports=None),
        permission("2000::/3", protocol="-1", ports=None),
        lists("pl-1"),
    ]
    parameters = Parameters(prefix_lists=True)

    reason = judged(*entries, parameters=parameters).reason

    assert reason == (
        "all traffic open to 2000::/3; icmp open to 0.0.0.0/0; tcp 8000-8100 open to 0.0.0.0/0; "
        "tcp 80 open to 0.0.0.0/0; tcp 80 open to 0.0.0.0/1; tcp 22 open to prefix list pl-1"
    )
    assert judged(*reversed(entries), parameters=parameters).reason == reason


def test_a_rule_is_named_by_its_description() -> None:
    entry = permission() | {
        "ipRanges": ["0.0.0.0/0"],
        "ipv4Ranges": [{"cidrIp": "0.0.0.0/0", "description": "until the VPN works"}],
        "ipv6Ranges": [{"cidrIpv6": "::/0", "description": "x" * 255}],
    }

    assert judged(entry).reason == (f"tcp 22 open to 0.0.0.0/0 (until the VPN works); tcp 22 open to ::/0 ({'x' * 40})")


@pytest.mark.parametrize(
    ("cidr", "compliance"),
    [
        ("9.0.0.0/8", Compliance.COMPLIANT),
        ("8.0.0.0/7", Compliance.NON_COMPLIANT),
        ("2600::/16", Compliance.COMPLIANT),
        ("2600::/15", Compliance.NON_COMPLIANT),
    ],
)
def test_what_no_organisation_owns_alone_is_the_internet(cidr: str, compliance: Compliance) -> None:
    assert judged(permission(cidr)).compliance is compliance


def test_an_allowed_range_allows_no_addresses_of_the_other_family() -> None:
    parameters = Parameters(public_ranges=True, allowed_cidrs=("0.0.0.0/0",))

    assert judged(permission("::8.8.8.8/128"), parameters=parameters).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    ("protocol", "ports", "allowed", "compliance"),
    [
        ("icmp", (8, -1), "icmp", Compliance.COMPLIANT),
        ("icmp", (8, -1), "1", Compliance.COMPLIANT),
        ("58", None, "icmpv6", Compliance.COMPLIANT),
        ("50", None, "50", Compliance.COMPLIANT),
        ("udp", (53, 53), "udp", Compliance.COMPLIANT),
        ("17", (53, 53), "udp", Compliance.COMPLIANT),
        ("tcp", (53, 53), "udp", Compliance.NON_COMPLIANT),
        ("icmpv6", None, "icmp", Compliance.NON_COMPLIANT),
        ("-1", None, "icmp", Compliance.NON_COMPLIANT),
    ],
)
def test_an_allowed_protocol_may_be_open_on_all_its_ports(
    protocol: str, ports: tuple[int, int] | None, allowed: str, compliance: Compliance
) -> None:
    parameters = Parameters(allowed_protocols=(allowed,))

    assert judged(permission("::/0", protocol=protocol, ports=ports), parameters=parameters).compliance is compliance


@pytest.mark.parametrize("parameters", [Parameters(prefix_lists=True), Parameters(allowed_prefix_lists=("pl-0a",))])
def test_prefix_lists_that_are_not_allowed_are_named_when_they_are_asked_about(parameters: Parameters) -> None:
    result = judged(lists("pl-0a", "pl-0b", description="partners"), parameters=parameters)

    assert result.compliance is Compliance.NON_COMPLIANT
    assert "tcp 22 open to prefix list pl-0b (partners)" in result.reason
    assert ("pl-0a" in result.reason) is (not parameters.allowed_prefix_lists)


@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(prefix_lists=True, allowed_prefix_lists=("pl-0a", "pl-0b")),
        Parameters(prefix_lists=True, allowed_ports=("22",)),
        Parameters(prefix_lists=True, allowed_protocols=("tcp",)),
    ],
)
def test_allowed_prefix_lists_ports_and_protocols_let_prefix_lists_in(parameters: Parameters) -> None:
    assert judged(lists("pl-0a", "pl-0b"), parameters=parameters).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("exempt", "tags", "compliance"),
    [
        ({"open": ("yes",)}, {"open": "yes"}, Compliance.NOT_APPLICABLE),
        ({"open": ()}, {"open": ""}, Compliance.NOT_APPLICABLE),
        ({"open": ("until-*",)}, {"open": "until-2027"}, Compliance.NOT_APPLICABLE),
        ({"open": ("yes",)}, {"open": "Yes"}, Compliance.NON_COMPLIANT),
        ({"open": ("yes",)}, {"Open": "yes"}, Compliance.NON_COMPLIANT),
        ({"open": ("yes",)}, {}, Compliance.NON_COMPLIANT),
    ],
)
def test_a_tag_exempts_a_group_by_key_and_value(
    exempt: Mapping[str, tuple[str, ...]], tags: dict[str, str], compliance: Compliance
) -> None:
    result = verdict(CHECK, group(permission("0.0.0.0/0"), tags=tags), Parameters(exempt_tags=exempt))

    assert result.compliance is compliance


def test_the_reason_of_an_exemption_names_the_tag() -> None:
    result = verdict(CHECK, group(tags={"open": "until-2027"}), Parameters(exempt_tags={"open": ("until-????",)}))

    assert result == Verdict.not_applicable("Exempt by the tag open=until-2027.")


@pytest.mark.parametrize("protocol", ["", "-1", "all", "TCP", "256", "1000", "6.0"])
def test_a_protocol_that_is_none_is_refused(protocol: str) -> None:
    with pytest.raises(ParameterError, match="allowed_protocols"):
        Parameters(allowed_protocols=(protocol,))


@pytest.mark.parametrize("prefix_list", ["", "0.0.0.0/0", "pl-", "sg-1", "PL-1"])
def test_a_prefix_list_that_is_none_is_refused(prefix_list: str) -> None:
    with pytest.raises(ParameterError, match="allowed_prefix_lists"):
        Parameters(allowed_prefix_lists=(prefix_list,))


def test_exempting_tags_that_no_group_can_have_are_refused() -> None:
    with pytest.raises(ParameterError, match="exempt_tags"):
        Parameters(exempt_tags={"": ()})


@pytest.mark.parametrize(
    "changed",
    [
        {"ipProtocol": None},
        {"ipProtocol": 6},
        {"fromPort": "22"},
        {"toPort": 22.5},
        {"ipRanges": "0.0.0.0/0"},
        {"ipRanges": [{"cidrIp": "0.0.0.0/0"}]},
        {"ipRanges": ["everyone"]},
        {"ipv4Ranges": ["0.0.0.0/0"]},
        {"ipv4Ranges": [{}]},
        {"ipv6Ranges": [{"cidrIpv6": "::/129"}]},
        {"prefixListIds": [{"prefixListId": None}]},
    ],
)
def test_a_malformed_permission_is_no_verdict(changed: dict[str, Any]) -> None:
    with pytest.raises(EventError, match=r"ipPermissions\[1\]"):
        judged(permission("10.0.0.0/8"), permission("10.0.0.0/8") | changed)


@given(
    st.integers(0, 65535),
    st.integers(0, 65535),
    st.lists(st.tuples(st.integers(0, 65535), st.integers(0, 500)), max_size=4),
)
def test_a_port_range_is_allowed_exactly_when_one_allowed_range_holds_it(
    one: int, other: int, allowed: list[tuple[int, int]]
) -> None:
    first, last = sorted((one, other))
    spans = [(start, min(start + length, 65535)) for start, length in allowed]
    parameters = Parameters(allowed_ports=tuple(f"{start}-{stop}" for start, stop in spans))

    result = judged(permission("0.0.0.0/0", ports=(first, last)), parameters=parameters)

    held = any(start <= first and last <= stop for start, stop in spans)
    assert (result.compliance is Compliance.COMPLIANT) is held


@given(st.ip_addresses(v=4), st.integers(0, 32), st.ip_addresses(v=4), st.integers(0, 32))
def test_a_range_is_allowed_exactly_when_an_allowed_one_holds_it(
    inner: object, inner_prefix: int, outer: object, outer_prefix: int
) -> None:
    open_range = ip_network(f"{inner}/{inner_prefix}", strict=False)
    allowed = ip_network(f"{outer}/{outer_prefix}", strict=False)
    without = judged(permission(str(open_range)), parameters=Parameters(public_ranges=True))

    result = judged(
        permission(str(open_range)), parameters=Parameters(public_ranges=True, allowed_cidrs=(str(allowed),))
    )

    held = open_range.version == allowed.version and open_range.subnet_of(allowed)  # type: ignore[arg-type]  # both v4
    assert (result.compliance is Compliance.COMPLIANT) is (held or without.compliance is Compliance.COMPLIANT)
