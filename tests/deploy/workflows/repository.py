"""A repository as a forge keeps it, and checkouts of it."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_tf.scaffold.project import NewProject
from tests.deploy.conftest import REGION

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_IDENTITY = ("-c", "user.name=Tester", "-c", "user.email=tester@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Forge:
    """A repository with a main branch.

    Parameters
    ----------
    folder
        A clone that works on it, which is also what pipelines fetch from.
    """

    folder: Path

    @classmethod
    def create(cls, folder: Path, app: str) -> Forge:
        """Make it of an app and of what a new project has beside it."""
        folder.mkdir()
        forge = cls(folder)
        forge.git("init", "--quiet", "--initial-branch=main")
        forge.git("config", "uploadpack.allowAnySHA1InWant", "true")
        project = NewProject("compliance", REGION).texts()
        for name in ("cdktf.json", ".gitignore"):
            (folder / name).write_text(project[name])
        # All is installed already.
        (folder / "requirements.txt").write_text("# compliance-tf\n")
        forge.commit({"main.py": app})
        return forge

    def git(self, *arguments: str) -> str:
        """Run a command of git."""
        command = ["git", *_IDENTITY, *arguments]
        return subprocess.run(command, cwd=self.folder, check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, files: Mapping[str, str], branch: str = "main") -> str:
        """Commit files to a branch, which begins at the main branch if it is new; give the commit."""
        if branch != "main" and not self.git("branch", "--list", branch):
            self.git("branch", branch, "main")
        if self.git("symbolic-ref", "--short", "HEAD") != branch:
            self.git("checkout", "--quiet", branch)
        for name, text in files.items():
            (self.folder / name).write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Change")
        return self.head(branch)

    def head(self, branch: str = "main") -> str:
        """Return the last commit of a branch."""
        return self.git("rev-parse", branch)

    def merge(self, branch: str, into: str) -> str:
        """Merge a branch into another one, which begins at the main branch if it is new; give the commit."""
        self.git("checkout", "--quiet", *(() if self.git("branch", "--list", into) else ("-b",)), into)
        if into != "main":
            self.git("reset", "--quiet", "--hard", "main")
        self.git("merge", "--quiet", "--no-ff", "--message", "Merge", branch)
        return self.head(into)


def check_out(forge: Forge, folder: Path, ref: str, *, only: str | None = None) -> None:
    """Check out a commit or a branch, or only one file of it, without the rest of its history."""
    folder.mkdir(exist_ok=True)

    def git(*arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)

    git("init", "--quiet")
    git("remote", "add", "origin", forge.folder.as_uri())
    if only is not None:
        git("sparse-checkout", "set", "--no-cone", only)
    git("fetch", "--quiet", "--depth", "1", "origin", ref)
    git("checkout", "--quiet", "FETCH_HEAD")
