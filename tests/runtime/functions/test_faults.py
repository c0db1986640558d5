"""What AWS Config throttles, does not take, sends twice or too late changes nothing in the end."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import Behaviour, LocalAws
from tests.runtime.functions.runtime import SCHEDULE, Runtime
from tests.runtime.local.accounts import Account, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "AWS::S3::Bucket"
BUCKETS = 40
CHANGES = 4


@pytest.fixture
def runtime() -> Iterator[Runtime]:
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.1, fault_rate=0.3)) as aws:
        yield Runtime(Account(aws).with_recorder())


def test_no_verdict_is_lost_and_no_older_one_wins(runtime: Runtime) -> None:
    chance = random.Random(3)  # noqa: S311 no secret
    account = runtime.account
    rule = runtime.rule("tags", BUCKET, parameters={"tags": '{"owner":[]}'})
    names = [account.bucket(f"bucket-{number}") for number in range(BUCKETS)]
    expected = dict.fromkeys(names, "NON_COMPLIANT")
    for _ in range(CHANGES):
        for name in names:
            good = chance.random() < 0.5
            account.tag_bucket(name, **{"owner" if good else "other": str(chance.random())})
            expected[name] = "COMPLIANT" if good else "NON_COMPLIANT"

    eventually("all verdicts of the last changes", lambda: account.verdicts(rule) == expected, seconds=120)
    # Whatever comes late has come when a resource that was made afterwards is judged.
    for number in range(3):
        last = account.bucket(f"last-{number}")
        eventually("a later verdict", lambda last=last: last in account.verdicts(rule), seconds=60)
    assert {name: account.verdicts(rule)[name] for name in names} == expected


def test_all_findings_of_a_schedule_arrive(runtime: Runtime) -> None:
    account = runtime.account
    for number in range(120):
        account.role(f"acme-{number}")
    rule = runtime.rule("roles", messages=SCHEDULE)

    def found() -> bool:
        verdicts = account.verdicts(rule)
        return list(verdicts.values()).count("COMPLIANT") >= 99

    eventually("the findings", found, seconds=120)
