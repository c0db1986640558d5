"""The deployment that all tests of this folder share: they run in one worker, those that change it at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.deploy.shared.deployed import Deployed

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
