"""The documented policies, as they are, are enough to deploy, change and destroy, and reach nothing of others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.deploy.conftest import REGION, Project, record_everything
from tests.deploy.deployers import POLICY, deployer
from tests.repository import DOCS, REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

BOUNDARY = (DOCS / "reference" / "permissions-boundary.json").read_text()
MAIN = (REPOSITORY / "main.py").read_text()
BOUNDED = MAIN.replace(
    'region="eu-west-1",',
    'region="eu-west-1", permissions_boundary="compliance-boundary", role_path="/compliance/",',
)
CHANGED = BOUNDED.replace('allowed_ports=("443",)', 'allowed_ports=("443", "8443")').replace(
    'region="eu-west-1",', 'region="eu-west-1", tags={"team": "security"}, log_retention_days=60,'
)

FOREIGN_RULES = {
    "compliance-dev-foreign": {"project": "another"},
    "compliance2-dev-trail": {"project": "compliance2"},
    "compliance-dev-untagged": {},
}


def client(service: str, variables: dict[str, str]) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def managed(name: str) -> dict[str, Any]:
    return {"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": "CLOUD_TRAIL_ENABLED"}}


def foreign_rules(config: Any) -> list[dict[str, Any]]:
    rules = config.describe_config_rules(ConfigRuleNames=list(FOREIGN_RULES))["ConfigRules"]
    return [
        {**rule, "tags": config.list_tags_for_resource(ResourceArn=rule["ConfigRuleArn"]).get("Tags")} for rule in rules
    ]


def test_they_are_enough_to_deploy_change_and_destroy_beside_foreign_rules(aws: LocalAws, tmp_path: Path) -> None:
    """A deployment, for the provider alone decides which calls it makes."""
    record_everything(aws)
    config, iam = aws.client("config", region=REGION), aws.client("iam", region=REGION)
    iam.create_policy(PolicyName="compliance-boundary", PolicyDocument=BOUNDARY)
    for name, tags in FOREIGN_RULES.items():
        config.put_config_rule(
            ConfigRule=managed(name), Tags=[{"Key": key, "Value": value} for key, value in tags.items()]
        )
    before = foreign_rules(config)
    variables = deployer(aws, "deployer", POLICY)
    project = Project.create(tmp_path / "app", variables, BOUNDED)
    project.apply("dev")
    (tmp_path / "app" / "main.py").write_text(CHANGED)
    project.run("python", "main.py")
    assert " changed," in project.apply("dev")
    roles = iam.list_roles(PathPrefix="/compliance/")["Roles"]
    assert len(roles) == 3
    for role in roles:
        described = iam.get_role(RoleName=role["RoleName"])["Role"]
        assert described["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/compliance-boundary")
    assert_nothing_else_is_allowed(variables, config)
    project.destroy("dev")
    assert foreign_rules(config) == before


def assert_nothing_else_is_allowed(variables: dict[str, str], admin: Any) -> None:
    """Try as the deployer what the policy must not allow."""
    config, iam = client("config", variables), client("iam", variables)
    own = [{"Key": "project", "Value": "compliance"}]
    (foreign,) = admin.describe_config_rules(ConfigRuleNames=["compliance-dev-foreign"])["ConfigRules"]
    (recorder,) = admin.describe_configuration_recorders()["ConfigurationRecorders"]
    trust = json.dumps({"Version": "2012-10-17", "Statement": []})
    attempts = [
        lambda: config.put_config_rule(ConfigRule=managed("compliance-dev-foreign"), Tags=own),
        lambda: config.put_config_rule(ConfigRule=managed("compliance-dev-mine")),
        lambda: config.delete_config_rule(ConfigRuleName="compliance-dev-foreign"),
        lambda: config.delete_config_rule(ConfigRuleName="compliance-dev-untagged"),
        lambda: config.delete_config_rule(ConfigRuleName="compliance2-dev-trail"),
        lambda: config.tag_resource(ResourceArn=foreign["ConfigRuleArn"], Tags=own),
        lambda: config.tag_resource(ResourceArn=recorder["arn"], Tags=own),
        lambda: config.put_configuration_recorder(ConfigurationRecorder={"name": "default"}),
        lambda: iam.create_role(RoleName="compliance-x", AssumeRolePolicyDocument=trust),
        lambda: iam.create_role(
            RoleName="compliance-x",
            AssumeRolePolicyDocument=trust,
            PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
        ),
        lambda: iam.create_role(RoleName="other-x", AssumeRolePolicyDocument=trust),
    ]
    for number, attempt in enumerate(attempts):
        with pytest.raises(ClientError) as refused:
            attempt()
        assert refused.value.response["Error"]["Code"] in {"AccessDenied", "AccessDeniedException"}, number


def test_it_allows_nothing_that_changes_the_recorder() -> None:
    for action in ("PutConfigurationRecorder", "StopConfigurationRecorder", "DeliveryChannel", '"config:*"', '"*:*"'):
        assert action not in POLICY
