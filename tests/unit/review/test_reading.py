"""What is no plan, or not a whole one, or not one of ours, gives one clear error."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.errors import ReviewError
from compliance_tf.review.plan.plan_file import read_plan
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.terraform.machine import Machine
from tests.unit.review.builders import content, of_type, plan_json, reviewed

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = content(plan_json())
NOT_THAT = r"Give a plan that `terraform plan -out=FILE` saved, or what `terraform show -json FILE` prints of it\."

STATE = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}'
SHOWN_STATE = b'{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}'
LOG = (
    b'{"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n{"@level":"info","@message":"Plan: 1 to add"}\n'
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

FOREIGN = {
    "a state": (STATE, "plan.json is Terraform's state, not a plan"),
    "a shown state": (SHOWN_STATE, "plan.json is Terraform's state, not a plan"),
    "a log": (LOG, "plan.json is the log of `terraform plan -json`, which is not the plan"),
    "a picture": (PNG, "plan.json is no JSON, or was cut off"),
    "nothing": (b"", "plan.json is no JSON, or was cut off"),
    "spaces": (b" \n", "plan.json is no JSON, or was cut off"),
    "a list": (b"[]", "plan.json is JSON, but no plan of Terraform's: it must be an object"),
    "a text": (b'"plan"', "plan.json is JSON, but no plan of Terraform's: it must be an object"),
    "another object": (b"{}", "plan.json is something else, not a plan"),
    "what people read": (b"Terraform will perform the following actions:", "plan.json is no JSON, or was cut off"),
    "deep lists": (b"[" * 100_000, "plan.json is "),
    "deep objects": (b'{"format_version": "1.2", "resource_changes": ' + b'{"a":' * 100_000, "plan.json is "),
    "deep values": (
        b'{"format_version": "1.2", "resource_changes": [], "output_changes": {"a": {"actions": ["create"], "after": '
        + b"[" * 50_000
        + b"]" * 50_000
        + b"}}}",
        "plan.json is ",
    ),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_what_is_no_plan_is_refused_with_what_to_give(what: str) -> None:
    given_bytes, message = FOREIGN[what]
    with pytest.raises(ReviewError, match=f"{message}.*{NOT_THAT}"):
        plan_of_json(given_bytes, "plan.json")


@given(st.integers(0, len(WHOLE) - 1))
def test_a_plan_that_was_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ReviewError, match="cut off"):
        plan_of_json(WHOLE[:length], "plan.json")


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=3))
def test_a_plan_with_other_bytes_in_it_is_read_or_refused(position: int, other: bytes) -> None:
    broken = WHOLE[:position] + other + WHOLE[position + len(other) :]
    with suppress(ReviewError):
        plan_of_json(broken, "plan.json")


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, member in members for place in _places(member, (*path, key)))]


PLACES = _places(plan_json())[1:]
OTHER_VALUES: tuple[Any, ...] = (None, True, 0, -1.5, "", "text", [], [None], [[]], {}, {"a": None}, {"a": {"b": [1]}})


@given(place=st.sampled_from(PLACES), other=st.sampled_from(OTHER_VALUES))
def test_a_plan_with_another_value_anywhere_is_reviewed_or_refused(place: tuple[Any, ...], other: object) -> None:
    plan: Any = plan_json()
    at = plan
    for key in place[:-1]:
        at = at[key]
    at[place[-1]] = other
    with suppress(ReviewError):
        reviewed(plan)


@pytest.mark.parametrize("version", ["2.0", "10.1", "0.2", "", "x"])
def test_another_version_of_the_format_is_refused(version: str) -> None:
    with pytest.raises(ReviewError, match=rf"plan\.json has format version {version}, and 1\.x is understood"):
        reviewed({**plan_json(), "format_version": version})


def test_a_later_minor_version_is_read() -> None:
    assert reviewed({**plan_json(), "format_version": "1.99"}).is_empty


@pytest.mark.parametrize("actions", [["obliterate"], [], ["create", "update"], ["delete", "create", "delete"]])
def test_an_action_that_nobody_knows_is_refused(actions: list[str]) -> None:
    plan = plan_json()
    of_type(plan, "aws_iam_role")[0]["change"]["actions"] = actions
    with pytest.raises(ReviewError, match=r"to aws_iam_role\.evaluate, which this version does not know"):
        reviewed(plan)


@pytest.mark.parametrize(("actions", "after"), [(["update"], None), (["create"], None), (["delete"], {"name": "x"})])
def test_attributes_that_do_not_fit_the_action_are_refused(actions: list[str], after: object) -> None:
    plan = plan_json()
    of_type(plan, "aws_iam_role")[0]["change"].update(actions=actions, after=after)
    with pytest.raises(ReviewError, match=r"aws_iam_role\.evaluate .*, which does not fit its attributes"):
        reviewed(plan)


def test_a_plan_of_something_else_is_refused() -> None:
    plan = plan_json()
    del plan["output_changes"]["deployment"]
    with pytest.raises(ReviewError, match="is a plan, but not of a ComplianceStack"):
        reviewed(plan)


def machine(folder: Path) -> Machine:
    return Machine({"PATH": "/usr/bin:/bin", "HOME": str(folder)}, working_folder=folder)


def test_a_folder_or_nothing_cannot_be_read(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "missing"):
        with pytest.raises(ReviewError, match=f"{source} cannot be read: "):
            read_plan(str(source), machine(tmp_path))


def test_a_plan_in_a_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(WHOLE)
    plan = read_plan(str(tmp_path / "plan.json"), machine(tmp_path))
    assert str(plan.identity) == "acme in dev, eu-west-1"


def test_a_plan_with_a_windows_lines_is_read_and_one_in_utf_16_is_refused() -> None:
    """As PowerShell writes them: Windows lines are JSON, UTF-16 is not."""
    text = json.dumps(plan_json(), indent=1)
    assert plan_of_json(text.replace("\n", "\r\n").encode(), "plan.json").identity.project == "acme"
    with pytest.raises(ReviewError, match="is no JSON"):
        plan_of_json(text.encode("utf-16"), "plan.json")
