"""Leftovers: resources of a deployment that are in no state, found by names and tags, one type after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.errors import CommandError
from compliance_tf.preflight.tags import Tags, read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    import boto3

    from compliance_tf.review.plan.plan import Identity

LOG_GROUP_PREFIX: Final = "/aws/lambda/"


@dataclass(frozen=True)
class Leftover:
    """A resource with a deployment's name and tags.

    Parameters
    ----------
    type
        Its type in Terraform.
    name
        Its name.
    """

    type: str
    name: str

    @classmethod
    def of(cls, type_: str, attributes: Mapping[str, Any]) -> Leftover:
        """Name what a resource with such attributes is in AWS."""
        return cls(type_, str(attributes.get("function_name") or attributes.get("name")))

    def __str__(self) -> str:
        """Return the text for messages."""
        return f"{_KINDS[self.type].label} {self.name}"


@dataclass(frozen=True)
class _Kind:
    """The functions that find and remove leftovers of one type.

    Parameters
    ----------
    label
        The name of the type in messages.
    service
        Its service in boto3.
    found
        Yields the names that begin with a prefix, each with the key for reading its tags.
    remove
        Removes a resource by its name.
    """

    label: str
    service: str
    found: Callable[[Any, str], Iterator[tuple[str, str]]]
    remove: Callable[[Any, str], object]


@dataclass(frozen=True)
class Account:
    """The account and region of a deployment.

    Parameters
    ----------
    session
        The credentials.
    endpoint
        The endpoint URL of AWS, if not the usual one.
    identity
        The deployment.
    """

    session: boto3.Session
    endpoint: str | None
    identity: Identity

    @classmethod
    def of(cls, identity: Identity, variables: Mapping[str, str]) -> Account:
        """Connect to the account with the environment that Terraform has."""
        from compliance_tf.lifecycle.reachability import session_of

        return cls(session_of(identity.region, variables), variables.get("AWS_ENDPOINT_URL") or None, identity)

    def client(self, service: str) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
        """Return a client of a service."""
        return self.session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload]

    def find(self) -> list[Leftover]:
        """List the resources with the names and the tags of the deployment.

        Returns
        -------
        list[Leftover]
            Those that exist, whether a state has them or not, type by type.

        Raises
        ------
        CommandError
            When a type cannot be listed.
        """
        own = self.identity.tags.items()
        return [found for type_ in _KINDS for found, tags in self._of_type(type_) if own <= tags.items()]

    def taken(self, planned: Collection[Leftover]) -> dict[Leftover, Tags]:
        """Find which things AWS has already of those that a plan creates, whoever made them.

        Returns
        -------
        dict
            Those that exist, each with its tags.

        Raises
        ------
        CommandError
            When a kind of thing cannot be listed.
        """
        types = [type_ for type_ in _KINDS if any(one.type == type_ for one in planned)]
        return {found: tags for type_ in types for found, tags in self._of_type(type_, planned)}

    def remove(self, leftover: Leftover) -> None:
        """Remove a leftover.

        Raises
        ------
        CommandError
            When AWS refuses the request.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        kind = _KINDS[leftover.type]
        try:
            kind.remove(self.client(kind.service), leftover.name)
        except (BotoCoreError, ClientError) as cause:
            raise CommandError(
                f"The {leftover} cannot be removed: {cause}. Remove it in the console or with the AWS CLI."
            ) from cause

    def _of_type(self, type_: str, wanted: Collection[Leftover] | None = None) -> Iterator[tuple[Leftover, Tags]]:
        from botocore.exceptions import BotoCoreError, ClientError

        kind, own = _KINDS[type_], self.identity
        try:
            client = self.client(kind.service)
            for name, key in kind.found(client, own.prefix):
                # Roles are global, and have their region in the name.
                if type_ == _ROLE and not name.endswith(f"-{own.region}"):
                    continue
                # Tags take a request each, and a deployment may have a thousand rules of which a plan adds one.
                if wanted is None or Leftover(type_, name) in wanted:
                    # What is listed late, and does not exist any more, has none.
                    yield Leftover(type_, name), read_tags(type_, client, key) or {}
        except (BotoCoreError, ClientError) as cause:
            raise CommandError(
                f"The {kind.label}s of {own} cannot be listed: {cause}. The deployer's policy in docs/reference allows "
                "it."
            ) from cause


