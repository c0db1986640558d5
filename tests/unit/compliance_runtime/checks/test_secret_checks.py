"""The checks of secrets in builds, stacks, jobs, state machines and user data."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, LookupCheck, Verdict
from compliance_runtime.checks.cloudformation_secrets import CHECK as STACKS
from compliance_runtime.checks.codebuild_secrets import CHECK as BUILDS
from compliance_runtime.checks.codebuild_secrets import Parameters as BuildParameters
from compliance_runtime.checks.ec2_user_data_secrets import CHECK as USER_DATA
from compliance_runtime.checks.glue_job_secrets import CHECK as JOBS
from compliance_runtime.checks.step_functions_secrets import CHECK as MACHINES
from compliance_runtime.errors import EventError
from compliance_tf.testing import account_with, event_item, verdict
from tests.unit.compliance_runtime.builders import client

WORD = "hunter" + "2"
MACHINE = "arn:aws:states:eu-central-1:123456789012:stateMachine:orders"


def asked(check: LookupCheck[Any], item: dict[str, Any], service: str, operation: str, answer: Any) -> Verdict:
    """What is said after the service gave this answer, an error's code or an object, to both forms of the item."""
    stubbed = client(service)
    with Stubber(stubbed) as stub:
        for _ in range(2):
            if isinstance(answer, str):
                stub.add_client_error(operation, answer)
            else:
                stub.add_response(operation, answer)
        return verdict(check, item, None, account_with(**{service: stubbed}))


def build(*variables: dict[str, Any], **members: Any) -> dict[str, Any]:
    configuration = {"name": "build", "environment": {"environmentVariables": list(variables)}} | members
    return event_item("AWS::CodeBuild::Project", "build", configuration=configuration)


def variable(name: str, value: str, kind: str | None = "PLAINTEXT") -> dict[str, Any]:
    return {"name": name, "value": value, "type": kind}


def test_plain_variables_of_builds_are_named_without_their_values() -> None:
    found = verdict(BUILDS, build(variable("STAGE", "prod"), variable("DB_PASSWORD", WORD), variable("X", WORD)))

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "DB_PASSWORD (by its name)" in found.reason
    assert WORD not in found.reason
    assert "STAGE" not in found.reason


@pytest.mark.parametrize("kind", ["PARAMETER_STORE", "SECRETS_MANAGER"])
def test_variables_that_only_name_secrets_comply(kind: str) -> None:
    assert verdict(BUILDS, build(variable("DB_PASSWORD", "orders-db", kind))).compliance is Compliance.COMPLIANT


def test_a_variable_without_a_type_is_plain() -> None:
    assert verdict(BUILDS, build(variable("DB_PASSWORD", WORD, None))).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize("member", ["source", "secondarySources"])
def test_a_buildspec_is_looked_through(member: str) -> None:
    spec = {"buildspec": f"env:\n  variables:\n    DB_PASSWORD: {WORD}\n"}

    found = verdict(BUILDS, build(**{member: [spec] if member == "secondarySources" else spec}))

    assert "buildspec (secret in a text)" in found.reason


def test_exempt_names_are_not_looked_at() -> None:
    found = verdict(BUILDS, build(variable("TEST_PASSWORD", WORD)), BuildParameters(exempt_names=("TEST_*",)))

    assert found.compliance is Compliance.COMPLIANT


def test_a_build_without_anything_complies() -> None:
    item = event_item("AWS::CodeBuild::Project", "build", configuration={"environment": None, "source": None})

    assert verdict(BUILDS, item).compliance is Compliance.COMPLIANT


def stack(outputs: dict[str, str], parameters: dict[str, str]) -> dict[str, Any]:
    configuration = {
        "outputs": [{"outputKey": key, "outputValue": value} for key, value in outputs.items()],
        "parameters": [{"parameterKey": key, "parameterValue": value} for key, value in parameters.items()],
    }
    return event_item("AWS::CloudFormation::Stack", "stack", configuration=configuration)


@pytest.mark.parametrize(
    "item",
    [
        stack({"DbPassword": WORD}, {}),
        stack({"Url": f"postgres://app:{WORD}@db/app"}, {}),
        stack({}, {"ApiKey": WORD}),
    ],
)
def test_outputs_and_parameters_of_stacks_are_looked_through(item: dict[str, Any]) -> None:
    found = verdict(STACKS, item)

    assert found.compliance is Compliance.NON_COMPLIANT
    assert WORD not in found.reason


def test_a_parameter_that_cloudformation_hides_complies() -> None:
    item = stack({"BucketName": "logs", "SecretArn": "arn:aws:secretsmanager:x:1:secret:y"}, {"DbPassword": "****"})

    assert verdict(STACKS, item).compliance is Compliance.COMPLIANT


JOB = event_item("AWS::Glue::Job", "load", configuration={"Name": "load"})


def test_arguments_of_jobs_are_looked_through() -> None:
    arguments = {"--db_password": WORD, "--TempDir": "s3://logs/tmp", "--job-language": "python"}

    found = asked(JOBS, JOB, "glue", "get_job", {"Job": {"Name": "load", "DefaultArguments": arguments}})

    assert "db_password (by its name)" in found.reason
    assert "TempDir" not in found.reason
    fixed = asked(JOBS, JOB, "glue", "get_job", {"Job": {"NonOverridableArguments": {"--conf": f"password={WORD}"}}})
    assert fixed.compliance is Compliance.NON_COMPLIANT
    assert asked(JOBS, JOB, "glue", "get_job", {"Job": {}}).compliance is Compliance.COMPLIANT
    assert asked(JOBS, JOB, "glue", "get_job", "EntityNotFoundException").compliance is Compliance.NOT_APPLICABLE


