"""``compliance-tf check`` and ``compliance-tf new check``."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance_runtime.check import ChangeCheck, Compliance, Finding, LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids
from compliance_runtime.parameters import declared_parameters
from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import TableFormat, TableOrJson
from compliance_tf.errors import ComplianceError, SettingError
from compliance_tf.output.sanitize import json_text, message, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_runtime.check import Check
    from compliance_runtime.parameters import Parameter
    from compliance_tf.checks.folder import CheckFolder
    from compliance_tf.checks.run import CheckRun

checks = typer.Typer(help="Checks: list them, show one.", no_args_is_help=True)
new = typer.Typer(help="Create a check from a template.", no_args_is_help=True)

CHECKS_FOLDER = Path("checks")
TESTS_FOLDER = Path("tests")


def is_error_of_aws(error: Exception) -> bool:
    """Return whether boto3 raised it: AWS refused, or could not be reached. If so, boto3 is loaded already."""
    return type(error).__module__.partition(".")[0] in {"boto3", "botocore"}


Items = Annotated[
    list[Path] | None,
    typer.Option(
        "--item",
        help="A file with configuration items, an event of AWS Config, or a response of get-resource-config-history, "
        "or a folder of such files; - for standard input. Can be given several times.",
        allow_dash=True,
    ),
]
Parameters = Annotated[
    Path | None, typer.Option("--parameters", help='A JSON file with its parameters, such as {"days": 30}.')
]
FromAccount = Annotated[
    bool,
    typer.Option(
        "--from-account",
        help="Query the account of your credentials: for the resource of --type and --id as AWS Config recorded it "
        "last or, with a periodic check, for all of its resources.",
    ),
]
Folder = Annotated[
    Path | None,
    typer.Option("--checks", help=f"The folder of your own checks; {CHECKS_FOLDER} if it exists."),
]


def check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="The check's id, such as bucket-tls-only.")],
    *,
    items: Items = None,
    parameters: Parameters = None,
    from_account: FromAccount = False,
    resource_type: Annotated[
        str | None, typer.Option("--type", help="The resource's type, such as AWS::S3::Bucket.")
    ] = None,
    resource_id: Annotated[str | None, typer.Option("--id", help="AWS Config's id of the resource.")] = None,
    region: Annotated[str | None, typer.Option("--region", help="The region to query.")] = None,
    checks: Folder = None,
    output: TableOrJson = TableFormat.TABLE,
) -> None:
    """Evaluate saved or live resources with a check, as its function would.

    Of several files, those that cannot be read are named and the others are judged. The exit code is 0 when nothing is
    non-compliant, 2 when something is, 1 when there is no verdict.
    """
    try:
        request = _Request(tuple(items or ()), from_account, resource_type, resource_id)
        run = _run(check_id, parameters, region, checks)
        findings = _printed(request.findings(run), as_json=output is TableFormat.JSON)
    except ComplianceError as error:
        typer.echo(f"error: {message(str(error))}", err=True)
        raise typer.Exit(ExitCode.ERROR) from error
    except Exception as error:
        if is_error_of_aws(error):
            typer.echo(f"error: a lookup of the check failed: {message(str(error))}", err=True)
        else:
            typer.echo(f"{message(traceback.format_exc())}error: {type(error).__name__}: no verdict.", err=True)
        raise typer.Exit(ExitCode.ERROR) from error
    raise typer.Exit(ExitCode.ERROR if request.failed else _exit_code(findings))


@new.command("check")
def new_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="The check's id, such as bucket-names.")],
    *,
    folder: Annotated[Path, typer.Option(help="The folder of the check.")] = CHECKS_FOLDER,
    tests: Annotated[Path, typer.Option(help="The folder of its test.")] = TESTS_FOLDER,
    resource_type: Annotated[
        str, typer.Option("--type", help="The resource type of a check of changes.")
    ] = "AWS::S3::Bucket",
    periodic: Annotated[
        bool, typer.Option("--periodic", help="It runs on a schedule and lists its resources itself.")
    ] = False,
) -> None:
    """Write a check and its test, both complete, as a template."""
    from compliance_tf.checks.new_check import NewCheck

    check_path, test_path = NewCheck(check_id, folder, tests, resource_type, periodic).write()
    module = f"{folder.name}.{check_path.stem}"
    typer.echo(
        f"Wrote {check_path} and {test_path}.\n"
        f"Test it:    python -m pytest {test_path}\n"
        f'Deploy it:  ComplianceStack(..., checks="{folder}")\n'
        f'            CheckRule(stack, "{check_id}", check={module}.CHECK)'
    )


@checks.command("list")
def list_checks(*, folder: Folder = None, output: TableOrJson = TableFormat.TABLE) -> None:
    """List the shipped checks, and those of your own folder."""
    from compliance_tf.output.terminal_table import print_table

    found = [_found(check_id, folder) for check_id in _ids(folder)]
    if output is TableFormat.JSON:
        typer.echo(json_text([_to_json(one) for one in found], indent=2))
        return
    print_table(
        ("Check", "Severity", "Kind", "Title"),
        [(one.id, one.severity.value.lower(), _kind(one), one.title) for one in found],
        whole=("Check", "Severity", "Kind"),
    )


@checks.command("show")
def show_check(
    check_id: Annotated[str, typer.Argument(metavar="ID", help="The check's id, such as bucket-tls-only.")],
    *,
    folder: Folder = None,
    output: TableOrJson = TableFormat.TABLE,
) -> None:
    """Show a check: its requirement, resource types, parameters and API calls."""
    from compliance_tf.output.terminal_table import print_table

    found = _found(check_id, folder)
    said = _to_json(found)
    if output is TableFormat.JSON:
        typer.echo(json_text(said, indent=2))
        return
    typer.echo(
        f"{found.id}: {found.title}\n{found.description}\n\n"
        f"severity  {said['severity'].lower()}\n"
        f"kind      {said['kind']}\n"
        f"types     {', '.join(said['resourceTypes'])}\n"
        f"calls     {', '.join(said['actions']) or 'none'}"
    )
    if said["parameters"]:
        typer.echo()
        print_table(
            ("Parameter", "Default", "Meaning"),
            [(one["name"], one["default"], one["doc"]) for one in said["parameters"]],
        )


@dataclass
class _Request:
    """The resources to evaluate."""

    items: tuple[Path, ...]
    from_account: bool
    resource_type: str | None
    resource_id: str | None
    failed: bool = False

    def __post_init__(self) -> None:
        if bool(self.items) is self.from_account:
            raise SettingError("Give either --item FILE or --from-account.")
        if (self.resource_type is None) is not (self.resource_id is None) or (self.items and self.resource_id):
            raise SettingError("--type and --id belong together, and to --from-account.")

    def findings(self, run: CheckRun) -> Iterable[Finding]:
        if self.items:
            return self._of_files(run)
        if self.resource_type is not None and self.resource_id is not None:
            found = run.live_item(self.resource_type, self.resource_id)
            return [Finding(found.resource_type, found.resource_id, run.on_item(found))]
        return run.on_account()

    def _of_files(self, run: CheckRun) -> Iterator[Finding]:
        from compliance_tf.checks.item_file import files_of, read_items

        files = [*files_of(self.items)]
        for path in files:
            try:
                found = read_items(_bytes(path), str(path))
                # Of many resources, those of other types would bury the rest.
                judged = found if len(files) == len(found) == 1 else [one for one in found if run.is_for(one)]
                for item in judged:
                    yield Finding(item.resource_type, item.resource_id, run.on_item(item))
            except ComplianceError as error:
                if len(files) == 1:
                    raise
                self.failed = True
                typer.echo(f"error: {message(str(error))}", err=True)


def _run(check_id: str, parameters: Path | None, region: str | None, checks: Path | None) -> CheckRun:
    from compliance_tf.checks.run import CheckRun, find_check, read_parameters

    found = find_check(check_id, _folder(checks))
    text = _text(parameters) if parameters else None
    return CheckRun(found, read_parameters(found, text, str(parameters)), region)


def _ids(folder: Path | None) -> list[str]:
    own = _folder(folder)
    return sorted({*check_ids(), *(own.ids if own else ())})


def _found(check_id: str, folder: Path | None) -> Check[Any]:
    from compliance_tf.checks.run import find_check

    return find_check(check_id, _folder(folder))


def _kind(check: Check[Any]) -> str:
    if isinstance(check, ChangeCheck):
        return "change"
    return "change, with a lookup" if isinstance(check, LookupCheck) else "periodic"


def _to_json(check: Check[Any]) -> dict[str, Any]:
    return {
        "id": check.id,
        "title": check.title,
        "description": check.description,
        "severity": check.severity.value,
        "kind": _kind(check),
        "resourceTypes": list(check.resource_types),
        "actions": list(check.actions) if isinstance(check, LookupCheck | PeriodicCheck) else [],
        "parameters": [
            {"name": one.name, "required": one.required, "default": _default(one), "doc": one.doc}
            for one in declared_parameters(check.parameters)
        ],
    }


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    if isinstance(parameter.default, tuple):
        return ", ".join(map(str, parameter.default))
    return "" if isinstance(parameter.default, Mapping) and not parameter.default else str(parameter.default)


def _folder(checks: Path | None) -> CheckFolder | None:
    from compliance_tf.checks.folder import CheckFolder

    if checks is None and not CHECKS_FOLDER.is_dir():
        return None
    return CheckFolder(checks or CHECKS_FOLDER)


def _text(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise SettingError(f"{path} cannot be read: {cause}.") from cause


def _bytes(path: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
    except OSError as cause:
        raise SettingError(f"{path} cannot be read: {cause}.") from cause


def _printed(findings: Iterable[Finding], *, as_json: bool) -> list[Compliance]:
    """Print findings as they come."""
    said: list[Compliance] = []
    for finding in findings:
        said.append(finding.verdict.compliance)
        if as_json:
            line = json_text(
                {
                    "resourceType": finding.resource_type,
                    "resourceId": finding.resource_id,
                    "compliance": finding.verdict.compliance.value,
                    "reason": finding.verdict.reason,
                }
            )
        else:
            said_of = f"{finding.resource_type} {finding.resource_id}: {finding.verdict.reason}"
            compliance = typer.style(f"{finding.verdict.compliance.value:14}", fg=_COLOURS[finding.verdict.compliance])
            line = f"{compliance}  {visible(said_of)}"
        typer.echo(line)
    if not said and not as_json:
        typer.echo("The check found no resources.")
    return said


_COLOURS = {
    Compliance.COMPLIANT: typer.colors.GREEN,
    Compliance.NON_COMPLIANT: typer.colors.RED,
    Compliance.NOT_APPLICABLE: typer.colors.YELLOW,
}


def _exit_code(said: list[Compliance]) -> ExitCode:
    """Return the exit code of the worst finding."""
    return ExitCode.FOUND if Compliance.NON_COMPLIANT in said else ExitCode.FINE
