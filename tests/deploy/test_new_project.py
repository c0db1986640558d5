"""From the wheel to a project of one's own that is deployed, with nothing of this checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from compliance_tf.local import LocalAws, create_recorder
from compliance_tf.terraform.machine import Machine
from tests.documents import run_page
from tests.repository import DOCS
from tests.synth.wheel import build, environment_with, run

if TYPE_CHECKING:
    from collections.abc import Iterator

REGION = "eu-west-1"
PYTHONS = sorted(Path.home().glob(".pyenv/versions/3.1[23].*/bin/python"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture
def aws() -> Iterator[LocalAws]:
    with LocalAws.start() as running:
        create_recorder(running.client("config", region=REGION))
        yield running


def deploy(programs: Path, folder: Path, aws: LocalAws) -> None:
    """Do what the README says, by the commands' paths: the environment is not activated."""
    command = str(programs / "compliance-tf")
    run(command, "init", "acme", "--yes", "--region", REGION, folder=folder)
    variables = Machine(dict(os.environ), working_folder=folder).environment()
    variables |= {**aws.environment(region=REGION), "HOME": str(folder), "PATH": os.environ["PATH"]}
    for line in (("plan", "-w", "dev"), ("deploy", "-w", "dev", "--auto-approve")):
        run(command, *line, folder=folder / "acme", variables=variables)
    pages = aws.client("config", region=REGION).describe_config_rules()["ConfigRules"]
    assert "acme-dev-bucket-names" in {rule["ConfigRuleName"] for rule in pages}


@pytest.mark.long
def test_the_tutorial_works_from_the_wheel_to_the_first_violation(wheel: Path, tmp_path: Path) -> None:
    programs = environment_with(wheel, tmp_path / "env")
    (tmp_path / "work").mkdir()
    variables = Machine(dict(os.environ), working_folder=tmp_path).environment()
    variables |= {"HOME": str(tmp_path), "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}"}
    try:
        run_page(DOCS / "tutorial.md", tmp_path / "work", variables)
    finally:
        run(str(programs / "compliance-tf"), "local", "down", folder=tmp_path / "work" / "acme-rules")


@pytest.mark.long
@pytest.mark.parametrize("python", PYTHONS, ids=lambda path: path.parents[1].name)
def test_other_versions_of_python_install_and_deploy_it(
    python: Path, wheel: Path, tmp_path: Path, aws: LocalAws
) -> None:
    run(str(python), "-m", "venv", str(tmp_path / "env"), folder=tmp_path)
    programs = tmp_path / "env" / "bin"
    # With the package index that this machine is set up for.
    install = [str(programs / "python"), "-m", "pip", "install", "--quiet", "--no-compile", f"{wheel}[synth]"]
    subprocess.run(install, cwd=tmp_path, env={**os.environ, "VIRTUAL_ENV": ""}, check=True)
    deploy(programs, tmp_path, aws)


def contents(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return {name for name in archive.namelist() if ".dist-info/" not in name}


@pytest.mark.long
def test_the_wheel_of_the_sdist_is_the_same(wheel: Path, tmp_path: Path) -> None:
    sdist = build(tmp_path, kind="--sdist")
    run(sys.executable, "-m", "tarfile", "-e", str(sdist), str(tmp_path / "unpacked"), folder=tmp_path)
    (sources,) = (tmp_path / "unpacked").iterdir()
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", str(tmp_path / "w"), folder=sources)
    (again,) = (tmp_path / "w").iterdir()
    assert contents(again) == contents(wheel)
