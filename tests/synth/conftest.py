"""Synthesizes stacks as a user's app does, and gives the Terraform JSON that comes out."""

from __future__ import annotations

import itertools
import json
import zipfile
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from cdktf import App

from compliance_tf import ComplianceStack

if TYPE_CHECKING:
    from pathlib import Path

Configuration = dict[str, Any]
Build = Callable[[ComplianceStack], object]
Synthesize = Callable[..., Configuration]

_numbers = itertools.count()


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


class CheckFolderOfTest:
    """A folder of checks as a user has one, under a name of its own, for Python imports a name once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **files: str) -> None:
        """Write files by their names without `.py`."""
        for name, text in files.items():
            (self.path / f"{name}.py").write_text(text)

    def check(self, name: str) -> Any:
        """Import what a file declares, as the user's app does."""
        return import_module(f"{self.path.name}.{name}").CHECK


@pytest.fixture
def own_checks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CheckFolderOfTest:
    folder = tmp_path / f"checks_{tmp_path.name}_{next(_numbers)}"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    return CheckFolderOfTest(folder)


CHECK_FILE = """
from compliance_runtime.check import {kind}, Severity, Verdict
from compliance_runtime.parameters import NoParameters

def evaluate(*_):
    return Verdict.compliant("Fine.")

CHECK = {kind}(
    id="{id}", title="T", description="D", severity=Severity.LOW, resource_types=("AWS::S3::Bucket",),
    parameters=NoParameters, evaluate=evaluate{more},
)
"""


def check_file(check_id: str, kind: str = "ChangeCheck", actions: tuple[str, ...] = ()) -> str:
    """The text of a file that declares a check."""
    more = "" if kind == "ChangeCheck" else f", actions={actions!r}"
    return CHECK_FILE.format(kind=kind, id=check_id, more=more)


@pytest.fixture
def read_package(tmp_path: Path) -> Callable[..., str]:
    """Read a file, by default the manifest, in the Lambda's zip of the synthesized stack."""

    def read(name: str = "deployment.json") -> str:
        (package,) = (tmp_path / "stacks" / "stack" / "assets").rglob("lambda.zip")
        with zipfile.ZipFile(package) as archive:
            return archive.read(name).decode()

    return read
