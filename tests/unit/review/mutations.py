"""For each policy the changes of a plan, made by a machine in one place, that it has to catch."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from hypothesis import strategies as st

from compliance_tf.model.allow_list import SINGLETONS
from compliance_tf.review.policies import access, completeness, drift, names, recording, rules, scope, state, table
from tests.unit.review import builders
from tests.unit.review.builders import allow, delete, document, of_type, resource_change, trust, update

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import SearchStrategy

    from compliance_tf.review.policies import Policy
    from tests.unit.review.builders import PlanJson

_T = TypeVar("_T")


class Draw:
    """Draws what a machine may choose."""

    def __init__(self, data: st.DataObject) -> None:
        self._data = data

    def __call__(self, strategy: SearchStrategy[_T]) -> _T:
        return self._data.draw(strategy)

    def one(self, *choices: _T) -> _T:
        return self(st.sampled_from(choices))

    def coin(self) -> bool:
        return self(st.booleans())

    def any(self, plan: PlanJson) -> dict[str, Any]:
        """Any resource."""
        resources = plan["resource_changes"]
        found: dict[str, Any] = resources[self(st.integers(0, len(resources) - 1))]
        return found

    def resource(self, plan: PlanJson, type_: str) -> dict[str, Any]:
        """Any resource of a type."""
        resources = of_type(plan, type_)
        return resources[self(st.integers(0, len(resources) - 1))]

    def insert(self, plan: PlanJson, resource: dict[str, Any], where: str = "resource_changes") -> None:
        """Put a resource somewhere."""
        plan[where].insert(self(st.integers(0, len(plan[where]))), resource)


@dataclass(frozen=True)
class Mutation:
    """A change of a plan, and the policy that catches it."""

    policy: Policy
    words: str
    mutate: Callable[[PlanJson, Draw], None]

    def __str__(self) -> str:
        return f"{self.policy.id}: {self.words}"


# What a stranger may do, and by which way it comes into the plan.


def _stranger(type_: str, label: str, draw: Draw) -> dict[str, Any]:
    stranger = resource_change(type_, label, {"name": f"acme-dev-{label}"})
    ways = ("no-op", "create", "update", "delete", "forget", "replace", "imported", "moved", "deposed", "nested")
    match draw.one(*ways):
        case "create":
            stranger["change"].update(actions=["create"], before=None)
        case "update":
            update(stranger, name="acme-dev-other")
        case "delete":
            delete(stranger)
        case "forget":
            delete(stranger, "forget")
        case "replace":
            stranger["change"]["actions"] = draw.one(["delete", "create"], ["create", "delete"])
        case "imported":
            stranger["change"]["importing"] = draw.one({"id": "default"}, {"unknown": True}, {"identity": {"a": "b"}})
        case "moved":
            stranger["previous_address"] = "aws_config_config_rule.keys"
        case "deposed":
            stranger["deposed"] = "0a1b2c3d"
            delete(stranger)
        case "nested":
            stranger["address"] = f'module.a["x"].module.b[0].{stranger["address"]}'
    return stranger


def _add_untrusted(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        draw.insert(plan, _stranger(draw.one(*types), "stranger", draw))

    return mutate


def _drift_of(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        drifted = resource_change(draw.one(*types), "stranger", {"name": "default"})
        if draw.coin():
            update(drifted, name="other")
        else:
            delete(drifted)
        draw.insert(plan, drifted, "resource_drift")

    return mutate


def _turn_into(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        draw.any(plan)["type"] = draw.one(*types)

    return mutate


_SINGLETONS = (*sorted(SINGLETONS), "awscc_config_configuration_recorder", "awscc_config_delivery_channel")
_STRANGERS = ("aws_s3_bucket", "null_resource", "aws_iam_user", "aws_lambda_function_url", "terraform_data")


def _recorder_by_cloud_control(plan: PlanJson, draw: Draw) -> None:
    type_name = draw.one("AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel", None)
    unknown = {} if type_name else {"type_name": True}
    values = {"type_name": type_name} if type_name else {}
    by_cloud_control = resource_change("aws_cloudcontrolapi_resource", "any", values)
    by_cloud_control["change"].update(actions=["create"], before=None, after_unknown=unknown)
    draw.insert(plan, by_cloud_control)


def _other_provider(plan: PlanJson, draw: Draw) -> None:
    draw.any(plan)["provider_name"] = draw.one("registry.terraform.io/acme/aws", "", "aws")


def _configured(plan: PlanJson, draw: Draw) -> dict[str, Any]:
    """Any resource of the configuration, perhaps put into a module that is put into a module."""
    root = plan["configuration"]["root_module"]
    found: dict[str, Any] = root["resources"][draw(st.integers(0, len(root["resources"]) - 1))]
    for name in draw(st.lists(st.sampled_from("abc"), max_size=2)):
        root = {"module_calls": {name: {"module": root}}}
    plan["configuration"]["root_module"] = root
    return found


def _provision(plan: PlanJson, draw: Draw) -> None:
    _configured(plan, draw)["provisioners"] = [{"type": draw.one("local-exec", "remote-exec", "file")}]


def _program_at_apply(plan: PlanJson, draw: Draw) -> None:
    program = resource_change("external", "program", {"program": ["sh"]}, actions=["read"])
    draw.insert(plan, {**program, "mode": "data"})


# The table


def _send_elsewhere(plan: PlanJson, draw: Draw) -> None:
    providers = plan["configuration"]["provider_config"]
    expressions = providers["aws"]["expressions"]
    reference = {"references": ["var.region"]}
    match draw.one("region", "unknown", "setting", "alias", "none"):
        case "region":
            expressions["region"]["constant_value"] = draw.one("eu-west-2", "", None, 7)
        case "unknown":
            expressions["region"] = draw.one(reference, {"constant_value": "eu-west-1", **reference}, [])
        case "setting":
            expressions[draw.one("assume_role", "endpoints", "profile", "access_key")] = {"constant_value": "x"}
        case "alias":
            other = deepcopy(providers["aws"])
            other["expressions"]["region"]["constant_value"] = "us-east-1"
            providers[draw.one("aws.other", "module.a:aws")] = other
        case "none":
            del providers["aws"]


def _lose_table(plan: PlanJson, draw: Draw) -> None:
    [one] = of_type(plan, "aws_dynamodb_table")
    way = draw.one("delete", "forget", "replace", "deposed")
    if way == "replace":
        one["change"]["actions"] = draw.one(["delete", "create"], ["create", "delete"], ["create", "forget"])
    elif way == "deposed":
        remainder = deepcopy(one)
        remainder["deposed"] = "0a1b2c3d"
        delete(remainder)
        draw.insert(plan, remainder)
    else:
        delete(one, way)


_SAFEGUARDS: tuple[tuple[str, str | None, tuple[object, ...]], ...] = (
    ("deletion_protection_enabled", None, (False, None, "false")),
    ("point_in_time_recovery", "enabled", (False, None, "false")),
    ("server_side_encryption", "enabled", (False, None, "false")),
    ("server_side_encryption", "kms_key_arn", ("", None, "arn:aws:kms:eu-west-1:999999999999:key/other")),
)


def _weaken_table(plan: PlanJson, draw: Draw) -> None:
    [one] = of_type(plan, "aws_dynamodb_table")
    name, member, values = draw.one(*_SAFEGUARDS)
    if member is None:
        update(one, **{name: draw.one(*values)})
    else:
        update(one, **{name: draw.one([], None, [{**one["change"]["after"][name][0], member: draw.one(*values)}])})


# Permissions


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


# Names, state, rules and what else there is


def _rename(plan: PlanJson, draw: Draw) -> None:
    type_, attribute = draw.one(*sorted(_NAMES.items()))
    one = draw.resource(plan, type_)
    name: str = one["change"]["after"][attribute]
    of_others = (name.replace("-dev-", "-prod-"), name.replace("acme-", "rival-"), name[1:])
    other = draw.one("landing-zone", *of_others, None, 7)
    update(one, **{attribute: other})
    if draw.coin():
        one["change"].update(actions=["create"], before=None)


_NAMES = {
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_event_target": "rule",
    "aws_cloudwatch_log_group": "name",
    "aws_config_config_rule": "name",
    "aws_dynamodb_table": "name",
    "aws_iam_role": "name",
    "aws_iam_role_policy": "role",
    "aws_lambda_function": "function_name",
    "aws_lambda_function_event_invoke_config": "function_name",
    "aws_lambda_permission": "function_name",
}


def _other_role(plan: PlanJson, draw: Draw) -> None:
    other = draw.one("arn:aws:iam::111122223333:role/admin", "arn:aws:iam::111122223333:role/acme-prod-record", None)
    update(draw.resource(plan, "aws_lambda_function"), role=other)


def _relocate(plan: PlanJson, draw: Draw) -> None:
    output = plan["output_changes"]["deployment"]
    member = draw.one("project", "region", "workspace", "state")
    # What was, so that the names of this deployment stay right.
    output["before"][member] = draw.one("other", None, "", 7)
    output["actions"] = ["update"]


def _hide_location(plan: PlanJson, draw: Draw) -> None:
    output = plan["output_changes"]["deployment"]
    output.update(draw.one({"before": []}, {"before_sensitive": True}, {"before_sensitive": {"state": True}}))
    output["actions"] = ["update"]


def _drop_output(plan: PlanJson, draw: Draw) -> None:
    plan["output_changes"]["deployment"].update(actions=["delete"], after=None)
    update(draw.resource(plan, "aws_lambda_function"), memory_size=128)


def _remove_rules(least: int, most: int) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        rules = of_type(plan, "aws_config_config_rule")
        count = draw(st.integers(least, min(most, len(rules))))
        for number in draw(st.permutations(range(len(rules))))[:count]:
            one = rules[number]
            match draw.one("delete", "forget", "renamed", "deposed"):
                case "renamed":
                    one["change"]["actions"] = ["delete", "create"]
                    one["change"]["after"]["name"] += "-new"
                case "deposed":
                    one["deposed"] = "0a1b2c3d"
                    delete(one)
                case action:
                    delete(one, action)

    return mutate


def _remove_many(plan: PlanJson, draw: Draw) -> None:
    for number in range(11):
        draw.insert(plan, resource_change("aws_config_config_rule", f"r{number}", builders.rule(f"r{number}")))
    _remove_rules(11, 14)(plan, draw)


def _remove_remainder(plan: PlanJson, draw: Draw) -> None:
    """Delete what is left of a rule whose successor has its name, by which AWS Config goes."""
    remainder = deepcopy(draw.resource(plan, "aws_config_config_rule"))
    remainder["deposed"] = "0a1b2c3d"
    delete(remainder)
    draw.insert(plan, remainder)


def _waive(plan: PlanJson, draw: Draw) -> None:
    output = plan["output_changes"]["waivers"]
    output["actions"] = ["update"]
    known = output["after"]
    output["after"] = draw.one([*known, "new"], ["new", *known], ["new"], "new", {"new": ""}, 7)


def _stop(plan: PlanJson, draw: Draw) -> None:
    triggers = ("aws_cloudwatch_event_rule", "aws_cloudwatch_event_target", "aws_lambda_permission")
    type_ = draw.one(*triggers, "aws_lambda_function", "aws_iam_role", "aws_iam_role_policy")
    delete(draw.resource(plan, type_), draw.one("delete", "forget"))


def _switch_off(plan: PlanJson, draw: Draw) -> None:
    changes = (("state", "DISABLED"), ("event_pattern", '{"source":["nobody"]}'), ("event_pattern", None))
    attribute, value = draw.one(*changes)
    update(draw.resource(plan, "aws_cloudwatch_event_rule"), **{attribute: value})


def _reassign(plan: PlanJson, draw: Draw) -> None:
    one = draw.any(plan)
    match draw.one("move", "import", "forget"):
        case "move":
            one["previous_address"] = "aws_iam_role.other"
        case "import":
            one["change"]["importing"] = draw.one({"id": "x"}, {"unknown": True}, {"identity": {"name": "x"}})
        case "forget":
            delete(one, "forget")


def _drift(plan: PlanJson, draw: Draw) -> None:
    one = deepcopy(draw.any(plan))
    attribute = draw.one(*sorted(one["change"]["after"]))
    match draw.one("gone", "changed", "more"):
        case "gone":
            delete(one)
        case "changed":
            others = [value for value in _OTHER_VALUES if value != one["change"]["after"][attribute]]
            update(one, **{attribute: draw.one(*others)})
        case "more":
            update(one, new="value")
    draw.insert(plan, one, "resource_drift")


_OTHER_VALUES = ("other", ["other"], [{"name": "other", "policy": document(allow("*"))}], 7, True)


def _incomplete(plan: PlanJson, draw: Draw) -> None:
    plan.update(draw.one({"complete": False}, {"errored": True}))


def _future(plan: PlanJson, draw: Draw) -> None:
    name = draw.one("deferred_changes", "action_invocations", "something_new")
    plan[name] = draw(st.sampled_from([[{"reason": "x"}], {"a": 1}, "text", 1, True]))


MUTATIONS = (
    Mutation(scope.RECORDER, "a recorder comes any way", _add_untrusted(_SINGLETONS)),
    Mutation(scope.RECORDER, "a recorder is in the drift", _drift_of(_SINGLETONS)),
    Mutation(scope.RECORDER, "a resource is of another type", _turn_into(_SINGLETONS)),
    Mutation(scope.RECORDER, "a recorder by a resource that can be anything", _recorder_by_cloud_control),
    Mutation(scope.ALLOW_LIST, "a stranger comes any way", _add_untrusted(_STRANGERS)),
    Mutation(scope.ALLOW_LIST, "a stranger is in the drift", _drift_of(_STRANGERS)),
    Mutation(scope.ALLOW_LIST, "a resource is of another type", _turn_into(_STRANGERS)),
    Mutation(scope.ALLOW_LIST, "another provider", _other_provider),
    Mutation(scope.PROVISIONERS, "a provisioner in any module", _provision),
    Mutation(scope.PROVISIONERS, "a program as a data source", _program_at_apply),
    Mutation(scope.ELSEWHERE, "the provider works elsewhere", _send_elsewhere),
    Mutation(table.LOST, "the table goes any way", _lose_table),
    Mutation(table.UNPROTECTED, "a safeguard goes", _weaken_table),
    Mutation(access.ADMINISTRATION, "a wildcard", _administer),
    Mutation(access.ADMINISTRATION, "a policy of AWS", _attach_administration),
    Mutation(access.PUBLIC, "anyone assumes a role", _open_trust),
    Mutation(access.PUBLIC, "anyone invokes a function", _open_invocation),
    Mutation(access.SOURCELESS, "no source", _drop_source),
    Mutation(access.WIDENED, "an action more", _widen),
    Mutation(access.WIDENED, "a policy goes to another role", _take_the_place),
    Mutation(access.WIDENED, "another principal may assume a role", _widen_trust),
    Mutation(access.WIDENED, "another invocation", _widen_invocation),
    Mutation(access.WIDENED, "the boundary goes", _drop_boundary),
    Mutation(access.WIDENED, "a denial goes", _drop_denial),
    Mutation(names.UNSCOPED, "another name", _rename),
    Mutation(names.UNSCOPED, "a function with the role of others", _other_role),
    Mutation(state.RELOCATED, "it was another deployment", _relocate),
    Mutation(state.RELOCATED, "which it was cannot be seen", _hide_location),
    Mutation(state.RELOCATED, "the output goes", _drop_output),
    Mutation(state.REASSIGNED, "moved, imported or forgotten", _reassign),
    Mutation(rules.REMOVED, "some rules go", _remove_rules(1, 3)),
    Mutation(rules.REMOVED, "the remainder of a rule goes", _remove_remainder),
    Mutation(rules.REMOVED_AT_ONCE, "many rules go", _remove_many),
    Mutation(rules.WAIVED, "a waiver more", _waive),
    Mutation(recording.STOPPED, "a part goes", _stop),
    Mutation(recording.STOPPED, "events are not taken any more", _switch_off),
    Mutation(drift.DRIFT, "somebody changed something", _drift),
    Mutation(completeness.INCOMPLETE, "not whole", _incomplete),
    Mutation(completeness.NOT_UNDERSTOOD, "something new", _future),
)
