"""Templates for a new check and its test."""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from compliance_runtime.checks import check_ids
from compliance_tf.catalog.resource_types import check_resource_types
from compliance_tf.errors import SettingError

if TYPE_CHECKING:
    from pathlib import Path

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_RESOURCE_TYPE = re.compile(r"[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+")


@dataclass(frozen=True)
class NewCheck:
    """A check to create.

    Parameters
    ----------
    id
        Its id, in kebab case.
    folder
        Its folder, which becomes a package.
    tests
        The folder of its test.
    resource_type
        The type that a check of changes evaluates, such as ``AWS::S3::Bucket``.
    periodic
        Whether it is periodic and lists its resources itself.

    Raises
    ------
    SettingError
        When a name is invalid or taken.
    """

    id: str
    folder: Path
    tests: Path
    resource_type: str = "AWS::S3::Bucket"
    periodic: bool = False

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise SettingError(f"{self.id!r} cannot be a check's id: use lower-case words joined by hyphens.")
        if self.id in check_ids():
            raise SettingError(f"compliance_tf ships a check {self.id!r} already: give yours another id.")
        if not _RESOURCE_TYPE.fullmatch(self.resource_type):
            raise SettingError(f"{self.resource_type!r} is not a resource type such as AWS::S3::Bucket.")
        check_resource_types("--type", [self.resource_type])
        if not self.folder.name.isidentifier():
            raise SettingError(f"The folder {str(self.folder)!r} becomes a package: give it a Python name.")

    @property
    def module(self) -> str:
        """The name of its file without ``.py``."""
        return self.id.replace("-", "_")

    def texts(self) -> dict[Path, str]:
        """Return the files by path: the check, its package's ``__init__.py``, and the test."""
        kind = "periodic_check" if self.periodic else "change_check"
        return {
            self.folder / f"{self.module}.py": self._fill(f"{kind}.txt"),
            self.folder / "__init__.py": "",
            self.tests / f"test_{self.module}.py": self._fill(f"{kind}_test.txt"),
        }

    def write(self) -> tuple[Path, Path]:
        """Write the check and its test.

        Returns
        -------
        tuple[Path, Path]
            Both files.

        Raises
        ------
        SettingError
            When one of them exists already; then nothing is written.
        """
        texts = self.texts()
        for path in texts:
            if path.exists() and path.name != "__init__.py":
                raise SettingError(f"{path} exists already.")
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.write_text(text, encoding="utf-8")
        check, _, test = texts
        return check, test

    def _fill(self, name: str) -> str:
        template = files("compliance_tf.checks").joinpath("templates", name).read_text(encoding="utf-8")
        return Template(template).substitute(
            id=self.id,
            module=self.module,
            package=self.folder.name,
            resource_type=self.resource_type,
            title=self.id.replace("-", " ").capitalize(),
        )
