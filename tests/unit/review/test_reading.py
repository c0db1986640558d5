"""What is no plan, or not a whole one, or not one of ours, gives one clear error."""

from __future__ import annotations

import json
from contextlib import suppress
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.errors import ReviewError
from compliance_tf.review.plan.plan_file import read_plan
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.terraform.machine import Machine
from tests.unit.review.builders import content, of_type, plan_json, resource_change, reviewed

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = content(plan_json())
NOT_THAT = r"Give a plan that `terraform plan -out=FILE` saved, or the output of `terraform show -json FILE`\."

STATE = b'{"version": 4, "terraform_version": "1.11.4", "serial": 1, "lineage": "x", "outputs": {}, "resources": []}'
SHOWN_STATE = b'{"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {}}}'
LOG = (
    b'{"@level":"info","@message":"Terraform 1.11.4","type":"version"}\n{"@level":"info","@message":"Plan: 1 to add"}\n'
)
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"

FOREIGN = {
    "a state": (STATE, "plan.json is Terraform's state, not a plan"),
    "a shown state": (SHOWN_STATE, "plan.json is Terraform's state, not a plan"),
    "a log": (LOG, "plan.json is the log of a plan with -json, which is not the plan"),
    "a picture": (PNG, "plan.json is not JSON, or is truncated"),
    "nothing": (b"", "plan.json is not JSON, or is truncated"),
    "spaces": (b" \n", "plan.json is not JSON, or is truncated"),
    "a list": (b"[]", "plan.json is JSON, but not a plan of Terraform: it must be an object"),
    "a text": (b'"plan"', "plan.json is JSON, but not a plan of Terraform: it must be an object"),
    "another object": (b"{}", "plan.json is something else, not a plan"),
    "what people read": (b"Terraform will perform the following actions:", "plan.json is not JSON, or is truncated"),
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
    with pytest.raises(ReviewError, match="truncated"):
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


OTHER_VERSIONS = {
    "2.0": "that of a newer Terraform, and 1.x is understood: use a newer compliance_tf, or plan with",
    "10.1": "that of a newer Terraform",
    "0.2": r"that of an older Terraform, and 1.x is understood: plan with a Terraform from 1\.1 on",
    "": "that of another program",
    "x": "that of another program",
}


@pytest.mark.parametrize("version", ["1e999", "9" * 5000, "NaN"])
def test_a_version_that_is_no_text_is_refused(version: str) -> None:
    with pytest.raises(ReviewError):
        plan_of_json(f'{{"format_version": {version}, "resource_changes": []}}'.encode(), "plan.json")


@pytest.mark.parametrize("version", OTHER_VERSIONS)
def test_another_version_of_the_format_is_refused(version: str) -> None:
    with pytest.raises(ReviewError, match=rf"plan\.json has format version {version}, {OTHER_VERSIONS[version]}"):
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


def test_a_plan_with_windows_lines_or_a_byte_order_mark_is_read() -> None:
    text = json.dumps(plan_json(), indent=1)
    for written in (text.replace("\n", "\r\n").encode(), text.encode("utf-8-sig")):
        assert plan_of_json(written, "plan.json").identity.project == "acme"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_plan_in_utf_16_is_refused_with_how_to_write_it(encoding: str) -> None:
    """As PowerShell 5 writes it."""
    mark = "" if encoding == "utf-16" else "\ufeff"
    with pytest.raises(ReviewError, match=r"is UTF-16, which is not JSON: PowerShell's `>` .* Out-File -Encoding utf8"):
        plan_of_json((mark + json.dumps(plan_json())).encode(encoding), "plan.json")


def test_the_first_line_of_setup_terraforms_wrapper_is_refused_with_the_setting() -> None:
    wrapped = b"[command]/opt/terraform/terraform-bin show -json plan\n" + WHOLE
    with pytest.raises(ReviewError, match=r"hashicorp/setup-terraform: set `terraform_wrapper: false` in that step"):
        plan_of_json(wrapped, "plan.json")


# Valid plans: the forms of https://developer.hashicorp.com/terraform/internals/json-format and of its programs.


def test_a_deposed_object_that_is_deleted_is_no_change() -> None:
    """Terraform lists it with nothing before and after (hashicorp/terraform #28903, #28922)."""
    plan = plan_json()
    for type_ in ("aws_config_config_rule", "aws_dynamodb_table", "aws_lambda_function", "aws_iam_role"):
        deleted = resource_change(type_, "deleted", None)
        deleted["deposed"] = "0a1b2c3d"
        plan["resource_changes"].append(deleted)
    found = reviewed(plan)
    assert (found.findings, found.is_empty, found.rule_count) == ((), True, 3)


@pytest.mark.parametrize(
    "member",
    [
        "resource_drift",
        "output_changes",
        "configuration",
        "prior_state",
        "resource_changes",
        "variables",
        "checks",
        "relevant_attributes",
        "action_invocations",
        "deferred_changes",
    ],
)
def test_a_member_that_is_null_is_one_with_nothing_in_it(member: str) -> None:
    plan = plan_json()
    plan["prior_state"]["values"]["outputs"] = {
        "deployment": {"sensitive": False, "value": plan["output_changes"]["deployment"]["after"]}
    }
    plan[member] = None
    assert reviewed(plan).identity.project == "acme"


def _unknown_read(mode: str, action: str) -> dict[str, Any]:
    read = resource_change("aws_caller_identity", "this", {"provider": None}, actions=[action], before=None)
    return {**read, "mode": mode, "address": f"{mode}.aws_caller_identity.this"}


def _imported(importing: dict[str, Any], **change: Any) -> dict[str, Any]:
    one = resource_change("aws_cloudwatch_log_group", "x", {"name": "/aws/lambda/acme-dev-x"}, **change)
    one["change"]["importing"] = importing
    return one


VALID: dict[str, tuple[dict[str, Any], str]] = {
    "a data source that is read during the apply": (_unknown_read("data", "read"), ""),
    "an ephemeral resource": (_unknown_read("ephemeral", "open"), ""),
    "an import by an id": (_imported({"id": "x"}), "It is imported by the id x: "),
    "an import by an identity": (
        _imported({"identity": {"region": "eu-west-1", "name": "x"}}),
        "It is imported by the identity name x, region eu-west-1: ",
    ),
    "an import by an id that is not known": (
        _imported({"unknown": True}),
        "It is imported by an id that is not known yet: ",
    ),
    "an import with a configuration that was made for it": (
        _imported({"id": "x"}, generated_config='resource "aws_cloudwatch_log_group" "x" {}'),
        "It is imported by the id x: ",
    ),
    "the identity of a resource": (
        resource_change(
            "aws_cloudwatch_log_group",
            "x",
            {"name": "/aws/lambda/acme-dev-x"},
            before_identity={"name": "x"},
            after_identity={"name": "x"},
        ),
        "",
    ),
    "something forgotten": (
        resource_change("aws_cloudwatch_log_group", "x", None, actions=["forget"], before={"name": "x"}),
        "It leaves the state",
    ),
    "something forgotten and made anew": (
        resource_change(
            "aws_cloudwatch_log_group", "x", {"name": "/aws/lambda/acme-dev-x"}, actions=["forget", "create"]
        ),
        "It is replaced: ",
    ),
}


@pytest.mark.parametrize("what", VALID)
def test_a_valid_change_of_any_kind_is_reviewed(what: str) -> None:
    change, sentence = VALID[what]
    plan = plan_json()
    plan["resource_changes"].append(deepcopy(change))
    found = reviewed(plan)
    messages = [hit.message for finding in found.findings for hit in finding.hits]
    assert [message for message in messages if message.startswith(sentence)] if sentence else messages == []


@pytest.mark.parametrize("reason", ["replace_because_{of_this}", "{", "}{", "{0}", "{paths}"])
def test_a_reason_that_nobody_knows_is_shown_as_it_is(reason: str) -> None:
    plan = plan_json()
    one = of_type(plan, "aws_cloudwatch_log_group")[0]
    one["change"]["actions"] = ["delete", "create"]
    one["action_reason"] = reason
    [removal] = reviewed(plan).removals
    assert removal.reason == reason.replace("_", " ").replace("{paths}", "attributes that Terraform does not name")


NEWER = {
    "deferred_changes": lambda plan: plan.update(deferred_changes=[{"reason": "x"}]),
    "resource_changes.change.something": lambda plan: plan["resource_changes"][0]["change"].update(something=1),
    "resource_changes.something": lambda plan: plan["resource_changes"][0].update(something={"a": 1}),
}


@pytest.mark.parametrize("member", NEWER)
def test_what_a_newer_terraform_adds_is_named(member: str) -> None:
    plan = plan_json()
    NEWER[member](plan)
    [finding] = reviewed(plan).findings
    assert [hit.address for hit in finding.hits] == [member]


def test_what_a_newer_terraform_adds_without_anything_in_it_is_nothing() -> None:
    plan = plan_json()
    plan.update(something=[], more={}, other=None, flag=False)
    plan["resource_changes"][0]["change"]["something"] = None
    assert reviewed(plan).findings == ()


def test_a_plan_that_failed_before_its_outputs_says_so() -> None:
    plan = {**plan_json(), "errored": True, "output_changes": {}}
    with pytest.raises(ReviewError, match="Terraform failed while it planned, which may be why"):
        reviewed(plan)


@pytest.mark.parametrize(
    ("type_", "attributes", "actions"),
    [
        ("aws_lambda_function", {"function_name": {}}, ["update"]),
        ("aws_lambda_function", {"function_name": {}}, ["delete", "create"]),
        ("aws_config_config_rule", {"scope": [{"compliance_resource_types": [{}]}]}, ["update"]),
        ("aws_config_config_rule", {"scope": [{"compliance_resource_types": 1}]}, ["update"]),
    ],
)
def test_an_attribute_of_another_kind_than_the_provider_has_is_read(
    type_: str, attributes: dict[str, Any], actions: list[str]
) -> None:
    plan = plan_json()
    changed = of_type(plan, type_)[0]["change"]
    changed |= {"actions": actions, "before": {**changed["after"], **attributes}}
    changed["after"] = {**changed["after"], **attributes, "description": "another"}
    assert not reviewed(plan).is_empty
