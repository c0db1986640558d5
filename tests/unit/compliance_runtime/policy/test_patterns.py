"""The oracles are Python's regular expressions, and all short texts over a small alphabet."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.policy.elements import Patterns
from compliance_runtime.policy.patterns import any_matches, covers, matches, overlap

if TYPE_CHECKING:
    from collections.abc import Callable

LETTERS = "ab"
# A text may also have characters that no pattern spells: only wildcards match `c`.
TEXTS = ["".join(letters) for length in range(6) for letters in product(f"{LETTERS}c", repeat=length)]

patterns = st.text(alphabet=f"{LETTERS}*?", max_size=4)
actions = st.text(alphabet="ab:*?", max_size=12)


def expression(pattern: str) -> re.Pattern[str]:
    wildcards = {"*": ".*", "?": "."}
    return re.compile("".join(wildcards.get(character, re.escape(character)) for character in pattern), re.DOTALL)


def matched(pattern: str) -> set[str]:
    whole = expression(pattern)
    return {text for text in TEXTS if whole.fullmatch(text)}


@given(pattern=actions, text=st.text(alphabet="ab:\n*?", max_size=12))
def test_a_pattern_matches_what_the_regular_expression_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text) is (expression(pattern).fullmatch(text) is not None)


@given(pattern=st.text(max_size=8), text=st.text(max_size=8))
def test_no_character_is_special_but_the_two_wildcards(pattern: str, text: str) -> None:
    assert matches(pattern, text) is (expression(pattern).fullmatch(text) is not None)


@given(outer=patterns, inner=patterns)
def test_a_pattern_that_covers_another_matches_every_text_of_that_one(outer: str, inner: str) -> None:
    if covers(outer, inner):
        assert matched(inner) <= matched(outer)


@given(outer=patterns.filter(lambda pattern: "?" not in pattern), inner=patterns)
def test_a_pattern_without_question_marks_covers_all_whose_texts_it_matches(outer: str, inner: str) -> None:
    # Texts of five characters are enough to tell patterns of four apart.
    assert covers(outer, inner) is (matched(inner) <= matched(outer))


@given(one=patterns, other=patterns)
def test_patterns_overlap_if_some_text_is_matched_by_both(one: str, other: str) -> None:
    # Two patterns that share a text share one no longer than their letters and question marks together.
    longest = sum(character != "*" for character in f"{one}{other}")
    shared = matched(one) & matched(other)
    if longest < 6:
        assert overlap(one, other) is bool(shared)
    elif shared:
        assert overlap(one, other)


@given(one=actions, other=actions)
def test_overlap_is_the_same_from_both_sides(one: str, other: str) -> None:
    assert overlap(one, other) is overlap(other, one)


@given(pattern=actions, text=st.text(alphabet="ab:", max_size=12))
def test_a_text_without_wildcards_is_a_pattern_for_itself(pattern: str, text: str) -> None:
    assert covers(pattern, text) is overlap(pattern, text) is matches(pattern, text)


@pytest.mark.parametrize(
    ("outer", "inner", "covered"),
    [
        ("s3:*", "s3:Get*", True),
        ("s3:Get*", "s3:*", False),
        ("*", "*:*", True),
        ("*:*", "*", False),
        ("s3:?*", "s3:*", False),
        ("s3:?*", "s3:*Object", False),  # It does in truth.
        ("s3:*?", "s3:?*", True),
        ("arn:aws:s3:::*", "arn:aws:s3:::logs/*", True),
        ("arn:*:*:*:*:*", "arn:aws:*:*:*:*", True),
        ("*Object", "s3:*Object", True),
        ("s3:*", "s3:", True),
        ("", "", True),
    ],
)
def test_examples_of_covering(outer: str, inner: str, covered: bool) -> None:  # noqa: FBT001 a column of the table
    assert covers(outer, inner) is covered


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("s3:Get*", "*:*Object", True),
        ("s3:Get*", "s3:Put*", False),
        ("s3:?et*", "s3:Get*", True),
        ("*a", "*b", False),
        ("?", "", False),
        ("**", "", True),
    ],
)
def test_examples_of_overlap(one: str, other: str, shared: bool) -> None:  # noqa: FBT001 a column of the table
    assert overlap(one, other) is shared


@given(outer=st.lists(patterns, max_size=3), inner=patterns)
def test_several_cover_what_one_of_them_covers(outer: list[str], inner: str) -> None:
    assert Patterns(tuple(outer)).covers(inner) is any(covers(one, inner) for one in outer)


def test_one_of_several_patterns_is_enough() -> None:
    assert any_matches(("s3:Get*", "s3:List*"), "s3:ListBucket")
    assert not any_matches((), "s3:ListBucket")


HALF = 10_000
"""Half of a bucket's policy: both lengths multiplied are a hundred million steps, minutes of a small function."""


@pytest.mark.parametrize(
    "pattern",
    [
        "*a" * (HALF // 2) + "b",
        "*" + "a" * (HALF // 2) + "b",
        "*" + "ab" * (HALF // 4) + "c*",
        "*?" * (HALF // 2) + "b",
        "?*" * (HALF // 2) + "b",
        "*" + "a?" * (HALF // 4) + "b*",
        "*a?a" * (HALF // 8) + "*b",
        "?a*" * (HALF // 3) + "b",
    ],
)
@pytest.mark.parametrize("ask", [matches, covers, overlap])
def test_hostile_patterns_of_a_whole_policy_are_matched_ten_times_in_seconds(
    ask: Callable[[str, str], bool], pattern: str
) -> None:
    for number in range(10):
        # Another text each time, so that nothing is remembered.
        assert not ask(pattern, "a" * HALF + str(number) + "c")


@pytest.mark.parametrize("pattern", ["*a" * (HALF // 2), "*" + "a?" * (HALF // 4) + "*", "?" * HALF])
def test_long_patterns_match_what_they_match(pattern: str) -> None:
    for ask in (matches, covers, overlap):
        assert ask(pattern, "a" * HALF)
