"""Containers of ECS have no more rights on their host than they need."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.json_object import is_word
from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.task_definition import HostMounts, container_definitions, is_deregistered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject

HOST_CAPABILITIES = ("ALL", "DAC_READ_SEARCH", "SYS_ADMIN", "SYS_BOOT", "SYS_MODULE", "SYS_RAWIO")
"""Those by which a container reaches its host's kernel, memory or files, of the ones that ECS can add:
https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html,
https://man7.org/linux/man-pages/man7/capabilities.7.html"""


@dataclass(frozen=True)
class Parameters:
    """Forbidden capabilities, and exemptions."""

    forbidden_capabilities: tuple[str, ...] = field(
        default=HOST_CAPABILITIES,
        metadata={
            "doc": "Linux capabilities that may not be added, in capitals; these give the host. With PidMode host "
            "SYS_PTRACE gives it too, and is refused as well."
        },
    )
    exempt_families: tuple[str, ...] = field(
        default=(), metadata={"doc": "Families of task definitions that are not judged, as agent-*; case-sensitive."}
    )


def evaluate(item: ConfigurationItem, parameters: Parameters) -> Verdict:
    """Return compliant if no container is privileged, adds a forbidden capability or reaches the runtime's socket."""
    if is_deregistered(item):
        return Verdict.not_applicable("The task definition is deregistered.")
    if any_matches(parameters.exempt_families, item.members.optional_text("Family") or ""):
        return Verdict.not_applicable("The family is exempt.")
    mounts = HostMounts.of(item)
    problems = [
        f"container {container.text('Name')} {problem}"
        for container in container_definitions(item)
        for problem in (*_problems(container, item, parameters), *mounts.problems(container))
    ]
    if problems:
        return Verdict.non_compliant(f"{'; '.join(problems)}. Register a revision without.")
    return Verdict.compliant("No container is privileged.")


def _problems(container: JsonObject, item: ConfigurationItem, parameters: Parameters) -> Iterator[str]:
    if container.optional_flag("Privileged"):
        yield "is privileged"
    linux = container.optional_member("LinuxParameters")
    capabilities = linux.optional_member("Capabilities") if linux else None
    added = {one.upper().removeprefix("CAP_") for one in capabilities.texts("Add")} if capabilities else set()
    tracing = {"SYS_PTRACE"} if is_word(item.members.optional_text("PidMode"), "host") else set()
    forbidden = sorted(added & ({*parameters.forbidden_capabilities} | tracing))
    if forbidden:
        yield f"adds {', '.join(forbidden)}"


CHECK = ChangeCheck(
    id="ecs-privileged-containers",
    title="No privileged containers",
    description="Containers of task definitions must not be privileged, add capabilities that amount to it, or mount "
    "the container runtime's socket: whoever breaks into one is root on the host.",
    remediation=(
        "Register a revision without privileged, with the capabilities dropped and without the socket's volume, "
        "and update the services to it."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::ECS::TaskDefinition",),
    parameters=Parameters,
    evaluate=evaluate,
)
