"""A deployed app with variants of itself, whose plans are reviewed."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.review import Review, review
from compliance_tf.review.settings import Settings
from tests.deploy.conftest import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

APP = """
from datetime import date, timedelta
from cdktf import App
from compliance_tf import (
    CheckRule, ComplianceStack, ManagedRule, Packs, PolicyRule, Schedule, Scope, Severity, Waiver,
    Workspaces,
)
from compliance_runtime.checks import bucket_public_access, required_tags

def build(
    app, project="acme", age=90, trail="trail", severity=None, frequency=None, log_days=30, owner="team",
    packs=("eks-security", "efs-security", "lambda-security"), guard="name", new_check=False, waived=False, key=False,
):
    today = date.today()
    waiver = Waiver(
        rule="tags", resource_id="legacy", reason="Legacy.", owner="team-data", ticket="SEC-7", granted=today,
        expires=today + timedelta(days=20),
    )
    stack = ComplianceStack(
        app, "compliance", project=project, region="eu-west-1", log_retention_days=log_days,
        workspaces=Workspaces(protected=("dev",)), waivers=[waiver] if waived else [], tags={"owner": owner},
    )
    ManagedRule(stack, trail, identifier="CLOUD_TRAIL_ENABLED", frequency=frequency)
    ManagedRule(stack, "keys", identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccessKeyAge": age}, severity=severity)
    if key:
        ManagedRule(stack, "key-rotation", identifier="CMK_BACKING_KEY_ROTATION_ENABLED")
    CheckRule(stack, "tags", check=required_tags.CHECK, parameters=required_tags.Parameters(tags={"owner": ()}))
    if new_check:
        CheckRule(stack, "public-buckets", check=bucket_public_access.CHECK)
    PolicyRule(
        stack, "guard", rule_scope=Scope.types("AWS::S3::Bucket"),
        policy='rule named when resourceType == "AWS::S3::Bucket" { configuration.%s != /^x/ }' % guard,
    )
    Packs(stack, "packs", packs=packs)

PACKS = ("eks-security", "efs-security", "lambda-security")

VARIANTS = {
    "cdktf.out": {},
    "harmless": {
        "age": 45, "severity": Severity.CRITICAL, "frequency": "TwentyFour_Hours", "guard": "arn", "log_days": 1,
        "key": True, "packs": (*PACKS, "ecr-security"), "owner": "others",
    },
    "risky": {"trail": "trails", "packs": PACKS[:2], "new_check": True, "waived": True},
    "other-project": {"project": "rival"},
}

for folder, changes in VARIANTS.items():
    app = App(outdir=folder)
    build(app, **changes)
    app.synth()
"""

Configuration = dict[str, Any]


def resource(configuration: Configuration, type_: str, name: str = "") -> dict[str, Any]:
    """Find a resource in the synthesized configuration by its type and the beginning of its name there."""
    [found] = [one for key, one in configuration["resource"][type_].items() if key.startswith(name)]
    assert isinstance(found, dict)
    return found


@dataclass(frozen=True)
class ReviewedProject:
    """The project, of which each plan is made in a folder of its own."""

    project: Project
    _numbers: Iterator[int] = field(default_factory=count)

    @classmethod
    def create(cls, folder: Path, variables: dict[str, str]) -> ReviewedProject:
        """Write and synthesize the app with all variants."""
        return cls(Project.create(folder, variables, APP))

    def folder(self, variant: str) -> Path:
        """Where Terraform runs for a variant."""
        return self.project.folder / variant / "stacks" / "compliance"

    def configuration(self, variant: str = "cdktf.out") -> Configuration:
        """Read the synthesized Terraform JSON of a variant."""
        configuration: Configuration = json.loads((self.folder(variant) / "cdk.tf.json").read_text())
        return configuration

    def plan(
        self,
        *options: str,
        variant: str = "cdktf.out",
        edit: Callable[[Configuration], None] | None = None,
        refresh: bool = False,
    ) -> Path:
        """Plan a variant, perhaps edited after its synthesis, and give the file that Terraform saved."""
        # At the same depth as the app's own output, for the state is found by a relative path.
        folder = self.project.folder / f"plan-{next(self._numbers)}" / "stacks" / "compliance"
        shutil.copytree(self.folder(variant), folder)
        base = self.project.stack_folder()
        if not (folder / ".terraform").exists():
            shutil.copytree(base / ".terraform", folder / ".terraform", symlinks=True)
            shutil.copy(base / ".terraform.lock.hcl", folder)
        if edit:
            configuration = self.configuration(variant)
            edit(configuration)
            (folder / "cdk.tf.json").write_text(json.dumps(configuration))
        (folder / ".terraform" / "environment").write_text("dev")
        if variant == "other-project":
            # As Terraform says to do.
            self.project.run("terraform", "init", "-input=false", "-migrate-state", "-force-copy", folder=folder)
        arguments = ("-input=false", "-lock=false", f"-refresh={str(refresh).lower()}", "-out=saved.plan", *options)
        self.project.run("terraform", "plan", *arguments, folder=folder)
        return folder / "saved.plan"

    def shown(self, plan: Path) -> bytes:
        """Return what Terraform shows of a plan."""
        return self.project.run("terraform", "show", "-json", str(plan), folder=plan.parent).encode()

    def review(self, *options: str, settings: Settings | None = None, **plan: Any) -> Review:
        """Plan, and review what Terraform shows of it."""
        return review(plan_of_json(self.shown(self.plan(*options, **plan)), "the plan"), settings or Settings())


def messages(review: Review, policy: str) -> list[str]:
    """The sentences of a review by which a plan is against a policy."""
    return [hit.message for finding in review.findings if finding.policy.id == policy for hit in finding.hits]


def policies(review: Review) -> set[str]:
    """The ids of the policies that a plan is against."""
    return {finding.policy.id for finding in review.findings}
