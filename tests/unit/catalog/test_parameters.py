from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.catalog.managed_rules import ParameterType
from compliance_tf.catalog.parameters import check_parameters, input_parameters
from compliance_tf.errors import RuleParametersError
from tests.unit.catalog.builders import parameter, rule_with

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts
    from compliance_tf.catalog.parameters import ParameterValue

LITERALS = st.text(st.characters(exclude_characters="$", exclude_categories=["Cs"]))
"""Texts without expressions."""

COMPACT_JSON_AROUND_VALUE = len('{"value":""}')


def problems(facts: ManagedRuleFacts, parameters: Mapping[str, ParameterValue]) -> tuple[str, ...]:
    with pytest.raises(RuleParametersError) as raised:
        check_parameters(facts, parameters)
    assert all(problem in str(raised.value) for problem in raised.value.problems)
    return raised.value.problems


@pytest.mark.parametrize(
    ("kind", "value", "text"),
    [
        (ParameterType.STRING, "CostCenter", "CostCenter"),
        (ParameterType.STRING, True, "true"),
        (ParameterType.STRING, 443, "443"),
        (ParameterType.INT, 90, "90"),
        (ParameterType.INT, "90", "90"),
        (ParameterType.INT, -1, "-1"),
        (ParameterType.DOUBLE, 0.5, "0.5"),
        (ParameterType.DOUBLE, 24, "24"),
        (ParameterType.BOOLEAN, False, "false"),
        (ParameterType.BOOLEAN, "True", "True"),
        (ParameterType.CSV, ["a", "b"], "a,b"),
        (ParameterType.CSV, "a,b", "a,b"),
        (ParameterType.STRING_MAP, ("team:web", "approved"), "team:web,approved"),
    ],
)
def test_a_value_becomes_the_text_that_aws_config_takes(kind: ParameterType, value: ParameterValue, text: str) -> None:
    assert check_parameters(rule_with(parameter(kind=kind)), {"value": value}) == {"value": text}


