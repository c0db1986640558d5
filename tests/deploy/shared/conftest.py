"""The deployment that all tests of this folder share: they run in one worker, those that change it at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy.conftest import REGION
from tests.deploy.shared.deployed import Deployed
from tests.deploy.shared.violating import BUCKETS, tickets
from tests.runtime.local.accounts import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def aws() -> Iterator[LocalAws]:
    # Tests of one account start evaluations one after the other, and cannot wait for a minute each time.
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1, start_interval_seconds=0)) as aws:
        yield aws
        assert "ERROR" not in aws.log
        assert "Traceback" not in aws.log


@pytest.fixture(scope="session")
def deployed(aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Deployed:
    return Deployed.create(aws, tmp_path_factory.mktemp("shared"))


@pytest.fixture(scope="session")
def violations(deployed: Deployed) -> Deployed:
    """The deployment, with four buckets that violate a rule."""
    config = deployed.aws.client("config", region=REGION)

    def has_tag() -> bool:
        history = config.get_resource_config_history(resourceType="AWS::S3::Bucket", resourceId="by-tag", limit=1)
        return any(item["tags"] == {"team": "data"} for item in history["configurationItems"])

    for name in BUCKETS:
        deployed.create_bucket(name, **({"team": "data"} if name == "by-tag" else {}))
    eventually("four violations", lambda: len(tickets(deployed)) == len(BUCKETS), 60)
    eventually("the tag", has_tag, 60)
    return deployed
