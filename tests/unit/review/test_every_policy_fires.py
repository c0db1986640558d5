"""A machine changes a harmless plan in one place, and the policy that is there for it catches that."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.errors import ReviewError
from compliance_tf.review.policies import POLICIES, Verdict
from tests.examples import few
from tests.unit.review.builders import (
    delete,
    of_type,
    plan_json,
    policies,
    resource_change,
    reviewed,
    rule,
    update,
)
from tests.unit.review.draw import Draw, Mutation
from tests.unit.review.mutations import MUTATIONS

# Each of many tests draws from few choices: where a resource stands, and whether all is below a module.
FEW = few(5)


def shuffled(plan: dict[str, Any], draw: Draw) -> None:
    """Put what does not matter otherwise: the order, and perhaps all of it below a module."""
    resources = plan["resource_changes"]
    first = draw(st.integers(0, len(resources) - 1))
    plan["resource_changes"] = [*resources[first:], *resources[:first]]
    if draw.coin():
        for one in (*plan["resource_changes"], *plan["resource_drift"]):
            one["address"] = f'module.rules["e\\"].u"].{one["address"]}'
        configuration = plan["configuration"]
        configuration["root_module"] = {"module_calls": {"rules": {"module": configuration["root_module"]}}}


@given(st.data())
def test_a_plan_without_a_change_is_clean(data: st.DataObject) -> None:
    plan = plan_json()
    shuffled(plan, Draw(data))
    found = reviewed(plan)
    assert (found.verdict, found.findings, found.is_empty) == (Verdict.CLEAN, (), True)


def test_a_plan_with_a_harmless_change_is_clean() -> None:
    plan = plan_json()
    update(of_type(plan, "aws_config_config_rule")[0], input_parameters='{"maxAccessKeyAge":"45"}')
    found = reviewed(plan)
    assert (found.verdict, found.findings, found.is_empty) == (Verdict.CLEAN, (), False)


@pytest.mark.parametrize(
    ("type_", "before", "after"),
    [
        ("aws_cloudwatch_event_rule", {"is_enabled": None}, {"is_enabled": True}),
        ("aws_dynamodb_table", {"ttl": [{"attribute_name": "", "enabled": False}]}, {"ttl": []}),
        ("aws_dynamodb_table", {"stream_enabled": None}, {"stream_enabled": False}),
        ("aws_lambda_function", {"package_type": None, "layers": None}, {"package_type": "Zip", "layers": []}),
        ("aws_lambda_function", {"reserved_concurrent_executions": None}, {"reserved_concurrent_executions": -1}),
    ],
)
def test_a_default_that_is_spelled_out_is_no_change(type_: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    plan = plan_json()
    one = of_type(plan, type_)[0]
    one["change"]["before"].update(before)
    update(one, **after)
    assert policies(reviewed(plan)) == set()


@pytest.mark.parametrize("mutation", MUTATIONS, ids=str)
@FEW
@given(data=st.data())
def test_the_policy_catches_the_change(mutation: Mutation, data: st.DataObject) -> None:
    plan, draw = plan_json(), Draw(data)
    mutation.mutate(plan, draw)
    shuffled(plan, draw)
    found = reviewed(plan)
    assert mutation.policy.id in policies(found)
    assert list(Verdict).index(found.verdict) >= list(Verdict).index(mutation.policy.verdict)


def test_every_policy_has_a_change_that_it_catches() -> None:
    assert {mutation.policy.id for mutation in MUTATIONS} == {policy.id for policy in POLICIES}


def test_ten_rules_may_be_removed_at_once_and_eleven_may_not() -> None:
    def removing(count: int) -> list[str]:
        plan = plan_json()
        for number in range(count):
            removed = resource_change("aws_config_config_rule", f"more-{number}", rule(f"more-{number}"))
            delete(removed)
            plan["resource_changes"].append(removed)
        found = [finding for finding in reviewed(plan).findings if finding.policy.id == "rules-removed-at-once"]
        return [hit.message for finding in found for hit in finding.hits]

    assert removing(10) == []
    assert removing(11) == ["11 rules are removed; 10 may be at once."]


# Each place that a policy reads, as a path below a resource's attributes.
READ = [
    ("aws_dynamodb_table", ("deletion_protection_enabled",)),
    ("aws_dynamodb_table", ("point_in_time_recovery",)),
    ("aws_dynamodb_table", ("point_in_time_recovery", 0, "enabled")),
    ("aws_dynamodb_table", ("server_side_encryption",)),
    ("aws_dynamodb_table", ("server_side_encryption", 0, "enabled")),
    ("aws_dynamodb_table", ("server_side_encryption", 0, "kms_key_arn")),
    ("aws_dynamodb_table", ("name",)),
    ("aws_config_config_rule", ("name",)),
    ("aws_cloudwatch_event_rule", ("name",)),
    ("aws_cloudwatch_event_rule", ("state",)),
    ("aws_cloudwatch_event_rule", ("event_pattern",)),
    ("aws_cloudwatch_event_target", ("rule",)),
    ("aws_cloudwatch_log_group", ("name",)),
    ("aws_iam_role", ("name",)),
    ("aws_iam_role", ("assume_role_policy",)),
    ("aws_iam_role", ("inline_policy", 0, "policy")),
    ("aws_iam_role", ("permissions_boundary",)),
    ("aws_iam_role_policy", ("policy",)),
    ("aws_iam_role_policy", ("role",)),
    ("aws_lambda_function", ("function_name",)),
    ("aws_lambda_function", ("role",)),
    ("aws_lambda_function_event_invoke_config", ("function_name",)),
    ("aws_lambda_permission", ("principal",)),
    ("aws_lambda_permission", ("action",)),
    ("aws_lambda_permission", ("function_name",)),
    ("aws_lambda_permission", ("function_url_auth_type",)),
    ("aws_lambda_permission", ("source_account",)),
]


def marks(path: tuple[str | int, ...]) -> Any:
    """Terraform's marks of what is hidden, with true at the end of a path."""
    if not path:
        return True
    return [marks(path[1:])] if path[0] == 0 else {path[0]: marks(path[1:])}


