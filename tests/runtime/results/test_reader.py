"""The reader against real Queries: it answers exactly what was written, page by page, and never scans."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.table_schema import Resource
from compliance_tf.errors import ResultsError
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.reader import ResultsReader
from compliance_tf.results.row import WORST_FIRST, Status
from compliance_tf.results.selection import Selection, worst_first
from tests.examples import few
from tests.runtime.results.builders import ACCOUNT, BUCKET, NOW, REGION, bucket, counts, result, rule, waiver

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from compliance_runtime.recording.results import Result
    from tests.runtime.results.table import WrittenTable

RULES = {"tls": Severity.HIGH, "tags": Severity.LOW, "tags-all": Severity.LOW, "root": Severity.CRITICAL}
TYPES = (BUCKET, "AWS::EC2::SecurityGroup", "AWS::::Account")
WAIVERS = (None, waiver(), waiver(NOW.date() - timedelta(days=1)))

resources = st.builds(
    lambda type_, id_: Resource(ACCOUNT, REGION, type_, id_),
    st.sampled_from(TYPES),
    st.sampled_from(["a", "b", "b#c", "a/é:*", "x" * 768]),
)
results = st.builds(
    lambda rule, resource, compliance, waiver, days: result(
        rule,
        resource,
        compliance,
        severity=RULES[rule],
        days=days,
        waiver=waiver if compliance is Compliance.NON_COMPLIANT else None,
    ),
    st.sampled_from(sorted(RULES)),
    resources,
    st.sampled_from(Compliance),
    st.sampled_from(WAIVERS),
    st.integers(0, 40),
)
written = st.lists(results, max_size=40, unique_by=lambda one: (one.resource, one.rule_name))


def reader(table: WrittenTable) -> ResultsReader:
    return ResultsReader(table.place, table.client, at=NOW)


def found(rows: Any) -> Counter[Result]:
    """What was read, and how often."""
    return Counter(row.result for row in rows)


@few(6, suppress_health_check=[HealthCheck.function_scoped_fixture])  # of 200 queries each
@given(model=written)
def test_each_question_is_answered_with_just_what_was_written(
    new_table: Callable[[], WrittenTable], model: list[Result]
) -> None:
    table = new_table()
    table.put(model, rules=[rule(name, severity, "cis") for name, severity in RULES.items()], history=model)
    asked = reader(table)

    present = [one for one in model if one.compliance is not Compliance.NOT_APPLICABLE]
    violations = [one for one in present if one.compliance is Compliance.NON_COMPLIANT]
    assert found(asked.all()) == Counter(present)
    assert found(asked.violations()) == Counter(violations)
    for severity in Severity:
        assert found(asked.violations([severity])) == Counter(one for one in violations if one.severity is severity)
    for type_ in TYPES:
        assert found(asked.violations_of_types([type_])) == Counter(
            one for one in violations if one.resource.type == type_
        )
    for compliance in (Compliance.COMPLIANT, Compliance.NON_COMPLIANT):
        said = [one for one in present if one.compliance is compliance]
        assert asked.counts(compliance) == {
            f"acme-dev-{name}": sum(one.rule_name == f"acme-dev-{name}" for one in said) for name in RULES
        }
        # Of two rules where the name of one begins that of the other, only one is meant.
        assert found(asked.of_rules(["acme-dev-tags"], compliance)) == Counter(
            one for one in said if one.rule_name == "acme-dev-tags"
        )
    for resource in {one.resource for one in model}:
        of_resource = [one for one in model if one.resource == resource]
        assert found(asked.of_resource(resource)) == Counter(of_resource)
        assert Counter(asked.history(resource)) == Counter(of_resource)
        assert Counter(asked.history(resource, "acme-dev-tags")) == Counter(
            one for one in of_resource if one.rule_name == "acme-dev-tags"
        )


@few(15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    model=written,
    statuses=st.frozensets(st.sampled_from([Status.COMPLIANT, Status.NON_COMPLIANT, Status.WAIVED]), min_size=1),
    severities=st.frozensets(st.sampled_from(Severity), max_size=2),
    rules=st.lists(st.sampled_from(sorted(RULES)), max_size=2, unique=True),
    packs=st.sampled_from([(), ("cis",), ("hipaa",), ("cis", "hipaa")]),
    types=st.lists(st.sampled_from(TYPES), max_size=2, unique=True),
    days=st.none() | st.integers(0, 40),
)
def test_a_selection_reads_what_fits_all_of_it_whatever_keys_lead_there(
    *,
    new_table: Callable[[], WrittenTable],
    model: list[Result],
    statuses: frozenset[Status],
    severities: frozenset[Severity],
    rules: list[str],
    packs: tuple[str, ...],
    types: list[str],
    days: int | None,
) -> None:
    pack_of = {"tls": ("cis", "hipaa"), "tags": ("cis",), "tags-all": (), "root": ("hipaa",)}
    table = new_table()
    table.put(model, rules=[rule(name, severity, *pack_of[name]) for name, severity in RULES.items()])
    since = None if days is None else NOW - timedelta(days=days)
    selection = Selection(
        statuses, severities, tuple(f"acme-dev-{one}" for one in rules), packs, tuple(types), since=since
    )
    rows = list(selection.rows(reader(table)))

    def status_of(one: Result) -> Status:
        if one.compliance is Compliance.COMPLIANT:
            return Status.COMPLIANT
        return Status.WAIVED if one.waiver and one.waiver.expires >= NOW.date() else Status.NON_COMPLIANT

    wanted = [
        one
        for one in model
        if one.compliance is not Compliance.NOT_APPLICABLE
        and status_of(one) in statuses
        and (not severities or one.severity in severities)
        and (not rules or one.rule_name.removeprefix("acme-dev-") in rules)
        and (not packs or set(packs) & set(pack_of[one.rule_name.removeprefix("acme-dev-")]))
        and (not types or one.resource.type in types)
        and (since is None or one.since >= since)
    ]
    assert found(rows) == Counter(wanted)
    if selection.comes_worst_first:
        assert [row.result for row in rows] == [row.result for row in sorted(rows, key=worst_first)]


def test_a_violation_of_a_rule_that_the_table_does_not_list_yet_is_read_with_its_own_severity(
    new_table: Callable[[], WrittenTable],
) -> None:
    table = new_table()
    table.put([result("brand-new", severity=Severity.CRITICAL)], rules=[rule("tls")])

    (row,) = reader(table).all()

    assert (row.rule.name, row.rule.severity) == ("acme-dev-brand-new", Severity.CRITICAL)


def test_a_result_was_last_seen_when_its_rule_was_last_compared(new_table: Callable[[], WrittenTable]) -> None:
    table = new_table()
    table.put(
        [result("tls", days=30), result("tags", days=0), result("never", days=9)],
        rules=[rule("tls"), rule("tags"), rule("never")],
        days=[counts(4, 1), counts(2, 1), counts(3, 1, rule="tags")],
    )

    seen = {row.rule.name.removeprefix("acme-dev-"): row.last_seen for row in reader(table).all()}

    assert seen == {"tls": NOW - timedelta(days=2), "tags": NOW, "never": NOW - timedelta(days=9)}


def test_the_days_come_in_their_order_and_no_others(new_table: Callable[[], WrittenTable]) -> None:
    table = new_table()
    table.put(days=[counts(back, back, rule=name) for back in (0, 1, 6, 7) for name in ("a", "b")])

    days = [(one.day, one.rule_name[-1]) for one in reader(table).days(7)]

    assert days == [(date(2026, 11, day), name) for day in (17, 22, 23) for name in ("a", "b")]


def test_pages_stream_and_who_has_seen_enough_reads_no_further(new_table: Callable[[], WrittenTable]) -> None:
    table = new_table()
    table.put([result("tls", bucket(f"b-{number:04}")) for number in range(800)], rules=[rule("tls")])
    asked = reader(table)
    list(asked.rules)
    asked.compared_at.items()
    before = asked.usage.items

    rows = asked.violations([Severity.HIGH], page_items=5)
    first = [row.result.resource.id for row in islice(rows, 20)]
    rows.close()  # type: ignore[attr-defined]

    assert first == [f"b-{number:04}" for number in range(20)]
    # Of each of eight shards the page that is taken, the one that waits and the one that is fetched.
    assert 20 <= asked.usage.items - before <= 8 * 5 * 3 + 20
    assert asked.usage.read_units > 0
    assert len(list(reader(table).violations([Severity.HIGH], page_items=5))) == 800


def test_nothing_but_queries_is_sent(new_table: Callable[[], WrittenTable]) -> None:
    table = new_table()
    table.put([result("tls"), result("tags", compliance=Compliance.COMPLIANT)], rules=[rule("tls"), rule("tags")])
    sent: Counter[str] = Counter()

    def count(params: Any, model: Any, **_: Any) -> None:
        del params
        sent[model.name] += 1

    events = table.client.meta.events
    events.register("before-call.dynamodb", count, unique_id="count")
    try:
        asked = reader(table)
        list(asked.all())
        list(asked.violations_of_types([BUCKET]))
        asked.of_resource(bucket())
        asked.history(bucket())
        asked.counts(Compliance.COMPLIANT)
        asked.known([bucket(), bucket("other")])
        asked.days(30)
    finally:
        events.unregister("before-call.dynamodb", count, unique_id="count")

    assert set(sent) == {"Query"}
    assert asked.usage.requests == sent["Query"]


def test_a_table_that_is_not_there_says_what_to_do(new_table: Callable[[], WrittenTable]) -> None:
    client = new_table().client
    place = ResultsPlace("acme", "staging", REGION, "acme-staging-results")

    with pytest.raises(ResultsError, match=r"no table acme-staging-results in eu-central-1: deploy first") as raised:
        list(ResultsReader(place, client).violations(WORST_FIRST))
    assert "compliance-tf deploy --workspace staging" in str(raised.value)
