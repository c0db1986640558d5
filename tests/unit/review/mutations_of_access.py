"""Permissions that become more."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from compliance_tf.review.policies import access
from tests.unit.review import builders
from tests.unit.review.builders import allow, document, of_type, resource_change, trust, update
from tests.unit.review.draw import Mutation

if TYPE_CHECKING:
    from tests.unit.review.builders import PlanJson
    from tests.unit.review.draw import Draw


def _grant(plan: PlanJson, draw: Draw, statement: dict[str, Any]) -> None:
    """Let a role do more: in its policy, in a new policy, in itself, or in a policy that is attached to it."""
    owner = draw.resource(plan, "aws_iam_role_policy")
    role = owner["change"]["after"]["role"]
    match draw.one("policy", "new", "within", "own"):
        case "policy":
            update(owner, policy=document(statement))
        case "new":
            values = {"name": "new", "role": role, "policy": document(statement)}
            new = resource_change("aws_iam_role_policy", "new", values)
            new["change"].update(actions=["create"], before=None)
            draw.insert(plan, new)
        case "within":
            [one] = [one for one in of_type(plan, "aws_iam_role") if one["change"]["after"]["name"] == role]
            # Perhaps under the name of the policy that the deployment writes into it.
            name = draw.one("inline", owner["change"]["after"]["name"])
            update(one, inline_policy=[{"name": name, "policy": document(statement)}])
            for configured in plan["configuration"]["root_module"]["resources"]:
                if configured["address"] == one["address"]:
                    configured["expressions"]["inline_policy"] = [{}]
        case "own":
            own = resource_change("aws_iam_policy", "new", {"name": "acme-dev-new", "policy": document(statement)})
            own["change"].update(actions=["create"], before=None)
            draw.insert(plan, own)


def _widen(plan: PlanJson, draw: Draw) -> None:
    _grant(plan, draw, allow(draw.one("s3:GetObject", "config:*", "iam:PassRole"), draw.one("*", "arn:aws:s3:::a")))


def _take_the_place(plan: PlanJson, draw: Draw) -> None:
    """Replace the policy of one role by the same one for another role."""
    one = draw.resource(plan, "aws_iam_role_policy")
    other = draw.one(*(name for name in builders.FUNCTIONS if name != one["name"]))
    one["change"]["actions"] = ["delete", "create"]
    one["change"]["after"]["role"] = builders.role(other)["name"]


def _widen_trust(plan: PlanJson, draw: Draw) -> None:
    names = {"AWS": "999999999999", "Service": "ec2.amazonaws.com", "Federated": "accounts.google.com"}
    kind, principal = draw.one(*names.items())
    update(draw.resource(plan, "aws_iam_role"), assume_role_policy=trust({kind: principal}))


def _widen_invocation(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_lambda_permission")
    other = draw.one(*(name for name in builders.FUNCTIONS if name != one["name"]))
    changes = {
        "principal": "events.amazonaws.com",
        "source_account": "999999999999",
        "action": "lambda:*",
        "function_name": f"{builders.PREFIX}{other}",
    }
    attribute, value = draw.one(*changes.items())
    update(one, **{attribute: value})


def _drop_boundary(plan: PlanJson, draw: Draw) -> None:
    update(draw.resource(plan, "aws_iam_role"), permissions_boundary=draw.one(None, "", "arn:aws:iam::aws:policy/X"))


def _drop_denial(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_iam_role_policy")
    usual = allow("s3:*Object")
    one["change"]["before"]["policy"] = document(usual, {**allow("s3:DeleteObject"), "Effect": "Deny"})
    update(one, policy=document(usual))


_WILDCARDS = ("*", "s3:*", "iam*", "*:*", "s3:**", "kms:?*", "**")


def _administer(plan: PlanJson, draw: Draw) -> None:
    statement = draw.one(
        allow(draw.one(*_WILDCARDS)),
        allow(["s3:GetObject", draw.one(*_WILDCARDS)], "arn:aws:s3:::a"),
        {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::a"},
    )
    _grant(plan, draw, statement)


def _attach_administration(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_iam_role")
    policy = f"arn:aws:iam::aws:policy/{draw.one('AdministratorAccess', 'IAMFullAccess', 'AmazonS3FullAccess')}"
    if draw.coin():
        update(one, managed_policy_arns=[policy])
    else:
        values = {"role": one["change"]["after"]["name"], "policy_arn": policy}
        attached = resource_change("aws_iam_role_policy_attachment", "new", values)
        attached["change"].update(actions=["create"], before=None)
        draw.insert(plan, attached)


def _open_trust(plan: PlanJson, draw: Draw) -> None:
    principal = draw.one("*", {"AWS": "*"}, {"AWS": ["111122223333", "*"]})
    text = draw.one(
        trust(principal),
        document({"Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": {"AWS": "999999999999"}}),
    )
    update(draw.resource(plan, "aws_iam_role"), assume_role_policy=text)


def _open_invocation(plan: PlanJson, draw: Draw) -> None:
    change = draw.one({"principal": "*"}, {"function_url_auth_type": "NONE"})
    update(draw.resource(plan, "aws_lambda_permission"), **change)


def _drop_source(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, "aws_lambda_permission")
    update(
        one,
        source_account=draw.one(None, "", "*"),
        source_arn=draw.one(None, "", "arn:aws:s3:::b", "arn:aws:sns:*:*:x"),
    )
    # It is caught as well where it is so already.
    if draw.coin():
        one["change"].update(actions=["no-op"], before=deepcopy(one["change"]["after"]))


ACCESS = (
    Mutation(access.ADMINISTRATION, "a wildcard", _administer),
    Mutation(access.ADMINISTRATION, "a policy of AWS", _attach_administration),
    Mutation(access.PUBLIC, "anyone assumes a role", _open_trust),
    Mutation(access.PUBLIC, "anyone invokes a function", _open_invocation),
    Mutation(access.SOURCELESS, "no source", _drop_source),
    Mutation(access.PERMISSION_INCREASE, "an action more", _widen),
    Mutation(access.PERMISSION_INCREASE, "a policy goes to another role", _take_the_place),
    Mutation(access.PERMISSION_INCREASE, "another principal may assume a role", _widen_trust),
    Mutation(access.PERMISSION_INCREASE, "another invocation", _widen_invocation),
    Mutation(access.PERMISSION_INCREASE, "the boundary goes", _drop_boundary),
    Mutation(access.PERMISSION_INCREASE, "a denial goes", _drop_denial),
)
