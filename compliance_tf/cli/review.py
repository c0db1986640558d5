"""``compliance-tf review`` and ``compliance-tf comment``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.errors import ReviewError
from compliance_tf.review.rendering import Format

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.plan.plan import Identity, Plan
    from compliance_tf.review.review import Review
    from compliance_tf.review.settings import Settings

DEFAULT_SETTINGS: Final = Path("review.yaml")

Plans = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="PLAN...",
        help="What `terraform plan -out` or `tofu plan -out` saved, or the output of `show -json`; - reads it from "
        "standard input. Give one for each workspace. Without any, those that `compliance-tf plan` saved for the "
        "workspace.",
        show_default=False,
    ),
]
Workspace = Annotated[
    str | None,
    typer.Option("--workspace", "-w", help="The workspace that the plan must be of; another one is refused."),
]
SettingsFile = Annotated[
    Path | None,
    typer.Option("--settings", metavar="FILE", help="The project's settings; review.yaml unless given, if it exists."),
]
PreflightFile = Annotated[
    Path | None,
    typer.Option("--preflight", metavar="FILE", help="The output of `preflight --format json`, for the quotas."),
]
Forms = Annotated[
    list[Format] | None,
    typer.Option("--format", "-f", help="The format; terminal unless given. Markdown is for comments. Repeatable."),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="PATH",
        help="A file to write to; a folder when there are several plans or formats, with a file for each.",
    ),
]
Commit = Annotated[str | None, typer.Option("--commit", metavar="SHA", help="The commit of the plan, to be mentioned.")]
Expect = Annotated[
    list[str] | None,
    typer.Option(
        "--expect",
        metavar="FINGERPRINT",
        help="The fingerprint of the approved plan, once for each plan: any other one is refused.",
    ),
]


def review(
    plans: Plans = None,
    *,
    workspace: Workspace = None,
    settings: SettingsFile = None,
    preflight: PreflightFile = None,
    forms: Forms = None,
    output: Output = None,
    commit: Commit = None,
    expect: Expect = None,
) -> None:
    """Review plans against the policies; nothing is changed, and nothing leaves the machine.

    The exit code is 0 when nothing needs approval, 2 when approval is required, 3 when a plan is blocked or is
    not the expected one, and 1 when a plan cannot be reviewed.
    """
    from compliance_tf.output.sanitize import visible
    from compliance_tf.review.changes.quotas import preflight_from_file
    from compliance_tf.review.expectations import refusals
    from compliance_tf.review.plan.plan_file import STANDARD_INPUT, read_plan
    from compliance_tf.review.rendering import render
    from compliance_tf.review.review import review as reviewed
    from compliance_tf.terraform.machine import Machine

    forms = forms or [Format.TERMINAL]
    if len(forms) > 1 and output is None:
        raise ReviewError("Several formats are not printed one after another: name a folder for them with --output.")
    plans = plans or _saved_plans(workspace)
    if plans.count(STANDARD_INPUT) > 1:
        raise ReviewError("Standard input, -, can be read once: give the other plans as files.")
    machine = Machine.this()
    read = [read_plan(source, machine) for source in plans]
    _check_different(read)
    if refused := [*refusals(dict(zip(plans, read, strict=True)), workspace, expect or None)]:
        typer.echo("\n".join(f"refused: {visible(refusal)}" for refusal in refused), err=True)
        raise typer.Exit(ExitCode.BLOCKED)
    rules = read_settings(settings)
    quotas = preflight_from_file(preflight) if preflight else None
    reviews = [reviewed(plan, rules, quotas) for plan in read]
    if output is None:
        typer.echo(render(forms[0], reviews, commit, to_terminal=True), nl=False)
    else:
        _write(output, forms, reviews, commit)
    raise typer.Exit(max(ExitCode.of_review(one.verdict) for one in reviews))


def comment(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="A file from `compliance-tf review --format markdown`.", show_default=False
        ),
    ],
    *,
    pull_request: Annotated[
        int | None,
        typer.Option(
            "--pull-request", metavar="NUMBER", help="The pull or merge request; the one of the pipeline unless given."
        ),
    ] = None,
) -> None:
    """Publish reviews on a pull or merge request: one comment for each deployment, which is updated in place.

    On GitHub it needs GITHUB_TOKEN, GITHUB_REPOSITORY and, for a server of your own, GITHUB_API_URL. On GitLab it
    needs GITLAB_TOKEN, CI_API_V4_URL and CI_PROJECT_ID. Only the files are sent.
    """
    from compliance_tf.output.sanitize import visible
    from compliance_tf.review.forges.pipeline import forge
    from compliance_tf.review.forges.put import comments_of, put_comment

    bodies = [body for file in files for body in comments_of(file)]
    place = forge(os.environ, pull_request)
    for body in bodies:
        typer.echo(visible(put_comment(place, body)))


def _saved_plans(workspace: str | None) -> list[str]:
    from compliance_tf.terraform.working_folder import WorkingFolder

    if workspace is None:
        raise ReviewError("Give plans, or --workspace for those that `compliance-tf plan` saved for one.")
    return [str(path) for path in WorkingFolder(Path(), workspace).saved_plans().values()]


def read_settings(path: Path | None) -> Settings:
    """Read the project's settings: those of the usual file unless given, or the defaults where there is none."""
    from compliance_tf.review.settings import Settings, settings_from_file

    if path is None and not DEFAULT_SETTINGS.exists():
        return Settings()
    return settings_from_file(path or DEFAULT_SETTINGS)


def _check_different(plans: Sequence[Plan]) -> None:
    seen: set[Identity] = set()
    for plan in plans:
        if plan.identity in seen:
            raise ReviewError(f"Two of the plans are of {plan.identity}: give one for each deployment.")
        seen.add(plan.identity)


def _write(output: Path, forms: Sequence[Format], reviews: Sequence[Review], commit: str | None) -> None:
    from compliance_tf.review.rendering import render

    try:
        if len(reviews) == len(forms) == 1 and not output.is_dir():
            output.parent.mkdir(parents=True, exist_ok=True)
            output.write_text(render(forms[0], reviews, commit), encoding="utf-8")
            return
        output.mkdir(parents=True, exist_ok=True)
        for one in reviews:
            for form in forms:
                (output / _file_name(one.identity, form)).write_text(render(form, [one], commit), encoding="utf-8")
    except OSError as cause:
        raise ReviewError(f"{output} cannot be written: {cause.strerror}.") from cause


def _file_name(identity: Identity, form: Format) -> str:
    from urllib.parse import quote

    parts = (identity.project, identity.region, identity.workspace)
    return ".".join(quote(part, safe="") for part in parts) + form.suffix
