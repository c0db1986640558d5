from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.lambda_secrets import CHECK, Parameters
from compliance_runtime.errors import NotReadableError
from compliance_tf.testing import account_with, event_item
from compliance_tf.testing import verdict as judged
from tests.unit.compliance_runtime.builders import client

ITEM = event_item("AWS::Lambda::Function", "orders", configuration={"functionName": "orders", "runtime": "python3.13"})


def verdict(environment: dict[str, Any] | None, **parameters: Any) -> Verdict:
    """What is said of a function with this environment, which both forms of the item ask for."""
    lambda_client = client("lambda")
    answer = {"FunctionName": "orders"} | ({} if environment is None else {"Environment": environment})
    with Stubber(lambda_client) as stub:
        for _ in range(2):
            stub.add_response("get_function_configuration", answer, {"FunctionName": "orders"})
        return judged(CHECK, ITEM, Parameters(**parameters), account_with(**{"lambda": lambda_client}))


def test_the_variables_with_secrets_are_named_in_order_but_no_value() -> None:
    found = verdict({"Variables": {"STAGE": "prod", "DB_PASSWORD": "hunter2", "API_KEY": "s3cr3t"}})

    assert found.compliance is Compliance.NON_COMPLIANT
    assert "API_KEY (by its name), DB_PASSWORD (by its name)" in found.reason
    assert "STAGE" not in found.reason
    assert "hunter2" not in found.reason
    assert "s3cr3t" not in found.reason
    assert "Secrets Manager" in found.reason


@pytest.mark.parametrize(
    "environment", [None, {}, {"Variables": {}}, {"Variables": {"STAGE": "prod", "DB_SECRET_ARN": "arn:aws:x:::y"}}]
)
def test_a_function_without_secrets_is_compliant(environment: dict[str, Any] | None) -> None:
    assert verdict(environment).compliance is Compliance.COMPLIANT


def test_exempt_variables_may_be_called_like_secrets() -> None:
    variables = {"Variables": {"CSRF_TOKEN": "x", "TEST_PASSWORD": "y"}}

    assert verdict(variables, exempt_variables=("CSRF_TOKEN", "TEST_*")).compliance is Compliance.COMPLIANT
    assert "TEST_PASSWORD" in verdict(variables, exempt_variables=("CSRF_TOKEN",)).reason


def test_an_exempt_function_is_left_out_without_asking() -> None:
    exempt = judged(CHECK, ITEM, Parameters(exempt_functions=("ord*",)), account_with())

    assert exempt.compliance is Compliance.NOT_APPLICABLE


def test_variables_that_cannot_be_decrypted_are_no_verdict() -> None:
    error = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "hunter2"}}

    with pytest.raises(NotReadableError, match=r"function orders cannot be read \(AccessDeniedException\)") as raised:
        verdict(error)
    assert "hunter2" not in str(raised.value)


def test_a_function_that_is_deleted_by_now_is_left_out() -> None:
    lambda_client = client("lambda")
    with Stubber(lambda_client) as stub:
        for _ in range(2):
            stub.add_client_error("get_function_configuration", "ResourceNotFoundException")
        deleted = judged(CHECK, ITEM, Parameters(), account_with(**{"lambda": lambda_client}))

    assert deleted.compliance is Compliance.NOT_APPLICABLE


def test_what_aws_refuses_is_no_verdict() -> None:
    lambda_client = client("lambda")
    with Stubber(lambda_client) as stub:
        stub.add_client_error("get_function_configuration", "AccessDeniedException")
        with pytest.raises(ClientError, match="AccessDenied"):
            judged(CHECK, ITEM, Parameters(), account_with(**{"lambda": lambda_client}))
