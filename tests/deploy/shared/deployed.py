"""One app that uses everything, deployed to two workspaces of one account, which many tests look at.

The one who deploys, changes and destroys it has no more than the documented policy, and others have rules beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from compliance_runtime.recording.result_store import ResultStore
from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.deployers import POLICY, deployer
from tests.repository import DOCS
from tests.runtime.local.accounts import eventually

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_runtime.check import Compliance
    from compliance_tf.local import LocalAws

PATIENCE_SECONDS = 60
ACCOUNT = "000000000001"
BOUNDARY = (DOCS / "reference" / "permissions-boundary.json").read_text()

APP = """
from compliance_runtime.checks import bucket_tls_only, log_group_retention, required_tags, security_group_ingress
from compliance_tf import (
    ApiCall, CheckRule, ComplianceStack, ManagedRule, Notifications, PolicyRule, Schedule, Scope, Workspaces,
    by_workspace, synthesize, waivers_from_file,
)

def build(app):
    stack = ComplianceStack(
        app, "compliance", project="compliance", region="eu-west-1",
        permissions_boundary="compliance-boundary", role_path="/compliance/",
        workspaces=Workspaces(allowed=("dev", "staging", "prod"), protected=("prod",)),
        waivers=waivers_from_file("../waivers.yaml"),
        history_days=by_workspace(prod=730, default=30), log_retention_days=by_workspace(prod=365, default=7),
        reevaluate=by_workspace(prod=Schedule.days(7), default=None),
        notifications=by_workspace(prod=Notifications("arn:aws:sns:eu-west-1:111122223333:security"), default=None),
    )
    ManagedRule(stack, "keys", identifier="ACCESS_KEYS_ROTATED",
                parameters={"maxAccessKeyAge": by_workspace(prod=30, default=90)},
                frequency=by_workspace(prod="One_Hour", default="Six_Hours"))
    ManagedRule(stack, "versioning", identifier="S3_BUCKET_VERSIONING_ENABLED",
                evaluate_after=[ApiCall("kms", "CreateKey")])
    ManagedRule(stack, "ssh", identifier="INCOMING_SSH_DISABLED")
    PolicyRule(stack, "guard", rule_scope=Scope.types("AWS::S3::Bucket"),
               policy='rule named when resourceType == "AWS::S3::Bucket" { configuration.name != /^${x}/ }')
    CheckRule(stack, "s3-bucket-tls-only", check=bucket_tls_only.CHECK)
    CheckRule(stack, "required-tags", check=required_tags.CHECK,
              parameters=required_tags.Parameters(tags={"owner": (), "environment": ()}))
    CheckRule(stack, "ingress", check=security_group_ingress.CHECK)
    CheckRule(stack, "log-groups", check=log_group_retention.CHECK,
              parameters=by_workspace(prod=log_group_retention.Parameters(min_days=365),
                                      default=log_group_retention.Parameters()))
    CheckRule(stack, "prod-only", check=security_group_ingress.CHECK, enabled=by_workspace(prod=True, default=False))

synthesize(build)
"""

CHANGED = (
    APP.replace("default=7)", "default=14)")
    .replace("prod=365, default=14)", "prod=400, default=14)")
    .replace('role_path="/compliance/",', 'role_path="/compliance/", tags={"team": "security"},')
)
"""The app with other values of the stack, which are on all kinds of resources."""

FOREIGN_RULES = {
    "compliance-dev-foreign": {"project": "another"},
    "compliance2-dev-trail": {"project": "compliance2"},
    "compliance-dev-untagged": {},
}
"""Others' Config rules with names much like ours, and their tags."""

GRANTED = datetime.now(UTC).date() - timedelta(days=1)
SOON, LATER = GRANTED + timedelta(days=20), GRANTED + timedelta(days=200)


def waiver(ticket: str, expires: date, **resource: str) -> dict[str, str]:
    days = {"granted": GRANTED.isoformat(), "expires": expires.isoformat()}
    return {
        "rule": "s3-bucket-tls-only",
        "reason": "Legacy.",
        "owner": "team-data",
        "ticket": ticket,
        **days,
        **resource,
    }


BY_ID = waiver("SEC-1", SOON, resource_id="by-id")
BY_ARN = waiver("SEC-2", LATER, arn="arn:aws:s3:::by-a?n*")
BY_TAG = waiver("SEC-3", LATER, tag_key="team", tag_value="data")
UNUSED = waiver("SEC-4", LATER, arn="arn:aws:s3:::nobody")


