"""Fixtures that any test may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from compliance_tf.local import Behaviour, LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator


# How long an example takes says nothing: other tests run at the same time.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="module")
def local_aws() -> Iterator[LocalAws]:
    """A local AWS of the test module alone; a test that needs an empty account takes an account of its own."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1)) as aws:
        yield aws
        mistakes = [line for line in aws.log.splitlines() if "Traceback" in line or "local AWS's answer" in line]
    assert mistakes == []