def listed(client: Any, call: str, member: str, **options: str) -> Iterator[Any]:  # noqa: ANN401
    """Yield a member of all pages of a call."""
    for page in client.get_paginator(call).paginate(**options):
        yield from page[member]


def _by_name(
    call: str, member: str, name: str, key: str, **options: str
) -> Callable[[Any, str], Iterator[tuple[str, str]]]:
    """Build a function that lists the names with a prefix, which options contain as ``{prefix}``."""

    def found(client: Any, prefix: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
        given = {option: value.format(prefix=prefix) for option, value in options.items()}
        for one in listed(client, call, member, **given):
            described = one if isinstance(one, dict) else {name: one}
            if described[name].removeprefix(LOG_GROUP_PREFIX).startswith(prefix):
                yield described[name], described[key]

    return found


def _remove_role(client: Any, name: str) -> None:  # noqa: ANN401
    for policy in [*listed(client, "list_role_policies", "PolicyNames", RoleName=name)]:
        client.delete_role_policy(RoleName=name, PolicyName=policy)
    for attached in [*listed(client, "list_attached_role_policies", "AttachedPolicies", RoleName=name)]:
        client.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
    client.delete_role(RoleName=name)


def _remove_event_rule(client: Any, name: str) -> None:  # noqa: ANN401
    targets = [target["Id"] for target in listed(client, "list_targets_by_rule", "Targets", Rule=name)]
    for start in range(0, len(targets), _MAX_REMOVED_TARGETS):
        client.remove_targets(Rule=name, Ids=targets[start : start + _MAX_REMOVED_TARGETS])
    client.delete_rule(Name=name)


_MAX_REMOVED_TARGETS: Final = 100
"""Ids that a call takes (EventBridge API, RemoveTargets)."""

_ROLE: Final = "aws_iam_role"

# Callers come before what they call, so that nothing calls a removed resource.
_KINDS: Final[Mapping[str, _Kind]] = {
    "aws_config_config_rule": _Kind(
        "Config rule",
        "config",
        _by_name("describe_config_rules", "ConfigRules", "ConfigRuleName", "ConfigRuleArn"),
        lambda client, name: client.delete_config_rule(ConfigRuleName=name),
    ),
    "aws_cloudwatch_event_rule": _Kind(
        "EventBridge rule",
        "events",
        _by_name("list_rules", "Rules", "Name", "Arn", NamePrefix="{prefix}"),
        _remove_event_rule,
    ),
    "aws_lambda_function": _Kind(
        "function",
        "lambda",
        _by_name("list_functions", "Functions", "FunctionName", "FunctionName"),
        lambda client, name: client.delete_function(FunctionName=name),
    ),
    "aws_cloudwatch_log_group": _Kind(
        "log group",
        "logs",
        _by_name(
            "describe_log_groups",
            "logGroups",
            "logGroupName",
            "arn",
            logGroupNamePrefix=f"{LOG_GROUP_PREFIX}{{prefix}}",
        ),
        lambda client, name: client.delete_log_group(logGroupName=name),
    ),
    _ROLE: _Kind(
        "role",
        "iam",
        _by_name("list_roles", "Roles", "RoleName", "RoleName"),
        _remove_role,
    ),
    "aws_dynamodb_table": _Kind(
        "table",
        "dynamodb",
        _by_name("list_tables", "TableNames", "TableName", "TableName"),
        lambda client, name: client.delete_table(TableName=name),
    ),
}
"""The independent resources of a deployment, by their types in Terraform."""
