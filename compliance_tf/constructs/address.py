"""Terraform addresses, as ``depends_on`` takes them in Terraform JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cdktf import ITerraformDependable


def address(element: ITerraformDependable) -> str:
    """Give the address of a resource or data source, without the ``${}`` of an expression."""
    return element.fqn.removeprefix("${").removesuffix("}")
