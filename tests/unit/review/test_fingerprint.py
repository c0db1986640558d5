"""Two plans have the same fingerprint if, and only if, their reviews and their applies are the same."""

from __future__ import annotations

import re
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from compliance_tf.errors import ReviewError
from compliance_tf.review.settings import FINGERPRINT
from tests.examples import few
from tests.unit.review.builders import delete, of_type, output, plan_json, resource_change, reviewed, rule, update
from tests.unit.review.draw import Draw, Mutation
from tests.unit.review.mutations import MUTATIONS

if TYPE_CHECKING:
    from compliance_tf.review.review import Review


def changing_plan() -> dict[str, Any]:
    """A plan that creates, changes and destroys."""
    plan = plan_json()
    one, other, last = of_type(plan, "aws_config_config_rule")
    update(one, input_parameters='{"maxAccessKeyAge":"45"}')
    update(other, description="secret")
    other["change"]["after_sensitive"] = {"description": True}
    delete(last)
    new = resource_change("aws_config_config_rule", "new", rule("new"), actions=["create"], before=None)
    new["change"]["after_unknown"] = {"arn": True}
    plan["resource_changes"].append(new)
    plan["output_changes"]["rules"] = output({"keys": "HIGH"}, {"keys": "LOW"})
    plan["resource_drift"] = [drifted("aws_lambda_function", memory_size=1)]
    plan["something_new"] = {"a": 1}
    plan["resource_changes"][0]["change"]["new"] = "a"
    plan["configuration"]["root_module"]["resources"][1]["provisioners"] = [{"type": "local-exec"}]
    return plan


def drifted(type_: str, **after: Any) -> dict[str, Any]:
    """A resource that somebody changed outside Terraform."""
    found = deepcopy(of_type(plan_json(), type_)[0])
    update(found, **after)
    return found


def configured(plan: dict[str, Any]) -> dict[str, Any]:
    """The first resource of the configuration."""
    found: dict[str, Any] = plan["configuration"]["root_module"]["resources"][0]
    return found


def fingerprint(plan: dict[str, Any]) -> str:
    return reviewed(plan).fingerprint


@cache
def usual() -> str:
    return fingerprint(changing_plan())


def test_it_has_the_form_that_settings_take() -> None:
    assert re.fullmatch(FINGERPRINT, usual())


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaf for key, member in members for leaf in _leaves(member, (*path, key))]
    return found or [path]


