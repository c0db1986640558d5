"""The documented policies, as they are, are enough for the shared deployment, and reach nothing of others.

That they are enough to deploy, change and destroy is seen in the other tests: whoever does it there has no more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.deploy.conftest import REGION
from tests.deploy.deployers import POLICY
from tests.deploy.shared.deployed import managed

if TYPE_CHECKING:
    from tests.deploy.shared.deployed import Deployed


def test_every_role_has_the_documented_boundary(deployed: Deployed) -> None:
    iam = deployed.aws.client("iam", region=REGION)
    roles = iam.list_roles(PathPrefix="/compliance/")["Roles"]

    assert len(roles) == 6
    for role in roles:
        described = iam.get_role(RoleName=role["RoleName"])["Role"]
        assert described["PermissionsBoundary"]["PermissionsBoundaryArn"].endswith(":policy/compliance-boundary")


def test_nothing_else_is_allowed(deployed: Deployed) -> None:
    """Try as the deployer what the policy must not allow."""
    admin = deployed.aws.client("config", region=REGION)
    config, iam = (client(name, deployed.project.variables) for name in ("config", "iam"))
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


def client(service: str, variables: dict[str, str]) -> Any:
    return boto3.client(
        service,
        region_name=REGION,
        endpoint_url=variables["AWS_ENDPOINT_URL"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )


def test_it_allows_nothing_that_changes_the_recorder() -> None:
    for action in ("PutConfigurationRecorder", "StopConfigurationRecorder", "DeliveryChannel", '"config:*"', '"*:*"'):
        assert action not in POLICY
