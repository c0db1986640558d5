"""What a deployment does not consist of, and by which way it comes into the plan."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from compliance_tf.model.allow_list import SINGLETONS
from compliance_tf.review.policies import scope
from tests.unit.review.builders import delete, resource_change, update
from tests.unit.review.draw import Mutation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.review.builders import PlanJson
    from tests.unit.review.draw import Draw


def _unlisted(type_: str, label: str, draw: Draw) -> dict[str, Any]:
    unlisted = resource_change(type_, label, {"name": f"acme-dev-{label}"})
    ways = ("no-op", "create", "update", "delete", "forget", "replace", "imported", "moved", "deposed", "nested")
    match draw.one(*ways):
        case "create":
            unlisted["change"].update(actions=["create"], before=None)
        case "update":
            update(unlisted, name="acme-dev-other")
        case "delete":
            delete(unlisted)
        case "forget":
            delete(unlisted, "forget")
        case "replace":
            unlisted["change"]["actions"] = draw.one(["delete", "create"], ["create", "delete"])
        case "imported":
            unlisted["change"]["importing"] = draw.one({"id": "default"}, {"unknown": True}, {"identity": {"a": "b"}})
        case "moved":
            unlisted["previous_address"] = "aws_config_config_rule.keys"
        case "deposed":
            unlisted["deposed"] = "0a1b2c3d"
            delete(unlisted)
        case "nested":
            unlisted["address"] = f'module.a["x"].module.b[0].{unlisted["address"]}'
    return unlisted


def _add_untrusted(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        draw.insert(plan, _unlisted(draw.one(*types), "unlisted", draw))

    return mutate


def _drift_of(types: tuple[str, ...]) -> Callable[[PlanJson, Draw], None]:
    def mutate(plan: PlanJson, draw: Draw) -> None:
        drifted = resource_change(draw.one(*types), "unlisted", {"name": "default"})
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
_UNLISTED = ("aws_s3_bucket", "null_resource", "aws_iam_user", "aws_lambda_function_url", "terraform_data")


def _recorder_by_cloud_control(plan: PlanJson, draw: Draw) -> None:
    type_name = draw.one("AWS::Config::ConfigurationRecorder", "AWS::Config::DeliveryChannel", None)
    unknown = {} if type_name else {"type_name": True}
    values = {"type_name": type_name} if type_name else {}
    by_cloud_control = resource_change("aws_cloudcontrolapi_resource", "any", values)
    by_cloud_control["change"].update(actions=["create"], before=None, after_unknown=unknown)
    draw.insert(plan, by_cloud_control)


def _other_provider(plan: PlanJson, draw: Draw) -> None:
    draw.any(plan)["provider_name"] = draw.one(
        "registry.terraform.io/acme/aws", "registry.opentofu.org/acme/aws", "", "aws"
    )


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


def _act(plan: PlanJson, draw: Draw) -> None:
    name = draw.one("action_invocations", "deferred_action_invocations")
    plan[name] = [{"address": "action.aws_lambda_invoke.a", "type": "aws_lambda_invoke"}]


def _program_at_apply(plan: PlanJson, draw: Draw) -> None:
    program = resource_change("external", "program", {"program": ["sh"]}, actions=["read"])
    draw.insert(plan, {**program, "mode": "data"})


def _unlisted_data_source(plan: PlanJson, draw: Draw) -> None:
    type_ = draw.one("http", "terraform_remote_state", "aws_secretsmanager_secret_version", "aws_lambda_invocation")
    if draw.coin():
        configured = _configured(plan, draw)
        configured.update(address=f"data.{type_}.any", mode="data", type=type_)
        return
    read = resource_change(type_, "any", {"id": "any"}, actions=["read"], before=None)
    draw.insert(plan, {**read, "address": f"data.{type_}.any", "mode": "data"})


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


def _make_in_another_region(plan: PlanJson, draw: Draw) -> None:
    update(draw.any(plan), region=draw.one("us-east-1", 7))


SCOPE = (
    Mutation(scope.RECORDER, "a recorder comes any way", _add_untrusted(_SINGLETONS)),
    Mutation(scope.RECORDER, "a recorder is in the drift", _drift_of(_SINGLETONS)),
    Mutation(scope.RECORDER, "a resource is of another type", _turn_into(_SINGLETONS)),
    Mutation(scope.RECORDER, "a recorder by a resource that can be anything", _recorder_by_cloud_control),
    Mutation(scope.ALLOW_LIST, "an unlisted type comes any way", _add_untrusted(_UNLISTED)),
    Mutation(scope.ALLOW_LIST, "an unlisted type is in the drift", _drift_of(_UNLISTED)),
    Mutation(scope.ALLOW_LIST, "a resource is of another type", _turn_into(_UNLISTED)),
    Mutation(scope.ALLOW_LIST, "another provider", _other_provider),
    Mutation(scope.ALLOW_LIST, "a data source of another type", _unlisted_data_source),
    Mutation(scope.PROVISIONERS, "a provisioner in any module", _provision),
    Mutation(scope.PROVISIONERS, "a program as a data source", _program_at_apply),
    Mutation(scope.PROVISIONERS, "an action that a resource triggers", _act),
    Mutation(scope.ELSEWHERE, "the provider works elsewhere", _send_elsewhere),
    Mutation(scope.ELSEWHERE, "a resource has another region", _make_in_another_region),
)