def _at(plan: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        plan = plan[key]
    return plan


CHANGING = [
    ("resource_changes", number, "change", when, *leaf)
    for number, resource in enumerate(changing_plan()["resource_changes"])
    if resource["change"]["actions"] != ["no-op"]
    for when in ("before", "after")
    for leaf in _leaves(resource["change"][when])
    if resource["change"][when]
]


@given(path=st.sampled_from(CHANGING), value=st.one_of(st.text(max_size=5), st.integers(), st.booleans(), st.none()))
def test_any_other_value_of_a_change_makes_another_one(path: tuple[Any, ...], value: object) -> None:
    """Also a secret one."""
    plan = changing_plan()
    was = _at(plan, path)
    assume(was != value or type(was) is not type(value))
    _at(plan, path[:-1])[path[-1]] = value
    assert fingerprint(plan) != usual()


def mutated(mutate: Any) -> dict[str, Any]:
    plan = changing_plan()
    mutate(plan)
    return plan


OTHERS = {
    "an action": lambda plan: plan["resource_changes"][-1]["change"].update(
        actions=["create", "delete"], before={"name": "x"}
    ),
    "an address": lambda plan: plan["resource_changes"][-1].update(address="aws_config_config_rule.newer"),
    "a former address": lambda plan: plan["resource_changes"][0].update(previous_address="aws_dynamodb_table.x"),
    "an import": lambda plan: plan["resource_changes"][0]["change"].update(importing={"id": "x"}),
    "something unknown": lambda plan: plan["resource_changes"][-1]["change"].update(after_unknown={}),
    "an output": lambda plan: plan["output_changes"]["rules"]["after"].update(keys="MEDIUM"),
    "a resource more": lambda plan: update(of_type(plan, "aws_lambda_function")[0], memory_size=1),
    "a resource less": lambda plan: plan["resource_changes"].pop(),
    "what is secret": lambda plan: of_type(plan, "aws_config_config_rule")[1]["change"].update(after_sensitive={}),
    "a drift": lambda plan: plan["resource_drift"].append(drifted("aws_iam_role", description="other")),
    "another drift of the same resource": lambda plan: plan["resource_drift"][0]["change"]["after"].update(
        memory_size=8
    ),
    "no drift": lambda plan: plan["resource_drift"].clear(),
    "an action that Terraform invokes": lambda plan: plan.update(action_invocations=[{"address": "action.x.y"}]),
    "what is not understood": lambda plan: plan.update(something_new={"a": 2}),
    "what is not understood of a change": lambda plan: plan["resource_changes"][0]["change"].update(new="b"),
    "a provisioner": lambda plan: configured(plan).update(provisioners=[{"type": "local-exec"}]),
    "another provisioner": lambda plan: plan["configuration"]["root_module"]["resources"][1].update(
        provisioners=[{"type": "local-exec", "expressions": {"command": {"constant_value": "rm"}}}]
    ),
    "an attribute that is configured": lambda plan: configured(plan)["expressions"].update(inline_policy=[{}]),
    "a plan that failed": lambda plan: plan.update(errored=True),
    "a plan that is not whole": lambda plan: plan.update(complete=False),
    "the paths that force a replacement": lambda plan: plan["resource_changes"][0]["change"].update(
        replace_paths=[["name"]]
    ),
    "what stays as it is": lambda plan: of_type(plan, "aws_lambda_permission")[0]["change"].update(
        before={"function_name": "acme-dev-x"}, after={"function_name": "acme-dev-x"}
    ),
    "another provider": lambda plan: plan["resource_changes"][0].update(provider_name="acme/aws"),
    "an identity of an import": lambda plan: plan["resource_changes"][0]["change"].update(
        importing={"identity": {"name": "x"}}
    ),
    "what an unknown value refers to": lambda plan: unknown(plan, "aws_kms_key.b.arn"),
    "a variable in an unknown value": lambda plan: unknown(plan, "var.key", variables={"key": {"value": "b"}}),
    "a variable that a local value may have": lambda plan: unknown(plan, "local.key", variables={"x": {"value": "b"}}),
    "a variable in the provider's settings": lambda plan: provided(plan, "b"),
    "another provider's account": lambda plan: configured(plan).update(provider_config_key="aws.other"),
    "another workspace": lambda plan: [
        plan["output_changes"]["deployment"][when].update(workspace="prod") for when in ("before", "after")
    ],
}


def unknown(plan: dict[str, Any], refers_to: str, **members: Any) -> None:
    """Have a value computed during the apply."""
    one = plan["resource_changes"][0]
    update(one)
    one["change"]["after_unknown"] = {"arn": True, "point_in_time_recovery": [{}]}
    configured(plan)["expressions"]["arn"] = [{"references": [refers_to]}]
    plan.update(members)


def provided(plan: dict[str, Any], region: str) -> None:
    """Have a variable say where the provider works."""
    provider = plan["configuration"]["provider_config"]["aws"]
    provider["expressions"]["region"] = {"references": ["var.region"]}
    plan["variables"] = {"region": {"value": region}}


BEFORE = {
    "what an unknown value refers to": lambda plan: unknown(plan, "aws_kms_key.a.arn"),
    "a variable in an unknown value": lambda plan: unknown(plan, "var.key", variables={"key": {"value": "a"}}),
    "a variable that a local value may have": lambda plan: unknown(plan, "local.key", variables={"x": {"value": "a"}}),
    "a variable in the provider's settings": lambda plan: provided(plan, "a"),
}
"""What those plans are compared with that differ in what is only known during the apply."""


@pytest.mark.parametrize("what", OTHERS)
def test_another_apply_has_another_one(what: str) -> None:
    before = fingerprint(mutated(BEFORE[what])) if what in BEFORE else usual()
    assert fingerprint(mutated(OTHERS[what])) != before


SAME = {
    "the time": lambda plan: plan.update(timestamp="2027-01-01T00:00:00Z"),
    "the program": lambda plan: plan.update(terraform_version="1.12.0", format_version="1.3"),
    "the order": lambda plan: plan["resource_changes"].reverse(),
    "the order of attributes": lambda plan: plan["resource_changes"][-1]["change"].update(
        after=dict(reversed(plan["resource_changes"][-1]["change"]["after"].items()))
    ),
    "what a new day makes of waivers": lambda plan: plan["output_changes"].update(
        waivers_expiring_soon=output(["tags"], [])
    ),
    "a variable in values that the plan shows": lambda plan: plan.update(variables={"workspace": {"value": "dev"}}),
    "the state": lambda plan: plan.update(prior_state={"format_version": "1.1"}),
}


@pytest.mark.parametrize("what", SAME)
def test_what_an_apply_does_not_do_changes_nothing(what: str) -> None:
    assert fingerprint(mutated(SAME[what])) == usual()


def without_fingerprint(found: Review) -> Review:
    return replace(found, fingerprint="")


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
@few(3)
@given(data=st.data())
def test_a_change_that_a_policy_catches_makes_another_one(mutation: Mutation, data: st.DataObject) -> None:
    """Also a second one of the same kind: an acknowledgement of the first does not take it in."""
    first, draw = plan_json(), Draw(data)
    mutation.mutate(first, draw)
    second = deepcopy(first)
    with suppress(KeyError, IndexError, ValueError, TypeError, AttributeError):
        mutation.mutate(second, draw)
    plans = [unchanged(), *(found for plan in (first, second) if (found := attempted(plan)))]
    for one, other in combinations(plans, 2):
        if one.fingerprint == other.fingerprint:
            assert without_fingerprint(one) == without_fingerprint(other)


@cache
def unchanged() -> Review:
    return reviewed(plan_json())


def attempted(plan: dict[str, Any]) -> Review | None:
    try:
        return reviewed(plan)
    except ReviewError:
        return None


ANYWHERE = [path for path in _leaves(changing_plan()) if path[:2] != ("output_changes", "waivers_expiring_soon")]
VALUES: tuple[Any, ...] = (None, True, False, 0, "", "text", "*", [], ["a"], [{}], {}, {"name": "a"}, ["delete"])


@given(st.lists(st.tuples(st.sampled_from(ANYWHERE), st.sampled_from(VALUES)), min_size=1, max_size=2))
def test_plans_whose_reviews_differ_never_share_one(changes: list[tuple[tuple[Any, ...], Any]]) -> None:
    plan = changing_plan()
    for path, value in changes:
        # What stood there may have been removed with the first change.
        with suppress(KeyError, IndexError, TypeError):
            _at(plan, path[:-1])[path[-1]] = value
    found = attempted(plan)
    if found and found.fingerprint == usual():
        assert without_fingerprint(found) == without_fingerprint(reviewed(changing_plan()))


def test_a_secret_cannot_be_read_from_it_by_comparing_with_a_plan_without() -> None:
    """The same public values with different secrets, and a text that looks like the mask, are three plans."""
    plans = [changing_plan() for _ in range(3)]
    secret, another, mask = (of_type(plan, "aws_config_config_rule")[1]["change"] for plan in plans)
    another["after"]["description"] = "another secret"
    mask["after"]["description"] = "(sensitive value)"
    mask["after_sensitive"] = {}
    assert len({fingerprint(plan) for plan in plans}) == 3
    assert deepcopy(secret)["after"]["description"] == "secret"
