"""The wheel is all that a project needs: none of this checkout's files."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING
from zipfile import ZipFile

import pytest

from tests.repository import REPOSITORY
from tests.synth.wheel import build, environment_with, run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


def test_it_has_every_file_of_both_packages_and_no_other(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        packed = {name for name in archive.namelist() if ".dist-info/" not in name}
    here = {
        path.relative_to(root).as_posix()
        for root, package in ((REPOSITORY, "compliance_tf"), (REPOSITORY / "lambda_src", "compliance_runtime"))
        for path in (root / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert packed == here


def test_a_new_project_is_tested_and_synthesized_with_it_alone(wheel: Path, tmp_path: Path) -> None:
    programs = environment_with(wheel, tmp_path / "env")
    (tmp_path / "work").mkdir()
    run(str(programs / "compliance-tf"), "init", "acme", "--yes", "--region", "eu-west-1", folder=tmp_path / "work")
    project = tmp_path / "work" / "acme"

    where = run(str(programs / "python"), "-c", "import compliance_tf as c; print(c.__file__)", folder=project)
    assert where.startswith(str(tmp_path / "env"))
    assert "3 passed" in run(str(programs / "python"), "-m", "pytest", "-p", "no:cacheprovider", folder=project)

    run(str(programs / "python"), "main.py", folder=project)
    stack = json.loads((project / "cdktf.out" / "stacks" / "compliance" / "cdk.tf.json").read_text())
    assert len(stack["resource"]["aws_config_config_rule"]) == 5


def test_local_aws_without_its_extra_says_what_to_install(wheel: Path, tmp_path: Path) -> None:
    programs = environment_with(wheel, tmp_path / "env")
    (packages,) = (tmp_path / "env").glob("lib/python3*/site-packages")
    (packages / "hidden.pth").write_text("import sys; sys.modules.update(ministack=None)\n")
    said = subprocess.run(
        [str(programs / "compliance-tf"), "local", "up"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert said.returncode == 1
    assert said.stderr == (
        "error: The local AWS needs ministack, which is not installed: run pip install 'compliance-tf[local]'.\n"
    )
