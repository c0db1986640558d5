"""Every synthesis is held against the allow-list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import jsii
from cdktf import Annotations, TerraformStack
from constructs import IValidation

from compliance_tf.model.allow_list import ALLOWED_TYPES, refusal

_OPAQUE_BLOCKS = {
    "module": "what a module declares cannot be seen at synthesis",
    "removed": "a removed block leaves a resource behind that no deployment owns",
}


@dataclass(frozen=True)
class Violation:
    """Something that a stack may not declare.

    Parameters
    ----------
    path
        The construct's path, or the address in the configuration of what was added by an override.
    reason
        What it is and why it is refused.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        """Write it as an error message."""
        return f"{self.path}: {self.reason}"


def violations(configuration: Mapping[str, object]) -> Iterator[Violation]:
    """Find what a synthesized configuration declares and may not.

    Parameters
    ----------
    configuration
        The whole Terraform JSON of a stack, overrides included: what stands in it is what Terraform will do.
    """
    for block, reason in _OPAQUE_BLOCKS.items():
        for name in _members(configuration.get(block)):
            yield Violation(f"{block}.{name}", f"a {block} block is refused: {reason}.")
    resources = _members(configuration.get("resource"))
    for resource_type, named in sorted(resources.items()):
        for name, resource in sorted(_members(named).items()):
            path = _path(resource, f"{resource_type}.{name}")
            if resource_type not in ALLOWED_TYPES:
                yield Violation(path, f"{refusal(resource_type)}.")
            if "provisioner" in _members(resource):
                yield Violation(path, "a provisioner is refused: it changes things that no plan shows.")
    tables = _members(resources.get("aws_dynamodb_table"))
    if len(tables) > 1:
        paths = ", ".join(sorted(_path(table, f"aws_dynamodb_table.{name}") for name, table in tables.items()))
        yield Violation(paths, f"{len(tables)} tables are refused: a deployment keeps its results in one.")


@jsii.implements(IValidation)
class AllowList:
    """Refuses a stack that declares what it may not.

    It looks at the stack's whole configuration, twice: in an aspect when synthesis begins, which cannot be skipped,
    and in a validation when the aspects of others have run, so that nothing is added behind its back.
    """

    def __init__(self, stack: TerraformStack) -> None:
        self._stack = stack

    def annotate(self) -> None:
        """Put an error on the stack for each violation."""
        for message in self.validate():
            Annotations.of(self._stack).add_error(message)

    def validate(self) -> list[str]:
        """List the violations."""
        return [str(violation) for violation in violations(self._stack.to_terraform())]


def _path(resource: object, address: str) -> str:
    metadata = _members(_members(_members(resource).get("//")).get("metadata"))
    return str(metadata.get("path", address))


def _members(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
