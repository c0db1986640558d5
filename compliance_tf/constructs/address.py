"""Terraform addresses, as ``depends_on`` takes them in Terraform JSON."""

from __future__ import annotations

from cdktf import TerraformDataSource, TerraformResource


def address(element: TerraformResource | TerraformDataSource) -> str:
    """Return the address of a resource or data source; its ``fqn`` would be an expression, ``${…}``."""
    kind = "data." if isinstance(element, TerraformDataSource) else ""
    return f"{kind}{element.terraform_resource_type}.{element.friendly_unique_id}"
