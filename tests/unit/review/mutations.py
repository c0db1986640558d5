"""For each policy the changes of a plan, made by a machine in one place, that it has to catch."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from compliance_tf.review.policies import completeness, drift, names, results_table, rules, state
from tests.unit.review import builders
from tests.unit.review.builders import allow, delete, document, of_type, resource_change, update
from tests.unit.review.draw import Mutation
from tests.unit.review.mutations_of_access import ACCESS
from tests.unit.review.mutations_of_running import RUNNING, TYPES
from tests.unit.review.mutations_of_scope import SCOPE

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.review.builders import PlanJson
    from tests.unit.review.draw import Draw


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


def _go_to_another_account(plan: PlanJson, draw: Draw) -> None:
    (read,) = plan["prior_state"]["values"]["root_module"]["resources"]
    read["values"]["account_id"] = draw.one("444455556666", "1111222233334")


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


def _create_first(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    """Replace something by its like of the same name, which is created before the old one is destroyed."""

    def mutate(plan: PlanJson, draw: Draw) -> None:
        one = draw.resource(plan, draw.one(*types))
        one["change"]["actions"] = ["create", "delete"]

    return mutate


def _readdress(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    """Destroy something at one address, and have its like under the same name at another one."""

    def mutate(plan: PlanJson, draw: Draw) -> None:
        one = draw.resource(plan, draw.one(*types))
        other = deepcopy(one)
        other["address"] = draw.one(f"module.pack.{one['address']}", f"{one['address']}_new")
        if draw.coin():
            other["change"].update(actions=["create"], before=None)
        delete(one)
        draw.insert(plan, other)

    return mutate


def _name_twice(plan: PlanJson, draw: Draw) -> None:
    one = draw.resource(plan, draw.one(*TYPES))
    other = deepcopy(one)
    other["address"] = f"{one['address']}_new"
    if draw.coin():
        other["change"].update(actions=["create"], before=None)
    else:
        update(other, description="other")
    draw.insert(plan, other)


def _spell_twice(plan: PlanJson, draw: Draw) -> None:
    """Have one name at two addresses, once with AWS's default left out."""
    type_, attribute, spelled = draw.one(
        ("aws_cloudwatch_event_rule", "event_bus_name", builders.arn("events", "event-bus/default")),
        ("aws_cloudwatch_event_target", "event_bus_name", builders.arn("events", "event-bus/default")),
        ("aws_lambda_function_event_invoke_config", "qualifier", "$LATEST"),
    )
    one = deepcopy(draw.resource(plan, type_))
    one["address"] += "_new"
    one["change"]["after"][attribute] = spelled
    one["change"].update(actions=["create"], before=None)
    draw.insert(plan, one)


def _leave_behind(plan: PlanJson, draw: Draw) -> None:
    draw.any(plan)["change"]["actions"] = draw.one(["create", "forget"], ["forget", "create"])


def _waive(plan: PlanJson, draw: Draw) -> None:
    output = plan["output_changes"]["waivers"]
    output["actions"] = ["update"]
    known = output["after"]
    output["after"] = draw.one([*known, "new"], ["new", *known], ["new"], "new", {"new": ""}, 7)


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
    match draw.one("removed", "changed", "more"):
        case "removed":
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
    *SCOPE,
    *ACCESS,
    *RUNNING,
    Mutation(results_table.LOST, "the table goes any way", _lose_table),
    Mutation(results_table.UNPROTECTED, "a safeguard goes", _weaken_table),
    Mutation(names.UNSCOPED, "another name", _rename),
    Mutation(names.UNSCOPED, "a function with the role of others", _other_role),
    Mutation(names.SHARED, "a replacement is created first", _create_first(TYPES)),
    Mutation(names.SHARED, "another address", _readdress(TYPES)),
    Mutation(names.SHARED, "one name at two addresses", _name_twice),
    Mutation(names.SHARED, "one name in two spellings", _spell_twice),
    Mutation(state.RELOCATED, "it was another deployment", _relocate),
    Mutation(state.RELOCATED, "the credentials are of another account", _go_to_another_account),
    Mutation(state.RELOCATED, "which it was cannot be seen", _hide_location),
    Mutation(state.RELOCATED, "the output goes", _drop_output),
    Mutation(state.REASSIGNED, "moved, imported or forgotten", _reassign),
    Mutation(state.REASSIGNED, "replaced, and left in the account", _leave_behind),
    Mutation(rules.REMOVED, "some rules go", _remove_rules(1, 3)),
    Mutation(rules.REMOVED, "the remainder of a rule goes", _remove_remainder),
    Mutation(rules.REMOVED, "a rule's replacement is created first", _create_first(("aws_config_config_rule",))),
    Mutation(rules.REMOVED, "a rule gets another address", _readdress(("aws_config_config_rule",))),
    Mutation(rules.REMOVED_AT_ONCE, "many rules go", _remove_many),
    Mutation(rules.WAIVED, "a waiver more", _waive),
    Mutation(drift.DRIFT, "somebody changed something", _drift),
    Mutation(completeness.INCOMPLETE, "not whole", _incomplete),
    Mutation(completeness.NOT_UNDERSTOOD, "something new", _future),
)
