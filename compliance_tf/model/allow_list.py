"""What a deployment may consist of, and why of nothing else."""

from __future__ import annotations

from typing import Final

ALLOWED_TYPES: Final = frozenset(
    {
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_cloudwatch_log_group",
        "aws_config_config_rule",
        "aws_dynamodb_table",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_iam_role_policy_attachment",
        "aws_lambda_function",
        "aws_lambda_function_event_invoke_config",
        "aws_lambda_permission",
    }
)

_SINGLETON = (
    "AWS allows one per region and account, and it belongs to whoever runs the account: creating it fails beside "
    "another one, and destroying it takes it from everybody"
)
_REASONS = {
    "aws_config_configuration_recorder": _SINGLETON,
    "aws_config_configuration_recorder_status": _SINGLETON,
    "aws_config_delivery_channel": _SINGLETON,
    "aws_config_retention_configuration": _SINGLETON,
    "aws_s3_bucket": "results are kept in DynamoDB, and AWS Config delivers to the account's own bucket",
    "aws_sns_topic": "give the ARN of a topic that exists",
    "aws_sqs_queue": "give the ARN of a queue that exists",
}
_REASON = "a deployment consists of Config rules, Lambda functions, EventBridge rules and one table, so that it can be "
_REASON += "destroyed without touching anything else"

SINGLETONS: Final = frozenset(type_ for type_, reason in _REASONS.items() if reason is _SINGLETON)
"""What an account has once and all share: the recorder above all."""


def refusal(resource_type: str) -> str:
    """Say, without a full stop, why a type that is not on the list is refused."""
    return f"a resource of type {resource_type} is refused: {_REASONS.get(resource_type, _REASON)}"
