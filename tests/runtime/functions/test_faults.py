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


@pytest.fixture(scope="module")
def faulty() -> Iterator[LocalAws]:
    # Whoever looks at many resources ten times a second does nothing else.
    with LocalAws.start(behaviour=Behaviour(poll_seconds=0.5, fault_rate=0.3)) as aws:
        yield aws


@pytest.fixture
def runtime(faulty: LocalAws) -> Runtime:
    return Runtime(Account(faulty).with_recorder())


@pytest.mark.parametrize(("buckets", "changes"), [(10, 3), pytest.param(40, 4, marks=pytest.mark.long)])
def test_no_verdict_is_lost_and_no_older_one_wins(runtime: Runtime, buckets: int, changes: int) -> None:
    chance = random.Random(3)  # noqa: S311 no secret
    account = runtime.account
    rule = runtime.rule("tags", BUCKET, parameters={"tags": '{"owner":[]}'})
    names = [account.bucket(f"bucket-{number}") for number in range(buckets)]
    expected = dict.fromkeys(names, "NON_COMPLIANT")
    for _ in range(changes):
        for name in names:
            good = chance.random() < 0.5
            account.tag_bucket(name, **{"owner" if good else "other": str(chance.random())})
            expected[name] = "COMPLIANT" if good else "NON_COMPLIANT"

    def at_last() -> dict[str, str]:
        verdicts = account.verdicts(rule)
        return {name: verdicts[name] for name in names if name in verdicts}

    eventually("all verdicts of the last changes", lambda: at_last() == expected, seconds=120)
    # Whatever comes late has come when a resource that was made afterwards is judged.
    for number in range(3):
        last = account.bucket(f"last-{number}")
        eventually("a later verdict", lambda last=last: last in account.verdicts(rule), seconds=60)
    # That of a change before may have been the same as the last one, and another one between them still on its way.
    eventually("all verdicts of the last changes, still", lambda: at_last() == expected, seconds=60)


def test_all_findings_of_a_schedule_arrive(runtime: Runtime) -> None:
    account = runtime.account
    for number in range(102):  # more than a call takes
        account.role(f"acme-{number}")
    rule = runtime.rule("roles", messages=SCHEDULE)

    def found() -> bool:
        verdicts = account.verdicts(rule)
        return list(verdicts.values()).count("COMPLIANT") >= 99

    eventually("the findings", found, seconds=120)
