"""The truth for a request of which something is unknown must agree with the truth for every request that it may be."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject
from compliance_runtime.policy.conditions import Condition, Truth, all_hold, read_conditions

POSITIVE = ("stringequals", "stringequalsignorecase", "stringlike", "arnequals", "arnlike")
NEGATIVE = ("stringnotequals", "stringnotequalsignorecase", "stringnotlike", "arnnotequals", "arnnotlike")
PAIRS = dict(zip(POSITIVE, NEGATIVE, strict=True))
QUALIFIERS = ("", "foranyvalue", "forallvalues")

values = st.text(alphabet="aA*", max_size=2)
conditions = st.builds(
    Condition,
    operator=st.sampled_from([*POSITIVE, *NEGATIVE, "bool", "null"]),
    qualifier=st.sampled_from(QUALIFIERS),
    if_exists=st.booleans(),
    key=st.sampled_from(["k", "l"]),
    values=st.lists(values | st.sampled_from(["true", "false", "${aws:username}"]), max_size=3).map(tuple),
)
requests = st.fixed_dictionaries({"k": st.none() | values, "l": st.none() | values})


def condition(operator: str, *wanted: str, qualifier: str = "", if_exists: bool = False) -> Condition:
    return Condition(operator, qualifier, if_exists, "k", wanted)


def holds(operator: str, wanted: str, value: str | None, **changed: Any) -> Truth:
    return condition(operator, wanted, **changed).holds({"k": value})


def read(block: object) -> tuple[Condition, ...]:
    return read_conditions(JsonObject({"Condition": block}, "Statement[0]", EventError))


@given(conditions)
def test_nothing_is_known_of_a_condition_whose_key_is_not_known(one: Condition) -> None:
    assert one.holds({}) is Truth.UNKNOWN


@given(one=st.lists(conditions, max_size=3), request=requests, known=st.sets(st.sampled_from(["k", "l"])))
def test_what_is_known_of_a_request_in_part_is_true_of_the_whole(
    one: list[Condition], request: dict[str, str | None], known: set[str]
) -> None:
    in_part = all_hold(one, {key: value for key, value in request.items() if key in known})

    assert in_part in {Truth.UNKNOWN, all_hold(one, request)}


@given(one=conditions, request=requests, other=values)
def test_more_values_only_make_a_positive_condition_hold_more_often(
    one: Condition, request: dict[str, str | None], other: str
) -> None:
    wider = Condition(one.operator, one.qualifier, one.if_exists, one.key, (*one.values, other))
    order = [Truth.NEVER, Truth.UNKNOWN, Truth.ALWAYS]
    before, after = order.index(one.holds(request)), order.index(wider.holds(request))

    assert (after <= before) if one.operator in NEGATIVE else (after >= before)


@given(
    operator=st.sampled_from(POSITIVE),
    qualifier=st.sampled_from(QUALIFIERS),
    wanted=st.lists(values, max_size=3),
    value=values,
)
def test_a_negated_operator_says_the_opposite_of_a_value(
    operator: str, qualifier: str, wanted: list[str], value: str
) -> None:
    positive = condition(operator, *wanted, qualifier=qualifier).holds({"k": value})

    assert positive is not Truth.UNKNOWN
    assert condition(PAIRS[operator], *wanted, qualifier=qualifier).holds({"k": value}) is positive.negated()


@given(conditions, values)
def test_a_condition_that_demands_holds_for_nothing_but_its_values(one: Condition, value: str) -> None:
    if one.demands:
        assert one.holds({one.key: None}) is Truth.NEVER
    if one.demands and one.holds({one.key: value}) is Truth.ALWAYS:
        same = {*one.values, *(wanted.lower() for wanted in one.values)} & {value, value.lower()}
        assert same or one.has_wildcards


@pytest.mark.parametrize(
    ("operator", "wanted", "value", "truth"),
    [
        ("stringequals", "Ops", "Ops", Truth.ALWAYS),
        ("stringequals", "Ops", "ops", Truth.NEVER),
        ("stringequals", "O*", "Ops", Truth.NEVER),
        ("stringequalsignorecase", "Ops", "oPS", Truth.ALWAYS),
        ("stringlike", "O?s", "Ops", Truth.ALWAYS),
        ("stringlike", "o*", "Ops", Truth.NEVER),
        ("bool", "True", "true", Truth.ALWAYS),
        ("bool", "false", "true", Truth.NEVER),
        ("numericlessthan", "3", "2", Truth.UNKNOWN),
        ("notipaddress", "10.0.0.0/8", "10.1.2.3", Truth.UNKNOWN),
    ],
)
def test_operators_compare_as_iam_does(operator: str, wanted: str, value: str, truth: Truth) -> None:
    assert holds(operator, wanted, value) is truth


@pytest.mark.parametrize(
    ("pattern", "truth"),
    [
        ("arn:aws:logs:*:123456789012:log-group:app", Truth.ALWAYS),
        ("arn:*:logs:eu-*-1:*:log-group:*", Truth.ALWAYS),
        ("arn:aws:logs:*:*:*", Truth.ALWAYS),
        ("*", Truth.ALWAYS),
        ("arn:aws:logs:*:123456789012:log-group", Truth.NEVER),
        # A wildcard does not reach from one part of an ARN into the next.
        ("arn:aws:*:123456789012:log-group:app", Truth.NEVER),
    ],
)
@pytest.mark.parametrize("operator", ["arnlike", "arnequals"])
def test_the_parts_of_arns_are_compared_one_by_one(operator: str, pattern: str, truth: Truth) -> None:
    assert holds(operator, pattern, "arn:aws:logs:eu-central-1:123456789012:log-group:app") is truth


@pytest.mark.parametrize(
    ("operator", "qualifier", "if_exists", "truth"),
    [
        ("stringequals", "", False, Truth.NEVER),
        ("bool", "", False, Truth.NEVER),
        ("ipaddress", "", False, Truth.NEVER),
        ("numericgreaterthanequals", "", False, Truth.NEVER),
        ("datelessthan", "", False, Truth.NEVER),
        ("stringequals", "", True, Truth.ALWAYS),
        ("bool", "", True, Truth.ALWAYS),
        ("stringnotequals", "", False, Truth.ALWAYS),
        ("arnnotlike", "", False, Truth.ALWAYS),
        ("notipaddress", "", False, Truth.ALWAYS),
        ("numericnotequals", "", False, Truth.ALWAYS),
        ("datenotequals", "", False, Truth.ALWAYS),
        ("stringlike", "foranyvalue", False, Truth.NEVER),
        ("stringnotlike", "foranyvalue", False, Truth.NEVER),
        ("stringlike", "forallvalues", False, Truth.ALWAYS),
        ("stringnotlike", "forallvalues", False, Truth.ALWAYS),
        ("madeup", "", False, Truth.UNKNOWN),
    ],
)
def test_a_request_without_the_key(operator: str, qualifier: str, if_exists: bool, truth: Truth) -> None:  # noqa: FBT001 a column
    assert holds(operator, "x", None, qualifier=qualifier, if_exists=if_exists) is truth


def test_null_asks_whether_the_key_is_absent() -> None:
    assert holds("null", "true", None) is Truth.ALWAYS
    assert holds("null", "true", "x") is Truth.NEVER
    assert holds("null", "False", "x") is Truth.ALWAYS
    assert holds("null", "false", None) is Truth.NEVER


def test_what_a_policy_variable_stands_for_is_not_known() -> None:
    assert holds("stringequals", "${aws:username}", "bob") is Truth.UNKNOWN
    assert holds("stringnotequals", "${aws:username}", "bob") is Truth.UNKNOWN
    assert condition("stringequals", "${aws:username}", "bob").holds({"k": "bob"}) is Truth.ALWAYS
    assert condition("stringnotequals", "${aws:username}", "bob").holds({"k": "bob"}) is Truth.NEVER


@pytest.mark.parametrize(
    ("one", "demands"),
    [
        (condition("stringequals", "x"), True),
        (condition("stringlike", "x", qualifier="foranyvalue"), True),
        (condition("ipaddress", "10.0.0.0/8"), True),
        (condition("stringequals", "x", if_exists=True), False),
        (condition("stringequals", "x", qualifier="forallvalues"), False),
        (condition("stringnotequals", "x"), False),
        (condition("null", "false"), False),
        (condition("numericlessthan", "3"), False),
    ],
)
def test_only_some_conditions_demand_one_of_their_values(one: Condition, demands: bool) -> None:  # noqa: FBT001 a column
    assert one.demands is demands


def test_only_some_operators_know_wildcards() -> None:
    assert condition("stringlike", "x", "repo:*").has_wildcards
    assert condition("arnequals", "arn:aws:iam::?:root").has_wildcards
    assert not condition("stringequals", "repo:*").has_wildcards
    assert not condition("stringlike", "repo:acme").has_wildcards


@pytest.mark.parametrize(
    ("written", "operator", "qualifier", "if_exists"),
    [
        ("StringEquals", "stringequals", "", False),
        ("stringequalsIfExists", "stringequals", "", True),
        ("ForAllValues:StringLike", "stringlike", "forallvalues", False),
        ("ForAnyValue:ArnLikeIfExists", "arnlike", "foranyvalue", True),
    ],
)
def test_operators_are_read_with_what_is_written_around_them(
    written: str,
    operator: str,
    qualifier: str,
    if_exists: bool,  # noqa: FBT001 a column
) -> None:
    assert read({written: {"aws:PrincipalOrgID": ["o-1", "o-2"]}}) == (
        Condition(operator, qualifier, if_exists, "aws:principalorgid", ("o-1", "o-2")),
    )


def test_every_key_of_every_operator_is_a_condition() -> None:
    block = {"Bool": {"a": True, "b": "false"}, "StringEquals": {"c": "1"}}

    assert [(one.operator, one.key, one.values) for one in read(block)] == [
        ("bool", "a", ("true",)),
        ("bool", "b", ("false",)),
        ("stringequals", "c", ("1",)),
    ]
    assert read(None) == ()


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ([], "Statement[0].Condition must be a JSON object"),
        ({"Bool": "true"}, "Statement[0].Condition.Bool must be a JSON object"),
        ({"Bool": {"a": {}}}, "Statement[0].Condition.Bool.a must be a text or a list of texts"),
        ({"ForSome:Bool": {"a": "b"}}, "'ForSome:Bool' must begin with ForAllValues: or ForAnyValue:"),
    ],
)
def test_malformed_conditions_are_refused(block: object, message: str) -> None:
    with pytest.raises(EventError, match=re.escape(message)):
        read(block)
