"""Evaluations are started as AWS Config allows it, each once, whatever ends an invocation."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, NoReturn

import pytest

from compliance_runtime.clients import single_attempt
from compliance_runtime.triggering.waiting import MAX_REQUESTS, Waiting
from compliance_tf.local.api.api_error import ApiError
from tests.served import served
from tests.unit.compliance_runtime.triggering.simulation import World

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local.api.json_api import Call

RULES = [f"acme-dev-{number:03}" for number in range(120)]
HOUR = 3600.0


def hours(world: World, number: int) -> None:
    """Let the hourly schedule go on with what waits."""
    for hour in range(number):
        world.now += HOUR
        world.invoke([], f"hour-{hour}")


def test_120_rules_are_started_once_each_a_batch_a_minute() -> None:
    world = World()

    world.invoke(RULES, "r-1")

    assert world.started == dict.fromkeys(RULES, 1)
    assert world.sent == 5
    assert world.failures == []
    assert 4 * 60 <= world.now - 1_000_000 < 6 * 60


@pytest.mark.parametrize("any_running", [False, True])
@pytest.mark.parametrize("seconds", [30.0, 150.0, 700.0])
def test_evaluations_that_take_long_keep_no_rule_from_being_started(seconds: float, *, any_running: bool) -> None:
    world = World(evaluation_seconds=seconds, any_running=any_running)

    world.invoke(RULES, "r-1")
    hours(world, 6)

    assert world.started == dict.fromkeys(RULES, 1)
    assert world.waiting.left == 0


def test_more_rules_than_an_invocation_has_time_for_are_started_by_the_next_ones() -> None:
    names = [f"acme-dev-{number:04}" for number in range(1000)]
    world = World()

    world.invoke(names, "r-1")
    hours(world, 1)

    assert world.started == dict.fromkeys(names, 1)
    assert world.sent == 40


def test_a_rule_that_is_always_being_evaluated_keeps_no_other_from_being_started() -> None:
    world = World()
    world.invoke(["acme-dev-busy"], "r-0")
    world.aws_config.evaluation_seconds = 10 * HOUR

    world.invoke([*RULES, "acme-dev-busy"], "r-1")
    hours(world, 2)

    assert world.started == dict.fromkeys([*RULES, "acme-dev-busy"], 1)
    assert world.waiting.rules == {"acme-dev-busy"}


@pytest.mark.parametrize("step", range(1, 40, 2))
def test_a_kill_at_any_moment_neither_loses_a_rule_nor_starts_one_twice(step: int) -> None:
    world = World(kills={step})

    world.invoke(RULES, "r-1")
    hours(world, 1)

    assert world.started == dict.fromkeys(RULES, 1)


@pytest.mark.parametrize("seed", range(10))
def test_neither_do_many_kills(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 no secret
    world = World(kills={step for step in range(400) if chance.random() < 0.12}, evaluation_seconds=40)

    world.invoke(RULES, "r-1")
    hours(world, 30)

    # A kill before anything was written leaves nothing to go on with: there is no rule then, or all of them.
    assert world.started in ({}, dict.fromkeys(RULES, 1))
    assert world.waiting.left == 0


def test_a_request_that_comes_twice_is_done_once() -> None:
    world = World()

    world.invoke(RULES, "r-1", event="e-1")
    world.now += 600
    world.invoke(RULES, "r-1", event="e-2")
    world.invoke(RULES, "r-2", event="e-1")

    assert world.started == dict.fromkeys(RULES, 1)


def test_another_request_is_done_anew() -> None:
    world = World()

    world.invoke(RULES[:3], "r-1")
    world.invoke(RULES[:2], "r-2")

    assert world.started == {RULES[0]: 2, RULES[1]: 2, RULES[2]: 1}


def test_what_an_api_call_asks_for_meanwhile_is_left_to_the_invocation_that_is_at_work() -> None:
    world = World()

    def while_waiting(ask: Callable[[], None]) -> None:
        original = world._sleep

        def sleep(seconds: float) -> None:
            if seconds and not world.started.total() % 50:
                ask()
            original(seconds)

        world._sleep = sleep  # type: ignore[method-assign]

    began: list[float] = []

    def ask() -> None:
        began.append(world.now)
        world.invoke(["acme-dev-extra"], "r-2", deployed=[*RULES, "acme-dev-extra"])
        # It did not wait.
        assert world.now == began[-1]

    while_waiting(ask)
    world.invoke(RULES, "r-1", deployed=[*RULES, "acme-dev-extra"])

    assert world.started["acme-dev-extra"] == 1
    assert {name for name in world.started if name != "acme-dev-extra"} == set(RULES)
    assert max(world.started.values()) == 1


def test_rules_that_are_not_there_any_more_keep_no_other_from_being_started() -> None:
    world = World(unknown_rules=[RULES[7], RULES[50]])

    world.invoke(RULES, "r-1", deployed=RULES[1:])

    assert world.started == dict.fromkeys(set(RULES) - {RULES[0], RULES[7], RULES[50]}, 1)
    assert world.waiting.left == 0


def test_what_is_left_is_counted_after_each_call(capsys: pytest.CaptureFixture[str]) -> None:
    World().invoke(RULES, "r-1")

    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["EvaluationsWaiting"] for line in lines] == [95, 70, 45, 20, 0]
    assert all(line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Name"] == "EvaluationsWaiting" for line in lines)


def test_boto3_does_not_repeat_a_refused_call_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: pytest.fail("botocore waits"))
    calls: list[str] = []

    def refuse(call: Call) -> NoReturn:
        calls.append(call.operation)
        raise ApiError("LimitExceededException", "No.")

    config = single_attempt()
    client = served({"StartConfigRulesEvaluation": refuse}, retries=config.retries)  # type: ignore[attr-defined]
    for _ in range(5):
        with pytest.raises(client.exceptions.LimitExceededException):
            client.start_config_rules_evaluation(ConfigRuleNames=["rule"])
    assert len(calls) == 5


def test_the_item_stays_small_however_many_requests_come() -> None:
    waiting = Waiting()
    for number in range(2000):
        waiting = waiting.added(RULES, {f"{number:036}"}, float(number))
    assert len(waiting.requests) <= MAX_REQUESTS + 1
    assert f"{1999:036}" in waiting.requests


def test_the_item_is_read_as_it_was_written() -> None:
    waiting = Waiting().added(RULES, {"r"}, 5.0).taken("r", 6.0).claim(RULES[:25], 7.5)
    assert Waiting.from_item(waiting.to_item()) == waiting
