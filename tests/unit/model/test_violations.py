"""What a configuration may not declare is refused in every form that the language has."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_tf.errors import GuardError
from compliance_tf.model.allow_list import ALLOWED_TYPES, SINGLETONS
from compliance_tf.model.terraform_json import read_configuration
from compliance_tf.model.violations import violations
from tests.examples import few
from tests.terraform_forms import in_another_form

SEEDS = st.integers(0, 2**32).map(Random)  # noqa: S311 no secret
PROGRAM = ("python3", "${path.module}/assets/read_recorder.py")
TABLE = {"name": "results", "hash_key": "k"}


def resource(type_: str, **body: Any) -> dict[str, Any]:
    return {"resource": {type_: {"mine": body}}}


def data(type_: str, **body: Any) -> dict[str, Any]:
    return {"data": {type_: {"mine": body}}}


def terraform(**body: Any) -> dict[str, Any]:
    return {"terraform": body}


GROUP = "aws_cloudwatch_log_group"
BAD: dict[str, dict[str, Any]] = {
    **{type_: resource(type_) for type_ in sorted(SINGLETONS)},
    "a resource of an unknown type": resource("null_resource"),
    "a program in a resource without one": resource("terraform_data", input="x"),
    "a type in capitals": resource("AWS_IAM_ROLE"),
    "a type with a look-alike": resource("аws_iam_role"),  # noqa: RUF001 (a Cyrillic letter)
    "a provisioner": resource(GROUP, name="g", provisioner={"local-exec": {"command": "true"}}),
    "a connection": resource(GROUP, connection={"host": "h"}),
    "a dynamic block": resource(GROUP, dynamic={"tags": {"for_each": [1], "content": {}}}),
    "escaped arguments": resource(GROUP, _={"name": "g"}),
    "another provider": resource(GROUP, provider="aws.other"),
    "create_before_destroy": resource("aws_config_config_rule", lifecycle={"create_before_destroy": True}),
    "create_before_destroy as a text": resource("aws_iam_role", lifecycle={"create_before_destroy": "true"}),
    "an action's trigger": resource(GROUP, lifecycle={"action_trigger": {"events": ["after_create"]}}),
    "two tables": {"resource": {"aws_dynamodb_table": {"one": TABLE, "two": TABLE}}},
    "a table twice by count": resource("aws_dynamodb_table", **TABLE, count=2),
    "a table twice by for_each": resource("aws_dynamodb_table", **TABLE, for_each=["a", "b"]),
    "a table in another region": resource("aws_dynamodb_table", **TABLE, replica={"region_name": "us-east-1"}),
    "a table with the content of another": resource("aws_dynamodb_table", **TABLE, restore_source_name="theirs"),
    "a module": {"module": {"m": {"source": "acme/rules/aws"}}},
    "a removed block": {"removed": {"from": "aws_iam_role.r", "lifecycle": {"destroy": False}}},
    "an import": {"import": {"to": "aws_iam_role.r", "id": "somebody-elses"}},
    "a check": {"check": {"c": {"assert": {"condition": True, "error_message": "m"}}}},
    "an ephemeral resource": {"ephemeral": {"aws_secretsmanager_secret_version": {"s": {"secret_id": "s"}}}},
    "an action": {"action": {"aws_lambda_invoke": {"a": {"config": {}}}}},
    "a block that no version has yet": {"conjure": {"thing": {}}},
    "a block in capitals": {"Resource": {GROUP: {"g": {}}}},
    "another program": data("external", program=["sh", "-c", "true"]),
    "our program with an argument": data("external", program=[*PROGRAM, "--more"]),
    "our program elsewhere": data("external", program=list(PROGRAM), working_dir="/tmp"),  # noqa: S108
    "a program by an expression": data("external", program="${local.program}"),
    "a request": data("http", url="http://169.254.169.254/"),
    "an invocation": data("aws_lambda_invocation", function_name="f", input="{}"),
    "another state": data("terraform_remote_state", backend="s3"),
    "a secret": data("aws_secretsmanager_secret_version", secret_id="s"),  # noqa: S106 (its name)
    "any Cloud Control type": data("aws_cloudcontrolapi_resource", type_name="AWS::IAM::User", identifier="u"),
    "a role for Cloud Control": data(
        "aws_cloudcontrolapi_resource", type_name="AWS::Config::ConfigurationRecorder", role_arn="arn"
    ),
    "an endpoint": {"provider": {"aws": {"region": "eu-west-1", "endpoints": {"config": "http://h"}}}},
    "a role of the provider": {"provider": {"aws": {"assume_role": {"role_arn": "arn"}}}},
    "a profile of the provider": {"provider": {"aws": {"profile": "p"}}},
    "keys of the provider": {"provider": {"aws": {"access_key": "a", "secret_key": "s"}}},
    "a second AWS provider": {"provider": {"aws": {"alias": "other", "region": "us-east-1"}}},
    "another provider block": {"provider": {"google": {}}},
    "a provider from elsewhere": terraform(required_providers={"aws": {"source": "evil/aws", "version": "1.0.0"}}),
    "an unknown provider": terraform(required_providers={"null": {"source": "hashicorp/null"}}),
    "an unknown provider by its version": terraform(required_providers={"null": "3.0.0"}),
    "an unknown backend": terraform(backend={"http": {"address": "http://h"}}),
    "an endpoint of the backend": terraform(backend={"s3": {"bucket": "b", "endpoints": {"s3": "http://h"}}}),
    "a cloud block": terraform(cloud={"organization": "o"}),
    "experiments": terraform(experiments=["x"]),
    "an unknown argument of an output": {"output": {"o": {"value": 1, "provisioner": {"local-exec": {}}}}},
}
GOOD: dict[str, Any] = {
    "terraform": {
        "required_version": ">= 1.10",
        "required_providers": {
            "aws": {"source": "aws", "version": "5.100.0"},
            "external": {"source": "hashicorp/external", "version": "2.3.5"},
        },
        "backend": {"local": {"path": "p", "workspace_dir": "w"}},
    },
    "provider": {"aws": {"region": "eu-west-1", "default_tags": [{"tags": {"dynamic": "a", "provisioner": "b"}}]}},
    "variable": {"v": {"type": "string"}},
    "locals": {"provisioner": 1},
    "output": {"o": {"value": {"module": 1}}},
    "moved": {"from": "aws_iam_role.a", "to": "aws_iam_role.b"},
    "data": {"external": {"recorder": {"program": list(PROGRAM), "query": {"name": "default"}}}},
    "resource": {
        **{type_: {"mine": {"name": "n", "tags": {"provisioner": "p"}}} for type_ in sorted(ALLOWED_TYPES)},
        "aws_config_config_rule": {
            "one": {"count": 1, "provider": "aws", "lifecycle": {"create_before_destroy": False}, "provisioner": None}
        },
    },
}


def refused(configuration: object) -> list[str]:
    return [str(violation) for violation in violations(configuration, program=PROGRAM)]


@pytest.mark.parametrize("name", BAD)
@few(10)  # of each of all these
@given(random=SEEDS)
def test_what_is_refused_is_refused_in_any_form_and_beside_anything(name: str, random: Random) -> None:
    bad = BAD[name]
    assert refused(bad)
    assert refused(in_another_form(bad, random))
    beside = {**GOOD, **{kind: _merged(GOOD.get(kind, {}), value) for kind, value in bad.items()}}
    assert refused(in_another_form(beside, random))


def _merged(one: Any, other: Any) -> Any:
    if isinstance(one, dict) and isinstance(other, dict):
        return {**one, **{name: _merged(one.get(name), value) for name, value in other.items()}}
    return other


@given(random=SEEDS)
def test_what_is_allowed_is_allowed_in_any_form(random: Random) -> None:
    assert refused(GOOD) == []
    assert refused(in_another_form(GOOD, random)) == []


PREFIX = "acme-${terraform.workspace}-"
THEIRS = {
    "aws_iam_role_policy": {"name": "theirs", "role": f"{PREFIX}record"},
    "aws_lambda_permission": {"statement_id": "theirs", "function_name": f"{PREFIX}record"},
}


@pytest.mark.parametrize(
    ("reference", "refused"),
    [
        ("aws_iam_role.r.name", 0),
        ("aws_iam_role.r[0].name", 0),
        ("aws_lambda_function.f.function_name", 0),
        ("aws_iam_role_policy.mine.name", 1),
        ("aws_lambda_permission.mine.id", 1),
        ("aws_lambda_permission.mine.statement_id", 1),
        ("aws_iam_role.r.description", 1),
    ],
)
def test_a_name_may_be_that_of_another_resource_but_no_text_of_it(reference: str, refused: int) -> None:
    named = {"aws_iam_role_policy_attachment": {"a": {"role": f"${{{reference}}}", "policy_arn": "p"}}}
    resources = {**{type_: {"mine": body} for type_, body in THEIRS.items()}, **named}
    found = [str(one) for one in violations({"resource": resources}, prefix=PREFIX)]
    assert [one.partition(":")[0] for one in found] == ["aws_iam_role_policy_attachment.a"] * refused


@pytest.mark.parametrize("body", [None, [None], [[{}]], {}])
def test_an_empty_block_is_a_block_wherever_terraform_takes_it_for_one(body: object) -> None:
    found = refused({"resource": {"aws_config_configuration_recorder": {"mine": body}}})
    assert bool(found) == (body is not None)


@pytest.mark.parametrize("value", ["text", 1, True, [["text"]], {GROUP: "text"}, {GROUP: {"g": "text"}}])
def test_what_stands_where_a_block_is_expected_is_refused(value: object) -> None:
    (message,) = refused({"resource": value})
    assert "is where a block is expected: write an object" in message


def test_a_configuration_nested_a_hundred_thousand_deep_is_read() -> None:
    nested: Any = {GROUP: {"g": {}}}
    for _ in range(100_000):
        nested = [nested]
    assert refused({"resource": nested}) == []


def test_a_file_is_refused_whose_meaning_depends_on_the_parser() -> None:
    with pytest.raises(GuardError, match='member "resource" occurs twice'):
        read_configuration('{"resource": {}, "resource": {}}')
    with pytest.raises(GuardError, match="nested too deeply"):
        read_configuration('{"a":' * 200_000)
    with pytest.raises(GuardError, match="not JSON"):
        read_configuration("{")
    assert read_configuration(json.dumps(GOOD)) == GOOD


VALIDATION = {"condition": "${var.workspace == terraform.workspace}", "error_message": "m"}
CHOSEN = {"condition": '${contains(["dev"], terraform.workspace)}', "error_message": "m"}
FIXED: dict[str, Any] = {
    "variable": {"workspace": {"type": "string", "default": "", "nullable": False, "validation": [VALIDATION]}},
    "data": {
        "aws_cloudcontrolapi_resource": {
            "recorder": {
                "type_name": "AWS::Config::ConfigurationRecorder",
                "for_each": {"advice": "default"},
                "lifecycle": {"precondition": [CHOSEN]},
            }
        }
    },
}


def with_fixed(kind: str, **changes: Any) -> dict[str, Any]:
    """The fixed blocks, of which one has other members: none where the value is None."""
    changed: dict[str, Any] = json.loads(json.dumps(FIXED))
    (holder,) = (changed["variable"],) if kind == "variable" else changed["data"].values()
    (name,) = holder
    holder[name] = {key: value for key, value in {**holder[name], **changes}.items() if value is not None}
    return changed


WEAKENED = {
    "no variable": {"data": FIXED["data"]},
    "no data source": {"variable": FIXED["variable"]},
    "nothing": {},
    "an empty variable": {**FIXED, "variable": {"workspace": {}}},
    "a variable as a null": {**FIXED, "variable": {"workspace": None}},
    "a variable twice": {**FIXED, "variable": [FIXED["variable"], {"workspace": {}}]},
    "a variable in parts": {**FIXED, "variable": {"workspace": [FIXED["variable"]["workspace"], {"default": "prod"}]}},
    "another default": with_fixed("variable", default="prod"),
    "a null as default": {**FIXED, "variable": {"workspace": {**FIXED["variable"]["workspace"], "default": None}}},
    "another type": with_fixed("variable", type="any"),
    "null is a value": with_fixed("variable", nullable=True),
    "no validation": with_fixed("variable", validation=None),
    "an empty validation": with_fixed("variable", validation=[]),
    "a validation that always holds": with_fixed("variable", validation=[{**VALIDATION, "condition": True}]),
    "no lifecycle": with_fixed("data", lifecycle=None),
    "a lifecycle as a list": with_fixed("data", lifecycle=[{}]),
    "no preconditions": with_fixed("data", lifecycle={"precondition": []}),
    "a precondition that is null": with_fixed("data", lifecycle={"precondition": [None]}),
    "a precondition that always holds": with_fixed("data", lifecycle={"precondition": [{**CHOSEN, "condition": True}]}),
    "no instance that would check it": with_fixed("data", for_each={}),
    "a count of none": with_fixed("data", for_each=None, count=0),
    "read after something was changed": with_fixed("data", depends_on=["aws_iam_role.mine"]),
    "another one with its name": {**FIXED, "data": {"aws_region": FIXED["data"]["aws_cloudcontrolapi_resource"]}},
}


@pytest.mark.parametrize("name", WEAKENED)
@given(random=SEEDS)
def test_a_check_of_the_workspace_that_is_missing_or_weaker_is_refused(name: str, random: Random) -> None:
    for form in (WEAKENED[name], in_another_form(WEAKENED[name], random)):
        assert any("not as the stack declares it" in str(one) for one in violations(form, fixed=FIXED))


def test_checks_of_the_workspace_that_are_as_declared_are_allowed_beside_others() -> None:
    commented = with_fixed("data", **{"//": {"metadata": {"path": "stack/recorder/reading"}}})
    others = {"variable": {**FIXED["variable"], "mine": {"default": ""}}, "resource": GOOD["resource"]}
    assert [*violations({**commented, **others}, fixed=FIXED)] == []


def test_each_refusal_names_the_place_and_the_reason() -> None:
    (message,) = refused(BAD["create_before_destroy"])
    assert message == (
        "aws_config_config_rule.mine: create_before_destroy is refused: AWS identifies it by its name, so the new one "
        "would overwrite the old one, and destroying the old one would remove both."
    )
    assert refused(BAD["a request"])[0].startswith("data.http.mine: a data source of type http is refused: ")
    assert refused({"import": [{"to": "a", "id": "b"}]})[0].endswith(
        "an import block is refused: an import takes over what somebody else made, and a destroy would remove it."
    )
