from __future__ import annotations

from typing import Any

import pytest

from lambda_src.check import Compliance, Verdict
from lambda_src.checks.security_group_ingress import Parameters, evaluate
from lambda_src.errors import EventError, ParameterError
from tests.unit.lambda_src.builders import configuration_item


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
