from __future__ import annotations

import tracemalloc
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.check import Compliance, Severity
from compliance_runtime.recording.known_results import KnownResults
from compliance_runtime.waivers.waiver import ResourceId
from tests.unit.compliance_runtime.builders import deployed_waiver
from tests.unit.compliance_runtime.recording.account import result

if TYPE_CHECKING:
    from compliance_runtime.recording.results import Result

MANY = 20_000
WAIVER = deployed_waiver("required-tags", ResourceId("a")).note

present = st.builds(
    result,
    st.sampled_from("abcdef"),
    st.sampled_from([Compliance.COMPLIANT, Compliance.NON_COMPLIANT]),
    severity=st.sampled_from(Severity),
    annotation=st.sampled_from([None, "Missing: Owner."]),
    waiver=st.sampled_from([None, WAIVER, replace(WAIVER, ticket="SEC-2")]),
)


def known(results: list[Result], salt: str = "salt") -> KnownResults:
    return KnownResults((one.compared_texts for one in results), salt)


@given(st.lists(present, unique_by=lambda one: one.resource), st.lists(present))
def test_what_is_listed_is_the_same_another_or_new_in_any_order(table: list[Result], listed: list[Result]) -> None:
    has = {one.resource: one for one in table}
    results = known(table)
    seen = set()
    for one in listed:
        same = one.resource in has and has[one.resource].compared_texts == one.compared_texts
        assert results.list(one) == (one.resource not in seen, same)
        seen.add(one.resource)

    assert results.unlisted == len(has.keys() - seen)
    assert {one.resource for one in [*table, *listed] if results.is_listed(one.resource)} == seen
    # What one process has listed, the next one knows, though the table may have changed.
    later = known(listed)
    later.restore(results.listed_keys())
    assert all(later.is_listed(resource) for resource in seen)
    assert not any(later.list(one)[0] for one in listed)


def test_two_comparisons_or_rules_have_other_hashes() -> None:
    first, second = (known([result("a")], salt) for salt in ("run-1#rule", "run-2#rule"))
    first.list(result("a"))
    second.list(result("a"))

    assert first.listed_keys() != second.listed_keys()


def test_a_result_takes_few_bytes() -> None:
    tracemalloc.start()
    results = KnownResults((result(f"bucket-{number}").compared_texts for number in range(MANY)), "salt")
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert results.unlisted == MANY
    # 17 in arrays that have room to grow, and what sorts a part of them.
    assert kept < 24 * MANY
    assert peak < 64 * MANY
