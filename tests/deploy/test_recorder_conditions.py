"""Which recorders and workspaces a plan refuses, and in which words: ``terraform console`` evaluates its conditions.

That a failed condition fails the plan before anything is made is proven by a real plan, in ``test_recorder.py``.
"""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.terraform import read_recorder
from compliance_tf.terraform.console import Evaluator
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize

STACKS = {
    "by-cloud-control": {},
    "by-config-api": {"recorder_source": RecorderSource.CONFIG_API},
    "listed": {"workspaces": Workspaces(allowed=("dev", "prod"))},
    "short": {"max_workspace_length": 5},
}

def build(app):
    for number, (name, settings) in enumerate(STACKS.items()):
        stack = ComplianceStack(app, name, project=f"acm{number}", region="eu-west-1", **settings)
        ManagedRule(stack, "bucket-encrypted", identifier="S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
        ManagedRule(stack, "no-admin", identifier="IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
        ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")

synthesize(build)
"""

BUCKET, POLICY, VOLUME = "AWS::S3::Bucket", "AWS::IAM::Policy", "AWS::EC2::Volume"
NEEDED_BY = {POLICY: "no-admin", BUCKET: "bucket-encrypted"}
ALL, INCLUSION, EXCLUSION = (
    "ALL_SUPPORTED_RESOURCE_TYPES",
    "INCLUSION_BY_RESOURCE_TYPES",
    "EXCLUSION_BY_RESOURCE_TYPES",
)


def only(*types: str) -> dict[str, Any]:
    return {"resourceTypes": types, "recordingStrategy": {"useOnly": INCLUSION}}


def all_but(*types: str) -> dict[str, Any]:
    return {"exclusionByResourceTypes": {"resourceTypes": types}, "recordingStrategy": {"useOnly": EXCLUSION}}


EVERYTHING = {"allSupported": True, "includeGlobalResourceTypes": True}
GROUPS: list[tuple[dict[str, Any], list[str]]] = [
    (EVERYTHING, []),
    ({**EVERYTHING, "recordingStrategy": {"useOnly": ALL}}, []),
    ({"allSupported": True, "includeGlobalResourceTypes": False}, [POLICY]),
    ({"resourceTypes": [BUCKET, POLICY]}, []),
    ({"resourceTypes": [VOLUME]}, [POLICY, BUCKET]),
    (only(BUCKET, POLICY), []),
    (only(BUCKET), [POLICY]),
    (only(POLICY), [BUCKET]),
    (all_but(VOLUME), []),
    (all_but(BUCKET), [BUCKET]),
    (all_but(VOLUME, BUCKET), [BUCKET]),
]
"""Each recording group, and the types that rules need and it leaves out."""

WORKSPACES = [
    ("by-cloud-control", "dev", ""),
    ("by-cloud-control", "a" * 20, ""),
    ("by-cloud-control", "a" * 21, "has 21 characters, and the names of this stack have room for 20"),
    ("by-cloud-control", "pr-123", "cannot be part of a name"),
    ("listed", "prod", ""),
    ("listed", "test", "is not one of those that this stack may be deployed to: dev, prod."),
    ("short", "main2", ""),
    ("short", "branch", "has 6 characters, and the names of this stack have room for 5"),
]
"""Each stack and workspace, and why the plan fails; empty where it does not."""


@dataclass(frozen=True)
class Conditions:
    """What a stack reads the recorder with, and asks before and after."""

    reading: dict[str, Any]

    @classmethod
    def of(cls, project: Project, stack: str) -> Conditions:
        data = json.loads(project.configuration(stack))["data"]
        (reading,) = [data[type_]["existing_recorder"] for type_ in READINGS if type_ in data]
        return cls(reading)

    def before(self, workspace: str) -> list[Any]:
        """Give the conditions on a workspace."""
        return self._with("precondition", r"terraform\.workspace", json.dumps(workspace))

    def after(self, properties: str) -> list[Any]:
        """Give the conditions on a recorder, with an expression of its properties."""
        return self._with("postcondition", r"self(\.result)?\.properties", properties)

    def _with(self, when: str, pattern: str, expression: str) -> list[Any]:
        text = json.dumps(self.reading["lifecycle"][when])
        replaced, count = re.subn(pattern, lambda _: json.dumps(expression)[1:-1], text)
        assert count, text
        found: list[Any] = json.loads(replaced)
        return found


READINGS = ("aws_cloudcontrolapi_resource", "external")


@pytest.fixture(scope="module")
def project(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Project:
    return Project.create(tmp_path_factory.mktemp("conditions") / "app", aws.environment(region=REGION), APP)


def refusals(answers: Any) -> list[list[str]]:
    """Give the messages of the conditions that do not hold, for each case."""
    return [[one["error_message"] for one in answer if not one["condition"]] for answer in answers]


def test_a_recorder_that_leaves_out_a_type_that_a_rule_needs_is_refused_whoever_reads_it(
    project: Project, aws: LocalAws
) -> None:
    sources = {"by-cloud-control": by_cloud_control, "by-config-api": by_config_api}
    recorders, cases, expected = {}, [], []
    for number, (group, unrecorded) in enumerate(GROUPS):
        record_everything(aws, **group)
        listing = "; ".join(f"{type_} (needed by {NEEDED_BY[type_]})" for type_ in unrecorded)
        message = (
            f"The AWS Config recorder 'default' in eu-west-1 does not record {listing}. A rule that is triggered by "
            "changes of a type is never evaluated where the type is not recorded: have the recorder's owner add the "
            "type, or remove the rule."
        )
        for stack, read in sources.items():
            name = f"recorder_{number}_{stack}"
            recorders[name] = read(aws)
            cases.append(Conditions.of(project, stack).after(f"local.{name}"))
            expected.append([message] if unrecorded else [])

    answers = Evaluator("dev", project.environment).evaluate(cases, **recorders)

    assert refusals(answers) == expected


def by_cloud_control(aws: LocalAws) -> str:
    answer = aws.client("cloudcontrol", region=REGION).get_resource(
        TypeName="AWS::Config::ConfigurationRecorder", Identifier="default"
    )
    return str(answer["ResourceDescription"]["Properties"])


def by_config_api(aws: LocalAws) -> str:
    """Run the program in this process: to start it takes ten times as long."""
    answer = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        for name, value in aws.environment(region=REGION).items():
            patch.setenv(name, value)
        patch.setattr("sys.stdin", io.StringIO(json.dumps({"name": "default", "region": REGION})))
        patch.setattr("sys.stdout", answer)
        patch.setattr("boto3.DEFAULT_SESSION", None)  # an earlier test's may have other credentials
        read_recorder.main()
    return str(json.loads(answer.getvalue())["properties"])


def test_a_workspace_that_does_not_fit_is_refused(project: Project) -> None:
    cases = [Conditions.of(project, stack).before(workspace) for stack, workspace, _ in WORKSPACES]

    found = refusals(Evaluator("dev", project.environment).evaluate(cases))

    for (_, workspace, message), refused in zip(WORKSPACES, found, strict=True):
        if not message:
            assert refused == [], workspace
        else:
            (text,) = refused
            assert text.startswith(f"The workspace '{workspace}' ")
            assert message in text


def test_the_program_says_which_recorders_there_are(aws: LocalAws) -> None:
    record_everything(aws)
    answer = run_program(aws, {"name": "mine", "region": REGION})
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert answer.stderr.startswith("There is no AWS Config recorder 'mine' in eu-west-1 (found: default). Turn on")


def run_program(aws: LocalAws, query: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the program as Terraform does: by itself, with the query on standard input."""
    return subprocess.run(
        [sys.executable, "-I", str(read_recorder.__file__)],
        input=json.dumps(query),
        env={**os.environ, **aws.environment(region=REGION)},
        capture_output=True,
        text=True,
        check=False,
    )