def without(values: Any, path: tuple[str | int, ...]) -> None:
    """Leave out what stands at the end of a path, as Terraform does with what is not known."""
    for part in path[:-1]:
        values = values[part]
    del values[path[-1]]


@pytest.mark.parametrize(("type_", "path"), READ, ids=str)
@FEW
@given(data=st.data())
def test_what_a_policy_reads_is_risky_where_it_is_not_known(
    type_: str, path: tuple[str | int, ...], data: st.DataObject
) -> None:
    plan, draw = plan_json(), Draw(data)
    one = draw.resource(plan, type_)
    update(one)
    one["change"]["after_unknown"] = marks(path)
    without(one["change"]["after"], path)
    shuffled(plan, draw)
    assert reviewed(plan).verdict is not Verdict.CLEAN


@pytest.mark.parametrize(("type_", "path"), READ, ids=str)
@FEW
@given(data=st.data())
def test_what_a_policy_reads_is_risky_where_it_is_secret(
    type_: str, path: tuple[str | int, ...], data: st.DataObject
) -> None:
    """Also where it is secret before and after, and so looks the same."""
    plan, draw = plan_json(), Draw(data)
    one = draw.resource(plan, type_)
    update(one)
    one["change"]["after_sensitive"] = draw(st.sampled_from([marks(path), True]))
    if draw.coin():
        one["change"]["before_sensitive"] = draw(st.sampled_from([marks(path), True]))
    shuffled(plan, draw)
    assert reviewed(plan).verdict is not Verdict.CLEAN


@pytest.mark.parametrize(("type_", "attribute"), [("aws_iam_role", "inline_policy"), ("aws_lambda_function", "role")])
def test_secret_attributes_that_may_have_drifted_are_risky(type_: str, attribute: str) -> None:
    plan = plan_json()
    drifted = deepcopy(of_type(plan, type_)[0])
    update(drifted, **{attribute: "secret"})
    drifted["change"].update(before_sensitive={attribute: True}, after_sensitive={attribute: True})
    plan["resource_drift"] = [drifted]
    assert "drift" in policies(reviewed(plan))


@pytest.mark.parametrize("hidden", [{"after_unknown": True}, {"after_sensitive": True}, {"after_sensitive": [True]}])
def test_waivers_that_cannot_be_seen_are_risky(hidden: dict[str, Any]) -> None:
    plan = plan_json()
    plan["output_changes"]["waivers"].update(actions=["update"], before_sensitive=hidden.get("after_sensitive", False))
    plan["output_changes"]["waivers"].update(hidden)
    assert "waiver-granted" in policies(reviewed(plan))


@pytest.mark.parametrize(
    "hidden",
    [
        {"after_unknown": True, "after": None},
        {"after_sensitive": True},
        {"after_sensitive": {"state": True}},
        {"after_unknown": {"workspace": True}},
    ],
)
def test_a_plan_of_a_deployment_that_cannot_be_seen_is_refused(hidden: dict[str, Any]) -> None:
    plan = plan_json()
    plan["output_changes"]["deployment"].update(actions=["update"], **hidden)
    with pytest.raises(ReviewError, match="has no output 'deployment' that says"):
        reviewed(plan)


@pytest.mark.parametrize("type_", ["aws_lambda_permission", "aws_lambda_function_event_invoke_config"])
def test_what_aws_drops_with_a_replaced_function_is_named_unless_it_is_replaced_too(type_: str) -> None:
    plan = plan_json()
    of_type(plan, "aws_lambda_function")[0]["change"]["actions"] = ["delete", "create"]
    of_type(plan, "aws_lambda_function")[0]["change"]["after"]["function_name"] += "-renamed"
    left_behind = of_type(plan, type_)[0]
    sentence = "The function acme-dev-evaluate is replaced without it, and AWS drops it then."
    assert (left_behind["address"], sentence) in hits(plan)
    left_behind["change"]["actions"] = ["delete", "create"]
    assert (left_behind["address"], sentence) not in hits(plan)


def hits(plan: dict[str, Any]) -> list[tuple[str, str]]:
    return [(hit.address, hit.message) for finding in reviewed(plan).findings for hit in finding.hits]
