"""Synthesizes stacks as a user's app does, and gives the Terraform JSON that comes out."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App

from compliance_tf import ComplianceStack

if TYPE_CHECKING:
    from pathlib import Path

Configuration = dict[str, Any]
Build = Callable[[ComplianceStack], object]
Synthesize = Callable[..., Configuration]


@pytest.fixture
def synthesize(tmp_path: Path) -> Synthesize:
    """Synthesize a stack with what `build` adds to it."""

    def run(build: Build = lambda _: None, **settings: Any) -> Configuration:
        app = App(outdir=str(tmp_path))
        stack = ComplianceStack(app, "stack", **{"project": "acme", "region": "eu-west-1", **settings})
        build(stack)
        app.synth()
        return json.loads((tmp_path / "stacks" / "stack" / "cdk.tf.json").read_text())

    return run


def resources(configuration: Configuration, resource_type: str) -> list[Configuration]:
    """All resources of a type, in the order of their addresses."""
    named = configuration["resource"].get(resource_type, {})
    return [named[name] for name in sorted(named)]


def only(configuration: Configuration, resource_type: str) -> Configuration:
    """The one resource of a type."""
    (resource,) = resources(configuration, resource_type)
    return resource


@pytest.fixture
def read_package(tmp_path: Path) -> Callable[[], str]:
    """Read the manifest in the Lambda's zip of the synthesized stack."""

    def read() -> str:
        (package,) = (tmp_path / "stacks" / "stack" / "assets").rglob("lambda.zip")
        with zipfile.ZipFile(package) as archive:
            return archive.read("deployment.json").decode()

    return read
