"""The demo: two workspaces in one account of local AWS, beside an existing recorder."""

from __future__ import annotations

import json
import re
import shutil
import sys
import time
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.rule import Rule
from rich.table import Table

from compliance_runtime.check import Compliance
from compliance_runtime.recording.result_store import ResultStore
from compliance_tf.errors import ComplianceError
from compliance_tf.lifecycle.commands import Project
from compliance_tf.lifecycle.person import Person
from compliance_tf.local.server.detached import down, up
from compliance_tf.local.server.landing_zone import create_recorder
from compliance_tf.model.extras import Extra
from compliance_tf.terraform.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance_runtime.recording.results import Result
    from compliance_tf.local.server.server import Endpoint

FOLDER = Path(".cache/demo")
WORKSPACES = ("dev", "prod")
REGION = "eu-west-1"

_BAD_BUCKET, _GOOD_BUCKET = "acme-invoices", "acme-archive"
_DEPLOYMENT = f"-w prod --project compliance --region {REGION}"
"""The options that name the demo's deployment, which was not synthesized in this folder."""

_TAGS = {"owner": "payments", "environment": "prod"}
_TIMEOUT_SECONDS = 90.0
_WORTH_SHOWING = re.compile(
    r"(Creation|Destruction|Modifications) complete|(Apply|Destroy) complete!|Error|Read complete"
)

_VERDICTS = {
    Compliance.COMPLIANT: "[green]✓[/]",
    Compliance.NON_COMPLIANT: "[bold red]✗[/]",
    Compliance.NOT_APPLICABLE: "",
}


def run(*, keep: bool) -> None:
    """Run the demo from end to end, and clean up unless it is kept.

    Parameters
    ----------
    keep
        Whether to leave local AWS and the deployments running.
    """
    Extra.SYNTH.require()
    started = time.monotonic()
    # Results are wide, and where the width is unknown, as in a CI log, nothing limits it.
    console = Console(width=None if sys.stdout.isatty() else 160)
    down(FOLDER)
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    try:
        demo = Demo.start(console)
        demo.play()
    except BaseException:
        log = FOLDER / "local-aws" / "server.log"
        if log.exists():
            shutil.copy(log, FOLDER)
        down(FOLDER)
        raise
    console.print(f"It took {time.monotonic() - started:.0f} seconds.")
    if keep:
        demo.say_how_to_look_around()
    else:
        down(FOLDER)
        shutil.rmtree(FOLDER)
        console.print("Local AWS is stopped, and everything that the demo created is removed.")


