"""The exported module, used from HCL that a person wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

APP = """
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Workspaces, synthesize
from compliance_runtime.checks import bucket_tls_only

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="acme", region="eu-west-1",
        workspaces=Workspaces(allowed=("dev", "staging", "prod"), protected=("prod",)),
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
  region      = var.region
}

variable "region" {
  type    = string
  default = "eu-west-1"
}

output "tables" {
  value = [for one in module.compliance : one.deployment.results_table]
}
"""


def test_two_environments_are_deployed_from_a_root_module(aws: LocalAws, tmp_path: Path) -> None:
    """A deployment, for what a root module decides is in no configuration that we synthesize."""
    record_everything(aws)
    before = account.describe(aws, REGION)
    project = Project.create(tmp_path / "app", aws.environment(region=REGION), APP)
    root = tmp_path / "root"
    said = project.run("compliance-tf", "export-module", str(root / "modules" / "compliance"))
    assert "The module of the stack 'compliance' is in" in said
    refused = project.run("compliance-tf", "export-module", str(root / "other"), "--stack", "other", fails=True)
    assert refused.endswith("error: The app has no stack 'other': it has compliance.\n")
    (root / "main.tf").write_text(ROOT)

    def terraform(*arguments: str, fails: bool = False) -> str:
        return project.run("terraform", *arguments, folder=root, fails=fails)

    terraform("init", "-input=false")
    refused = terraform("plan", "-input=false", "-var", "region=us-east-1", fails=True)
    assert "works in eu-west-1, and the" in refused

    applied = terraform("apply", "-auto-approve", "-input=false")
    assert "Warning" not in applied
    description = account.describe(aws, REGION)
    for environment in ("dev", "staging"):
        own = account.of(description, f"acme-{environment}-")
        assert sorted(own["config rule"]) == [f"acme-{environment}-tls", f"acme-{environment}-trail"]
        for _, tags in own["config rule"].values():
            assert {"Key": "workspace", "Value": environment} in tags

    assert description["recorder"] == before["recorder"]
