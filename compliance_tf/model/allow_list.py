"""The allow-list: what a deployment may consist of, and why anything else is refused."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

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
"""Resource types that exist once per account and are shared: the recorder above all."""

RECORDER_TYPE: Final = "AWS::Config::ConfigurationRecorder"
"""Cloud Control's name of the recorder's type."""

_SINGLETONS_OF_CLOUDFORMATION: Final = (
    RECORDER_TYPE,
    "AWS::Config::DeliveryChannel",
    "AWS::Config::RetentionConfiguration",
)


def is_singleton(type_: str, *values: Mapping[str, object]) -> bool:
    """Return whether a resource is, or has in it, what an account and region has once.

    Parameters
    ----------
    type_
        Its type, of any provider.
    values
        Its attributes, before and after: a resource of Cloud Control can be anything, and a stack of CloudFormation
        can have anything in it.

    Returns
    -------
    bool
        True also where the type that Cloud Control would make is unknown.
    """
    if type_ == "aws_cloudcontrolapi_resource":
        names = (one.get("type_name") for one in values if one)
        return any(not isinstance(name, str) or name in _SINGLETONS_OF_CLOUDFORMATION for name in names)
    if type_ in {"aws_cloudformation_stack", "aws_cloudformation_stack_set"}:
        templates = (str(one.get("template_body")) for one in values)
        return any(name in template for template in templates for name in _SINGLETONS_OF_CLOUDFORMATION)
    return type_.partition("_")[2] in {singleton.partition("_")[2] for singleton in SINGLETONS}


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
"""Data sources that may be read: the account and region, the recorder, and the ARNs of what settings name.

Neither what runs a program or sends a request of one's choice (``http``, ``aws_lambda_invocation``) nor what brings
secrets or another state into this one (``aws_secretsmanager_secret_version``, ``terraform_remote_state``).
"""

NAMES: Final = MappingProxyType(
    {
        "aws_cloudwatch_event_rule": ("name", ""),
        "aws_cloudwatch_event_target": ("rule", ""),
        "aws_cloudwatch_log_group": ("name", "/aws/lambda/"),
        "aws_config_config_rule": ("name", ""),
        "aws_dynamodb_table": ("name", ""),
        "aws_iam_policy": ("name", ""),
        "aws_iam_role": ("name", ""),
        "aws_iam_role_policy": ("role", ""),
        "aws_iam_role_policy_attachment": ("role", ""),
        "aws_lambda_function": ("function_name", ""),
        "aws_lambda_function_event_invoke_config": ("function_name", ""),
        "aws_lambda_permission": ("function_name", ""),
    }
)
"""For each allowed type the attribute with its name, or its parent's name, and the text before the prefix."""

BLOCKS: Final = MappingProxyType(
    {"resource": 2, "data": 2, "provider": 1, "terraform": 0, "output": 1, "variable": 1, "locals": 0, "moved": 0}
)
"""The top-level blocks that a configuration may have, each with the number of its labels."""

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
"""Reasons for refusing other blocks. One that is not listed is refused as well."""

PROVIDER_SETTINGS: Final = frozenset({"region", "default_tags"})
"""Arguments of the AWS provider that are set. Credentials, roles and endpoints come from the deployer's environment."""

PROVIDER_SOURCES: Final = MappingProxyType(
    {
        name: frozenset({f"hashicorp/{name}", name, f"registry.terraform.io/hashicorp/{name}"})
        for name in ("aws", "external")
    }
)
"""Registry addresses of allowed providers: a provider is a program that runs with the deployer's permissions."""

BACKENDS: Final = MappingProxyType(
    {
        "local": frozenset({"path", "workspace_dir"}),
        "s3": frozenset({"bucket", "region", "key", "workspace_key_prefix", "encrypt", "kms_key_id", "use_lockfile"}),
    }
)
"""Backends that may keep a state, each with its arguments: those that the State classes write."""

REFUSED_ARGUMENTS: Final = MappingProxyType(
    {
        "provisioner": "it changes things that no plan shows",
        "connection": "it is how a provisioner reaches a machine",
        "dynamic": "what it generates cannot be seen at synthesis",
        "locals": "the language reserves it",
        "_": "it hides arguments from whoever reads the configuration",
        "region": "a deployment goes to one region, the provider's",
    }
)
"""Arguments that every resource and data source may have and that no deployment needs.

Source: Terraform's configs.ResourceBlockSchema; ``region`` is every type's since version 6 of the AWS provider. The
arguments of a type are the provider's, which refuses others.
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
"""Members that a lifecycle block may have. ``create_before_destroy`` may only be false."""

ONE_TABLE: Final = frozenset(
    {"count", "for_each", "replica", "import_table", "restore_source_name", "restore_source_table_arn"}
)
"""Arguments that make several tables of one resource, or bring content that nothing here recorded."""


def refusal(resource_type: str) -> str:
    """Return the reason, without a full stop, why a type that is not on the list is refused."""
    return f"a resource of type {resource_type} is refused: {_REASONS.get(resource_type, _REASON)}"
