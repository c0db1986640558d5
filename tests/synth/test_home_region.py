"""Rules about what an account has once: evaluated in the home region alone, and the app is the same for a fleet."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.checks import iam_access_keys, iam_policy_admin, required_tags
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Packs, Scope
from compliance_tf.errors import SettingError
from compliance_tf.model.fleet_regions import VARIABLE, FleetRegion, to_variable
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.synth.conftest import Synthesize

APP = """
from compliance_tf import ApiCall, ComplianceStack, ManagedRule, synthesize

def build(app):
    stack = ComplianceStack(app, "compliance", project="acme", region="eu-west-1")
    ManagedRule(stack, "keys", identifier="IAM_USER_MFA_ENABLED", evaluate_after=[ApiCall("iam", "CreateAccessKey")])
    ManagedRule(stack, "root", identifier="ROOT_ACCOUNT_MFA_ENABLED")
    ManagedRule(stack, "distributions", identifier="CLOUDFRONT_DEFAULT_ROOT_OBJECT_CONFIGURED")
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    ManagedRule(stack, "domains", identifier="CUSTOMERPROFILES_DOMAIN_TAGGED", skip_unavailable=True)

synthesize(build)
"""


def synthesize_fleet(folder: Path, *regions: FleetRegion) -> dict[str, dict[str, Any]]:
    """Run the app for the regions of a fleet; give the JSON by folder."""
    (folder / "main.py").write_text(APP)
    output = folder / "out"
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), "CDKTF_OUTDIR": str(output)}
    subprocess.run(
        [sys.executable, "main.py"], cwd=folder, env={**environment, VARIABLE: to_variable(regions)}, check=True
    )
    return {
        path.name: json.loads((path / "stacks" / "compliance" / "cdk.tf.json").read_text()) for path in output.iterdir()
    }


def existing(configuration: dict[str, Any]) -> set[str]:
    """List the rules that the JSON makes in some workspace."""
    rules = configuration["resource"]["aws_config_config_rule"]
    return {name for name, rule in rules.items() if rule.get("count") != "${false ? 1 : 0}"}


def test_one_run_of_an_app_makes_every_region_of_a_fleet(tmp_path: Path) -> None:
    found = synthesize_fleet(
        tmp_path,
        FleetRegion("us-east-1", "us-east-1"),
        FleetRegion("eu-west-1", "us-east-1"),
        FleetRegion("eu-central-1", "us-east-1"),
    )
    assert set(found) == {"us-east-1-home", "eu-west-1", "eu-central-1"}
    assert existing(found["us-east-1-home"]) == {"keys", "root", "distributions", "trail", "domains"}
    # AWS Config does not have the last one in eu-west-1.
    assert (existing(found["eu-west-1"]), existing(found["eu-central-1"])) == ({"trail"}, {"trail", "domains"})
    for region in ("eu-west-1", "eu-central-1"):
        assert found[region]["provider"]["aws"][0]["region"] == region
        assert f"/acme-{region}/" in found[region]["terraform"]["backend"]["local"]["path"]
    assert "api-calls-iam" not in json.dumps(found["eu-west-1"])
    assert "api-calls-iam" in json.dumps(found["us-east-1-home"])


def build(stack: ComplianceStack) -> None:
    """Declare rules on what is global, on what is not, and on both."""
    CheckRule(stack, "keys", check=iam_access_keys.CHECK)
    CheckRule(stack, "admins", check=iam_policy_admin.CHECK)
    CheckRule(
        stack,
        "tags",
        check=required_tags.CHECK,
        parameters=required_tags.Parameters(tags={"owner": ()}),
        rule_scope=Scope.types("AWS::IAM::Role", "AWS::S3::Bucket"),
    )
    ManagedRule(stack, "versioning", identifier="S3_BUCKET_VERSIONING_ENABLED")


def test_without_a_home_region_every_stack_evaluates_what_is_global(synthesize: Synthesize) -> None:
    assert existing(synthesize(build)) == {"keys", "admins", "tags", "versioning"}


def test_at_home_every_rule_is_evaluated(synthesize: Synthesize) -> None:
    assert existing(synthesize(build, home_region="eu-west-1")) == {"keys", "admins", "tags", "versioning"}


def test_elsewhere_the_recorder_need_not_record_what_is_global(synthesize: Synthesize) -> None:
    configuration = synthesize(build, home_region="us-east-1")
    assert existing(configuration) == {"tags", "versioning"}
    condition = json.dumps(configuration["data"]["aws_cloudcontrolapi_resource"]["existing_recorder"]["lifecycle"])
    needed = condition.partition("for type in [")[2].partition("]")[0]
    assert "AWS::S3::Bucket" in needed
    assert "AWS::IAM" not in needed


def test_a_pack_does_without_the_rules_of_another_region(synthesize: Synthesize) -> None:
    configuration = synthesize(lambda stack: Packs(stack, "packs", packs=["pci-dss"]), home_region="us-east-1")
    assert "iam-password-policy" not in existing(configuration)
    assert "s3-bucket-versioning-enabled" in existing(configuration)


def test_a_region_without_records_of_iam_cannot_be_home(synthesize: Synthesize) -> None:
    with pytest.raises(SettingError, match="does not record AWS::IAM::Group"):
        synthesize(home_region="il-central-1")
