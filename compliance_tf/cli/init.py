"""``compliance-tf init``."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path  # noqa: TC003 (Typer reads it)
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance_tf.errors import ComplianceError, SettingError
from compliance_tf.scaffold.project import DEFAULT_WORKSPACES, Forge, NewProject, name_from

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_REGION_VARIABLES = ("AWS_REGION", "AWS_DEFAULT_REGION")

Name = Annotated[
    str | None, typer.Option("--project", help="The first part of every name on AWS; the folder's unless given.")
]
Region = Annotated[str | None, typer.Option(help="The AWS region; AWS_REGION's value unless given.")]
WorkspaceNames = Annotated[str | None, typer.Option("--workspaces", help="Comma-separated, such as dev,staging,prod.")]
PackNames = Annotated[
    str | None,
    typer.Option("--packs", help="Conformance packs, separated by commas; `packs` lists them."),
]
Accounts = Annotated[
    list[str] | None,
    typer.Option(
        "--account",
        help="The AWS account of all workspaces, or of one, such as prod=444455556666, for the pipeline. Repeatable.",
    ),
]


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The project's folder, created if it does not exist.")],
    *,
    project: Name = None,
    region: Region = None,
    workspaces: WorkspaceNames = None,
    packs: PackNames = None,
    forge: Annotated[Forge | None, typer.Option(help="The forge of the pipeline.")] = None,
    account: Accounts = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask: use the proposed values.")] = False,
) -> None:
    """Write a new project: an app with rules, a check with its test, waivers, a pipeline. Nothing is overwritten."""
    questions = _Questions(asks=sys.stdin.isatty() and not yes)
    name = project or questions.text("Project", name_from(folder), lambda text: _check(name=text))
    chosen_region = region or questions.region()
    names = _split(
        workspaces
        if workspaces is not None
        else questions.text("Workspaces", ",".join(DEFAULT_WORKSPACES), lambda text: _check(workspaces=_split(text)))
    )
    chosen_packs = _split(
        packs
        if packs is not None
        else questions.text("Conformance packs, if any", "", lambda text: _check(packs=_split(text)))
    )
    chosen_forge = forge or _forge(
        questions.text(f"Pipeline ({', '.join(one.value for one in Forge)})", Forge.NONE.value, _forge)
    )
    new = NewProject(name, chosen_region, names, chosen_packs, chosen_forge, _accounts(account or (), names))
    for path in new.write(folder):
        typer.echo(f"wrote {path}")
    typer.echo(
        f"\nNext:  cd {shlex.quote(str(folder))}\n"
        "       pip install -r requirements.txt && python -m pytest\n"
        f"       compliance-tf plan -w {names[0]}\n"
        f"       compliance-tf deploy -w {names[0]}"
    )


class _Questions:
    """Questions at a terminal; elsewhere the proposed values are used."""

    def __init__(self, *, asks: bool) -> None:
        self._asks = asks

    def text(self, question: str, proposed: str | None, check: Callable[[str], object]) -> str:
        """Ask until the answer passes the check, so that no wrong one costs those before it."""

        def checked(answer: str) -> str:
            try:
                check(answer)
            except ComplianceError as cause:
                raise typer.BadParameter(str(cause)) from cause
            return answer

        if not self._asks:
            return proposed or ""
        return str(typer.prompt(question, default=proposed, show_default=bool(proposed), value_proc=checked))

    def region(self) -> str:
        proposed = next((value for name in _REGION_VARIABLES if (value := os.environ.get(name))), None)
        if proposed is None and not self._asks:
            raise SettingError("No region is given: add --region, such as --region eu-west-1, or set AWS_REGION.")
        return self.text("AWS region", proposed, lambda text: _check(region=text))


def _check(**answer: Any) -> None:  # noqa: ANN401 (a setting of a project)
    """Raise if a project cannot have a setting, whatever the others are."""
    replace(NewProject("compliance", "eu-west-1"), **answer)


def _forge(answer: str) -> Forge:
    try:
        return Forge(answer.strip().lower())
    except ValueError:
        known = ", ".join(one.value for one in Forge)
        raise SettingError(f"{answer!r} is not a known pipeline: give one of {known}.") from None


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


def _accounts(given: Sequence[str], workspaces: Sequence[str]) -> dict[str, str]:
    """Parse the accounts: one for all workspaces, and those of single ones, which take precedence."""
    pairs = [one.rpartition("=") for one in given]
    common = {workspace: account for workspace in workspaces for name, _, account in pairs if not name}
    return common | {name: account for name, _, account in pairs if name}
