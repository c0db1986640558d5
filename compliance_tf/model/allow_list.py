"""What a deployment may consist of, and why of nothing else."""

from __future__ import annotations

from types import MappingProxyType
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

RECORDER_TYPE: Final = "AWS::Config::ConfigurationRecorder"
"""What Cloud Control calls a recorder."""

DATA_TYPES: Final = frozenset(
    {
        "aws_caller_identity",
        "aws_cloudcontrolapi_resource",
        "aws_iam_policy_document",
        "aws_iam_role",
        "aws_kms_alias",
        "aws_kms_key",
        "aws_partition",
        "aws_region",
        "aws_sns_topic",
        "aws_sqs_queue",
        "external",
    }
)
"""What may be read: where the deployment goes, the recorder, and the ARNs of what exists and is given to a setting.

Neither what runs a program or sends a request of one's choice (``http``, ``aws_lambda_invocation``) nor what brings
secrets or another state into this one (``aws_secretsmanager_secret_version``, ``terraform_remote_state``).
"""

BLOCKS: Final = MappingProxyType(
    {"resource": 2, "data": 2, "provider": 1, "terraform": 0, "output": 1, "variable": 1, "locals": 0, "moved": 0}
)
"""The blocks that a configuration may have at its top, each with the number of its labels."""

BLOCK_REASONS: Final = MappingProxyType(
    {
        "module": "what a module declares cannot be seen at synthesis",
        "removed": "a removed block leaves a resource behind that no deployment owns",
        "import": "an import takes over what somebody else made, and a destroy would remove it",
        "check": "a check reads data that no list of this guard covers",
        "action": "an action changes things that no plan shows",
        "ephemeral": "an ephemeral resource acts in every plan, and no plan shows it",
    }
)
"""Why other blocks are refused. Any that is not listed is refused as well."""

PROVIDER_SETTINGS: Final = frozenset({"region", "default_tags"})
"""What the AWS provider is set up with. Credentials, roles and endpoints come from the environment of who deploys."""

PROVIDER_SOURCES: Final = MappingProxyType(
    {
        name: frozenset({f"hashicorp/{name}", name, f"registry.terraform.io/hashicorp/{name}"})
        for name in ("aws", "external")
    }
)
"""Where providers may come from: a provider is a program that runs with the deployer's permissions."""

BACKENDS: Final = MappingProxyType(
    {
        "local": frozenset({"path", "workspace_dir"}),
        "s3": frozenset({"bucket", "region", "key", "workspace_key_prefix", "encrypt", "kms_key_id", "use_lockfile"}),
    }
)
"""Where a state may be kept, each with its arguments: what the State classes write."""

REFUSED_ARGUMENTS: Final = MappingProxyType(
    {
        "provisioner": "it changes things that no plan shows",
        "connection": "it is how a provisioner reaches a machine",
        "dynamic": "what it generates cannot be seen at synthesis",
        "locals": "the language reserves it",
        "_": "it hides arguments from whoever reads the configuration",
    }
)
"""What the language itself offers inside resources and data sources and a deployment has no use for.

Source: Terraform's configs.ResourceBlockSchema. The arguments of a type are the provider's, which refuses others.
"""

LIFECYCLE: Final = frozenset(
    {
        "create_before_destroy",
        "ignore_changes",
        "postcondition",
        "precondition",
        "prevent_destroy",
        "replace_triggered_by",
    }
)
"""What a lifecycle block may hold. ``create_before_destroy`` may only be false."""

ONE_TABLE: Final = frozenset({"count", "for_each", "replica", "import_table"})
"""What makes several tables, or another one's content, of one resource."""


def refusal(resource_type: str) -> str:
    """Say, without a full stop, why a type that is not on the list is refused."""
    return f"a resource of type {resource_type} is refused: {_REASONS.get(resource_type, _REASON)}"
