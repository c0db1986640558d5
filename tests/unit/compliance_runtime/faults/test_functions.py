"""The three functions under faults: whatever goes wrong, in the end the table is what AWS Config says.

AWS Lambda invokes again what failed or was killed; events come twice, in another order, and some never.
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime import handlers
from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment
from compliance_runtime.triggering.starter import Starter
from compliance_tf.testing import CAPTURED_TIME, config_event, event_item
from tests.unit.compliance_runtime.builders import Context
from tests.unit.compliance_runtime.faults.aws import RULE, Aws, Faults, Killed

if TYPE_CHECKING:
    from collections.abc import Callable

RULES = {
    "required-tags": DeployedRule(
        "compliance_runtime.checks.required_tags", Severity.HIGH, ("s3.amazonaws.com:PutBucketTagging",)
    )
}
API_CALL = {"detail": {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketTagging"}}
RATE = 0.15
RESOURCES = 6
CHANGES = 40

LAMBDA_ATTEMPTS = 3
"""An asynchronous invocation and its two retries."""


@dataclass
class World:
    """AWS, and the functions as AWS invokes them."""

    aws: Aws
    chance: random.Random
    failures: int = 0
    kills: int = 0
    lost: int = 0
    delivered: list[dict[str, Any]] = field(default_factory=list)
    _requests: itertools.count[int] = field(default_factory=itertools.count)

    def invoke(self, handler: Callable[[Any, Any], Any], event: Any, attempts: int = LAMBDA_ATTEMPTS) -> bool:
        """Invoke until it succeeds, with the same request id, so often at most."""
        request = f"request-{next(self._requests)}"
        for _ in range(attempts):
            try:
                handler(event, Context(900, request=request))
            except Killed:
                self.kills += 1
                # A process that is killed has nothing in memory.
                forget()
            except Exception:  # noqa: BLE001 as AWS Lambda does
                self.failures += 1
            else:
                return True
        return False

    def change(self, number: int) -> None:
        """Change a resource: AWS Config invokes ``evaluate``, perhaps twice or with an older item."""
        name = f"bucket-{self.chance.randrange(RESOURCES)}"
        captured = CAPTURED_TIME + timedelta(minutes=number)
        tags = {"Owner": "ops"} if self.chance.random() < 0.5 else {}
        item = event_item(resource_id=name, tags=tags, captured=captured.isoformat())
        for _ in range(self.chance.choice((1, 1, 2))):
            event = config_event(item, rule_name=RULE, parameters={"tags": '{"Owner":[]}'})
            # AWS Config evaluates again what failed for good.
            assert self.invoke(handlers.evaluate, event, attempts=100)

    def deliver(self) -> None:
        """Deliver some of the changes of compliance, in any order; some are lost, and some come twice."""
        self.chance.shuffle(self.aws.config.events)
        for _ in range(self.chance.randrange(len(self.aws.config.events) + 1)):
            event = self.aws.config.events.pop()
            if self.chance.random() < 0.1:
                self.lost += 1
                continue
            if self.chance.random() < 0.2:
                self.aws.config.events.append(event)
            if self.invoke(handlers.record, event):
                self.delivered.append(event)
            else:
                self.lost += 1

    def check_delivered(self) -> None:
        """What the last event of a resource says stands in the table, without any comparison."""
        for name, event in self.aws.config.last_events.items():
            if event in self.delivered:
                assert (name, self.table.get(name)) == (name, self.aws.says.get(name))

    def trigger(self) -> None:
        """Have an API call and, while something waits, the hourly schedule invoke ``trigger``."""
        # Only now does AWS Config take another call.
        self.aws.sleep(3600)
        before = len(self.aws.config.started)
        call = {**API_CALL, "id": f"call-{next(self._requests)}"}
        for event in (call, {"action": "continue"}, {"action": "continue"}):
            assert self.invoke(handlers.trigger, event, attempts=100)
            self.aws.sleep(3600)
        # Once, though an answer may have been lost.
        assert [name for name, _ in self.aws.config.started[before:]] == [RULE]

    @property
    def table(self) -> dict[str, str]:
        present = self.aws.table.present
        return {one["resource_id"]: one["compliance"] for one in present if one["compliance"] != "NOT_APPLICABLE"}


def forget() -> None:
    cached = (handlers._environment, handlers._deployment, handlers._rules, handlers._waivers)
    for one in (*cached, handlers._write_directory):
        one.cache_clear()


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], World]:
    monkeypatch.setenv("RULE_NAME_PREFIX", "acme-dev-")
    monkeypatch.setenv("RESULTS_TABLE", "acme-dev-results")
    monkeypatch.setenv("HISTORY_DAYS", "10")
    monkeypatch.setattr(Deployment, "from_file", lambda: Deployment(RULES))
    monkeypatch.setattr("time.sleep", lambda _: None)

    def install(seed: int) -> World:
        chance = random.Random(seed)  # noqa: S311 no secret
        aws = Aws(Faults(chance, RATE))
        clients = {service: aws.client(service) for service in ("config", "dynamodb")}
        once = aws.client("config", attempts=1)
        monkeypatch.setattr(handlers, "client", clients.__getitem__)
        monkeypatch.setattr(handlers, "single_attempt_client", lambda _: once)
        starter = partial(Starter, now=lambda: aws.config.now, sleep=aws.sleep)
        monkeypatch.setattr("compliance_runtime.triggering.starter.Starter", starter)
        forget()
        return World(aws, chance)

    return install


def live(world: World) -> None:
    """Let the account change under faults, and AWS Config and the table be compared with none in the end."""
    for number in range(CHANGES):
        world.change(number)
        world.deliver()
        world.check_delivered()
        if world.chance.random() < 0.1:
            world.invoke(handlers.record, {"action": world.chance.choice(("reconcile", "continue"))})
        if world.chance.random() < 0.2:
            world.trigger()
    world.aws.faults.rate = 0
    assert world.invoke(handlers.record, {"action": "reconcile"})

    assert world.table == world.aws.says
    # What comes late or again after that changes nothing.
    for event in world.aws.config.events:
        assert world.invoke(handlers.record, event)
    assert world.table == world.aws.says


@pytest.mark.parametrize("seed", range(4))
def test_the_table_is_what_aws_config_says_whatever_went_wrong(seed: int, installed: Callable[[int], World]) -> None:
    live(installed(seed))


@pytest.mark.long
def test_the_table_is_what_aws_config_says_whatever_went_wrong_for_long(installed: Callable[[int], World]) -> None:
    met, failures, kills, lost = 0, 0, 0, 0
    for seed in range(100, 300):
        world = installed(seed)
        try:
            live(world)
        except Exception:
            print(f"seed {seed}: {dict(world.aws.faults.met)}")  # noqa: T201 who looks for it needs the seed
            raise
        met += world.aws.faults.met.total()
        failures, kills, lost = failures + world.failures, kills + world.kills, lost + world.lost
    print(f"{met:,} faults, {failures:,} failures, {kills:,} kills, {lost:,} events lost")  # noqa: T201 the counts
