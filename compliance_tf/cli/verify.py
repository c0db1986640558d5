"""``compliance-tf verify``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from compliance_tf.errors import CommandError, SettingError

_MAX_WORKSPACE = 20
_MINUTE = 60.0

Workspace = Annotated[
    str, typer.Option("--workspace", "-w", help="The Terraform workspace, which is part of all names.")
]
Region = Annotated[str | None, typer.Option(help="The AWS region; the AWS profile's region unless given.")]
AutoApprove = Annotated[bool, typer.Option("--auto-approve", help="Create without asking for approval.")]
Timeout = Annotated[float, typer.Option(help="Minutes to wait for each result of AWS.", min=0.01, max=120)]
ReportFolder = Annotated[Path, typer.Option("--report", help="The folder of the report.")]
Boundary = Annotated[
    str | None,
    typer.Option(metavar="ARN", help="The permissions boundary of the roles, if the account requires one."),
]
CleanUp = Annotated[bool, typer.Option("--clean-up", help="Only remove leftovers of a killed verification.")]


def verify(
    *,
    workspace: Workspace = "verify",
    region: Region = None,
    auto_approve: AutoApprove = False,
    timeout: Timeout = 15,
    report: ReportFolder = Path(),
    permissions_boundary: Boundary = None,
    clean_up: CleanUp = False,
) -> None:
    """Test in a sandbox account what this project assumes of AWS: deploys, observes, removes everything, and reports.

    The exit code is 0 when no assumption proved wrong, 2 when one did, and 1 when it could not be finished.
    """
    import boto3

    from compliance_tf.lifecycle.person import Person
    from compliance_tf.lifecycle.reachability import require_aws
    from compliance_tf.model.naming import NAME_PART
    from compliance_tf.preflight.account import ask_caller
    from compliance_tf.terraform.machine import Machine
    from compliance_tf.verify.cost import estimate
    from compliance_tf.verify.probes import clients
    from compliance_tf.verify.recorder import Recorder
    from compliance_tf.verify.report import ExitCode
    from compliance_tf.verify.samples import Place
    from compliance_tf.verify.verification import Verification, log_groups

    if not re.fullmatch(NAME_PART, workspace) or len(workspace) > _MAX_WORKSPACE:
        raise SettingError(
            f"--workspace '{workspace}' must be a lower-case letter, then lower-case letters, digits and underscores, "
            f"at most {_MAX_WORKSPACE} in all."
        )
    person = Person.at_terminal(approves=auto_approve)
    person.require_interactive()
    session = boto3.Session(region_name=region)
    if not session.region_name:
        raise CommandError("No region is set: give --region, such as --region eu-west-1.")
    machine = Machine.this()
    require_aws(session.region_name, machine.variables)
    caller = ask_caller(session.region_name)
    place = Place(caller.account, caller.partition, session.region_name, workspace, clients(session, machine.variables))
    recorder = Recorder.find(place.client("config"), place.region)
    verification = Verification(
        machine, person, place, recorder, timeout * _MINUTE, min(5.0, timeout * _MINUTE / 20), permissions_boundary
    )
    where = f"account {place.account} in {place.region}"
    if clean_up:
        person.confirm(f"Remove all samples and the deployment ctfverify-{workspace} from {where}?")
        left = verification.clean_up()
        typer.echo("\n".join(["Left:", *left] if left else ["Nothing is left."]))
        raise typer.Exit(ExitCode.ERROR if left else ExitCode.ALL_HOLD)
    kinds = verification.kinds()
    cost = estimate(kinds, log_groups(place))
    person.say(
        f"This makes a good and a bad one of {', '.join(kind.type for kind in kinds)}, and a deployment "
        f"ctfverify-{workspace}, whose rules judge just these and all log groups, in {where}. It removes all of it "
        f"again. What is bad is attached to nothing. It takes ten to {10 + 3 * timeout:.0f} minutes and costs at most "
        f"about {cost:.2f} USD."
    )
    person.confirm(f"Do this in {where}, which should be a sandbox?")
    found = verification.run()
    paths = found.write(report)
    typer.echo(found.headline())
    typer.echo(f"The report is in {paths[0]} and {paths[1]}: it can be attached to an issue.")
    for line in found.left:
        typer.echo(f"Left: {line}", err=True)
    raise typer.Exit(found.exit_code)
