"""Files of a new project: an app, a check with its test, waivers, settings, and a pipeline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance_tf.checks.new_check import NewCheck
from compliance_tf.errors import SettingError
from compliance_tf.model.extras import Extra
from compliance_tf.model.naming import NAME_PART, Naming
from compliance_tf.model.workspaces import Workspaces
from compliance_tf.output.atomic_write import atomic_write
from compliance_tf.packs.pack import Pack
from compliance_tf.packs.resolution import resolve
from compliance_tf.scaffold.pins import pins

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

DISTRIBUTION: Final = "compliance-tf"
DEFAULT_WORKSPACES: Final = ("dev", "prod")
EXAMPLE_ACCOUNT: Final = "111122223333"
"""A placeholder account number, as in AWS's documentation, until the pipeline gets the real one."""

_PROTECTED: Final = "prod"
_COMMON: Final = {
    "main.py": "main.py.txt",
    "waivers.yaml": "waivers.yaml.txt",
    "review.yaml": "review.yaml.txt",
    "cdktf.json": "cdktf.json.txt",
    ".gitignore": "gitignore.txt",
    "requirements.txt": "requirements.txt.txt",
    "README.md": "README.md.txt",
}


class Forge(Enum):
    """The forge of a repository, which determines its pipeline."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"

    @property
    def templates(self) -> Mapping[str, str]:
        """The pipeline's files, each with its template."""
        match self:
            case Forge.GITHUB:
                names = ("compliance.yml", "compliance-workspace.yml")
                return {f".github/workflows/{name}": f"{name}.txt" for name in names}
            case Forge.GITLAB:
                return {".gitlab-ci.yml": "gitlab-ci.yml.txt"}
            case _:
                return {}


@dataclass(frozen=True)
class NewProject:
    """A project to create.

    Parameters
    ----------
    name
        The first part of every name on AWS: a lower-case letter, then lower-case letters, digits and underscores.
    region
        The AWS region.
    workspaces
        The Terraform workspaces that it is deployed to; ``prod`` is protected if it is one of them.
    packs
        Names of AWS's conformance packs. Without any the app declares some single rules.
    forge
        The forge of the repository.
    accounts
        The AWS account of each workspace, for the pipeline; a placeholder where a workspace has none.

    Raises
    ------
    ComplianceError
        When a setting has an invalid value, or the packs conflict.
    """

    name: str
    region: str
    workspaces: Sequence[str] = DEFAULT_WORKSPACES
    packs: Sequence[str] = ()
    forge: Forge = Forge.NONE
    accounts: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        Naming(self.name, self.region)
        if not self.workspaces:
            raise SettingError("Name at least one workspace, such as dev.")
        Workspaces(self.workspaces, self._protected)
        unknown = [name for name in self.accounts if name not in self.workspaces]
        if unknown:
            raise SettingError(
                f"An account is given for {', '.join(unknown)}, but the workspaces are {', '.join(self.workspaces)}."
            )
        for account in self.accounts.values():
            if not re.fullmatch(r"[0-9]{12}", account):
                raise SettingError(f"{account!r} is not an AWS account number: give twelve digits.")
        resolve([Pack.named(name) for name in self.packs])  # type: ignore[arg-type]  # unknown ones are refused

    @property
    def _protected(self) -> tuple[str, ...]:
        return tuple(name for name in self.workspaces if name == _PROTECTED)

    def texts(self) -> dict[str, str]:
        """Return the texts of the files by path below the project's folder."""
        check = NewCheck("bucket-names", Path("checks"), Path("tests"))
        templates = {**_COMMON, **self.forge.templates}
        return {
            **{name: self._fill(template) for name, template in templates.items()},
            **{path.as_posix(): text for path, text in check.texts().items()},
        }

    def write(self, folder: Path) -> list[Path]:
        """Write the project.

        Parameters
        ----------
        folder
            Its folder, which is created if it does not exist.

        Returns
        -------
        list[Path]
            The files that were written, sorted.

        Raises
        ------
        SettingError
            When a file of the project exists already, or cannot be written; nothing is overwritten.
        """
        texts = {folder / name: text for name, text in self.texts().items()}
        taken = sorted(str(path) for path in texts if path.exists() or path.is_symlink())
        if taken:
            raise SettingError(
                f"{', '.join(taken)} {'exists' if len(taken) == 1 else 'exist'} already, and nothing was written: "
                "give a new folder, or move the existing files away."
            )
        try:
            for path, text in texts.items():
                path.parent.mkdir(parents=True, exist_ok=True)
                with atomic_write(path) as file:
                    file.write(text)
        except OSError as cause:
            raise SettingError(f"{folder} is not writable: {cause}. Give another folder.") from cause
        return sorted(texts)

    def _fill(self, template: str) -> str:
        return (
            _environment()
            .get_template(template)
            .render(
                project=self.name,
                prefix=self.name.replace("_", "-"),
                region=self.region,
                workspaces=list(self.workspaces),
                protected=self._protected,
                packs=list(self.packs),
                forge=self.forge.value,
                version=version(DISTRIBUTION),
                pins=pins(DISTRIBUTION, Extra.SYNTH.label),
                by_account=self._by_account(),
                account_of=self._account_of,
                tuple_of=_tuple,
                list_of=_list,
            )
        )

    def _account_of(self, workspace: str) -> str:
        return self.accounts.get(workspace, EXAMPLE_ACCOUNT)

    def _by_account(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for workspace in self.workspaces:
            found.setdefault(self._account_of(workspace), []).append(workspace)
        return found


def name_from(folder: Path) -> str:
    """Derive a project's name from a folder's; ``compliance`` where it has no usable characters."""
    name = re.sub(r"[^a-z0-9]+", "_", folder.resolve().name.lower()).strip("_")
    return name if re.fullmatch(NAME_PART, name) else "compliance"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _list(names: Sequence[str]) -> str:
    return f"[{_quoted(names)}]"


def _tuple(names: Sequence[str]) -> str:
    return f"({_quoted(names)}{',' if len(names) == 1 else ''})"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    # Braces and percent signs are syntax of the pipelines.
    return Environment(  # noqa: S701 (no HTML)
        loader=FunctionLoader(_template),
        variable_start_string="@{",
        variable_end_string="}@",
        block_start_string="@%",
        block_end_string="%@",
        comment_start_string="@#",
        comment_end_string="#@",
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )


def _template(name: str) -> str:
    return files("compliance_tf.scaffold").joinpath("templates", name).read_text(encoding="utf-8")
