"""The containers of a recorded task definition.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html; AWS Config writes the members in
PascalCase, as CloudFormation does.
"""

from __future__ import annotations

from dataclasses import dataclass
from posixpath import commonpath, normpath
from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import is_word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject

_DEREGISTERED = ("INACTIVE", "DELETE_IN_PROGRESS")

RUNTIME_SOCKETS = (
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/podman/podman.sock",
)
"""The sockets of Docker, containerd, CRI-O and Podman; ``/var/run`` is the same folder as ``/run``."""

_DOCKER_PIPE = "docker_engine"
"""The suffix of Docker's named pipe on Windows."""


def is_deregistered(item: ConfigurationItem) -> bool:
    """Return whether an AWS::ECS::TaskDefinition is deregistered."""
    return is_word(item.members.optional_text("Status"), *_DEREGISTERED)


def container_definitions(item: ConfigurationItem) -> tuple[JsonObject, ...]:
    """Read the containers of an AWS::ECS::TaskDefinition, in their order.

    Returns
    -------
    tuple[JsonObject, ...]
        At least one.

    Raises
    ------
    EventError
        When there are none: a task definition has at least one.
    """
    containers = item.members.objects("ContainerDefinitions")
    if not containers:
        raise EventError(f"{item.label}: configuration.ContainerDefinitions is empty.")
    return containers


@dataclass(frozen=True)
class HostMounts:
    """The mounts by which containers reach the container runtime's socket, also through a parent folder.

    Write access to that socket allows starting a privileged container, even through a read-only mount.

    Parameters
    ----------
    paths
        The host's path of each volume that has one, by the volume's name.
    containers
        All containers, by their names.
    """

    paths: Mapping[str, str]
    containers: Mapping[str, JsonObject]

    @classmethod
    def of(cls, item: ConfigurationItem) -> HostMounts:
        """Read the volumes and containers of an AWS::ECS::TaskDefinition.

        Returns
        -------
        HostMounts
            The host's paths by volume, and the containers by name.

        Raises
        ------
        EventError
            When a volume or a container is malformed.
        """
        paths = {
            volume.text("Name"): host.optional_text("SourcePath") or ""
            for volume in item.members.objects("Volumes")
            for host in [volume.optional_member("Host")]
            if host is not None
        }
        return cls(paths, {container.text("Name"): container for container in container_definitions(item)})

    def problems(self, container: JsonObject) -> Iterator[str]:
        """Find what a container mounts of it, also by the ``VolumesFrom`` of others.

        Yields
        ------
        str
            A phrase for each mount that reaches the runtime's socket, such as ``mounts / with the container runtime's
            socket``.

        Raises
        ------
        EventError
            When a mount is malformed.
        """
        for mount in self._mounts(container):
            path = self.paths.get(mount.optional_text("SourceVolume") or "")
            if path and _reaches_socket(path):
                yield f"mounts {path} with the container runtime's socket"

    def _mounts(self, container: JsonObject) -> Iterator[JsonObject]:
        # Each container once: ten that take the volumes of each other have millions of ways through them.
        seen, front = {container.text("Name")}, [container]
        while front:
            one = front.pop(0)
            yield from one.objects("MountPoints")
            for source in one.objects("VolumesFrom"):
                name = source.optional_text("SourceContainer") or ""
                if name not in seen and name in self.containers:
                    seen.add(name)
                    front.append(self.containers[name])


def _reaches_socket(path: str) -> bool:
    if path.rstrip("\\/").lower().endswith(_DOCKER_PIPE):
        return True
    if not path.startswith("/"):
        return False
    folder = "/" + normpath(path).lstrip("/")
    folder = folder.removeprefix("/var") if (folder + "/").startswith("/var/run/") else folder
    # /var has run itself, or the link to it.
    return folder == "/var" or any(commonpath([folder, socket]) == folder for socket in RUNTIME_SOCKETS)
