"""The wheel, built of this checkout's files, and environments that have it."""

from __future__ import annotations

import shutil
import site
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

SOURCES = ("pyproject.toml", "README.md", "LICENSE", "compliance_tf", "lambda_src")


def build(folder: Path, *, kind: str = "--wheel") -> Path:
    """Build of a copy: what an earlier build left beside the sources would get into the wheel."""
    sources = folder / "sources"
    sources.mkdir()
    for name in SOURCES:
        path = REPOSITORY / name
        if path.is_dir():
            shutil.copytree(path, sources / name, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        else:
            shutil.copy(path, sources)
    run(sys.executable, "-m", "build", "--no-isolation", kind, "--outdir", str(folder / "dist"), folder=sources)
    (found,) = (folder / "dist").iterdir()
    return found


def environment_with(wheel: Path, folder: Path) -> Path:
    """Make a virtual environment that has the wheel, and sees what else is installed here; give its programs."""
    run(sys.executable, "-m", "venv", "--without-pip", str(folder), folder=folder.parent)
    (packages,) = folder.glob("lib/python3*/site-packages")
    run(sys.executable, "-m", "pip", "--python", str(folder), "install", "--quiet", "--no-deps", "--no-index",
        "--disable-pip-version-check", str(wheel), folder=folder.parent)  # fmt: skip
    # After its own packages. The checkout itself is installed by a .pth file, which is not read here.
    (packages / "dependencies.pth").write_text("\n".join(site.getsitepackages()) + "\n")
    return folder / "bin"


def run(*command: str, folder: Path, variables: dict[str, str] | None = None) -> str:
    """Run a program that must succeed; it sees nothing of this checkout."""
    completed = subprocess.run(
        command,
        cwd=folder,
        env=variables or {"PATH": "/usr/bin:/bin", "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert completed.returncode == 0, f"{command}:\n{completed.stdout}"
    return completed.stdout
