"""Try every mutant, or those whose words are given: ``python -m tests.mutants [WORDS]``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests.mutants.mutants import MUTANTS
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from tests.mutants.mutants import Mutant

COPIED = ("compliance_tf", "lambda_src", "maintenance", "tests", "docs", "main.py", "pyproject.toml", "cdktf.json")


def copy(folder: Path) -> None:
    """Copy what the tests need, so that nobody's checkout is changed."""
    for name in COPIED:
        source = REPOSITORY / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / name)


def is_caught(mutant: Mutant, folder: Path) -> bool:
    """Put the fault in, run the tests, and take it out again."""
    file = folder / mutant.file
    original = file.read_text(encoding="utf-8")
    file.write_text(original.replace(mutant.before, mutant.after), encoding="utf-8")
    path = os.pathsep.join([str(folder), str(folder / "lambda_src")])
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *mutant.tests.split()]
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    finally:
        file.write_text(original, encoding="utf-8")
    if done.returncode not in {0, 1}:
        sys.exit(f"The tests of '{mutant.what}' could not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.returncode == 1


def main() -> None:
    """Print a line for each mutant; the exit code is 1 when one was not caught."""
    words = " ".join(sys.argv[1:])
    chosen = [mutant for mutant in MUTANTS if words in mutant.what]
    if not chosen:
        sys.exit(f"No mutant has the words '{words}': tests/mutants/mutants.py lists them.")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        copy(Path(folder))
        for mutant in chosen:
            caught = is_caught(mutant, Path(folder))
            missed += not caught
            sys.stdout.write(f"{'caught' if caught else 'MISSED'}  {mutant.what}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{len(chosen) - missed} of {len(chosen)} caught\n")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