@pytest.mark.parametrize(
    ("kind", "value", "allowed"),
    [
        (ParameterType.STRING, "", "a text that is not blank"),
        (ParameterType.STRING, "  ", "a text that is not blank"),
        (ParameterType.STRING, ["a", "b"], "a text that is not blank"),
        (ParameterType.INT, "ninety", "a whole number"),
        (ParameterType.INT, 1.5, "a whole number"),
        (ParameterType.INT, True, "a whole number"),
        (ParameterType.DOUBLE, "1,5", "a number"),
        (ParameterType.DOUBLE, float("nan"), "a number"),
        (ParameterType.BOOLEAN, "yes", "True or False"),
        (ParameterType.BOOLEAN, 1, "True or False"),
        (ParameterType.CSV, [], "a list of texts"),
        (ParameterType.CSV, ["a,b"], "a list of texts without commas"),
        (ParameterType.CSV, ["a", ""], "a list of texts"),
        (ParameterType.CSV, [443], "a list of texts"),
        (ParameterType.STRING_MAP, {"team": "web"}, "a list of texts like 'key:value'"),
        (ParameterType.STRING, None, "a text that is not blank"),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_what_is_allowed(
    kind: ParameterType, value: ParameterValue, allowed: str
) -> None:
    (problem,) = problems(rule_with(parameter(kind=kind)), {"value": value})

    assert problem.startswith(f"parameter 'value' ({kind.value}) cannot be {value!r}. Allowed: {allowed}")


@pytest.mark.parametrize("kind", list(ParameterType))
def test_a_terraform_expression_passes_for_every_type(kind: ParameterType) -> None:
    expression = "${data.aws_caller_identity.current.account_id}"

    assert check_parameters(rule_with(parameter(kind=kind)), {"value": expression}) == {"value": expression}


def test_a_list_may_hold_expressions_with_commas() -> None:
    facts = rule_with(parameter(kind=ParameterType.CSV))

    assert check_parameters(facts, {"value": ["a", '${join(",", local.more)}']}) == {
        "value": 'a,${join(",", local.more)}'
    }


def test_quotes_in_an_expression_are_left_as_terraform_reads_them() -> None:
    texts = {"owner": 'the "A" team', "value": '${join(",", local.more)}'}

    assert input_parameters(texts) == r"""{"owner":"the \"A\" team","value":"${join(",", local.more)}"}"""


def test_an_unknown_name_is_answered_with_the_nearest_one_and_all_that_are_allowed() -> None:
    facts = rule_with(parameter("maxAccessKeyAge", ParameterType.INT), parameter("other"))

    assert problems(facts, {"MaxAccesKeyAge": 90}) == (
        "parameter 'MaxAccesKeyAge' is not known. Did you mean maxAccessKeyAge? Allowed: maxAccessKeyAge, other.",
    )


def test_a_name_in_the_wrong_case_is_unknown_since_aws_config_distinguishes_them() -> None:
    (problem,) = problems(rule_with(parameter("maxAge", ParameterType.INT)), {"maxage": 90})

    assert "Did you mean maxAge?" in problem


def test_a_rule_without_parameters_says_so() -> None:
    assert problems(rule_with(), {"age": 1}) == ("parameter 'age' is not known. The rule takes no parameters.",)


def test_a_missing_required_parameter_is_named_with_its_type() -> None:
    facts = rule_with(parameter("instanceType", ParameterType.CSV, required=True), parameter("optional"))

    assert problems(facts, {}) == (
        "parameter 'instanceType' (CSV) is required. Give a list of texts without commas, or one text with commas.",
    )


def test_a_missing_required_parameter_is_not_filled_in_but_its_documented_default_is_shown() -> None:
    facts = rule_with(parameter("maxAge", ParameterType.INT, required=True, default="90"))

    (problem,) = problems(facts, {})

    assert "'90'" in problem


def test_defaults_of_optional_parameters_are_left_to_aws_config() -> None:
    assert check_parameters(rule_with(parameter("days", ParameterType.INT, default="14")), {}) == {}


def test_parameters_of_1024_characters_are_taken_and_of_1025_refused() -> None:
    facts = rule_with(parameter())
    longest = "x" * (1024 - COMPACT_JSON_AROUND_VALUE)

    assert len(input_parameters(check_parameters(facts, {"value": longest}))) == 1024
    (problem,) = problems(facts, {"value": longest + "x"})
    assert problem.startswith("the parameters are 1025 characters as JSON, 1013 of them in 'value'.")
    assert "Allowed are 1024" in problem


def test_the_length_of_an_expression_does_not_count_since_its_value_may_be_short() -> None:
    expression = "${" + "x" * 1100 + "}"

    assert check_parameters(rule_with(parameter()), {"value": expression}) == {"value": expression}


def test_all_problems_of_a_rule_are_reported_at_once_under_its_identifier() -> None:
    facts = rule_with(parameter("age", ParameterType.INT), parameter("owner", required=True))

    with pytest.raises(RuleParametersError) as raised:
        check_parameters(facts, {"age": "old", "colour": "red"})

    lines = str(raised.value).splitlines()
    assert lines[0] == "managed rule BUCKET_RULE:"
    assert [line.split("'")[1] for line in lines[1:]] == ["colour", "age", "owner"]


def test_the_same_parameters_give_the_same_text_in_whatever_order_they_were_given() -> None:
    facts = rule_with(parameter("b"), parameter("a"))

    one = input_parameters(check_parameters(facts, {"a": "1", "b": "2"}))
    other = input_parameters(check_parameters(facts, {"b": "2", "a": "1"}))

    assert one == other == '{"a":"1","b":"2"}'


@given(value=st.one_of(LITERALS, st.integers(), st.booleans(), st.floats(), st.lists(LITERALS)))
@pytest.mark.parametrize("kind", list(ParameterType))
def test_whatever_is_accepted_is_a_json_object_of_texts_that_are_not_blank(
    kind: ParameterType, value: ParameterValue
) -> None:
    try:
        texts = check_parameters(rule_with(parameter(kind=kind)), {"value": value})
    except RuleParametersError:
        return
    assert json.loads(input_parameters(texts)) == texts
    assert texts["value"].strip()
