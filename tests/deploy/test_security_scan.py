"""What checkov finds in a real plan is what our answers say: an option ends it, or a reason stands for it."""

from __future__ import annotations

import inspect
import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from compliance_tf import ComplianceStack
from tests.deploy.conftest import REGION, Project, record_everything
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

ANSWERS = yaml.safe_load((REPOSITORY / "tests" / "deploy" / "scan_answers.yaml").read_text())

APP = """
from compliance_runtime.checks import bucket_tls_only, log_group_retention
from compliance_tf import CheckRule, ComplianceStack, KmsKeys, ManagedRule, Network, Notifications, synthesize

KEY = "arn:aws:kms:eu-west-1:000000000001:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OPTIONS = dict(
    kms_keys=KmsKeys(table=KEY, logs=KEY, environment=KEY), tracing=True, reserved_concurrency=5,
    network=Network(subnets=["subnet-0123456789abcdef0"], security_groups=["sg-0123456789abcdef0"]),
    dead_letter_queue="arn:aws:sqs:eu-west-1:000000000001:failed", log_retention_days=365,
)

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1",
        notifications=Notifications("arn:aws:sns:eu-west-1:000000000001:security"), **({options}),
    )
    ManagedRule(stack, "ssh", identifier="INCOMING_SSH_DISABLED")
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)
    CheckRule(stack, "log-groups", check=log_group_retention.CHECK)

synthesize(build)
"""


def scanned(project: Project) -> set[str]:
    """The ids of the checks that a plan of a project fails."""
    assert shutil.which("checkov"), "checkov was not found on the PATH: `make scan` installs and runs it."
    project.select("dev")
    project.terraform("plan", "-input=false", "-out=plan")
    plan = project.folder / "plan.json"
    plan.write_text(project.terraform("show", "-json", "plan"))
    arguments = ("-f", str(plan), "--framework", "terraform_plan", "--output", "json", "--skip-download", "--soft-fail")
    found: dict[str, Any] = json.loads(project.run("checkov", *arguments, "--quiet", "--compact"))
    assert found["summary"]["resource_count"] > 30
    assert not found["summary"]["parsing_errors"]
    return {check["check_id"] for check in found["results"]["failed_checks"]}


@pytest.mark.long
def test_each_check_that_a_plan_fails_has_an_answer_and_each_answer_a_check(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    variables = aws.environment(region=REGION)
    plain = Project.create(tmp_path / "plain", variables, APP.replace("{options}", "{}"))
    full = Project.create(tmp_path / "full", variables, APP.replace("{options}", "OPTIONS"))

    without, with_options = scanned(plain), scanned(full)

    assert without - with_options == set(ANSWERS["options"])
    assert with_options == set(ANSWERS["reasons"])


def test_an_answer_names_a_check_and_an_option_or_a_reason() -> None:
    options, reasons = ANSWERS["options"], ANSWERS["reasons"]

    assert all(re.fullmatch(r"CKV2?_AWS_\d+", check) for check in (*options, *reasons))
    assert set(options.values()) <= inspect.signature(ComplianceStack.__init__).parameters.keys()
    assert not options.keys() & reasons.keys()
    assert all(len(reason.split()) >= 8 for reason in reasons.values())
