"""The same sources give the same bytes: in every folder, on every day, with and without lazy loading."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.repository import JSII_CACHE, REPOSITORY

EAGER = """
import cdktf_cdktf_provider_aws
from main import build
from compliance_tf import synthesize
synthesize(build)
"""


def synthesize(
    sources: Path,
    folder: Path,
    program: str = "import runpy; runpy.run_path('main.py', run_name='__main__')",
    **variables: str,
) -> dict[str, bytes]:
    """Run the app of a checkout into a folder, and give every file that came out."""
    path = os.pathsep.join([str(sources), str(sources / "lambda_src")])
    subprocess.run(
        [sys.executable, "-c", program],
        cwd=sources,
        env={**os.environ, "PYTHONPATH": path, "CDKTF_OUTDIR": str(folder), **variables},
        check=True,
        capture_output=True,
    )
    stacks = folder / "stacks"
    return {str(path.relative_to(stacks)): path.read_bytes() for path in stacks.rglob("*") if path.is_file()}


def checkout(folder: Path) -> Path:
    """Copy what a clone would hold and synthesis reads, with times and modes of its own."""
    for name in ("compliance_tf", "lambda_src"):
        shutil.copytree(REPOSITORY / name, folder / name, copy_function=shutil.copyfile)
    for name in ("main.py", "cdktf.json"):
        shutil.copyfile(REPOSITORY / name, folder / name)
    for path in folder.rglob("*"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
        path.chmod(0o700)
    return folder


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    files = synthesize(REPOSITORY, tmp_path_factory.mktemp("reference"))
    assert {Path(name).name for name in files} == {"cdk.tf.json", "lambda.zip"}
    return files


def test_another_folder_time_user_and_locale_change_nothing(tmp_path: Path, reference: dict[str, bytes]) -> None:
    sources = checkout(tmp_path / "elsewhere")
    (sources / "lambda_src" / "compliance_runtime" / "__pycache__").mkdir(exist_ok=True)
    (sources / "lambda_src" / "compliance_runtime" / "__pycache__" / "check.cpython-311.pyc").write_bytes(b"stale")
    other = {"HOME": str(tmp_path), "USER": "somebody", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    assert synthesize(sources, tmp_path / "out", **other, **JSII_CACHE, AWS_REGION="us-west-2") == reference


@pytest.mark.long  # the import of all bindings: half a minute; its parts are in test_lazy_loading.py
def test_the_documented_import_gives_the_same_bytes(tmp_path: Path, reference: dict[str, bytes]) -> None:
    assert synthesize(REPOSITORY, tmp_path, EAGER) == reference


def test_the_order_of_files_in_the_zip_does_not_follow_the_disk(reference: dict[str, bytes]) -> None:
    (package,) = [content for name, content in reference.items() if name.endswith(".zip")]
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        names = archive.namelist()
    assert names == sorted(names)
    assert "compliance_runtime/checks/bucket_tls_only.py" in names


def test_nothing_of_this_machine_is_in_the_files(reference: dict[str, bytes]) -> None:
    for content in reference.values():
        for trace in (str(REPOSITORY), str(Path.home()), sys.prefix):
            assert trace.encode() not in content
