import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.errors import ParameterError
from compliance_runtime.parameters import (
    MAX_RULE_PARAMETERS,
    NoParameters,
    declared_parameters,
    from_rule_parameters,
    to_rule_parameters,
)


@dataclass(frozen=True)
class AllTypes:
    required_text: str
    text: str = "a"
    number: int = 0
    flag: bool = False
    several_texts: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata={"doc": "What to choose."})


@dataclass(frozen=True)
class OnByDefault:
    flag: bool = True
    ports: tuple[str, ...] = ("443",)


@dataclass(frozen=True)
class WithFloat:
    ratio: float = 0.5


short = st.text(max_size=12)
element = st.text(min_size=1, max_size=8).filter(lambda text: text == text.strip() and "," not in text)
not_blank = short.filter(lambda text: text.strip() != "")
all_types = st.builds(
    AllTypes,
    required_text=not_blank,
    text=not_blank,
    number=st.integers(-(10**18) + 1, 10**18 - 1),
    flag=st.booleans(),
    several_texts=st.lists(element, max_size=4).map(tuple),
    numbers=st.lists(st.integers(-65536, 65536), max_size=4).map(tuple),
    choices=st.dictionaries(short, st.lists(short, max_size=3).map(tuple), max_size=3),
)


@given(all_types)
def test_what_is_written_reads_back_as_the_same_parameters(parameters: AllTypes) -> None:
    written = to_rule_parameters(parameters)

    assert from_rule_parameters(AllTypes, written) == parameters
    assert all(isinstance(text, str) and text.strip() for text in written.values())


def test_names_are_in_camel_case_and_defaults_are_left_out() -> None:
    assert to_rule_parameters(AllTypes("x", several_texts=("a", "b"))) == {
        "requiredText": "x",
        "severalTexts": "a,b",
    }


def test_every_type_has_the_documented_form() -> None:
    parameters = AllTypes("x", number=-5, flag=True, numbers=(22, 443), choices={"b": (), "a": ("1", "2")})

    assert to_rule_parameters(parameters) == {
        "requiredText": "x",
        "number": "-5",
        "flag": "true",
        "numbers": "22,443",
        "choices": '{"a":["1","2"],"b":[]}',
    }


def test_a_true_default_can_be_switched_off() -> None:
    assert to_rule_parameters(OnByDefault(flag=False)) == {"flag": "false"}
    assert from_rule_parameters(OnByDefault, {"flag": "False"}) == OnByDefault(flag=False)


def test_blanks_around_elements_that_people_type_are_ignored() -> None:
    assert from_rule_parameters(OnByDefault, {"ports": " 22 , 443"}).ports == ("22", "443")


@pytest.mark.parametrize("element", ["a,b", "", " a", "a\n"])
def test_an_element_that_would_read_back_differently_is_refused(element: str) -> None:
    with pytest.raises(ParameterError, match="several_texts"):
        to_rule_parameters(AllTypes("x", several_texts=("ok", element)))


def test_a_blank_value_is_refused_because_aws_config_refuses_it() -> None:
    with pytest.raises(ParameterError, match=r"ports is blank.*AWS Config refuses"):
        to_rule_parameters(OnByDefault(ports=()))


def test_more_characters_than_a_rule_holds_are_refused() -> None:
    room = MAX_RULE_PARAMETERS - len(json.dumps({"requiredText": ""}, separators=(",", ":")))

    assert to_rule_parameters(AllTypes("x" * room))["requiredText"] == "x" * room
    with pytest.raises(ParameterError, match="1025 characters"):
        to_rule_parameters(AllTypes("x" * (room + 1)))


@pytest.mark.parametrize(
    "wrong",
    [
        AllTypes(5),  # type: ignore[arg-type]
        AllTypes("x", number=True),
        AllTypes("x", flag=1),  # type: ignore[arg-type]
        AllTypes("x", several_texts=["a"]),  # type: ignore[arg-type]
        AllTypes("x", numbers=("1",)),  # type: ignore[arg-type]
        AllTypes("x", choices={"a": "b"}),  # type: ignore[dict-item]
    ],
)
def test_a_value_of_another_type_than_declared_is_refused(wrong: AllTypes) -> None:
    with pytest.raises(ParameterError, match="must be"):
        to_rule_parameters(wrong)


def test_an_unknown_name_gets_the_nearest_one_and_all_that_are_allowed() -> None:
    with pytest.raises(ParameterError, match=r"requiredTxt.*Did you mean requiredText\?.*several"):
        from_rule_parameters(AllTypes, {"requiredTxt": "x"})


def test_a_check_without_parameters_says_that_none_is_allowed() -> None:
    with pytest.raises(ParameterError, match="Allowed: none"):
        from_rule_parameters(NoParameters, {"x": "1"})


def test_a_missing_required_parameter_is_named() -> None:
    with pytest.raises(ParameterError, match="requiredText is required"):
        from_rule_parameters(AllTypes, {})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("number", "1_000"),
        ("number", "٣"),
        ("number", "1.5"),
        ("number", "9" * 5000),
        ("flag", "yes"),
        ("numbers", "1,x"),
        ("severalTexts", "a,,b"),
        ("choices", "[]"),
        ("choices", '{"a":"b"}'),
        ("choices", '{"a":[1]}'),
        ("choices", "[" * 100_000),
        ("text", 5),
    ],
)
def test_a_text_of_the_wrong_type_is_refused_with_the_parameter_s_name(name: str, text: object) -> None:
    with pytest.raises(ParameterError, match=f"Parameter {name} must be"):
        from_rule_parameters(AllTypes, {"requiredText": "x", name: text})


def test_a_field_type_without_a_form_is_refused_with_those_that_are_allowed() -> None:
    with pytest.raises(ParameterError, match=r"WithFloat.ratio.*Allowed: str, int"):
        declared_parameters(WithFloat)


def test_declared_parameters_tell_what_a_reference_page_needs() -> None:
    declared = {parameter.name: parameter for parameter in declared_parameters(AllTypes)}

    assert list(declared) == [
        "required_text",
        "text",
        "number",
        "flag",
        "several_texts",
        "numbers",
        "choices",
    ]
    assert declared["required_text"].required
    assert (declared["text"].required, declared["text"].default) == (False, "a")
    assert (declared["choices"].default, declared["choices"].doc) == ({}, "What to choose.")
    assert declared["several_texts"].rule_name == "severalTexts"
