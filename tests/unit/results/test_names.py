from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from compliance_tf.errors import ResultsError
from compliance_tf.results.config_queries import batches
from compliance_tf.results.names import NameLookup
from compliance_tf.results.row import Names
from tests.unit.results.exports.builders import row

if TYPE_CHECKING:
    from collections.abc import Sequence

POLICY = "AWS::IAM::Policy"


class Recorded:
    """AWS Config, which has recorded every policy but those that are deleted; counts what it is asked."""

    def __init__(self, *, deleted: str = "", problem: str = "") -> None:
        self.deleted = deleted
        self.problem = problem
        self.asked: Counter[str] = Counter()
        self.queries = 0

    def names(self, type_: str, ids: Sequence[str]) -> dict[tuple[str, str], Names]:
        self.queries += 1
        self.asked.update(ids)
        if self.problem:
            raise ResultsError(self.problem)
        return {(type_, one): Names(f"name of {one}", f"arn:{one}") for one in ids if one != self.deleted}


def lookup(recorded: Recorded, account_name: str | None = None) -> NameLookup:
    return NameLookup(lambda *_: recorded, lambda *_: account_name)  # type: ignore[arg-type]


def policies(*ids: str) -> list[tuple[str, str]]:
    return [(POLICY, one) for one in ids]


def test_rows_keep_their_order_and_get_names_arns_and_the_account() -> None:
    rows = [row(resource_type=POLICY, resource_id=f"ANPA{number}") for number in range(2_500)]

    named = list(lookup(Recorded(), "production").named(rows))

    assert [one.result for one in named] == [one.result for one in rows]
    assert {one.names.account for one in named} == {"production"}
    assert all(one.names.resource == f"name of {one.result.resource.id}" for one in named)
    assert named[7].names.arn == "arn:ANPA7"


def test_each_resource_is_asked_for_once_however_far_apart_its_rows_are() -> None:
    recorded = Recorded()
    rows = [row(resource_type=POLICY, resource_id=f"ANPA{number % 1_200}") for number in range(6_000)]

    list(lookup(recorded).named(rows))

    assert set(recorded.asked.values()) == {1}
    assert recorded.queries == 12


def test_a_resource_that_is_not_recorded_keeps_its_row() -> None:
    rows = [row(resource_type=POLICY, resource_id="ANPA1"), row(resource_type=POLICY, resource_id="ANPA2")]

    deleted, there = lookup(Recorded(deleted="ANPA1")).named(rows)

    assert (deleted.names, deleted.result) == (Names(), rows[0].result)
    assert there.resource_name == "name of ANPA2"


def test_who_may_not_ask_gets_all_rows_and_one_reason() -> None:
    recorded = Recorded(problem="allow them config:SelectResourceConfig")
    names = lookup(recorded)
    rows = [row(resource_type=POLICY, resource_id=f"ANPA{number}") for number in range(9_000)]

    assert [one.result for one in names.named(rows)] == [one.result for one in rows]
    assert set(names.problems.values()) == {"allow them config:SelectResourceConfig"}
    assert recorded.queries < 30


def test_a_name_that_is_the_id_is_not_another_name() -> None:
    recorded = Recorded()
    recorded.names = lambda type_, ids: {(type_, one): Names(one) for one in ids}  # type: ignore[method-assign]

    (named,) = lookup(recorded).named([row()])

    assert (named.names.resource, named.resource_name) == ("logs", None)


def test_a_query_has_one_type_and_no_more_ids_than_aws_config_takes() -> None:
    resources = [*policies(*(f"ANPA{number}" for number in range(150))), ("AWS::S3::Bucket", "logs")]

    assert [(type_, len(ids)) for type_, ids in batches(resources)] == [
        (POLICY, 100),
        (POLICY, 50),
        ("AWS::S3::Bucket", 1),
    ]


def test_long_ids_make_more_queries_and_what_a_query_cannot_name_is_left_out() -> None:
    long = [f"{number}{'x' * 760}" for number in range(9)]

    assert [len(ids) for _, ids in batches(policies(*long))] == [5, 4]
    assert list(batches(policies("it's", "y" * 5_000))) == []
