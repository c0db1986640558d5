"""What Terraform marks as sensitive is in nothing that a review says, wherever it stands and however deep."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.plan.values import Hidden, without_secrets
from compliance_tf.review.rendering import Format, render
from compliance_tf.review.review import review
from compliance_tf.review.settings import Settings
from tests.examples import few
from tests.unit.review.builders import content, of_type, output, plan_json, resource_change, reviewed, update

# Each example is rendered in all five forms.
SLOW = few(10)

SECRET = "hunter2-swordfish"  # noqa: S105 (the secret that must not be seen)

# A value, and Terraform's marks of it: of the whole, or of what is in it.
Marked = tuple[Any, Any]


def _in_a_list(items: list[Marked]) -> Marked:
    return [value for value, _ in items], [marks for _, marks in items]


def _in_a_mapping(members: dict[str, Marked]) -> Marked:
    return {key: value for key, (value, _) in members.items()}, {
        key: marks for key, (_, marks) in members.items() if marks
    }


SECRETS: st.SearchStrategy[Marked] = st.sampled_from(
    [(SECRET, True), ([SECRET], True), ({"key": SECRET}, True), ({"key": [{"deeper": f"a {SECRET}"}]}, True)]
)
PUBLIC: st.SearchStrategy[Marked] = st.sampled_from([("public", False), (1, False), (None, False), ([], []), ({}, {})])
MARKED = st.recursive(
    SECRETS | PUBLIC,
    lambda inner: (
        st.lists(inner, max_size=3).map(_in_a_list)
        | st.dictionaries(st.sampled_from("abc"), inner, max_size=3).map(_in_a_mapping)
    ),
    max_leaves=12,
)

ATTRIBUTES = {
    "aws_dynamodb_table": "point_in_time_recovery",
    "aws_config_config_rule": "input_parameters",
    "aws_iam_role": "assume_role_policy",
    "aws_iam_role_policy": "policy",
    "aws_lambda_permission": "source_account",
    "aws_lambda_function": "environment",
    "aws_cloudwatch_event_rule": "event_pattern",
}


def everything_said(plan: dict[str, Any]) -> str:
    """What a program would see, and all that is written in any form."""
    read = plan_of_json(content(plan), "plan.json")
    found = review(read, Settings())
    forms = [render(form, [found], commit="0a1b2c3", to_terminal=False) for form in Format]
    return "\n".join([repr(read), repr(found), *forms])


@SLOW
@given(st.data())
def test_no_secret_is_in_what_is_said_of_a_change(data: st.DataObject) -> None:
    plan = plan_json()
    type_ = data.draw(st.sampled_from(sorted(ATTRIBUTES)))
    one = of_type(plan, type_)[0]
    attribute = data.draw(st.sampled_from([ATTRIBUTES[type_], "name", "tags_all", "scope", "source", "anything"]))
    before, after = data.draw(MARKED), data.draw(MARKED)
    update(one, **{attribute: after[0]})
    one["change"]["before"][attribute] = before[0]
    one["change"]["before_sensitive"] = {attribute: before[1]}
    one["change"]["after_sensitive"] = {attribute: after[1]}
    if data.draw(st.booleans()):
        plan["resource_drift"].append(one)
    assert SECRET not in everything_said(plan)


@SLOW
@given(before=MARKED, after=MARKED, name=st.sampled_from(["rules", "waivers", "waivers_expiring_soon", "other"]))
def test_no_secret_is_in_what_is_said_of_an_output(before: Marked, after: Marked, name: str) -> None:
    plan = plan_json()
    hidden = {"before_sensitive": before[1], "after_sensitive": after[1], "actions": ["update"]}
    plan["output_changes"][name] = output(after[0], before[0], **hidden)
    assert SECRET not in everything_said(plan)


def test_no_secret_is_in_what_is_said_of_a_resource_that_is_all_secret() -> None:
    plan = plan_json()
    one = resource_change("aws_iam_role_policy", "secret", {"name": SECRET, "role": SECRET, "policy": SECRET})
    one["change"].update(actions=["update"], before_sensitive=True, after_sensitive=True)
    plan["resource_changes"].append(one)
    assert SECRET not in everything_said(plan)
    assert "name-without-workspace" in {finding.policy.id for finding in reviewed(plan).findings}


@pytest.mark.parametrize("place", ["variables", "prior_state", "planned_values", "configuration"])
def test_no_secret_is_in_what_is_said_of_the_rest_of_the_plan(place: str) -> None:
    """There nothing is read but the addresses of resources, and which attributes are given."""
    plan = plan_json()
    resource = {"address": "aws_iam_role.a", "mode": "managed", "type": "aws_iam_role", "name": "a"}
    values = {**resource, "values": {"description": SECRET}, "sensitive_values": {"description": True}}
    module = {"resources": [{**values, "expressions": {"description": {"constant_value": SECRET}}}]}
    plan[place] = {
        "variables": {"token": {"value": SECRET}},
        "prior_state": {"format_version": "1.0", "values": {"root_module": module}},
        "planned_values": {"root_module": module, "outputs": {"a": {"value": SECRET, "sensitive": True}}},
        "configuration": {
            "root_module": module,
            "provider_config": {"aws": {"expressions": {"secret_key": {"constant_value": SECRET}}}},
        },
    }[place]
    assert SECRET not in everything_said(plan)


def test_what_is_public_is_shown_beside_what_is_secret() -> None:
    value = {"a": [{"b": SECRET, "c": "public"}, "public"], "d": SECRET}
    shown = without_secrets(value, {"a": [{"b": True}], "d": True})
    assert shown == {"a": [{"b": Hidden.SENSITIVE, "c": "public"}, "public"], "d": Hidden.SENSITIVE}


@pytest.mark.parametrize(
    ("value", "marks"), [({"a": 1}, [True]), ([1], [True, True]), ("text", {"a": True}), ([1], {"a": True})], ids=str
)
def test_marks_that_do_not_fit_hide_all(value: object, marks: object) -> None:
    assert without_secrets(value, marks) is Hidden.SENSITIVE


def test_a_secret_attribute_that_may_have_changed_is_named_without_its_values() -> None:
    plan = plan_json()
    one = of_type(plan, "aws_lambda_function")[0]
    update(one, environment=[{"variables": {"TOKEN": SECRET}}])
    for when in ("before_sensitive", "after_sensitive"):
        one["change"][when] = {"environment": [{"variables": {"TOKEN": True}}]}
    one["change"]["before"]["environment"] = [{"variables": {"TOKEN": "another secret"}}]
    [details] = reviewed(plan).details
    [difference] = details.differences
    assert difference.attribute == "environment"
    assert "another secret" not in str(difference)
    assert str(Hidden.SENSITIVE) in str(difference.after)
