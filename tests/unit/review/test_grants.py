"""Permission increases is never missed: policies are held against a brute-force reading of IAM in a small world."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.policy.patterns import matches
from compliance_tf.review.changes.grants import Grant, grants, increases
from tests.unit.review.builders import allow, document, trust

ACTIONS = ("s3:GetObject", "s3:PutObject", "iam:PassRole", "iam:CreateUser")
RESOURCES = ("arn:a", "arn:b", "arn:ab")
PRINCIPALS = ("AWS 1", "AWS 2", "Service x")
CONTEXTS: tuple[dict[str, str], ...] = ({}, {"k": "a"}, {"k": "b"}, {"k": "a, b"}, {"k": "a", "l": "a"}, {"l": "a"})

Statement = dict[str, Any]


def _some(values: tuple[str, ...]) -> st.SearchStrategy[Any]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, max_size=3)


def _element(name: str, values: tuple[str, ...]) -> st.SearchStrategy[Statement]:
    return st.builds(lambda key, value: {key: value}, st.sampled_from([name, f"Not{name}"]), _some(values))


CONDITION = st.dictionaries(
    st.sampled_from(["StringEquals", "StringNotEquals"]),
    st.dictionaries(st.sampled_from(["k", "l"]), _some(("a", "b", "a, b")), min_size=1, max_size=2),
    min_size=1,
    max_size=1,
)
PRINCIPAL = st.sampled_from(
    [{"AWS": "1"}, {"AWS": ["1", "2"]}, {"AWS": "1", "Service": "x"}, {"Service": ["x"]}, {"AWS": "*"}]
)
STATEMENTS = st.builds(
    lambda effect, action, resource, condition: {
        "Effect": effect,
        **action,
        **resource,
        **({"Condition": condition} if condition else {}),
    },
    st.sampled_from(["Allow", "Allow", "Deny"]),
    _element("Action", (*ACTIONS, "*", "s3:*", "S3:Get*", "iam:?assRole", "*:*Object", "i*")),
    _element("Resource", (*RESOURCES, "*", "arn:a*", "arn:?")),
    st.none() | CONDITION,
)
TRUSTS = st.builds(
    lambda effect, name, principal: {"Effect": effect, "Action": "sts:AssumeRole", name: principal},
    st.sampled_from(["Allow", "Allow", "Deny"]),
    st.sampled_from(["Principal", "NotPrincipal"]),
    PRINCIPAL,
)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _takes(statement: Statement, name: str, text: str) -> bool:
    """Return whether a statement's element takes a text, as IAM's documentation has it."""
    if f"Not{name}" in statement:
        return not any(matches(one, text) for one in _list(statement[f"Not{name}"]))
    return name not in statement or any(matches(one, text) for one in _list(statement[name]))


def _holds(condition: dict[str, Any], context: dict[str, str]) -> bool:
    for operator, keys in condition.items():
        for key, values in keys.items():
            equal = context.get(key) in _list(values)
            if equal is (operator == "StringNotEquals"):
                return False
    return True


def _names(principal: dict[str, Any]) -> set[str]:
    return {f"{kind} {one}" for kind, ones in principal.items() for one in _list(ones)}


def _is_of(statement: Statement, principal: str) -> bool:
    if "NotPrincipal" in statement:
        return not _takes_principal(_names(statement["NotPrincipal"]), principal)
    return "Principal" not in statement or _takes_principal(_names(statement["Principal"]), principal)


def _takes_principal(names: set[str], principal: str) -> bool:
    return principal in names or ("AWS *" in names and principal.startswith("AWS "))


def allowed(statements: list[Statement]) -> set[tuple[str, str, str, int]]:
    """All that is allowed in the small world: what one statement allows and none denies."""
    lower: list[Statement] = [
        {key: [one.lower() for one in _list(value)] if "Action" in key else value for key, value in statement.items()}
        for statement in statements
    ]
    found = set()
    for principal in PRINCIPALS:
        for action in (*ACTIONS, "sts:AssumeRole"):
            for resource in RESOURCES:
                for number, context in enumerate(CONTEXTS):
                    effects = {
                        one["Effect"]
                        for one in lower
                        if _takes(one, "Action", action.lower())
                        and _takes(one, "Resource", resource)
                        and _holds(one.get("Condition", {}), context)
                        and _is_of(one, principal)
                    }
                    if effects == {"Allow"}:
                        found.add((principal, action, resource, number))
    return found


def read(statements: list[Statement]) -> tuple[Grant, ...]:
    found = grants(document(*statements))
    assert found is not None
    return found


@given(before=st.lists(STATEMENTS, max_size=3), after=st.lists(STATEMENTS, max_size=3))
def test_what_widens_a_policy_is_never_missed(before: list[Statement], after: list[Statement]) -> None:
    if not increases(read(before), read(after)):
        assert allowed(after) <= allowed(before)


@given(before=st.lists(STATEMENTS, min_size=1, max_size=2), data=st.data())
def test_what_a_small_edit_widens_is_never_missed(before: list[Statement], data: st.DataObject) -> None:
    """Two documents that have most in common, where a cover is likely."""
    after = json.loads(json.dumps(before))
    one = data.draw(st.sampled_from(after))
    one.update(data.draw(STATEMENTS.map(lambda other: {key: other[key] for key in other if key in one})))
    if not increases(read(before), read(after)):
        assert allowed(after) <= allowed(before)


@given(before=st.lists(TRUSTS, max_size=2), after=st.lists(TRUSTS, max_size=2))
def test_what_widens_a_trust_is_never_missed(before: list[Statement], after: list[Statement]) -> None:
    if not increases(read(before), read(after)):
        assert allowed(after) <= allowed(before)


def _shuffled(statement: Statement, draw: Any) -> Statement:
    members = {
        name: draw(st.permutations(value)) if isinstance(value, list) else value for name, value in statement.items()
    }
    return dict(draw(st.permutations(list(members.items()))))


@given(statements=st.lists(STATEMENTS | TRUSTS, max_size=4), data=st.data())
def test_the_same_in_another_order_widens_nothing(statements: list[Statement], data: st.DataObject) -> None:
    other = [_shuffled(statement, data.draw) for statement in data.draw(st.permutations(statements))]
    assert increases(read(statements), read(other)) == ()


@given(statements=st.lists(STATEMENTS, min_size=1, max_size=4), data=st.data())
def test_one_allowing_statement_less_widens_nothing(statements: list[Statement], data: st.DataObject) -> None:
    removed = data.draw(st.integers(0, len(statements) - 1))
    rest = [one for number, one in enumerate(statements) if number != removed]
    found = increases(read(statements), read(rest))
    assert not [grant for grant in found if grant.allows]
    if statements[removed]["Effect"] == "Allow":
        assert found == ()


NARROWER = [
    (allow("s3:*"), allow("s3:GetObject")),
    (allow("*", "*"), {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"}),
    (allow("s3:Get*", "arn:*"), allow(["s3:GetObject", "s3:GetAcl"], ["arn:a", "arn:b"])),
    (allow("s3:*"), allow("s3:*", Condition={"StringEquals": {"k": "a"}})),
]


@pytest.mark.parametrize(("before", "after"), NARROWER)
def test_less_is_not_taken_for_more(before: Statement, after: Statement) -> None:
    assert increases(read([before]), read([after])) == ()
    assert increases(read([after]), read([before])) != ()


def test_actions_compare_without_case() -> None:
    assert increases(read([allow("S3:getobject")]), read([allow("s3:GetObject")])) == ()


WIDER = [
    (
        {"Effect": "Allow", "NotAction": "s3:*", "Resource": "*"},
        {"Effect": "Allow", "NotAction": "s3:Get*", "Resource": "*"},
    ),
    (
        {"Effect": "Allow", "Action": "a:b", "NotPrincipal": {"AWS": ["1", "2"]}},
        {"Effect": "Allow", "Action": "a:b", "NotPrincipal": {"AWS": ["1"]}},
    ),
    (
        allow("a:b", Condition={"StringEquals": {"k": "a, b"}}),
        allow("a:b", Condition={"StringEquals": {"k": ["a", "b"]}}),
    ),
]


@pytest.mark.parametrize(("before", "after"), WIDER)
def test_exceptions_that_become_smaller_widen(before: Statement, after: Statement) -> None:
    assert increases(read([before]), read([after])) != ()


UNREADABLE = [
    "",
    "no policy",
    "[]",
    "{}",
    '{"Statement": "text"}',
    '{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}',
    '{"Statement": [{"effect": "Allow", "Action": "*", "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "action": "*", "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "a:b", "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "Action": 7, "Resource": "*"}]}',
    '{"Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": "text"}]}',
    '{"Statement":' + "[" * 100_000,
]


@pytest.mark.parametrize("text", UNREADABLE, ids=lambda text: text[:60])
def test_what_is_not_in_iams_grammar_counts_as_unseen(text: str) -> None:
    assert grants(text) is None


WHOLE_SERVICES = ["*", "**", "s3:*", "s3:**", "iam:?*", "iam*", "*:*", "S3:*"]


@pytest.mark.parametrize("action", WHOLE_SERVICES)
def test_an_action_that_takes_a_whole_service_is_administration(action: str) -> None:
    [grant] = read([allow(action)])
    assert grant.is_administration


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:Get*", "config:Put*", "s3:GetObjec?"])
def test_some_actions_of_a_service_are_no_administration(action: str) -> None:
    [grant] = read([allow(action)])
    assert not grant.is_administration


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["1", "*"]}])
def test_a_trust_in_anybody_is_public(principal: object) -> None:
    found = grants(trust(principal))
    assert found is not None
    assert any(grant.is_public for grant in found)
    assert not any(grant.is_public for grant in grants(trust({"AWS": "1"})) or ())
