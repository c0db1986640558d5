"""``compliance-tf check-plan``."""

from __future__ import annotations

import re
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compliance_tf.cli.checks import CHECKS_FOLDER
from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.errors import ReviewError, SettingError

if TYPE_CHECKING:
    from compliance_tf.review.resources.judgement import Judged, RuleSet
    from compliance_tf.waivers.waiver import Waiver

FOUND: Final = 2
"""The exit code for findings."""


class Form(Enum):
    """The output formats."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"


Plans = Annotated[
    list[str],
    typer.Argument(
        metavar="PLAN...",
        help="A plan of any stack: what `terraform plan -out` or `tofu plan -out` saved, or the JSON of `terraform "
        "show -json`; - reads that from standard input.",
        show_default=False,
    ),
]
Rules = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="FILE",
        help="A pack in YAML with the checks and their parameters, several times for several; every check with its "
        "defaults unless given.",
    ),
]
Waivers = Annotated[
    list[Path] | None, typer.Option("--waivers", metavar="FILE", help="Waivers in YAML, several times for several.")
]
Folder = Annotated[
    Path | None,
    typer.Option("--checks", metavar="FOLDER", help=f"The folder of your own checks; {CHECKS_FOLDER} if it exists."),
]
Sources = Annotated[
    Path | None,
    typer.Option(
        "--configuration",
        metavar="FOLDER",
        help="The folder of the root module's *.tf files, for files and lines; the plan's folder unless given.",
    ),
]
Account = Annotated[
    str | None,
    typer.Option(metavar="DIGITS", help="The account, where the plan does not have it: 12 digits.", show_default=False),
]
Region = Annotated[str | None, typer.Option(help="The region, where the plan does not have it.", show_default=False)]
Workspace = Annotated[
    str | None,
    typer.Option("--workspace", "-w", help="The workspace: waivers of some workspaces count only in these."),
]
Every = Annotated[bool, typer.Option("--all", help="Judge also resources that the plan does not change.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 2 also when something is undecided.")]
Name = Annotated[
    str | None,
    typer.Option(help="The name of the stack, which identifies its comment; the plan's path unless given."),
]
Format = Annotated[Form, typer.Option("--format", "-f", help="The format. Markdown is for `compliance-tf comment`.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="A file to write to.")]
Commit = Annotated[str | None, typer.Option("--commit", metavar="SHA", help="The commit of the plan, to be mentioned.")]


def check_plan(
    plans: Plans,
    *,
    rules: Rules = None,
    waivers: Waivers = None,
    checks: Folder = None,
    configuration: Sources = None,
    account: Account = None,
    region: Region = None,
    workspace: Workspace = None,
    every: Every = False,
    strict: Strict = False,
    name: Name = None,
    form: Format = Form.TERMINAL,
    output: Output = None,
    commit: Commit = None,
) -> None:
    """Judge the resources of any Terraform or OpenTofu plan with the checks, without requests to AWS.

    Values that are known only after the apply are undecided, never compliant.

    The exit code is 0 when nothing is found, 2 when a resource violates a rule or the plan declares AWS Config's
    recorder, delivery channel or retention, and 1 when a plan cannot be judged.
    """
    _check_place(account)
    if name is not None and len(plans) > 1:
        raise ReviewError("--name is for one plan: give each plan a command of its own, or leave it out.")
    found = _rules(rules or [], checks)
    accepted = _waivers(waivers or [])
    judged = [
        _judged(plan, found, accepted, configuration, account=account, region=region, workspace=workspace, every=every)
        for plan in plans
    ]
    if name is not None:
        judged = [_named(one, name) for one in judged]
    text = _written(form, judged, workspace, commit, to_terminal=output is None)
    if output is None:
        typer.echo(text, nl=False)
    else:
        _write(output, text)
    if any(one.found_something or (strict and one.is_undecided) for one in judged):
        raise typer.Exit(ExitCode.FOUND)


def _check_place(account: str | None) -> None:
    if account is not None and not re.fullmatch(r"[0-9]{12}", account):
        raise SettingError(f"--account={account!r:.40} must be an account's 12 digits.")


def _rules(paths: list[Path], checks: Path | None) -> RuleSet:
    from compliance_tf.review.resources.rules import every_check, rules_of_packs

    folder = checks or (CHECKS_FOLDER if CHECKS_FOLDER.is_dir() else None)
    return rules_of_packs(paths, folder) if paths else every_check(folder)


def _waivers(paths: list[Path]) -> list[Waiver]:
    from compliance_tf.waivers.waiver_file import waivers_from_file

    return [waiver for path in paths for waiver in waivers_from_file(path)]


def _judged(
    source: str,
    rules: RuleSet,
    waivers: list[Waiver],
    configuration: Path | None,
    *,
    account: str | None,
    region: str | None,
    workspace: str | None,
    every: bool,
) -> Judged:
    from compliance_tf.review.plan.plan_file import STANDARD_INPUT, plan_content, plan_name
    from compliance_tf.review.resources.any_plan import any_plan
    from compliance_tf.review.resources.configuration import Configuration
    from compliance_tf.review.resources.items import Translator
    from compliance_tf.review.resources.judgement import judge_plan
    from compliance_tf.terraform.machine import Machine

    plan = any_plan(plan_content(source, Machine.this()), plan_name(source))
    folder = configuration or (Path() if source == STANDARD_INPUT else Path(source).parent)
    if configuration is not None and not configuration.is_dir():
        raise ReviewError(f"--configuration={configuration}: the folder does not exist.")
    translator = Translator(plan, Configuration(folder, plan), account=account, region=region)
    return judge_plan(plan, translator, rules, waivers, workspace=workspace, every=every)


def _named(judged: Judged, name: str) -> Judged:
    from dataclasses import replace

    return replace(judged, name=name)


def _written(form: Form, judged: list[Judged], workspace: str | None, commit: str | None, *, to_terminal: bool) -> str:
    # Only the requested format is imported, so that commands start quickly.
    match form:
        case Form.TERMINAL:
            from compliance_tf.review.rendering.terminal import terminal
            from compliance_tf.review.resources.words import document

            return terminal([document(one, workspace, commit) for one in judged], to_terminal=to_terminal)
        case Form.MARKDOWN:
            from compliance_tf.review.rendering.comment import markdown
            from compliance_tf.review.resources.words import document

            return "\n".join(markdown(document(one, workspace, commit)) for one in judged)
        case Form.JSON:
            from compliance_tf.review.resources.json_form import as_json

            return as_json(judged, commit)
        case Form.SARIF:
            from compliance_tf.review.resources.sarif import sarif

            return sarif(judged)
        case Form.JUNIT:
            from compliance_tf.review.resources.junit import junit

            return junit(judged)


def _write(output: Path, text: str) -> None:
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.write_text(text, encoding="utf-8")
    except OSError as cause:
        raise ReviewError(f"{output} cannot be written: {cause.strerror}.") from cause
