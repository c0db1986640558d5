"""Resources and data sources of a stack, as blocks of Terraform JSON."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import jsii
from cdktf import TerraformElement

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from constructs import Construct


@dataclass(frozen=True)
class Block:
    """A resource or data source.

    Parameters
    ----------
    section
        Whether it is declared or read.
    type
        Its type in the AWS provider, or in that of ``external``.
    name
        Its name in the configuration.
    body
        Its members, which may be set until the synthesis. One that is None is left out.
    """

    section: Literal["resource", "data"]
    type: str
    name: str
    body: dict[str, Any]

    @property
    def address(self) -> str:
        """Its address, as ``depends_on`` takes it: no expression."""
        return f"{'data.' if self.section == 'data' else ''}{self.type}.{self.name}"

    def attribute(self, name: str) -> str:
        """Return the expression of one of its attributes."""
        return f"${{{self.address}.{name}}}"


class Blocks:
    """The resources and data sources of a stack.

    The provider's classes would check the names of members, but each object and each attribute of theirs is a call to
    Node, and their modules have to be loaded: see docs/explanation/architecture.md, which has the costs.
    ``tests/deploy/test_provider_schema.py`` holds the members against the provider's schema instead.
    """

    def __init__(self) -> None:
        self._blocks: list[Block] = []

    def resource(self, type_: str, /, *path: str, **members: Any) -> Block:  # noqa: ANN401 (any JSON)
        """Add a resource, by its path below the stack: see :func:`unique_id`."""
        return self.add(Block("resource", type_, unique_id(*path), members))

    def data(self, type_: str, /, *path: str, **members: Any) -> Block:  # noqa: ANN401 (any JSON)
        """Add a data source, by its path below the stack: see :func:`unique_id`."""
        return self.add(Block("data", type_, unique_id(*path), members))

    def add(self, block: Block) -> Block:
        """Add a block that has a name of its own."""
        self._blocks.append(block)
        return block

    def to_terraform(self) -> dict[str, Any]:
        """Return all of them in Terraform JSON."""
        sections: defaultdict[str, defaultdict[str, dict[str, object]]] = defaultdict(lambda: defaultdict(dict))
        for block in self._blocks:
            sections[block.section][block.type][block.name] = _given(block.body)
        return {section: dict(types) for section, types in sections.items()}


def unique_id(*path: str) -> str:
    """Build the name that CDKTF gives to a construct with this path below its stack.

    Deployments have these addresses, and a resource of another address would be replaced. Source: ``makeUniqueId`` of
    cdktf 0.21, for at least two ids of lower-case letters, digits and hyphens, of which none ends with the next one.

    Returns
    -------
    str
        The ids and the beginning of their MD5 digest, joined by underscores.
    """
    digest = hashlib.md5("/".join(path).encode(), usedforsecurity=False).hexdigest()
    return f"{'_'.join(path)}_{digest[:8].upper()}"


def _given(members: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: _given(value) if isinstance(value, dict) else value
        for name, value in members.items()
        if value is not None
    }


class Declared(TerraformElement):
    """All that a stack declares beside its provider and backend, as one element.

    A construct for each block costs milliseconds. An override of the stack would replace the overrides of others:
    what an element gives is merged with them, and theirs win.

    Parameters
    ----------
    scope, id_
        Where it stands.
    blocks
        Gives its Terraform JSON: when the synthesis asks for it, as rules may be added until then.
    """

    def __init__(self, scope: Construct, id_: str, blocks: Callable[[], dict[str, object]]) -> None:
        super().__init__(scope, id_)
        self._blocks = blocks

    @jsii.member(jsii_name="toTerraform")
    def to_terraform(self) -> dict[str, object]:
        """Return the blocks."""
        return self._blocks()
