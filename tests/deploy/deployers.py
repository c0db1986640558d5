"""Users with the documented policy of deployers, or another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.deploy.conftest import REGION
from tests.repository import DOCS

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

POLICY = (DOCS / "reference" / "deployer-policy.json").read_text()


def deployer(aws: LocalAws, name: str, policy: str) -> dict[str, str]:
    """Make a user with a policy, and give the variables with which commands act as that user."""
    iam = aws.client("iam", region=REGION)
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="deploy", PolicyDocument=policy)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    own = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    return {**aws.environment(region=REGION), **own}
