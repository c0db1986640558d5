"""Fixtures and settings that any test may use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from compliance_tf.local import Behaviour, LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator


# The duration of an example means nothing, as other tests run at the same time. A landing must not depend on luck: the
# short form draws the same examples every time, and what the long form finds is added as an example by name.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("short", _COMMON, max_examples=25, derandomize=True)
settings.register_profile("long", _COMMON, max_examples=500, print_blob=True)
settings.load_profile("short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares something expensive, and let what changes a shared deployment come last."""
    items.sort(key=lambda item: item.get_closest_marker("changes_deployment") is not None)
    for item in items:
        level, *rooms = item.path.relative_to(Path(__file__).parent).with_suffix("").parts
        if level != "unit":
            shared = [level, *rooms[:1]] if rooms[:1] == ["shared"] else [level, *rooms]
            item.add_marker(pytest.mark.xdist_group("/".join(shared)))


@pytest.fixture(scope="module")
def local_aws() -> Iterator[LocalAws]:
    """A local AWS of the test module alone; a test that needs an empty account takes an account of its own."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1)) as aws:
        yield aws
        mistakes = [line for line in aws.log.splitlines() if "Traceback" in line or "local AWS's answer" in line]
    assert mistakes == []
