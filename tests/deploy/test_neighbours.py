"""Deployments of other projects, and to other regions, share an account at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.deploy import account
from tests.deploy.conftest import REPOSITORY, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

REGIONS = ("eu-west-1", "us-east-1")

TWO_REGIONS = """
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, synthesize
from compliance_runtime.checks import bucket_tls_only

def build(app):
    for region in ("eu-west-1", "us-east-1"):
        stack = ComplianceStack(app, region, project="second", region=region)
        ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
        CheckRule(stack, "tls", check=bucket_tls_only.CHECK)

synthesize(build)
"""


def test_deployed_at_the_same_time_and_destroyed_one_by_one_none_touches_another(aws: LocalAws, tmp_path: Path) -> None:
    for region in REGIONS:
        record_everything(aws, region)
    first = Project.create(
        tmp_path / "first",
        aws.environment(region="eu-west-1"),
        (REPOSITORY / "main.py").read_text().replace('project="compliance"', 'project="first"'),
    )
    second = Project.create(tmp_path / "second", aws.environment(region="eu-west-1"), TWO_REGIONS)
    deployments = [(first, "compliance"), (second, "eu-west-1"), (second, "us-east-1")]
    with ThreadPoolExecutor() as threads:
        for applied in [threads.submit(project.apply, "dev", stack) for project, stack in deployments]:
            applied.result()

    both = {region: account.describe(aws, region) for region in REGIONS}
    assert len(account.of(both["eu-west-1"], "first-dev-")["config rule"]) == 15
    for region in REGIONS:
        assert set(account.of(both[region], "second-dev-")["config rule"]) == {"second-dev-trail", "second-dev-tls"}
        assert {name for name in both[region]["role"] if name.startswith("second-")} == {
            f"second-dev-{purpose}-{other}" for purpose in ("evaluate", "record", "trigger") for other in REGIONS
        }

    second.destroy("dev", "us-east-1")
    left = account.describe(aws, "eu-west-1")
    gone = {name for name in both["eu-west-1"]["role"] if name.endswith("-us-east-1")}
    assert left == {**both["eu-west-1"], "role": {k: v for k, v in both["eu-west-1"]["role"].items() if k not in gone}}
    assert account.describe(aws, "us-east-1")["recorder"] == both["us-east-1"]["recorder"]

    second.destroy("dev", "eu-west-1")
    assert account.describe(aws, "eu-west-1") == account.of(left, "first-dev-")
