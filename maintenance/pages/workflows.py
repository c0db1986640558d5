"""Writes the pipelines of docs/workflows: those that ``compliance-tf init`` gives a project."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Final

from compliance_tf.scaffold.project import Forge, NewProject

FOLDER: Final = Path(__file__).parents[2] / "docs" / "workflows"

_FOLDERS: Final = {Forge.GITHUB: "github-actions", Forge.GITLAB: "gitlab"}


def texts() -> dict[str, str]:
    """Return the files below docs/workflows, each with its text."""
    found: dict[str, str] = {}
    for forge, folder in _FOLDERS.items():
        project = NewProject(
            "compliance", "eu-west-1", ("dev", "staging", "prod"), forge=forge, accounts={"prod": "444455556666"}
        )
        written = project.texts()
        found |= {f"{folder}/{PurePosixPath(name).name.lstrip('.')}": written[name] for name in forge.templates}
    return found


def main() -> None:
    """Write them."""
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
