"""What completes a resource is found by its name, or by what the configuration refers to."""

from __future__ import annotations

from typing import Any

import pytest

from compliance_tf.review.resources.judgement import Outcome
from tests.unit.review.resources.builders import change, configured, judged, outcomes, plan_json, reasons, reference

BLOCK = {"block_public_acls": True, "block_public_policy": True, "ignore_public_acls": True}
OPEN = '{"Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Principal":"*"}]}'
POLICY = "aws_s3_bucket_policy.p"
RULE = "bucket-policy-principals"


def bucket(address: str) -> dict[str, Any]:
    return change(address, {}, unknown={"bucket": True, "id": True, "arn": True, "policy": True})


def policy(address: str = POLICY) -> dict[str, Any]:
    return change(address, {"policy": OPEN}, unknown={"bucket": True, "id": True})


def found(plan: dict[str, Any], rule: str = RULE) -> dict[str, Outcome]:
    return {address: outcome for (one, address), outcome in outcomes(judged(plan)).items() if one == rule}


def test_a_reference_joins_one_bucket_and_leaves_the_others_alone() -> None:
    plan = plan_json(
        [bucket("aws_s3_bucket.a"), bucket("aws_s3_bucket.b"), policy()],
        [configured("aws_s3_bucket.a"), configured("aws_s3_bucket.b"), configured(POLICY, bucket="aws_s3_bucket.b.id")],
    )
    assert found(plan) == {"aws_s3_bucket.a": Outcome.COMPLIANT, "aws_s3_bucket.b": Outcome.VIOLATION}


@pytest.mark.parametrize("own_key", ["each.key", "each.value", "count.index"])
def test_instances_are_joined_by_their_keys(own_key: str) -> None:
    keys = [0, 1] if own_key == "count.index" else ['"x"', r'"y\".\n"']
    resources = [
        configured("aws_s3_bucket.a"),
        configured(POLICY, bucket={"references": ["aws_s3_bucket.a", own_key]}),
    ]
    changes = [bucket(f"aws_s3_bucket.a[{key}]") for key in keys] + [policy(f"{POLICY}[{keys[1]}]")]
    assert list(found(plan_json(changes, resources)).values()) == [Outcome.COMPLIANT, Outcome.VIOLATION]


def test_keys_are_read_as_terraform_writes_them() -> None:
    r"""``a"\b${c}`` with a line break and a character without width."""
    key, written = 'a"\\b${c}\n\u200b', r"""["a\"\\b$${c}\n\u200b"]"""
    buckets = [bucket("aws_s3_bucket.a"), bucket('aws_s3_bucket.a["z"]')]
    buckets[0] |= {"address": f"aws_s3_bucket.a{written}", "index": key}
    of_module = {**policy(), "address": f"module.m{written}.{POLICY}", "module_address": f"module.m{written}"}
    by_key = {"references": [f"aws_s3_bucket.a{written}.id", f"aws_s3_bucket.a{written}", "aws_s3_bucket.a"]}
    same_key = {"references": ["aws_s3_bucket.a", "each.key"]}
    module = {
        "m": {
            "expressions": {"bucket": same_key},
            "module": {"resources": [configured(POLICY, bucket="var.bucket")]},
        }
    }
    expected = {f"aws_s3_bucket.a{written}": Outcome.VIOLATION, 'aws_s3_bucket.a["z"]': Outcome.COMPLIANT}
    resources = [configured("aws_s3_bucket.a"), configured(POLICY, bucket=by_key)]
    assert found(plan_json([*buckets, policy()], resources)) == expected
    assert found(plan_json([*buckets, of_module], resources[:1], module)) == expected


def test_for_each_over_resources_is_followed() -> None:
    resources = [
        configured("aws_s3_bucket.a"),
        configured(POLICY, bucket={"references": ["each.value.id", "each.value"]})
        | {"for_each_expression": {"references": ["aws_s3_bucket.a"]}},
    ]
    changes = [bucket('aws_s3_bucket.a["x"]'), bucket('aws_s3_bucket.a["y"]'), policy(f'{POLICY}["y"]')]
    assert found(plan_json(changes, resources)) == {
        'aws_s3_bucket.a["x"]': Outcome.COMPLIANT,
        'aws_s3_bucket.a["y"]': Outcome.VIOLATION,
    }


