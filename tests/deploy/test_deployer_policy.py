"""The policy in the documentation is enough to deploy, and cannot change the recorder.

What is tried are its actions: the stand-in knows the resources of some calls only, so it gets them for all resources.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.deploy.conftest import REGION, REPOSITORY, Project, record_everything

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.local import LocalAws

POLICY = (REPOSITORY / "docs" / "reference" / "deployer-policy.json").read_text()


def on_all_resources(policy: str) -> str:
    """Widen a policy to all resources."""
    document = json.loads(policy)
    statements = [{**statement, "Resource": "*"} for statement in document["Statement"]]
    return json.dumps({**document, "Statement": statements})


def deployer(aws: LocalAws, name: str, policy: str) -> dict[str, str]:
    """Make a user with a policy, and give the variables with which commands act as that user."""
    iam = aws.client("iam", region=REGION)
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="deploy", PolicyDocument=on_all_resources(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return {**aws.environment(region=REGION), **own}


def test_its_permissions_are_enough_to_deploy_plan_again_and_destroy(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    project = Project.create(tmp_path / "app", deployer(aws, "deployer", POLICY))
    project.apply("dev")
    assert "No changes." in project.terraform("plan", "-detailed-exitcode", "-input=false")
    project.destroy("dev")


def test_without_reading_the_recorder_nothing_is_planned(aws: LocalAws, tmp_path: Path) -> None:
    record_everything(aws)
    poorer = POLICY.replace('"config:DescribeConfigurationRecorders",', "")
    project = Project.create(tmp_path / "app", deployer(aws, "poorer", poorer))
    project.select("dev")
    output = project.terraform("plan", "-input=false", fails=True)
    assert "config:DescribeConfigurationRecorders" in output
    assert "will be created" not in output


def test_it_allows_nothing_that_changes_the_recorder() -> None:
    for action in ("PutConfigurationRecorder", "StopConfigurationRecorder", "DeliveryChannel", '"config:*"', '"*:*"'):
        assert action not in POLICY
