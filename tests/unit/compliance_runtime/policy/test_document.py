from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.errors import EventError
from compliance_runtime.policy.conditions import Truth
from compliance_runtime.policy.document import PolicyDocument, Statement, may
from compliance_runtime.policy.elements import Patterns

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=10,
)
element_names = st.sampled_from(
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"]
)
texts = st.text(alphabet='as3:*?%+ \\"é', max_size=6)
values = st.lists(texts, min_size=1, max_size=3)
statements = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": values,
        "Resource": values,
        "Principal": st.just("*") | st.fixed_dictionaries({"AWS": values, "Service": values}),
        "Condition": st.dictionaries(
            st.sampled_from(["StringLike", "BoolIfExists"]), st.dictionaries(texts, values, max_size=2), max_size=2
        ),
    }
)


def allow(**changed: Any) -> dict[str, Any]:
    """A statement that allows everything; a member that is set to None is left out."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"} | changed
    return {name: value for name, value in statement.items() if value is not None}


def deny(**changed: Any) -> dict[str, Any]:
    return allow(Effect="Deny", **changed)


def policy(*statement: object) -> PolicyDocument:
    return PolicyDocument.read({"Version": "2012-10-17", "Statement": list(statement)}, "policy")


def only(**changed: Any) -> Statement:
    return policy(allow(**changed)).statements[0]


@given(json_values)
def test_any_json_is_a_document_or_an_error_that_names_the_place(value: object) -> None:
    try:
        PolicyDocument.read(value, "the policy")
    except EventError as error:
        assert "the policy" in str(error)  # noqa: PT017 both ways are right


@given(statement=statements, name=element_names, value=json_values)
def test_any_json_in_place_of_an_element_is_a_document_or_an_error(
    statement: dict[str, Any], name: str, value: object
) -> None:
    try:
        document = policy(statement | {name: value})
    except EventError:
        return
    assert len(document.statements) == 1


@given(st.text(max_size=20))
def test_any_text_is_a_document_or_an_error(text: str) -> None:
    try:
        PolicyDocument.read(text, "policy")
    except EventError as error:
        assert "policy" in str(error)  # noqa: PT017 both ways are right


@given(st.lists(statements, max_size=3))
def test_a_document_is_the_same_as_object_as_text_and_url_encoded(listed: list[dict[str, Any]]) -> None:
    plain = json.dumps({"Statement": listed})
    document = PolicyDocument.read({"Statement": listed}, "policy")

    assert PolicyDocument.read(plain, "policy") == document
    assert PolicyDocument.read(f" \n{plain}", "policy") == document
    assert PolicyDocument.read(quote(plain), "policy") == document
    assert PolicyDocument.read(quote(plain, safe=""), "policy") == document


@given(statements)
def test_a_single_statement_need_not_stand_in_a_list(statement: dict[str, Any]) -> None:
    assert PolicyDocument.read({"Statement": statement}, "policy") == policy(statement)


@given(statement=statements, name=st.sampled_from(["Action", "Resource"]), value=texts)
def test_a_single_value_need_not_stand_in_a_list(statement: dict[str, Any], name: str, value: str) -> None:
    assert policy(statement | {name: value}) == policy(statement | {name: [value]})


@pytest.mark.parametrize("nothing", [None, "", "  ", "null", "{}", {}, {"Statement": []}])
def test_nothing_is_a_document_without_statements(nothing: object) -> None:
    assert PolicyDocument.read(nothing, "policy") == PolicyDocument(())


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0, "policy must be a JSON object, not int"),
        ([], "policy must be a JSON object, not list"),
        ("{", "policy is not valid JSON"),
        ("%7B", "policy is not valid JSON"),
        ({"Version": "2012-10-17"}, "policy.Statement is missing"),
        ({"Statement": ["x"]}, "policy.Statement[0] must be a JSON object"),
        ({"Statement": [allow(Effect="allow")]}, "policy.Statement[0].Effect is 'allow'; it must be Allow or Deny"),
        ({"Statement": [allow(Action=None)]}, "policy.Statement[0] has neither Action nor NotAction"),
        ({"Statement": [allow(NotResource="x")]}, "policy.Statement[0] has both Resource and NotResource"),
        ({"Statement": [allow(), allow(Sid=12)]}, "policy.Statement[1].Sid must be a text"),
    ],
)
def test_malformed_documents_are_refused_with_the_place(value: object, message: str) -> None:
    with pytest.raises(EventError, match=re.escape(message)):
        PolicyDocument.read(value, "policy")


def test_statements_are_called_by_their_sid_or_their_place() -> None:
    document = policy(allow(Sid="Read"), deny(), allow(Sid=""))

    assert [one.name for one in document.statements] == ["Read", "statement 2", "statement 3"]
    assert [one.name for one in document.allowing] == ["Read", "statement 3"]
    assert [one.name for one in document.denying] == ["statement 2"]


def test_the_elements_of_a_statement_are_read() -> None:
    statement = only(Action=None, NotAction=["IAM:*"], Resource=None, NotResource="arn:aws:s3:::Logs")

    assert statement.allows
    assert statement.actions == Patterns(("iam:*",), negated=True)
    assert statement.resources == Patterns(("arn:aws:s3:::Logs",), negated=True)
    assert statement.principals is None
    assert only(Resource=None).resources is None


def test_all_conditions_of_a_statement_must_hold() -> None:
    statement = only(Condition={"StringEquals": {"a": "1"}, "StringLike": {"b": "2*"}})

    assert statement.holds({"a": "1", "b": "23"}) is Truth.ALWAYS
    assert statement.holds({"a": "1"}) is Truth.UNKNOWN
    assert statement.holds({"a": "2"}) is Truth.NEVER
    assert only().holds({}) is Truth.ALWAYS


ORGANIZATION = "aws:PrincipalOrgID"


@pytest.mark.parametrize(
    ("block", "demanded"),
    [
        ({"StringEquals": {ORGANIZATION: ["o-1", "o-2"]}}, ("o-1", "o-2")),
        ({"StringEquals": {ORGANIZATION: ["o-1", "o-2"]}, "StringLike": {ORGANIZATION: "o-2"}}, ("o-2",)),
        ({"StringEquals": {ORGANIZATION: ["o-1", "o-2"]}, "StringLike": {ORGANIZATION: "*"}}, ("o-1", "o-2")),
        ({"StringEqualsIfExists": {ORGANIZATION: "o-1"}}, None),
        ({"StringEqualsIfExists": {ORGANIZATION: "o-1"}, "Null": {ORGANIZATION: "false"}}, ("o-1",)),
        ({"ForAllValues:StringEquals": {ORGANIZATION: "o-1"}}, None),
        ({"ForAllValues:StringEquals": {ORGANIZATION: "o-1"}, "Null": {ORGANIZATION: False}}, ("o-1",)),
        ({"ForAnyValue:StringEquals": {ORGANIZATION: "o-1"}}, ("o-1",)),
        ({"Null": {ORGANIZATION: "false"}}, None),
        ({"StringNotEquals": {ORGANIZATION: "o-1"}}, None),
        ({"StringEquals": {"aws:SourceOrgID": "o-1"}}, None),
        ({}, None),
    ],
)
def test_the_values_that_a_request_must_have(block: dict[str, Any], demanded: tuple[str, ...] | None) -> None:
    assert only(Condition=block).demanded("aws:principalorgid") == demanded


ROLES = "arn:aws:iam::123456789012:role/*"
APP = "arn:aws:iam::123456789012:role/app"


@pytest.mark.parametrize(
    "granted",
    [
        [allow()],
        [allow(Action="iam:PassRole")],
        [allow(Action="IAM:Pass*", Resource=APP)],
        [allow(Action=None, NotAction="s3:*")],
        [allow(Resource=None, NotResource=APP)],
        [allow(Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}})],
        # These denials leave something.
        [allow(), deny(Action="iam:CreateRole")],
        [allow(), deny(Action="iam:PassRole", Resource=APP)],
        [allow(), deny(Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})],
        [allow(), deny(Action=None, NotAction="iam:*")],
        [allow(Resource=[APP, "arn:aws:iam::123456789012:role/other"]), deny(Resource=APP)],
    ],
)
def test_an_action_may_be_taken_on_some_resource(granted: list[dict[str, Any]]) -> None:
    assert may([policy(one) for one in granted], "iam:passrole")


@pytest.mark.parametrize(
    "refused",
    [
        [],
        [allow(Action="iam:Get*")],
        [allow(Action=None, NotAction=["iam:*"])],
        [allow(), deny()],
        [allow(), deny(Action="iam:Pass*")],
        [allow(), deny(Action=None, NotAction="s3:*")],
        [allow(Resource=APP), deny(Resource=ROLES)],
        [allow(Resource=APP), deny(Resource=None, NotResource="arn:aws:s3:::*")],
        [deny()],
    ],
)
def test_an_action_may_not_be_taken_at_all(refused: list[dict[str, Any]]) -> None:
    assert not may([policy(one) for one in refused], "iam:passrole")


@pytest.mark.parametrize(
    ("resource", "on_all_roles"),
    [
        ({"Resource": "*"}, True),
        ({"Resource": ROLES}, True),
        ({"Resource": "arn:aws:iam::*:role/*"}, True),
        ({"Resource": APP}, False),
        ({"Resource": "arn:aws:iam::123456789012:role/app-*"}, False),
        ({"Resource": None, "NotResource": APP}, True),
        ({"Resource": None, "NotResource": ROLES}, False),
    ],
)
def test_an_action_may_be_taken_on_everything_that_a_pattern_matches(
    resource: dict[str, Any],
    on_all_roles: bool,  # noqa: FBT001 a column
) -> None:
    assert may([policy(allow(**resource))], "iam:passrole", ROLES) is on_all_roles
    assert not may([policy(allow(**resource), deny(Resource=ROLES))], "iam:passrole", ROLES)
    assert may([policy(allow(**resource), deny(Resource=APP))], "iam:passrole", ROLES) is on_all_roles


def test_what_is_known_of_a_request_decides_which_conditions_hold() -> None:
    to_lambda = {"iam:passedtoservice": "lambda.amazonaws.com"}
    only_lambda = allow(Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})
    not_lambda = deny(Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}})

    assert may([policy(only_lambda)], "iam:passrole", request=to_lambda)
    assert may([policy(only_lambda)], "iam:passrole")
    assert not may([policy(only_lambda)], "iam:passrole", request={"iam:passedtoservice": "ec2.amazonaws.com"})
    assert not may([policy(allow(), not_lambda)], "iam:passrole", request=to_lambda)
    assert may([policy(allow(), not_lambda)], "iam:passrole")


def test_a_statement_without_resources_lets_no_identity_do_anything() -> None:
    assert not may([policy(allow(Resource=None))], "sts:assumerole")


def test_a_large_document_of_hostile_patterns_is_read_and_asked() -> None:
    hostile = "*a" * 1000 + "b"
    document = policy(allow(Action=hostile, Resource=hostile), deny(Action="*", Resource=None, NotResource=hostile))

    assert not may([document], "a" * 1000)