@dataclass(frozen=True)
class Deployed:
    """The app with its waivers in a file, deployed to dev and prod.

    Parameters
    ----------
    project
        The project, with the credentials of the deployer.
    admin
        The project, with those of an administrator.
    foreign
        Others' Config rules, as they were.
    applied
        What Terraform said.
    """

    project: Project
    admin: Project
    aws: LocalAws
    foreign: list[dict[str, Any]]
    applied: tuple[str, ...]

    @classmethod
    def create(cls, aws: LocalAws, folder: Path) -> Deployed:
        """Deploy to both workspaces; ``applied`` is what Terraform said."""
        record_everything(aws)
        config, iam = aws.client("config", region=REGION), aws.client("iam", region=REGION)
        iam.create_policy(PolicyName="compliance-boundary", PolicyDocument=BOUNDARY)
        for name, tags in FOREIGN_RULES.items():
            config.put_config_rule(
                ConfigRule=managed(name), Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
            )
        declare_waivers(folder, BY_ID, BY_ARN, BY_TAG, UNUSED)
        project = Project.create(folder / "app", deployer(aws, "deployer", POLICY), APP)
        applied = tuple(project.apply(workspace) for workspace in ("prod", "dev"))
        admin = Project(project.folder, aws.environment(region=REGION))
        return cls(project, admin, aws, foreign_rules(aws), applied)

    @property
    def store(self) -> ResultStore:
        return self.store_of("prod")

    def store_of(self, workspace: str) -> ResultStore:
        table = f"compliance-{workspace}-results"
        return ResultStore(self.aws.client("dynamodb", region=REGION), table, history_days=1)

    def verdicts(self, rule: str, workspace: str = "prod") -> dict[str, Compliance]:
        """What the table says of a rule, by resource."""
        results = self.store_of(workspace).of_rule(f"compliance-{workspace}-{rule}")
        return {result.resource.id: result.compliance for result in results}

    def redeploy(self, *waivers: dict[str, str], replaced: str) -> str:
        """Deploy the changed app to prod with these waivers instead, and one resource replaced."""
        declare_waivers(self.project.folder.parent, *waivers)
        (self.project.folder / "main.py").write_text(CHANGED)
        self.project.run("python", "main.py")
        self.project.select("prod")
        return self.project.terraform("apply", f"-replace={replaced}", "-auto-approve", "-input=false")

    def reconcile(self) -> None:
        answer = self.aws.client("lambda", region=REGION).invoke(
            FunctionName="compliance-prod-record", Payload=json.dumps({"action": "reconcile"})
        )
        assert "FunctionError" not in answer, answer["Payload"].read()

    def create_bucket(self, name: str, **tags: str) -> None:
        s3 = self.aws.client("s3", region=REGION)
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        if tags:
            pairs = [{"Key": key, "Value": value} for key, value in tags.items()]
            s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": pairs})

    def create_security_group(self, name: str) -> str:
        group = self.aws.client("ec2", region=REGION).create_security_group(GroupName=name, Description=name)
        return group["GroupId"]

    def wait_for(self, rule: str, resource: str, compliance: Compliance | None, workspace: str = "prod") -> None:
        """Wait until the table says this of a resource; None is nothing."""
        eventually(
            f"{rule} {resource}",
            lambda: self.verdicts(rule, workspace).get(resource) is compliance,
            seconds=PATIENCE_SECONDS,
        )


def managed(name: str) -> dict[str, Any]:
    """A Config rule that AWS manages."""
    return {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"}}


def foreign_rules(aws: LocalAws) -> list[dict[str, Any]]:
    """Others' Config rules with their tags."""
    config = aws.client("config", region=REGION)
    rules = config.describe_config_rules(ConfigRuleNames=list(FOREIGN_RULES))["ConfigRules"]
    return [
        {**rule, "tags": config.list_tags_for_resource(ResourceArn=rule["ConfigRuleArn"]).get("Tags")} for rule in rules
    ]


def declare_waivers(folder: Path, *waivers: dict[str, str]) -> None:
    """Write the file: what is JSON is YAML."""
    (folder / "waivers.yaml").write_text(json.dumps({"waivers": waivers}))
