"""JSON that others wrote is read, or refused with its place."""

from __future__ import annotations

import json

import pytest

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import MAX_DEPTH, JsonObject, decoded, is_word


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 900, 5_000, 1_000_000])
@pytest.mark.parametrize("kind", ["lists", "objects"])
def test_what_is_nested_too_deeply_is_refused_with_its_place(depth: int, kind: str) -> None:
    text = nested(depth) if kind == "lists" else '{"a":' * depth + "1" + "}" * depth
    with pytest.raises(EventError, match=r"the event is nested more than 100 deep\."):
        decoded(text, "the event", EventError)


def test_what_is_as_deep_as_allowed_is_read_and_named_where_it_is_wrong() -> None:
    value = decoded(f'{{"a": {nested(MAX_DEPTH - 1)}}}', "the event", EventError)
    with pytest.raises(EventError, match=r"the event\.a must be a text that is not empty; it is list "):
        JsonObject.of(value, "the event", EventError).text("a")


def test_a_wide_value_is_not_deep() -> None:
    assert decoded(json.dumps([[]] * 100_000), "the event", EventError)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (r'"a\ud800"', "a\ufffd"),
        (r'"\uDFFFa"', "\ufffda"),
        (r'{"\ud800": "\ud83d\ude00"}', {"\ufffd": "\U0001f600"}),
        (r'"\\ud800"', r"\ud800"),
        ('"\ud800"', "\ufffd"),
        ('"é"', "é"),
    ],
)
def test_halves_of_surrogate_pairs_which_no_call_could_carry_are_replaced(text: str, read: object) -> None:
    assert decoded(text, "the event", EventError) == read


@pytest.mark.parametrize("answered", ["PENDING_IMPORT", "pending_import", "Pending_Import"])
def test_a_word_of_an_api_is_the_same_in_any_case(answered: str) -> None:
    assert JsonObject.of({"state": answered}, "item", EventError).is_word("state", "Enabled", "Pending_Import")
    assert not is_word(answered, "Enabled")
    assert not is_word(None, "Enabled")
