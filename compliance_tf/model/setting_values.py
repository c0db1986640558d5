"""Checks of settings: lists, and names and ARNs of AWS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final, TypeVar

from compliance_runtime.suggestions import hint
from compliance_tf.errors import SettingError
from compliance_tf.model.regions import PARTITION, REGION, partition

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import Enum

T = TypeVar("T")

_ACCOUNT: Final = r"[0-9]{12}"

ROLE: Final = r"role/[\w+=,.@/-]{1,512}"
"""IAM API, CreateRole.RoleName and Path."""

POLICY: Final = r"policy/[\w+=,.@/-]{1,512}"
"""IAM API, CreatePolicy.PolicyName and Path."""

KEY: Final = r"key/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
"""AWS KMS Developer Guide, "Key identifiers"."""

QUEUE: Final = r"[A-Za-z0-9_-]{1,80}(?<!\.fifo)"
"""SQS API, CreateQueue.QueueName: Lambda takes no FIFO queue for what failed."""

TOPIC: Final = r"[A-Za-z0-9_-]{1,256}"
"""SNS API, CreateTopic.Name."""

EVENT_BUS: Final = r"event-bus/[A-Za-z0-9_./-]{1,256}"
"""EventBridge API, CreateEventBus.Name."""

_GLOBAL: Final = frozenset({"iam"})
"""Services whose ARNs have no region."""

_BUCKET: Final = re.compile(
    r"(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]"
    r"(?<!-s3alias)(?<!--ol-s3)(?<!\.mrap)(?<!--x-s3)(?<!--table-s3)"
)
_ADDRESS: Final = re.compile(r"[0-9]+(\.[0-9]+){3}")


def as_tuple(place: str, values: Iterable[T]) -> tuple[T, ...]:
    """Return the elements of a setting that is a list, as a tuple.

    A text is iterable too, and would silently become its characters.

    Parameters
    ----------
    place
        The setting, for messages: ``Workspaces: protected``.
    values
        What was given.

    Returns
    -------
    tuple
        The elements in their order; what they are is not checked.

    Raises
    ------
    SettingError
        When it is a single value.
    """
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise SettingError(f"{place} takes a list, and {values!r} is a single value: give [{values!r}].")
    return tuple(values)


def check_arn(setting: str, value: str, kinds: Mapping[str, str], *, example: str, region: str | None = None) -> None:
    """Refuse a text that is not the ARN of something that a setting can name.

    Parameters
    ----------
    setting
        The setting's name.
    value
        What was given.
    kinds
        By service, the regular expression of what follows the account.
    example
        A valid ARN, for the message.
    region
        The region that it must be in; None where it may be in any.

    Raises
    ------
    SettingError
        When it is not an ARN of these kinds, or is in another partition or region.
    """
    forms = (
        rf"arn:{PARTITION}:{service}:{'' if service in _GLOBAL else REGION}:(?:{_ACCOUNT}|aws):{resource}"
        for service, resource in kinds.items()
    )
    if not isinstance(value, str) or not any(re.fullmatch(form, value) for form in forms):
        raise SettingError(f"{setting}={value!r} is not an ARN that it can take, such as {example}.")
    _, own_partition, service, own_region, *_ = value.split(":")
    if region is None:
        return
    if own_partition != partition(region):
        raise SettingError(
            f"{setting}={value!r} is in the partition {own_partition}, and {region} is in {partition(region)}: nothing "
            "in AWS crosses partitions. Give an ARN of the stack's partition."
        )
    if service not in _GLOBAL and own_region != region:
        raise SettingError(f"{setting}={value!r} is in {own_region}, and it must be in {region}.")


def check_region(setting: str, value: str) -> None:
    """Refuse a text that is not a region's code.

    Raises
    ------
    SettingError
        When it is not.
    """
    if not isinstance(value, str) or not re.fullmatch(REGION, value):
        raise SettingError(f"{setting}={value!r} is not an AWS region such as 'eu-west-1'.")


def check_bucket(setting: str, value: str) -> None:
    """Refuse a text that cannot be the name of an S3 bucket.

    Source: S3 User Guide, "General purpose bucket naming rules".

    Raises
    ------
    SettingError
        When it cannot.
    """
    if not isinstance(value, str) or not _BUCKET.fullmatch(value) or _ADDRESS.fullmatch(value):
        raise SettingError(
            f"{setting}={value!r} cannot be the name of an S3 bucket: those have 3 to 63 lower-case letters, digits, "
            "hyphens and single dots, begin and end with a letter or digit, and are not an IP address, nor end like "
            "other kinds of buckets (-s3alias, --x-s3). Give the name alone, without s3:// or arn:."
        )


def check_provider_version(value: str) -> None:
    """Refuse what is not one exact version of the AWS provider that the bindings support.

    Raises
    ------
    SettingError
        When it is a range, or outside the versions that were compared with the bindings' schema.
    """
    if not is_provider_version(value):
        raise SettingError(
            f"aws_provider={value!r} must be one exact version from 5.100.0 to below 7, such as '6.25.0': a range "
            "would let a plan change without a change of the app."
        )


def is_provider_version(value: object) -> bool:
    """Return whether it is one exact version of the AWS provider from 5.100.0 to below 7."""
    found = re.fullmatch(r"(\d+)\.(\d+)\.(\d+)", value) if isinstance(value, str) else None
    return bool(found and (5, 100, 0) <= tuple(map(int, found.groups())) < (7, 0, 0))


def member_hint(kind: type[Enum], value: object) -> str:
    """Suggest the member of an enumeration that a text in its place is nearest to.

    Returns
    -------
    str
        A sentence after a space, such as `` Did you mean Severity.LOW?``; empty where none is near.
    """
    return hint(f"{kind.__name__}.{str(value).upper()}", [f"{kind.__name__}.{name}" for name in kind.__members__])


def check_choice(setting: str, value: Any, allowed: Iterable[str]) -> None:  # noqa: ANN401 (what a user gave)
    """Refuse a value that is not among the allowed ones, and suggest the nearest one.

    Raises
    ------
    SettingError
        When it is not among them.
    """
    choices = list(allowed)
    if value not in choices:
        raise SettingError(
            f"{setting}={value!r} is not known.{hint(str(value), choices)} Allowed: {', '.join(choices)}."
        )
