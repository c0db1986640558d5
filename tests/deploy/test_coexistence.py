"""Deployments of several projects and workspaces share an account with others' things, and none touches another.

Rounds of concurrent deployments, changes and destructions in an order drawn from a seed. After each round everything of
an owner who had no part in it is as it was, and so is the recorder; plans of untouched workspaces are empty. A short
form, of two deployments at once and a destruction, is in ``test_cli.py``.
"""

from __future__ import annotations

import random
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.deploy import account
from tests.deploy.conftest import REGION, Project, record_everything

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from compliance_tf.local import LocalAws

pytestmark = pytest.mark.long

APP: Final = """
import sys
from cdktf import App
from compliance_tf import CheckRule, ComplianceStack, ManagedRule, Workspaces
from compliance_runtime.checks import bucket_tls_only

for variant, age in (("first", 90), ("second", 45)):
    app = App(outdir=variant)
    stack = ComplianceStack(app, "compliance", project="%(project)s", region="eu-west-1")
    ManagedRule(stack, "keys", identifier="ACCESS_KEYS_ROTATED", parameters={"maxAccessKeyAge": age})
    CheckRule(stack, "tls", check=bucket_tls_only.CHECK)
    if variant == "second":
        ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED")
    app.synth()
"""

# Names that begin with one another, of digits, and as long as may be.
PROJECTS: Final = ("acme", "acme2", "a")
WORKSPACES: Final = ("dev", "dev2", "d", "w2345678901234567890")


LOOK_ALIKES: Final = ("acme-dev", "acme-dev-keys2", "acme-dev-evaluate2", "acmedev-keys", "acme-devv-keys", "other")
"""Names of somebody else's things, or what these begin with."""


@dataclass(frozen=True)
class Owner:
    """A deployment: a project in a workspace."""

    project: str
    workspace: str

    @property
    def prefix(self) -> str:
        return f"{self.project}-{self.workspace}-"


class Neighbourhood:
    """Several projects' checkouts in one account, and what is deployed of them."""

    def __init__(self, aws: LocalAws, folder: Path, owners: Iterable[Owner]) -> None:
        self.aws = aws
        self.deployed: dict[Owner, str] = {}
        self._projects: dict[str, Project] = {}
        self._folder = folder
        for name in {owner.project for owner in owners}:
            project = Project.create(folder / name, aws.environment(region=REGION), APP % {"project": name})
            project.run("terraform", "init", "-input=false", folder=project.folder / "first" / "stacks" / "compliance")
            self._projects[name] = project

    def run(self, step: tuple[Owner, str]) -> None:
        """Deploy a variant for an owner, or destroy what it has."""
        owner, variant = step
        if variant == "destroy":
            self._terraform(owner, self.deployed.pop(owner), "destroy", "-auto-approve")
        else:
            self.deployed[owner] = variant
            self._terraform(owner, variant, "apply", "-auto-approve")

    def plan(self, owner: Owner) -> str:
        """Plan what is deployed once more."""
        return self._terraform(owner, self.deployed[owner], "plan")

    def _terraform(self, owner: Owner, variant: str, *arguments: str) -> str:
        project = self._projects[owner.project]
        # A working folder for each workspace, as deep as the app's own: the state is found by a relative path.
        source = project.folder / variant / "stacks" / "compliance"
        folder = project.folder / owner.workspace / "stacks" / "compliance"
        shutil.copytree(source, folder, dirs_exist_ok=True)
        initialized = project.folder / "first" / "stacks" / "compliance"
        if not (folder / ".terraform").exists():
            shutil.copytree(initialized / ".terraform", folder / ".terraform", symlinks=True)
        shutil.copy(initialized / ".terraform.lock.hcl", folder)
        project.run("terraform", "workspace", "select", "-or-create", owner.workspace, folder=folder)
        return project.run("terraform", *arguments, "-input=false", folder=folder)


def without(description: dict[str, Any], owners: Iterable[Owner]) -> dict[str, Any]:
    """Leave out what belongs to some owners."""
    theirs = [account.of(description, owner.prefix) for owner in owners]
    return {
        kind: named
        if kind == "recorder"
        else {
            name: value
            for name, value in named.items()
            if name.removeprefix("/aws/lambda/").startswith(LOOK_ALIKES[1:])
            or not any(name in one[kind] for one in theirs)
        }
        for kind, named in description.items()
    }


def drawn_round(
    draw: random.Random, owners: list[Owner], deployed: dict[Owner, str], at_once: int
) -> list[tuple[Owner, str]]:
    """Draw the steps of a round, for different owners each."""
    steps = []
    for owner in draw.sample(owners, at_once):
        if owner in deployed:
            other = "second" if deployed[owner] == "first" else "first"
            steps.append((owner, draw.choice(["destroy", other])))
        else:
            steps.append((owner, "first"))
    return steps


def live_together(
    aws: LocalAws, folder: Path, owners: list[Owner], *, rounds: int, at_once: int, seed: int, counts: dict[str, int]
) -> None:
    """Run rounds of steps at the same time, hold each round against what it may change, and count the steps."""
    draw = random.Random(seed)  # noqa: S311 (nothing secret is drawn)
    neighbourhood = Neighbourhood(aws, folder, owners)
    with ThreadPoolExecutor(at_once) as threads:
        for number in range(rounds):
            before = account.describe(aws, REGION)
            steps = drawn_round(draw, owners, neighbourhood.deployed, at_once)
            list(threads.map(neighbourhood.run, steps))
            after = account.describe(aws, REGION)
            busy = [owner for owner, _ in steps]
            context = f"seed {seed}, round {number}: {steps}"
            assert after["recorder"] == before["recorder"], context
            assert without(after, busy) == without(before, busy), context
            for owner, variant in steps:
                counts[variant] = counts.get(variant, 0) + 1
                names = {
                    f"{owner.prefix}{rule}" for rule in ("keys", "tls", *(["trail"] if variant == "second" else []))
                }
                mine = set(account.of(after, owner.prefix)["config rule"])
                assert mine - set(LOOK_ALIKES) == (set() if variant == "destroy" else names), context
            untouched = [owner for owner in neighbourhood.deployed if owner not in busy]
            for owner in draw.sample(untouched, min(1, len(untouched))):
                assert "No changes." in neighbourhood.plan(owner), context
                counts["empty plan"] = counts.get("empty plan", 0) + 1


@pytest.fixture(scope="module")
def shared_account(aws: LocalAws) -> LocalAws:
    record_everything(aws)
    account.create_look_alikes(aws, REGION, LOOK_ALIKES)
    return aws


def test_many_projects_and_workspaces_live_together(
    shared_account: LocalAws, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = random.SystemRandom().randrange(10**6)
    counts: dict[str, int] = {}
    record_property("seed", seed)
    record_property("steps", counts)
    owners = [Owner(project, workspace) for project in PROJECTS for workspace in WORKSPACES]
    live_together(shared_account, tmp_path, owners, rounds=20, at_once=4, seed=seed, counts=counts)
