"""What a plan does not show is never compliant."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import ComplianceError
from compliance_runtime.parameters import NoParameters
from compliance_tf.errors import UndecidedError
from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.review.resources.items import Translator
from compliance_tf.review.resources.judgement import Outcome, Rule, RuleSet
from compliance_tf.review.resources.planned_values import Complete, PlannedList, Reads, Unknown, wrapped
from tests.unit.review.resources.builders import (
    ACCOUNT,
    change,
    configured,
    judged,
    outcomes,
    plan_json,
    real_plan,
    reasons,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

GROUP = "aws_security_group.open"


def hidden_one_by_one(kind: str) -> list[tuple[str, str]]:
    """Each attribute that the configuration of the stack sets, with the address of its resource."""
    plan = real_plan("stack")
    found = []
    modules = [
        plan["configuration"]["root_module"],
        plan["configuration"]["root_module"]["module_calls"]["bucket"]["module"],
    ]
    given = {
        (one["type"], one["name"]): set(one.get("expressions") or ())
        for module in modules
        for one in module["resources"]
    }
    for one in plan["resource_changes"]:
        after = one["change"]["after"]
        names = given.get((one["type"], one["name"]), set()) & set(after)
        found += [(one["address"], name) for name in sorted(names) if after[name] not in (None, [])]
    assert len(found) > 80, kind
    return found


def with_hidden(plan: dict[str, Any], address: str, attribute: str, kind: str) -> dict[str, Any]:
    hidden = deepcopy(plan)
    [one] = [one for one in hidden["resource_changes"] if one["address"] == address]
    if kind == "unknown":
        del one["change"]["after"][attribute]
        one["change"]["after_unknown"][attribute] = True
    else:
        one["change"]["after_sensitive"] = {attribute: True}
    return hidden


@pytest.mark.parametrize(
    ("kind", "step"),
    [
        ("unknown", 13),
        ("sensitive", 17),
        pytest.param("unknown", 1, marks=pytest.mark.long),
        pytest.param("sensitive", 1, marks=pytest.mark.long),
    ],
)
def test_hiding_an_attribute_leaves_a_verdict_or_makes_it_undecided(kind: str, step: int) -> None:
    plan = real_plan("stack")
    before = outcomes(judged(plan, account="000000000001"))
    undecided = 0
    for address, attribute in hidden_one_by_one(kind)[::step]:
        after = outcomes(judged(with_hidden(plan, address, attribute, kind), account="000000000001"))
        changed = {key: after.get(key) for key, outcome in before.items() if after.get(key) is not outcome}
        assert set(changed.values()) <= {Outcome.UNDECIDED}, (address, attribute, changed)
        undecided += len(changed)
    assert undecided > 60 / step


def test_unknown_parts_at_any_depth_are_undecided_and_named() -> None:
    found = judged(real_plan("unknown"))
    said = {
        ("security-group-ingress", "aws_security_group.dyn_unknown"): ".ingress[0].description",
        ("security-group-ingress", "aws_security_group.dyn_unknown_all"): ".ingress[0].protocol",
        ("iam-inline-wildcards", "aws_iam_role.r[0]"): "aws_iam_role_policy.p[0].policy is known only after the apply",
        ("ec2-imdsv2", "aws_instance.i"): "the image and the account's defaults decide",
        ("ebs-encryption", "aws_ebs_volume.e"): "aws_ebs_volume.e.encrypted is known only after the apply",
    }
    for (rule, address), text in said.items():
        assert reasons(found, rule, address).startswith("undecided: ")
        assert text in reasons(found, rule, address)
    # What the unknown part does not decide is decided.
    assert outcomes(found)["security-group-egress", "aws_security_group.dyn_unknown"] is Outcome.COMPLIANT


def test_a_dynamic_block_that_a_plan_does_not_show_is_not_taken_for_none() -> None:
    found = outcomes(judged(real_plan("dynamic"), account="000000000001"))
    assert found["iam-inline-wildcards", "aws_iam_role.r"] is Outcome.UNDECIDED
    assert found["bucket-public-access", "aws_s3_bucket.b"] is Outcome.UNDECIDED
    assert found["lambda-subnets", "aws_lambda_function.f"] is Outcome.UNDECIDED
    assert found["lambda-secrets", "aws_lambda_function.f"] is Outcome.UNDECIDED
    assert found["ec2-imdsv2", "aws_instance.i"] is Outcome.UNDECIDED


def test_a_resource_is_in_its_own_region_if_it_has_one() -> None:
    """The provider has had that attribute since version 6."""
    plan = plan_json(
        [
            change("aws_sns_topic.own", {"name": "t", "region": "us-east-1"}, unknown={"arn": True}),
            change("aws_sns_topic.usual", {"name": "t"}, unknown={"arn": True}),
            change("aws_sns_topic.unknown", {"name": "t"}, unknown={"arn": True, "region": True}),
        ],
        [
            configured("aws_sns_topic.own"),
            configured("aws_sns_topic.usual"),
            configured("aws_sns_topic.unknown", region="data.aws_region.x.name"),
        ],
    )
    translator = Translator(any_plan(json.dumps(plan).encode(), "plan"), None, account=ACCOUNT, region=None)
    own, usual, unknown = (one.item for one in translator.resources())
    assert (own.region, own.arn) == ("us-east-1", f"arn:aws:sns:us-east-1:{ACCOUNT}:t")
    assert usual.arn == f"arn:aws:sns:eu-west-1:{ACCOUNT}:t"
    with pytest.raises(UndecidedError, match=r"aws_sns_topic\.unknown\.region"):
        _ = unknown.region


def test_the_account_is_undecided_until_somebody_names_it() -> None:
    policy = '{"Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*","Principal":{"AWS":"111122223333"}}]}'
    plan = plan_json(
        [
            change("aws_s3_bucket.b", {"bucket": "b"}, unknown={"id": True, "policy": True}),
            change("aws_s3_bucket_policy.b", {"bucket": "b", "policy": policy}),
        ],
        [configured("aws_s3_bucket.b"), configured("aws_s3_bucket_policy.b", bucket="aws_s3_bucket.b.id")],
    )
    key = ("bucket-policy-principals", "aws_s3_bucket.b")
    assert outcomes(judged(plan, account=None))[key] is Outcome.UNDECIDED
    assert "give --account" in reasons(judged(plan, account=None), *key)
    assert outcomes(judged(plan))[key] is Outcome.COMPLIANT
    assert outcomes(judged(plan, account="999999999999"))[key] is Outcome.VIOLATION


def check(evaluate: Callable[[ConfigurationItem, NoParameters], Verdict]) -> RuleSet:
    """A check of a user's own."""
    own = ChangeCheck(
        id="own",
        title="Own",
        description="Own.",
        severity=Severity.LOW,
        resource_types=("AWS::EC2::SecurityGroup",),
        parameters=NoParameters,
        evaluate=evaluate,
    )
    return RuleSet((Rule("own", own, NoParameters(), Severity.LOW),))


