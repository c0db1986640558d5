"""Each attribute of each type has its entry in the table, and the entry is what the review goes by."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from compliance_tf.model.allow_list import ALLOWED_TYPES
from compliance_tf.review.policies import POLICIES, Verdict
from compliance_tf.review.policies.attributes import Effect, Unused, attribute_table
from tests.unit.review.builders import of_type, plan_json, policies, resource_change, reviewed

TABLE = attribute_table()
ENTRIES = [(type_, path, entry) for type_, entries in TABLE.items() for path, entry in entries.items()]
POLICY_IDS = {policy.id for policy in POLICIES}
POLICY = {Effect.APPROVAL: "recording-stops", Effect.BLOCKED: "code-elsewhere"}


def test_the_table_is_of_the_types_that_a_deployment_consists_of() -> None:
    assert TABLE.keys() == ALLOWED_TYPES


def test_each_entry_is_an_effect_or_a_policy() -> None:
    known = {Effect.HARMLESS.value, Effect.APPROVAL.value, *POLICY_IDS}
    assert {entry for _, _, entry in ENTRIES if isinstance(entry, str)} <= known


def put(values: dict[str, Any], path: str, value: object) -> None:
    """Put a value where a path of the table leads, in a block of its own where the path has one."""
    block, _, below = path.partition(".")
    if not below:
        values[block] = value
        return
    blocks = values.get(block)
    if value is None and not blocks:
        # There is no block without anything in it.
        values[block] = []
        return
    first = deepcopy(blocks[0]) if isinstance(blocks, list) and blocks else {}
    put(first, below, value)
    values[block] = [first]


def changed(type_: str, path: str, before: object, after: object, action: str = "update") -> dict[str, Any]:
    """A plan in which only that attribute of a resource changes."""
    plan = plan_json()
    found = of_type(plan, type_)
    if not found:
        values = {
            "name": "acme-dev-x",
            "role": "acme-dev-record-eu-west-1",
            "policy_arn": "arn:aws:iam::1:policy/acme-dev-x",
        }
        plan["resource_changes"].append(resource_change(type_, "x", values))
        found = of_type(plan, type_)
    change = found[0]["change"]
    change["actions"] = [action]
    put(change["before"], path, before)
    put(change["after"], path, after)
    if action == "create":
        change["before"] = None
    return plan


@pytest.mark.parametrize(("type_", "path"), [(type_, path) for type_, path, entry in ENTRIES if entry == "approval"])
def test_what_asks_for_approval_does_so_when_it_changes(type_: str, path: str) -> None:
    assert "recording-stops" in policies(reviewed(changed(type_, path, "one", "two")))
    assert "recording-stops" in policies(reviewed(changed(type_, path, "one", None)))
    assert "recording-stops" in policies(reviewed(changed(type_, path, None, "two")))


@pytest.mark.parametrize(("type_", "path"), [(type_, path) for type_, path, entry in ENTRIES if entry == "harmless"])
def test_what_is_harmless_is_clean(type_: str, path: str) -> None:
    found = reviewed(changed(type_, path, "one", "two"))
    assert (found.verdict, found.is_empty) == (Verdict.CLEAN, False)


UNUSED = [(type_, path, entry) for type_, path, entry in ENTRIES if isinstance(entry, Unused)]


@pytest.mark.parametrize(("type_", "path", "entry"), UNUSED)
@pytest.mark.parametrize("action", ["update", "create"])
def test_what_deployments_leave_at_its_default_asks_when_it_is_set(
    type_: str, path: str, entry: Unused, action: str
) -> None:
    policy = POLICY[entry.otherwise]
    assert policy in policies(reviewed(changed(type_, path, entry.default, "other", action)))
    at_default = reviewed(changed(type_, path, entry.default, entry.default, action))
    assert not {"code-elsewhere", "recording-stops"} & policies(at_default)


@pytest.mark.parametrize(
    ("type_", "path"),
    [(type_, path) for type_, path, entry in ENTRIES if isinstance(entry, str) and entry in POLICY_IDS],
)
def test_what_a_policy_judges_itself_is_not_clean_where_it_cannot_be_seen(type_: str, path: str) -> None:
    plan = changed(type_, path, "one", "secret")
    found = [one for one in plan["resource_changes"] if one["change"]["actions"] == ["update"]]
    put(found[0]["change"].setdefault("after_sensitive", {}), path, value=True)
    assert reviewed(plan).verdict is not Verdict.CLEAN


@pytest.mark.parametrize("path", ["something_new", "environment.something_new", "something_new.within"])
def test_an_attribute_of_a_newer_provider_asks_for_approval(path: str) -> None:
    assert "recording-stops" in policies(reviewed(changed("aws_lambda_function", path, "one", "two")))


def test_the_same_values_in_other_instances_of_a_block_are_a_change() -> None:
    plan = plan_json()
    [table] = of_type(plan, "aws_dynamodb_table")
    one, other = ({"name": "sk", "type": kind} for kind in ("S", "N")), ({"name": "pk", "type": kind} for kind in "NS")
    first, second = zip(one, other, strict=True)
    table["change"]["actions"] = ["update"]
    table["change"]["before"]["attribute"] = list(first)
    table["change"]["after"]["attribute"] = list(second)
    assert "recording-stops" in policies(reviewed(plan))


NOTHING: tuple[Any, ...] = (None, "", [], {})


@pytest.mark.parametrize("before", NOTHING)
@pytest.mark.parametrize("after", NOTHING)
@pytest.mark.parametrize("path", ["kms_key_arn", "dead_letter_config", "environment.variables", "layers"])
def test_nothing_in_another_form_is_no_change(path: str, before: object, after: object) -> None:
    found = reviewed(changed("aws_lambda_function", path, before, after))
    assert (found.findings, [one.differences for one in found.details]) == ((), [()])


@pytest.mark.parametrize("value", [False, 0])
def test_false_and_zero_are_something(value: object) -> None:
    assert "recording-stops" in policies(reviewed(changed("aws_lambda_function", "timeout", None, value)))
