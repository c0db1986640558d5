from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.security_group_egress import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import event_item, verdict
from tests.unit.compliance_runtime.builders import configuration_item

EVERYTHING = {
    # EC2 gives every new group this rule; AWS Config records it without ports.
    "ipProtocol": "-1",
    "ipRanges": ["0.0.0.0/0"],
    "ipv4Ranges": [{"cidrIp": "0.0.0.0/0"}],
    "ipv6Ranges": [],
    "prefixListIds": [],
    "userIdGroupPairs": [],
}


def out(
    first: int, last: int, *cidrs: str, prefix_lists: tuple[str, ...] = (), protocol: str = "tcp"
) -> dict[str, Any]:
    """What may go out."""
    return {
        "ipProtocol": protocol,
        "fromPort": first,
        "toPort": last,
        "ipRanges": [cidr for cidr in cidrs if ":" not in cidr],
        "ipv4Ranges": [{"cidrIp": cidr} for cidr in cidrs if ":" not in cidr],
        "ipv6Ranges": [{"cidrIpv6": cidr} for cidr in cidrs if ":" in cidr],
        "prefixListIds": [{"prefixListId": id_} for id_ in prefix_lists],
    }


def judged(*permissions: dict[str, Any], parameters: Parameters | None = None, tags: Any = None) -> Verdict:
    ingress = [out(22, 22, "0.0.0.0/0")]
    configuration = {"groupId": "sg-1", "ipPermissions": ingress, "ipPermissionsEgress": list(permissions)}
    return verdict(
        CHECK, event_item("AWS::EC2::SecurityGroup", "sg-1", configuration=configuration, tags=tags), parameters
    )


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (EVERYTHING, "Outbound: all traffic open to 0.0.0.0/0"),
        (EVERYTHING | {"fromPort": None, "toPort": None}, "Outbound: all traffic open to 0.0.0.0/0"),
        (out(0, 65535, "::/0"), "Outbound: tcp all ports open to ::/0"),
        (out(1024, 65535, "0.0.0.0/0"), "Outbound: tcp 1024-65535 open to 0.0.0.0/0"),
        (out(0, 100, "0.0.0.0/0", protocol="udp"), "Outbound: udp 0-100 open to 0.0.0.0/0"),
        (out(-1, -1, "0.0.0.0/0", protocol="icmp"), "Outbound: icmp open to 0.0.0.0/0"),
        (EVERYTHING | {"ipProtocol": "47"}, "Outbound: protocol 47 open to 0.0.0.0/0"),
    ],
)
def test_all_traffic_and_wide_ports_to_the_internet_are_named(entry: dict[str, Any], reason: str) -> None:
    assert judged(entry) == Verdict.non_compliant(reason)


@pytest.mark.parametrize(
    "entry",
    [
        out(443, 443, "0.0.0.0/0"),
        out(1, 100, "::/0"),
        out(0, 65535, "10.0.0.0/8"),
        out(0, 65535, "198.51.100.0/24"),
        out(0, 65535, prefix_lists=("pl-0a",)),
        EVERYTHING | {"ipRanges": [], "ipv4Ranges": [], "userIdGroupPairs": [{"groupId": "sg-2"}]},
    ],
)
def test_few_ports_private_ranges_prefix_lists_and_groups_are_no_unrestricted_egress(entry: dict[str, Any]) -> None:
    assert judged(entry).compliance is Compliance.COMPLIANT


def test_a_group_without_egress_is_compliant_whatever_comes_in() -> None:
    assert judged().compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("ports", "max_ports", "compliance"),
    [
        ((443, 443), 0, Compliance.NON_COMPLIANT),
        ((443, 443), 1, Compliance.COMPLIANT),
        ((443, 444), 1, Compliance.NON_COMPLIANT),
        ((1, 65535), 65535, Compliance.COMPLIANT),
        ((0, 65535), 65535, Compliance.NON_COMPLIANT),
    ],
)
def test_how_many_ports_are_wide_is_a_parameter(ports: tuple[int, int], max_ports: int, compliance: Compliance) -> None:
    assert judged(out(*ports, "0.0.0.0/0"), parameters=Parameters(max_ports=max_ports)).compliance is compliance


@pytest.mark.parametrize(
    ("entry", "parameters"),
    [
        (out(0, 65535, "0.0.0.0/0"), Parameters(allowed_ports=("0-65535",))),
        (out(0, 65535, "0.0.0.0/0"), Parameters(allowed_protocols=("tcp",))),
        (out(-1, -1, "::/0", protocol="58"), Parameters(allowed_protocols=("icmpv6",))),
        (EVERYTHING, Parameters(allowed_cidrs=("0.0.0.0/0",))),
        (out(0, 65535, prefix_lists=("pl-0a",)), Parameters(prefix_lists=True, allowed_prefix_lists=("pl-0a",))),
        (out(443, 443, prefix_lists=("pl-0b",)), Parameters(prefix_lists=True)),
    ],
)
def test_allowed_ports_protocols_ranges_and_prefix_lists_may_be_reached(
    entry: dict[str, Any], parameters: Parameters
) -> None:
    assert judged(entry, parameters=parameters).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("entry", "parameters", "named"),
    [
        (EVERYTHING, Parameters(allowed_ports=("0-65535",)), "all traffic"),
        (EVERYTHING, Parameters(allowed_cidrs=("0.0.0.0/1",)), "0.0.0.0/0"),
        (out(0, 65535, "198.51.100.0/24"), Parameters(public_ranges=True), "198.51.100.0/24"),
        (out(0, 65535, prefix_lists=("pl-0a",)), Parameters(prefix_lists=True), "prefix list pl-0a"),
    ],
)
def test_what_is_not_allowed_stays_refused(entry: dict[str, Any], parameters: Parameters, named: str) -> None:
    result = judged(entry, parameters=parameters)

    assert result.compliance is Compliance.NON_COMPLIANT
    assert named in result.reason


def test_a_tag_exempts_a_group() -> None:
    parameters = Parameters(exempt_tags={"proxy": ()})

    assert judged(EVERYTHING, parameters=parameters, tags={"proxy": "out"}) == Verdict.not_applicable(
        "Exempt by the tag proxy=out."
    )
    assert judged(EVERYTHING, parameters=parameters).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("max_ports", [-1, 65536])
def test_a_number_of_ports_out_of_bounds_is_refused(max_ports: int) -> None:
    with pytest.raises(ParameterError, match=f"max_ports is {max_ports}"):
        Parameters(max_ports=max_ports)


def test_the_shared_parameters_are_checked_too() -> None:
    with pytest.raises(ParameterError, match="allowed_ports"):
        Parameters(allowed_ports=("https",))


@pytest.mark.parametrize("configuration", [{"ipPermissions": []}, {"ipPermissionsEgress": {}}, "text"])
def test_an_item_without_its_egress_is_no_verdict(configuration: object) -> None:
    item = configuration_item("AWS::EC2::SecurityGroup", "sg-1", configuration=configuration)

    with pytest.raises(EventError, match=r"ipPermissionsEgress must be a list"):
        CHECK.evaluate(item, Parameters())