def reads_id(item: ConfigurationItem, _: NoParameters) -> Verdict:
    return Verdict.compliant("") if item.resource_id != "sg-1" else Verdict.non_compliant("")


def reads_what_is_not_translated(item: ConfigurationItem, _: NoParameters) -> Verdict:
    return Verdict.compliant("") if not item.members.values.get("futureMember") else Verdict.non_compliant("")


def swallows_errors(item: ConfigurationItem, _: NoParameters) -> Verdict:
    try:
        return Verdict.non_compliant(item.resource_id)
    except ComplianceError:
        return Verdict.compliant("")


def reads_all(item: ConfigurationItem, _: NoParameters) -> Verdict:
    assert isinstance(item.configuration, dict)
    return Verdict.compliant(str({**item.configuration}))


def fails(_: ConfigurationItem, __: NoParameters) -> Verdict:
    raise ZeroDivisionError


@pytest.mark.parametrize("evaluate", [reads_id, reads_what_is_not_translated, swallows_errors, reads_all, fails])
def test_checks_of_ones_own_cannot_read_around_what_is_unknown(
    evaluate: Callable[[ConfigurationItem, NoParameters], Verdict],
) -> None:
    plan = plan_json(
        [change(GROUP, {"name": "open"}, unknown={"id": True, "ingress": True})], [configured(GROUP, name="x")]
    )
    assert outcomes(judged(plan, rules=check(evaluate))) == {("own", GROUP): Outcome.UNDECIDED}


def test_every_way_to_read_an_object_or_a_list_meets_what_is_unknown() -> None:
    ways: list[Callable[[Any], object]] = [
        lambda one: one["x"],
        lambda one: one.get("x"),
        lambda one: "x" in one,
        dict,
        lambda one: {**one},
        lambda one: list(one.items()),
        lambda one: list(one.values()),
        lambda one: one | {},
        lambda one: one.copy(),
        lambda one: one == {"a": 1},
    ]
    for way in ways:
        reads = Reads()
        with pytest.raises(ComplianceError, match="because"):
            way(wrapped(Complete({"x": Unknown("because")}), "place", reads))
        assert list(reads.unknown) == ["because"]
    for way in [list, sorted, tuple, set, "".join, lambda one: one[0], lambda one: one[:1], lambda one: "a" in one,
                lambda one: one.__add__([]), lambda one: [*one], lambda one: one == ["a"]]:  # fmt: skip
        with pytest.raises(ComplianceError, match="because"):
            way(wrapped([Unknown("because")], "place", Reads()))  # type: ignore[operator]
    assert PlannedList(["a"], Reads()) == ["a"]
