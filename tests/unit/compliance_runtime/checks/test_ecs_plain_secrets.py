from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

import pytest

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.ecs_plain_secrets import CHECK, Parameters
from compliance_runtime.errors import EventError
from compliance_tf.testing import event_item
from compliance_tf.testing import verdict as judged

if TYPE_CHECKING:
    from collections.abc import Mapping


def container(variables: Mapping[str, str | None], name: str = "web") -> dict[str, Any]:
    environment = [{"Name": variable, "Value": value} for variable, value in variables.items()]
    return {"Name": name, "Environment": environment}


def verdict(*containers: Any, status: str = "ACTIVE", **parameters: Any) -> Verdict:
    configuration = {"Family": "shop", "Status": status, "ContainerDefinitions": list(containers)}
    return judged(
        CHECK, event_item("AWS::ECS::TaskDefinition", "shop:1", configuration=configuration), Parameters(**parameters)
    )


def test_the_variables_with_secrets_are_named_by_container_but_no_value() -> None:
    found = verdict(
        container({"STAGE": "prod", "DB_PASSWORD": "hunter2"}),
        container({"STAGE": "prod"}, "quiet"),
        container({"API_KEY": "s3cr3t", "URL": "amqp://u:pa55word@mq"}, "worker"),
    )

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "container web: DB_PASSWORD (by its name)" in found.reason
    assert "container worker: API_KEY (by its name), URL (password in a URL)" in found.reason
    assert "valueFrom" in found.reason
    assert not any(word in found.reason for word in ("hunter2", "s3cr3t", "pa55word", "quiet", "STAGE"))


@pytest.mark.parametrize(
    "definition",
    [
        {"Name": "web"},
        {"Name": "web", "Environment": None},
        container({"STAGE": "prod", "PASSWORD_FILE": "/run/secrets/db", "DB_PASSWORD": None, "TOKEN": ""}),
        container({}) | {"Secrets": [{"Name": "DB_PASSWORD", "ValueFrom": "arn:aws:ssm:x:1:parameter/db"}]},
    ],
)
def test_containers_without_secrets_are_compliant(definition: dict[str, Any]) -> None:
    assert verdict(definition).compliance is Compliance.COMPLIANT


def test_exempt_variables_may_be_called_like_secrets() -> None:
    definition = container({"CSRF_TOKEN": "x", "TEST_PASSWORD": "y"})

    assert verdict(definition, exempt_variables=("CSRF_TOKEN", "TEST_*")).compliance is Compliance.COMPLIANT
    assert "TEST_PASSWORD" in verdict(definition, exempt_variables=("CSRF_TOKEN",)).reason


def test_a_deregistered_definition_is_left_out() -> None:
    assert verdict(container({"DB_PASSWORD": "hunter2"}), status="INACTIVE").compliance is Compliance.NOT_APPLICABLE


@pytest.mark.parametrize(
    "containers",
    [
        [],
        ["DB_PASSWORD=hunter2"],
        [{"Name": "web", "Environment": "DB_PASSWORD=hunter2"}],
        [{"Name": "web", "Environment": {"DB_PASSWORD": "hunter2"}}],
        [{"Name": "web", "Environment": [{"Name": "DB_PASSWORD", "Value": ["hunter2"]}]}],
        [{"Name": "web", "Environment": [{"Name": ["hunter2"], "Value": "x"}]}],
        [{"Environment": [{"Name": "DB_PASSWORD", "Value": "hunter2"}]}],
    ],
)
def test_a_malformed_item_is_no_verdict_and_nothing_of_it_is_shown(containers: list[Any]) -> None:
    with pytest.raises(EventError, match="environment of a container") as raised:
        verdict(*containers)

    assert "hunter2" not in "".join(traceback.format_exception(raised.value))