def test_variables_and_outputs_of_modules_are_followed_to_the_instance() -> None:
    modules = {
        "m": {
            "module": {
                "resources": [configured("aws_s3_bucket.b")],
                "outputs": {"id": {"expression": reference("aws_s3_bucket.b.id")}},
            }
        },
        "p": {
            "expressions": {"target": {"references": ['module.m["x"].id', 'module.m["x"]']}},
            "module": {"resources": [configured(POLICY, bucket={"references": ["var.target"]})]},
        },
    }
    changes = [
        bucket('module.m["x"].aws_s3_bucket.b'),
        bucket('module.m["y"].aws_s3_bucket.b'),
        policy(f"module.p.{POLICY}"),
    ]
    assert found(plan_json(changes, [], modules)) == {
        'module.m["x"].aws_s3_bucket.b': Outcome.VIOLATION,
        'module.m["y"].aws_s3_bucket.b': Outcome.COMPLIANT,
    }


def test_another_part_of_the_bucket_leads_to_it() -> None:
    block = "aws_s3_bucket_public_access_block.p"
    plan = plan_json(
        [bucket("aws_s3_bucket.a"), change(block, BLOCK, unknown={"bucket": True, "id": True}), policy()],
        [
            configured("aws_s3_bucket.a"),
            configured(block, bucket="aws_s3_bucket.a.id"),
            configured(POLICY, bucket=f"{block}.bucket"),
        ],
    )
    assert found(plan) == {"aws_s3_bucket.a": Outcome.VIOLATION}


@pytest.mark.parametrize(
    "references",
    [["local.name"], [], ["aws_s3_bucket.a.id", "aws_s3_bucket.a", "aws_s3_bucket.b.id", "aws_s3_bucket.b"]],
)
def test_a_part_of_which_the_bucket_cannot_be_known_leaves_all_undecided(references: list[str]) -> None:
    plan = plan_json(
        [bucket("aws_s3_bucket.a"), bucket("aws_s3_bucket.b"), policy()],
        [
            configured("aws_s3_bucket.a"),
            configured("aws_s3_bucket.b"),
            configured(POLICY, bucket={"references": references}),
        ],
    )
    assert set(found(plan).values()) == {Outcome.UNDECIDED}
    assert "aws_s3_bucket_policy.p.bucket" in reasons(judged(plan), RULE, "aws_s3_bucket.a")
    assert [address for address, _ in judged(plan).unresolved_parts] == [POLICY]


def test_a_part_of_a_bucket_that_is_not_in_the_plan_is_named() -> None:
    plan = plan_json([change(POLICY, {"bucket": "elsewhere", "policy": OPEN})], [configured(POLICY)])
    assert judged(plan).judgements == ()
    [(address, reason)] = judged(plan).unresolved_parts
    assert address == POLICY
    assert "'elsewhere'" in reason


def test_a_bucket_whose_policy_changes_is_judged_and_one_that_stays_only_with_all() -> None:
    state = {"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": None}
    stays = change("aws_s3_bucket.b", state, before=state, actions=("no-op",))
    gains = change(POLICY, {"bucket": "b", "policy": OPEN})
    resources = [configured("aws_s3_bucket.b"), configured(POLICY, bucket="aws_s3_bucket.b.id")]
    assert found(plan_json([stays, gains], resources)) == {"aws_s3_bucket.b": Outcome.VIOLATION}

    left = plan_json([stays], resources)
    assert judged(left).judgements == ()
    assert judged(left).unchanged == 1
    assert outcomes(judged(left, every=True))[RULE, "aws_s3_bucket.b"] is Outcome.COMPLIANT


