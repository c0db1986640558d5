from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject
from compliance_runtime.policy.elements import Patterns, read_patterns, texts
from compliance_runtime.policy.patterns import matches

words = st.text(alphabet="ab", max_size=4)
patterns = st.text(alphabet="ab*?", max_size=4)
elements = st.builds(Patterns, st.lists(patterns, max_size=3).map(tuple), negated=st.booleans())


def holder(**values: Any) -> JsonObject:
    return JsonObject(values, "Statement[0]", EventError)


@given(element=elements, word=words)
def test_a_negated_element_matches_just_what_the_other_does_not(element: Patterns, word: str) -> None:
    opposite = Patterns(element.patterns, negated=not element.negated)

    assert element.matches(word) is not opposite.matches(word)


@given(element=elements, pattern=patterns, word=words)
def test_what_is_covered_belongs_and_what_is_not_touched_does_not(element: Patterns, pattern: str, word: str) -> None:
    if matches(pattern, word):
        assert element.matches(word) or not element.covers(pattern)
        assert not element.matches(word) or element.touches(pattern)


@given(element=elements, pattern=patterns)
def test_what_is_covered_is_granted_and_what_is_granted_is_touched(element: Patterns, pattern: str) -> None:
    assert element.grants(pattern) or not element.covers(pattern)
    assert element.touches(pattern) or not element.grants(pattern)


def test_all_but_some_is_a_grant_of_all_unless_all_is_left_out() -> None:
    some_left_out = Patterns(("iam:create*",), negated=True)

    assert some_left_out.grants("iam:*")
    assert not some_left_out.covers("iam:*")
    assert not Patterns(("iam:*", "account:*"), negated=True).grants("iam:*")
    assert not Patterns(("iam:create*",)).grants("iam:*")


VARIABLE = "arn:aws:iam::*:user/${aws:username}"
BOB = "arn:aws:iam::123456789012:user/bob"


def test_a_policy_variable_may_stand_for_anything_but_is_sure_of_nothing() -> None:
    own = Patterns((VARIABLE,))

    assert own.touches(BOB)
    assert not own.covers(BOB)
    assert not own.touches("arn:aws:iam::123456789012:role/bob")
    assert own.covers("arn:aws:iam::123456789012:user/${aws:username}")


def test_what_a_policy_variable_leaves_out_is_not_sure_to_belong() -> None:
    others = Patterns((VARIABLE,), negated=True)

    assert not others.covers(BOB)
    assert others.touches(BOB)
    assert others.covers("arn:aws:iam::123456789012:role/bob")


@given(value=st.text(max_size=5) | st.booleans() | st.integers())
def test_a_single_value_is_a_list_of_one(value: object) -> None:
    assert texts(holder(Action=value), "Action") == texts(holder(Action=[value]), "Action")


def test_numbers_and_truth_values_are_read_as_their_texts() -> None:
    assert texts(holder(x=[True, 12, "a"]), "x") == ("true", "12", "a")
    assert texts(holder(), "x") == ()


@pytest.mark.parametrize("value", [{}, [{}], [["a"]], [None]])
def test_other_values_are_refused_with_their_place(value: object) -> None:
    with pytest.raises(EventError, match=re.escape("Statement[0].Action must be a text or a list of texts")):
        texts(holder(Action=value), "Action")


def test_actions_are_compared_without_case_and_resources_with_it() -> None:
    statement = holder(Action="S3:GetObject", NotResource=["arn:aws:s3:::Logs"])

    assert read_patterns(statement, "Action", fold_case=True) == Patterns(("s3:getobject",))
    assert read_patterns(statement, "Resource") == Patterns(("arn:aws:s3:::Logs",), negated=True)
    assert read_patterns(holder(), "Resource") is None


def test_both_forms_of_an_element_are_refused() -> None:
    with pytest.raises(EventError, match="has both Action and NotAction"):
        read_patterns(holder(Action="s3:*", NotAction="iam:*"), "Action")


def test_an_element_is_written_for_people() -> None:
    assert str(Patterns(("s3:get*", "s3:list*"))) == "s3:get*, s3:list*"
    assert str(Patterns(("iam:*",), negated=True)) == "all but iam:*"
