"""Fixtures and settings that any test may use."""

from __future__ import annotations

import sys
from functools import cache
from typing import TYPE_CHECKING

import botocore.session
import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]

from compliance_tf.local import Behaviour, LocalAws

if TYPE_CHECKING:
    from collections.abc import Iterator

    from xdist.remote import Producer  # type: ignore[import-untyped]

SHARED = "tests/deploy/shared/"


# The duration of an example means nothing, as other tests run at the same time. A landing must not depend on luck: the
# short form draws the same examples every time, and what the long form finds is added as an example by name.
_COMMON = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("short", _COMMON, max_examples=25, derandomize=True)
settings.register_profile("long", _COMMON, max_examples=500, print_blob=True)
settings.load_profile("short")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let what changes a shared deployment come last."""
    items.sort(key=lambda item: item.get_closest_marker("changes_deployment") is not None)


class Together(LoadScopeScheduling):  # type: ignore[misc]
    """Keep the tests of a file in one process, and those that share one deployment.

    xdist 3.8 does not see its own groups with pytest 9.2: every process would set up what a module shares.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return SHARED if file.startswith(SHARED) else file


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded by ``record_property``: how much they tried, and the seed that repeats it."""
    recorded = {
        f"{report.nodeid}: {name} {value}"
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
    }
    if recorded:
        terminalreporter.section("recorded by tests")
        terminalreporter.write("".join(f"{line}\n" for line in sorted(recorded)))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    """Have xdist distribute the tests so."""
    return Together(config, log)


@pytest.fixture(autouse=True, scope="session")
def models_of_aws() -> Iterator[None]:
    """Read the models of AWS's APIs once a process: each session of boto3 would take 0.1 to 0.4 seconds a client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", cache(botocore.session.create_loader))
        yield


@pytest.fixture(autouse=True)
def checks_of_users() -> Iterator[None]:
    """Forget what a test imported as a user's own checks: the next one has a folder of that name too."""
    path = [*sys.path]
    yield
    sys.path[:] = path
    # After each of thousands of tests: looking through all modules takes longer than most tests.
    if "checks" in sys.modules:
        for name in [name for name in sys.modules if name.partition(".")[0] == "checks"]:
            del sys.modules[name]


@pytest.fixture(scope="module")
def local_aws() -> Iterator[LocalAws]:
    """A local AWS of the test module alone; a test that needs an empty account takes an account of its own."""
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1)) as aws:
        yield aws
        mistakes = [line for line in aws.log.splitlines() if "Traceback" in line or "local AWS's answer" in line]
    assert mistakes == []