def test_a_policy_that_is_destroyed_is_there_no_more() -> None:
    state = {"bucket": "b", "id": "b", "arn": "arn:aws:s3:::b", "policy": OPEN}
    plan = plan_json(
        [
            change("aws_s3_bucket.b", state, before=state, actions=("no-op",)),
            change(POLICY, None, before={"bucket": "b", "policy": OPEN}, actions=("delete",)),
        ],
        [configured("aws_s3_bucket.b")],
    )
    assert found(plan) == {"aws_s3_bucket.b": Outcome.COMPLIANT}


def test_a_rule_that_is_destroyed_opens_a_group_no_more_and_a_new_one_does() -> None:
    entry = {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"], "description": ""}
    state = {"id": "sg-1", "name": "g", "ingress": [entry], "egress": [], "arn": None}
    rule = "aws_security_group_rule.r"
    values = {**entry, "type": "ingress", "security_group_id": "sg-1", "description": None}
    group = change("aws_security_group.g", state, before=state, actions=("no-op",))
    resources = [configured("aws_security_group.g"), configured(rule)]
    deleted = plan_json([group, change(rule, None, before=values, actions=("delete",))], resources)
    assert found(deleted, "security-group-ingress") == {"aws_security_group.g": Outcome.COMPLIANT}

    narrowed = {**values, "cidr_blocks": ["10.0.0.0/8"]}
    changed = plan_json([group, change(rule, narrowed, before=values, actions=("delete", "create"))], resources)
    assert found(changed, "security-group-ingress") == {"aws_security_group.g": Outcome.COMPLIANT}
    kept = plan_json([group, change(rule, values, before=values, actions=("update",))], resources)
    assert found(kept, "security-group-ingress") == {"aws_security_group.g": Outcome.VIOLATION}

    merged = {**state, "ingress": [{**entry, "cidr_blocks": ["10.0.0.0/8", "0.0.0.0/0"]}]}
    group = change("aws_security_group.g", merged, before=merged, actions=("no-op",))
    apart = plan_json([group, change(rule, None, before=values, actions=("delete",))], resources)
    assert found(apart, "security-group-ingress") == {"aws_security_group.g": Outcome.COMPLIANT}


ANYONE = '{"Statement":[{"Effect":"Allow","Action":"sqs:*","Resource":"*","Principal":"*"}]}'
INVOKED = {"principal": "*", "action": "lambda:InvokeFunction", "statement_id": "s"}


@pytest.mark.parametrize(
    ("rule", "resource", "part", "values"),
    [
        ("sqs-queue-access", "aws_sqs_queue.n", "aws_sqs_queue_policy.p", {"policy": ANYONE, "queue_url": "https://q/1/n"}),
        ("sns-topic-access", "aws_sns_topic.n", "aws_sns_topic_policy.p",
         {"policy": ANYONE, "arn": "arn:aws:sns::1:n"}),
        ("resource-policy-principals", "aws_lambda_function.n", "aws_lambda_permission.p",
         {**INVOKED, "function_name": "arn:aws:lambda:eu-west-1:111122223333:function:n:live"}),
        ("resource-policy-principals", "aws_lambda_function.n", "aws_lambda_permission.p",
         {**INVOKED, "function_name": "111122223333:function:n"}),
        ("iam-inline-wildcards", "aws_iam_role.n", "aws_iam_role_policy.p",
         {"role": "N", "name": "p", "policy": ANYONE}),
    ],
)  # fmt: skip
def test_a_part_that_names_its_resource_in_another_way_leaves_it_undecided(
    rule: str, resource: str, part: str, values: dict[str, str]
) -> None:
    names = {"name": "n", "function_name": "n", "inline_policy": [], "assume_role_policy": "{}"}
    new = change(resource, names, unknown={"arn": True, "url": True, "id": True, "policy": True})
    plan = plan_json([new, change(part, values)], [configured(resource), configured(part)])
    assert found(plan, rule) == {resource: Outcome.UNDECIDED}
    elsewhere = change(part, {key: value.replace("n", "x").replace("N", "x") for key, value in values.items()})
    assert found(plan_json([new, elsewhere], [configured(resource)]), rule) == {resource: Outcome.COMPLIANT}


def test_a_part_of_a_bucket_whose_name_is_sensitive_may_be_its_own() -> None:
    secret = change("aws_s3_bucket.b", {"bucket": "b", "policy": None}, sensitive={"bucket": True})
    plan = plan_json([secret, change(POLICY, {"bucket": "b", "policy": OPEN})], [configured("aws_s3_bucket.b")])
    assert found(plan) == {"aws_s3_bucket.b": Outcome.UNDECIDED}


ADMINISTRATION = "arn:aws:iam::aws:policy/AdministratorAccess"


def role(name: str) -> dict[str, Any]:
    values = {"name": name, "assume_role_policy": "{}", "inline_policy": [], "managed_policy_arns": []}
    return change(f"aws_iam_role.{name}", values, unknown={"arn": True})


@pytest.mark.parametrize(
    ("references", "other"),
    [(["aws_iam_role.a.name", "local.name"], Outcome.UNDECIDED), (["aws_iam_role.a.name"], Outcome.COMPLIANT)],
)
@pytest.mark.parametrize(
    "roles", [{"after": {"roles": ["a"]}, "unknown": [False, True]}, {"after": {}, "unknown": True}]
)
def test_names_in_a_list_that_nothing_explains_may_be_any(
    roles: dict[str, Any], references: list[str], other: Outcome
) -> None:
    attachment = "aws_iam_policy_attachment.p"
    values = {"policy_arn": ADMINISTRATION, **roles["after"]}
    plan = plan_json(
        [role("a"), role("b"), change(attachment, values, unknown={"roles": roles["unknown"]})],
        [
            configured("aws_iam_role.a"),
            configured("aws_iam_role.b"),
            configured(attachment, roles={"references": references}),
        ],
    )
    assert found(plan, "iam-banned-policies") == {"aws_iam_role.a": Outcome.VIOLATION, "aws_iam_role.b": other}


def test_what_attaches_all_policies_of_a_role_counts_as_well() -> None:
    exclusive = "aws_iam_role_policy_attachments_exclusive.all"
    attached = change(exclusive, {"role_name": "a", "policy_arns": [ADMINISTRATION]})
    plan = plan_json([role("a"), attached], [configured("aws_iam_role.a"), configured(exclusive)])
    assert found(plan, "iam-banned-policies") == {"aws_iam_role.a": Outcome.VIOLATION}


def test_resources_of_one_name_in_two_regions_have_their_own_parts() -> None:
    """Since version 6 of the provider a resource may have a region of its own."""
    regions = ("eu-west-1", "us-east-1")
    functions = [
        change(f"aws_lambda_function.{region}", {"function_name": "f", "region": region}, unknown={"arn": True})
        for region in regions
    ]
    opened = change("aws_lambda_permission.p", {**INVOKED, "function_name": "f", "region": "us-east-1"})
    plan = plan_json([*functions, opened], [configured(f"aws_lambda_function.{region}") for region in regions])
    assert found(plan, "resource-policy-principals") == {
        "aws_lambda_function.eu-west-1": Outcome.COMPLIANT,
        "aws_lambda_function.us-east-1": Outcome.VIOLATION,
    }


@pytest.mark.parametrize(
    ("account", "provider", "outcome"),
    [("111122223333", "aws.us_east_1", Outcome.COMPLIANT), ("999999999999", "aws", Outcome.VIOLATION)],
)
def test_an_account_s_block_counts_in_all_its_regions_and_in_no_other_account(
    account: str, provider: str, outcome: Outcome
) -> None:
    everything = {**BLOCK, "restrict_public_buckets": True}
    plan = plan_json(
        [
            change("aws_s3_bucket.b", {"bucket": "b", "acl": "private", "grant": []}),
            change("aws_s3_bucket_public_access_block.b", {"bucket": "b"}),
            change(POLICY, {"bucket": "b", "policy": OPEN}),
            change("aws_s3_account_public_access_block.a", {**everything, "account_id": account}),
        ],
        [
            configured("aws_s3_bucket.b") | {"provider_config_key": provider},
            configured("aws_s3_account_public_access_block.a"),
        ],
    )
    assert found(plan, "bucket-public-access") == {"aws_s3_bucket.b": outcome}
