"""With two packages renamed the library runs on CDK Terrain alone, whose bindings are those of the AWS provider 6.

They are installed from the package registry into a temporary folder.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws
import pytest

from compliance_tf.model.allow_list import ALLOWED_TYPES
from tests.repository import REPOSITORY

pytestmark = pytest.mark.long

PROVIDER = "cdktn-provider-aws==25.8.1"
"""The bindings of the AWS provider 6.69 for cdktn 0.24, which is a development dependency."""

COPIED = (
    "compliance_tf",
    "lambda_src",
    "maintenance",
    "tests",
    "docs",
    "main.py",
    "cdktf.json",
    "pyproject.toml",
    "README.md",
)
NOT_THERE = ("test_cdktn.py", "test_renamed.py", "test_reproducible.py", "test_wheel.py")
"""Two compare both libraries; the others install or copy what is theirs, without the bindings of this test."""

OF_THE_PIN = ("test_the_provider_is_pinned_to_one_version", "test_another_provider_changes_nothing_but_its_version")
"""Tests that name the version that the other bindings pin."""

RENAMED = {
    r"cdktf_cdktf_provider_aws": "cdktn_provider_aws",
    r"\b(from|imports?) cdktf\b": r"\1 cdktn",
    r"\bcdktf\.App\b": "cdktn.App",
    r'"@cdktf"': '"@cdktn"',
}
"""Expressions of what is renamed: names of files, such as ``cdktf.json``, are the same in both."""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the bindings of CDK Terrain."""
    folder = tmp_path_factory.mktemp("packages")
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-compile",
        "--no-deps",
        "--target",
        str(folder),
        PROVIDER,
    ]
    subprocess.run(install, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this repository with the two packages renamed."""
    folder = tmp_path_factory.mktemp("renamed")
    for name in COPIED:
        original = REPOSITORY / name
        if original.is_dir():
            shutil.copytree(original, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(original, folder)
    for name in NOT_THERE:
        (folder / "tests" / "synth" / name).unlink()
    for path in [*folder.rglob("*.py"), *folder.rglob("*.js")]:
        text = path.read_text()
        for expression, name in RENAMED.items():
            text = re.sub(expression, name, text)
        path.write_text(text)
    return folder


def run(folder: Path, library: Path, packages: Path, *command: str) -> str:
    """Run a command in a folder with a copy of the library, which comes before the one that is installed."""
    path = [library, library / "lambda_src", packages]
    variables = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    completed = subprocess.run(command, cwd=folder, env=variables, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout[-5000:] + completed.stderr[-5000:]
    return completed.stdout


def synthesized(folder: Path, library: Path, packages: Path) -> dict[str, Any]:
    """Synthesize the main.py of a folder."""
    run(folder, library, packages, sys.executable, "main.py")
    configuration: dict[str, Any] = json.loads((folder / "cdktf.out/stacks/compliance/cdk.tf.json").read_text())
    return configuration


def test_only_the_version_and_the_pin_of_the_provider_differ(copy: Path, packages: Path, tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "main.py", tmp_path)
    ours = synthesized(tmp_path, REPOSITORY, packages)
    theirs = synthesized(copy, copy, packages)
    assert theirs["//"]["metadata"].pop("version").startswith("0.24.")
    assert ours["//"]["metadata"].pop("version").startswith("0.21.")
    providers = [one["terraform"]["required_providers"].pop("aws") for one in (ours, theirs)]
    assert [provider["version"].split(".")[0] for provider in providers] == ["5", "6"]
    assert {provider["source"] for provider in providers} <= {"aws", "hashicorp/aws"}
    assert ours == theirs


def test_the_copy_passes_the_tests_of_the_synthesis(copy: Path, packages: Path) -> None:
    pin = [f"--deselect=tests/synth/test_options.py::{name}" for name in OF_THE_PIN]
    # Runs its app with variables of its own, which do not lead to the bindings of this test.
    pin.append("--deselect=tests/synth/test_home_region.py::test_one_run_of_an_app_makes_every_region_of_a_fleet")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    printed = run(copy, copy, packages, *command, *pin, "tests/synth")
    assert " passed" in printed


def test_no_attribute_of_our_resource_types_was_removed_in_provider_6(packages: Path) -> None:
    """Those of 5.100 are all that a stack may write, which `tests/deploy/test_provider_schema.py` holds."""
    [ours] = Path(cdktf_cdktf_provider_aws.__path__[0], "_jsii").glob("*.tgz")
    [theirs] = (packages / "cdktn_provider_aws" / "_jsii").glob("*.tgz")
    before, after = attributes(ours), attributes(theirs)
    assert {type_ for type_, _ in before} >= {"provider", *ALLOWED_TYPES}
    removed = {block: names - after.get(block, set()) for block, names in before.items()}
    assert {block: names for block, names in removed.items() if names} == {}
    # The comparison sees what is new: each resource has a region of its own.
    assert "region" in after["aws_dynamodb_table", ""] - before["aws_dynamodb_table", ""]
    assert "hash_key" in after["aws_dynamodb_table", "dynamodbTableGlobalSecondaryIndexToTerraform"]


_OTHERS = ("provider", "data_aws_caller_identity", "data_aws_cloudcontrolapi_resource", "data_aws_partition")
_ATTRIBUTES = re.compile(r"^    synthesizeAttributes\(\) \{\n(.*?)\n    \}$", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"^function (\w+ToTerraform)\(struct\) \{\n(.*?)\n\}$", re.DOTALL | re.MULTILINE)
_NAME = re.compile(r"^ +(\w+): ", re.MULTILINE)


def attributes(archive: Path) -> dict[tuple[str, str], set[str]]:
    """List what bindings write of our types, by the type and the function that writes a nested block."""
    found: dict[tuple[str, str], set[str]] = {}
    with tarfile.open(archive) as files:
        for member in files:
            named = re.fullmatch(r"package/lib/([a-z0-9-]+)/index\.js", member.name)
            name = named[1].replace("-", "_") if named else ""
            type_ = name if name in _OTHERS else f"aws_{name}"
            if type_ not in {*ALLOWED_TYPES, *_OTHERS}:
                continue
            file = files.extractfile(member)
            assert file is not None
            source = file.read().decode()
            for body in _ATTRIBUTES.findall(source):
                found[type_, ""] = set(_NAME.findall(body))
            for block, body in _BLOCK.findall(source):
                # Services come and go; a stack sets no endpoint.
                if block == "awsProviderEndpointsToTerraform":
                    continue
                found[type_, block] = set(_NAME.findall(body))
    return found