@dataclass(frozen=True)
class Demo:
    """A running demo.

    Parameters
    ----------
    endpoint
        The endpoint of local AWS.
    """

    console: Console
    endpoint: Endpoint

    @classmethod
    def start(cls, console: Console) -> Demo:
        """Start local AWS, and write the app, with a state of its own."""
        console.print(Rule("Local AWS, as a landing zone leaves an account"))
        running = up(FOLDER)
        console.print(f"A stand-in for AWS answers at {running.endpoint.url}: nothing leaves this machine.")
        app = files("compliance_tf.local").joinpath("demo_app.txt").read_text(encoding="utf-8")
        (FOLDER / "main.py").write_text(app, encoding="utf-8")
        return cls(console, running.endpoint)

    def play(self) -> None:
        """Play all scenes."""
        self._furnish_account()
        before = self._recorder()
        for workspace in WORKSPACES:
            self._step(f"Deploy {FOLDER / 'main.py'} to {workspace}")
            self._project(workspace).deploy()

        self._step("The rules' findings, read from DynamoDB")
        self._wait("the first results", lambda: all(self._is_settled(workspace) for workspace in WORKSPACES))
        self._print_results()

        self._step(f"Fix bucket {_BAD_BUCKET}: refuse requests without TLS")
        self._put_tls_policy(_BAD_BUCKET)
        for workspace in WORKSPACES:
            self._wait_for_verdict(workspace, "s3-bucket-tls-only", _BAD_BUCKET, Compliance.COMPLIANT)

        self._step("Destroy dev while prod keeps working")
        self._project("dev").destroy()
        self.console.print(
            f"Config rules left of dev: {len(self._rule_names('dev'))}, of prod: {len(self._rule_names('prod'))}"
        )
        self.console.print(f"Now the tags of bucket {_GOOD_BUCKET} are removed.")
        self._client("s3").delete_bucket_tagging(Bucket=_GOOD_BUCKET)
        self._wait_for_verdict("prod", "required-tags", _GOOD_BUCKET, Compliance.NON_COMPLIANT)

        self._step("The recorder")
        after = self._recorder()
        if after != before:
            raise ComplianceError(f"The recorder has changed.\nbefore: {before}\nafter:  {after}")
        self.console.print("It is byte for byte the same as before the first deployment:")
        self.console.print(after, soft_wrap=True, markup=False)
        self._print_summary()

    def say_how_to_look_around(self) -> None:
        """Print the environment variables of local AWS, and how to stop it."""
        self.console.print(Rule("It keeps running"))
        for name, value in self.endpoint.environment(region=REGION).items():
            self.console.print(f"export {name}={value}", soft_wrap=True)
        self.console.print(
            "aws configservice describe-config-rules --query 'ConfigRules[].ConfigRuleName'", soft_wrap=True
        )
        for command in ("results", f"results resource {_BAD_BUCKET}", "report"):
            self.console.print(f"compliance-tf {command} {_DEPLOYMENT}", soft_wrap=True, highlight=False)
        self.console.print(f"End it with: compliance-tf local down --folder {FOLDER}")

    def _furnish_account(self) -> None:
        create_recorder(self._client("config"))
        s3, ec2, iam = self._client("s3"), self._client("ec2"), self._client("iam")
        for bucket in (_BAD_BUCKET, _GOOD_BUCKET):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self._put_tls_policy(_GOOD_BUCKET)
        s3.put_bucket_versioning(Bucket=_GOOD_BUCKET, VersioningConfiguration={"Status": "Enabled"})
        s3.put_bucket_tagging(
            Bucket=_GOOD_BUCKET, Tagging={"TagSet": [{"Key": key, "Value": value} for key, value in _TAGS.items()]}
        )
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        for name, port in (("web-open", 443), ("admin-open", 22)):
            group = ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"]
            ec2.authorize_security_group_ingress(
                GroupId=group, IpProtocol="tcp", FromPort=port, ToPort=port, CidrIp="0.0.0.0/0"
            )
        for name, action in (("read-invoices", "s3:GetObject"), ("everything", "*")):
            statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
            iam.create_policy(
                PolicyName=name, PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
            )
        self.console.print(
            "It has a recorder called default, and good and bad buckets, security groups and IAM policies."
        )

    def _put_tls_policy(self, bucket: str) -> None:
        arn = f"arn:aws:s3:::{bucket}"
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        policy = {"Version": "2012-10-17", "Statement": [statement]}
        self._client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    def _recorder(self) -> str:
        config = self._client("config")
        recorders = config.describe_configuration_recorders()["ConfigurationRecorders"]
        status = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
        return json.dumps([recorders, status], default=str)

    def _results(self, workspace: str) -> list[Result]:
        store = ResultStore(self._client("dynamodb"), f"compliance-{workspace}-results", history_days=1)
        return [result for rule in self._rule_names(workspace) for result in store.of_rule(rule)]

    def _rule_names(self, workspace: str) -> list[str]:
        pages = self._client("config").get_paginator("describe_config_rules").paginate()
        names = [rule["ConfigRuleName"] for page in pages for rule in page["ConfigRules"]]
        return sorted(name for name in names if name.startswith(f"compliance-{workspace}-"))

    def _is_settled(self, workspace: str) -> bool:
        """Return whether the table has AWS Config's result of every rule."""
        config = self._client("config")
        pages = config.get_paginator("get_compliance_details_by_config_rule")
        known = {
            (
                name,
                result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"],
                result["ComplianceType"],
            )
            for name in self._rule_names(workspace)
            for page in pages.paginate(ConfigRuleName=name)
            for result in page["EvaluationResults"]
        }
        recorded = {
            (result.rule_name, result.resource.id, result.compliance.value) for result in self._results(workspace)
        }
        return recorded == known and any("tls-only" in rule for rule, _, _ in recorded)

    def _wait_for_verdict(self, workspace: str, rule: str, resource: str, verdict: Compliance) -> None:
        def has_come() -> bool:
            return any(
                result.rule_name.endswith(f"-{rule}")
                and result.resource.id == resource
                and result.compliance is verdict
                for result in self._results(workspace)
            )

        self._wait(f"{rule} of {workspace} to find {resource} {verdict.value}", has_come)

    def _wait(self, what: str, has_come: Callable[[], bool]) -> None:
        started = time.monotonic()
        with self.console.status(f"Waiting for {what}"):
            while not has_come():
                if time.monotonic() - started > _TIMEOUT_SECONDS:
                    raise ComplianceError(
                        f"Waited {_TIMEOUT_SECONDS:.0f} seconds for {what}: see {FOLDER / 'server.log'}."
                    )
                time.sleep(0.5)
        self.console.print(f"[green]✓[/] {escape(what)} ({time.monotonic() - started:.0f} s)")

    def _print_results(self) -> None:
        by_workspace = {workspace: self._by_rule_and_resource(workspace) for workspace in WORKSPACES}
        table = Table(box=None, pad_edge=False, expand=True)
        for heading in ("Rule", "Severity", "Resource", *WORKSPACES):
            table.add_column(heading, no_wrap=True)
        table.add_column("Reason", ratio=1, no_wrap=True, overflow="ellipsis")
        for key in sorted(set().union(*by_workspace.values())):
            results = {workspace: found[key] for workspace, found in by_workspace.items() if key in found}
            one = next(iter(results.values()))
            verdicts = [_VERDICTS[results[name].compliance] if name in results else "" for name in WORKSPACES]
            # Ids and reasons may hold brackets, which are markup to rich.
            rule, resource, reason = (escape(text) for text in (key[0], one.resource.id, one.annotation or ""))
            table.add_row(rule, one.severity.value.lower(), resource, *verdicts, reason)
        self.console.print(table)

    def _by_rule_and_resource(self, workspace: str) -> Mapping[tuple[str, str], Result]:
        prefix = f"compliance-{workspace}-"
        return {
            (result.rule_name.removeprefix(prefix), result.resource.id): result for result in self._results(workspace)
        }

    def _print_summary(self) -> None:
        self._step("What was shown")
        for line in (
            "Real Terraform with the real AWS provider deployed one configuration to two workspaces of an account.",
            "Neither declared a recorder: the plan read the existing one, which is unchanged.",
            "Real Lambda code evaluated real changes; AWS Config's events delivered the verdicts to DynamoDB.",
            "One workspace was destroyed, and the other one continued to record.",
        ):
            self.console.print(f"[green]✓[/] {line}", soft_wrap=True)

    def _step(self, title: str) -> None:
        self.console.print()
        self.console.print(Rule(title))

    def _project(self, workspace: str) -> Project:
        machine = Machine.this()
        variables = {**machine.variables, **self.endpoint.environment(region=REGION)}
        # Only lines about the progress of resources are shown; all of them are in the log.
        person = Person(self._show_line, self._show_line, approves=True)
        return Project(Machine(variables), FOLDER, workspace, person)

    def _show_line(self, line: str) -> None:
        with (FOLDER / "terraform.log").open("a") as log:
            log.write(f"{line}\n")
        if _WORTH_SHOWING.search(line):
            self.console.print(
                f"  {line.strip()}",
                style="dim",
                no_wrap=True,
                overflow="ellipsis",
                markup=False,
                highlight=False,
            )

    def _client(self, service: str) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
        return self.endpoint.client(service, region=REGION)
