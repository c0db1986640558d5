from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.ecs_privileged_containers import CHECK, Parameters
from compliance_runtime.errors import EventError
from compliance_tf.testing import event_item
from compliance_tf.testing import verdict as judged


def container(name: str = "web", *, adds: list[str] | None = None, **members: Any) -> dict[str, Any]:
    linux = {"LinuxParameters": {"Capabilities": {"Add": adds, "Drop": ["ALL"]}}} if adds is not None else {}
    return {"Name": name, "Image": "nginx"} | linux | members


def verdict(*containers: Any, status: str | None = "ACTIVE", family: str = "shop", **parameters: Any) -> Verdict:
    configuration = {"Family": family, "Status": status, "ContainerDefinitions": list(containers)}
    item = event_item("AWS::ECS::TaskDefinition", "arn:aws:ecs:x:1:task-definition/shop:1", configuration=configuration)
    return judged(CHECK, item, Parameters(**parameters))


def test_privileged_containers_are_named() -> None:
    found = verdict(container("web"), container("agent", Privileged=True), container("log", Privileged=True))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert found.reason.startswith("container agent is privileged; container log is privileged.")


@pytest.mark.parametrize("members", [{}, {"Privileged": False}, {"Privileged": None}, {"LinuxParameters": None}])
def test_other_containers_are_compliant(members: dict[str, Any]) -> None:
    assert verdict(container(**members)).compliance is Compliance.COMPLIANT


def test_capabilities_that_amount_to_privilege_are_named() -> None:
    found = verdict(container(adds=["SYS_PTRACE", "sys_admin", "ALL"]))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert found.reason.startswith("container web adds ALL, SYS_ADMIN.")
    assert verdict(container(adds=["SYS_PTRACE"])).compliance is Compliance.COMPLIANT
    assert verdict(container(adds=[])).compliance is Compliance.COMPLIANT


def test_the_forbidden_capabilities_can_be_chosen() -> None:
    adds = container(adds=["NET_ADMIN", "ALL"])

    assert "adds NET_ADMIN." in verdict(adds, forbidden_capabilities=("NET_ADMIN",)).reason
    assert verdict(adds, forbidden_capabilities=()).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("status", ["INACTIVE", "DELETE_IN_PROGRESS"])
def test_a_deregistered_definition_is_left_out(status: str) -> None:
    assert verdict(container(Privileged=True), status=status).compliance is Compliance.NOT_APPLICABLE


def test_a_definition_without_a_status_is_judged() -> None:
    assert verdict(container(Privileged=True), status=None).compliance is Compliance.NON_COMPLIANT


def test_exempt_families_are_left_out() -> None:
    privileged = container(Privileged=True)

    exempt = verdict(privileged, family="agent-x", exempt_families=("agent-*",))
    assert exempt.compliance is Compliance.NOT_APPLICABLE
    judged_all_the_same = verdict(privileged, family="shop", exempt_families=("agent-*",))
    assert judged_all_the_same.compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "containers",
    [
        [],
        ["web"],
        [{"Image": "nginx", "Privileged": True}],
        [container(Privileged="true")],
        [container(LinuxParameters={"Capabilities": {"Add": "ALL"}})],
    ],
)
def test_a_malformed_item_is_no_verdict(containers: list[Any]) -> None:
    with pytest.raises(EventError, match="ContainerDefinitions"):
        verdict(*containers)


@pytest.mark.parametrize("capability", ["SYS_MODULE", "DAC_READ_SEARCH", "SYS_RAWIO", "SYS_BOOT", "CAP_SYS_MODULE"])
def test_capabilities_that_give_the_host_violate(capability: str) -> None:
    assert verdict(container(adds=["NET_RAW", capability])).compliance is Compliance.NON_COMPLIANT


def test_tracing_processes_gives_the_host_with_the_hosts_process_ids() -> None:
    tracing = container(adds=["SYS_PTRACE"])

    assert definition(tracing, PidMode="host").compliance is Compliance.NON_COMPLIANT
    assert definition(tracing, PidMode="task").compliance is Compliance.COMPLIANT


def definition(*containers: Any, **members: Any) -> Verdict:
    configuration = {"Family": "shop", "ContainerDefinitions": list(containers)} | members
    return judged(CHECK, event_item("AWS::ECS::TaskDefinition", "shop:1", configuration=configuration), Parameters())


def volume(path: str | None, name: str = "host") -> dict[str, Any]:
    return {"Name": name, "Host": {"SourcePath": path}}


def mount(name: str = "host", **members: Any) -> dict[str, Any]:
    return {"SourceVolume": name, "ContainerPath": "/host", "ReadOnly": True} | members


@pytest.mark.parametrize(
    "path",
    [
        "/var/run/docker.sock",
        "/run/docker.sock",
        "/var/run//docker.sock",
        "/var/run",
        "/run/",
        "/run/containerd/containerd.sock",
        "/run/containerd",
        "/var/run/crio/crio.sock",
        "/run/podman/podman.sock",
        "/",
        "/var",
        r"\\.\pipe\docker_engine",
    ],
)
def test_the_socket_of_the_container_runtime_gives_the_host(path: str) -> None:
    found = definition(container("web"), container("agent", MountPoints=[mount()]), Volumes=[volume(path)])

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "container agent mounts" in found.reason
    assert "container web" not in found.reason


@pytest.mark.parametrize(
    "path", ["/var/log", "/data", "/runtime", "/run/user", "/var/lib/app", "data", None, "/home/docker.sock.d"]
)
def test_other_folders_of_the_host_do_not(path: str | None) -> None:
    found = definition(container(MountPoints=[mount()]), Volumes=[volume(path)])

    assert found.compliance is Compliance.COMPLIANT


def test_a_volume_that_nobody_mounts_gives_nothing() -> None:
    mounts = container(MountPoints=[mount("other"), {"SourceVolume": None}])

    found = definition(mounts, Volumes=[volume("/run/docker.sock"), {"Name": "other", "Host": None}, {"Name": "efs"}])

    assert found.compliance is Compliance.COMPLIANT


def test_the_volumes_of_another_container_come_with_its_mounts() -> None:
    agent = container("agent", MountPoints=[mount()])
    web = container("web", VolumesFrom=[{"SourceContainer": "proxy"}])
    proxy = container("proxy", VolumesFrom=[{"SourceContainer": "agent"}, {"SourceContainer": "web"}])

    found = definition(web, proxy, agent, Volumes=[volume("/var/run/docker.sock")])

    assert all(f"container {name} mounts" in found.reason for name in ("web", "proxy", "agent"))


def test_containers_that_take_the_volumes_of_each_other_are_looked_at_once() -> None:
    names = [f"c{number}" for number in range(6)]
    containers = [
        container(name, VolumesFrom=[{"SourceContainer": other} for other in names], MountPoints=[mount()])
        for name in names
    ]

    found = definition(*containers, Volumes=[volume("/run/docker.sock")])

    assert found.reason.count("container c0 mounts") == len(names)
