"""The exported module, used from HCL that a person wrote, where Cloud Control cannot read a recorder.

That a plan refuses a provider of another region is in ``test_recorder.py``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.external_provider import mirror

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APP = """
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, RecorderSource, Workspaces, synthesize
from compliance_runtime.checks import bucket_tls_only

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1",
        workspaces=Workspaces(allowed=("dev", "staging", "prod"), protected=("prod",)),
        recorder_source=RecorderSource.CONFIG_API,
    )
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

synthesize(build)
"""

ROOT = """
provider "aws" {
  region = "eu-west-1"
}

module "compliance" {
  source      = "./modules/compliance"
  for_each    = toset(["dev", "staging"])
  environment = each.key
  region      = "eu-west-1"
}

output "tables" {
  value = [for one in module.compliance : one.deployment.results_table]
}
"""


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS whose Cloud Control cannot read a recorder."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1, cloud_control_reads_recorder=False)) as running:
        yield running


def test_two_environments_are_deployed_from_a_root_module(aws: LocalAws, tmp_path: Path) -> None:
    """A deployment, for what a root module decides is in no configuration that we synthesize."""
    record_everything(aws)
    before = account.describe(aws, REGION)
    variables = {**aws.environment(region=REGION), "TF_CLI_CONFIG_FILE": str(mirror.install(tmp_path))}
    project = Project.create(tmp_path / "app", variables, APP)
    root = tmp_path / "root"
    said = project.run("compliance-tf", "export-module", str(root / "modules" / "compliance"))
    assert "The module of the stack 'compliance' is in" in said
    refused = project.run("compliance-tf", "export-module", str(root / "other"), "--stack", "other", fails=True)
    assert refused.endswith("error: The app has no stack 'other': it has compliance.\n")
    (root / "main.tf").write_text(ROOT)

    project.run("terraform", "init", "-input=false", folder=root)
    applied = project.run("terraform", "apply", "-auto-approve", "-input=false", folder=root)
    assert "Warning" not in applied
    description = account.describe(aws, REGION)
    for environment in ("dev", "staging"):
        own = account.of(description, f"acme-{environment}-")
        assert sorted(own["config rule"]) == [f"acme-{environment}-tls", f"acme-{environment}-trail"]
        for _, tags in own["config rule"].values():
            assert {"Key": "workspace", "Value": environment} in tags

    assert description["recorder"] == before["recorder"]