def machine(definition: str) -> Verdict:
    answer = {
        "stateMachineArn": MACHINE,
        "name": "orders",
        "definition": definition,
        "roleArn": "arn:aws:iam::123456789012:role/orders",
        "type": "STANDARD",
        "creationDate": "2026-01-01T00:00:00Z",
    }
    item = event_item("AWS::StepFunctions::StateMachine", MACHINE, arn=MACHINE)
    return asked(MACHINES, item, "stepfunctions", "describe_state_machine", answer)


def definition(parameters: dict[str, Any]) -> str:
    return json.dumps(
        {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:x", "Parameters": parameters}}}
    )


@pytest.mark.parametrize(
    "parameters",
    [
        {"password": WORD},
        {"Headers": {"Authorization": "Bearer " + "qX7bK2mVr9TzL4wHc8NjD3"}},
        {"Deep": [{"Token": ["x1y2z3"]}]},
    ],
)
def test_definitions_of_state_machines_are_looked_through(parameters: dict[str, Any]) -> None:
    assert machine(definition(parameters)).compliance is Compliance.NON_COMPLIANT


@pytest.mark.parametrize(
    "parameters",
    [
        {"password.$": "$.password"},
        {"Token.$": "$$.Task.Token"},
        {"Token": "{% $states.context.Task.Token %}"},
        {"SecretId": "orders-db", "TableName": "orders"},
    ],
)
def test_what_a_state_takes_from_its_input_complies(parameters: dict[str, Any]) -> None:
    assert machine(definition(parameters)).compliance is Compliance.COMPLIANT


def test_a_definition_that_is_no_json_is_no_verdict_and_not_quoted() -> None:
    with pytest.raises(EventError, match="definition") as raised:
        machine("password=" + WORD)

    assert WORD not in str(raised.value)


def test_a_state_machine_that_is_deleted_is_left_out() -> None:
    item = event_item("AWS::StepFunctions::StateMachine", MACHINE, arn=MACHINE)
    deleted = asked(MACHINES, item, "stepfunctions", "describe_state_machine", "StateMachineDoesNotExist")

    assert deleted.compliance is Compliance.NOT_APPLICABLE


SCRIPT = f"#!/bin/sh\nexport DB_PASSWORD={WORD}\n"
HARMLESS = "#!/bin/sh\nexport DB_PASSWORD=$(aws ssm get-parameter --name /db/password)\nyum update\n"
INSTANCE = event_item("AWS::EC2::Instance", "i-0123456789abcdef0", configuration={"state": {"name": "running"}})
TEMPLATE = event_item("AWS::EC2::LaunchTemplate", "lt-0123456789abcdef0", configuration={"Id": "lt-0123456789abcdef0"})


def encoded(text: str, *, compressed: bool = False) -> str:
    return b64encode(gzip.compress(text.encode()) if compressed else text.encode()).decode()


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize(
    ("script", "compliance"), [(SCRIPT, Compliance.NON_COMPLIANT), (HARMLESS, Compliance.COMPLIANT)]
)
def test_user_data_of_instances_is_looked_through(script: str, compliance: Compliance, *, compressed: bool) -> None:
    answer = {"InstanceId": "i-0123456789abcdef0", "UserData": {"Value": encoded(script, compressed=compressed)}}

    found = asked(USER_DATA, INSTANCE, "ec2", "describe_instance_attribute", answer)

    assert found.compliance is compliance
    assert WORD not in found.reason


@pytest.mark.parametrize("answer", [{}, {"UserData": {}}, {"UserData": {"Value": "%%%"}}])
def test_an_instance_without_user_data_complies(answer: dict[str, Any]) -> None:
    assert asked(USER_DATA, INSTANCE, "ec2", "describe_instance_attribute", answer).compliance is Compliance.COMPLIANT


def test_ended_instances_and_those_that_are_deleted_are_left_out() -> None:
    ended = event_item("AWS::EC2::Instance", "i-1", configuration={"state": {"name": "terminated"}})

    assert verdict(USER_DATA, ended, None, account_with()).compliance is Compliance.NOT_APPLICABLE
    deleted = asked(USER_DATA, INSTANCE, "ec2", "describe_instance_attribute", "InvalidInstanceID.NotFound")
    assert deleted.compliance is Compliance.NOT_APPLICABLE


def test_every_version_of_a_launch_template_is_looked_through() -> None:
    versions = [
        {"VersionNumber": 2, "LaunchTemplateData": {"UserData": encoded(HARMLESS)}},
        {"VersionNumber": 1, "LaunchTemplateData": {"UserData": encoded(SCRIPT)}},
        {"VersionNumber": 0, "LaunchTemplateData": {}},
    ]

    operation = "describe_launch_template_versions"
    found = asked(USER_DATA, TEMPLATE, "ec2", operation, {"LaunchTemplateVersions": versions})

    assert "version 1 (" in found.reason
    assert "version 2" not in found.reason
    deleted = asked(USER_DATA, TEMPLATE, "ec2", operation, "InvalidLaunchTemplateId.NotFound")
    assert deleted.compliance is Compliance.NOT_APPLICABLE


def test_a_launch_configuration_is_judged_as_recorded() -> None:
    item = event_item("AWS::AutoScaling::LaunchConfiguration", "web", configuration={"userData": encoded(SCRIPT)})

    assert verdict(USER_DATA, item, None, account_with()).compliance is Compliance.NON_COMPLIANT
