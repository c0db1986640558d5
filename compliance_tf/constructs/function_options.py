"""Settings of the functions that differ between organizations and refer to existing resources."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

from compliance_runtime.resources.lambda_runtimes import AS_OF, DEPRECATION_DATES
from compliance_tf.constructs.iam_statement import Statement
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.setting_values import KEY, POLICY, QUEUE, as_tuple, check_arn, check_choice

Architecture = Literal["arm64", "x86_64"]
"""Lambda API, CreateFunction.Architectures."""

MIN_PYTHON: Final = (3, 13)
"""The oldest Lambda runtime that the functions are tested with."""

MAX_CONCURRENCY: Final = 1000
"""Lambda quotas, "Concurrent executions", unless AWS raised it for the account."""

DEFAULT_LOG_DAYS: Final = 30

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Days. Source: CloudWatch Logs API, PutRetentionPolicy."""

_KEY_EXAMPLE: Final = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_PYTHON: Final = re.compile(r"python3\.([0-9]+)")
_PATH: Final = re.compile(r"/|/[!-.0-~]+(?:/[!-.0-~]+)*/")
_POLICY_NAME: Final = re.compile(r"(?!arn:)(?:[!-.0-~]+/)*[\w+=,.@-]{1,128}")


@checked
@dataclass(frozen=True)
class KmsKeys:
    """Customer managed keys, by their ARNs, that encrypt a deployment's data; AWS's own where none is given.

    Parameters
    ----------
    table
        The key of the table.
    logs
        The key of the log groups. Its policy has to let ``logs.<region>.amazonaws.com`` use it.
    environment
        The key of the functions' environment variables.

    Raises
    ------
    SettingError
        When one is not the ARN of a key.

    Examples
    --------
    >>> key = "arn:aws:kms:eu-west-1:111122223333:key/12345678-1234-1234-1234-123456789012"
    >>> stack = ComplianceStack(app, "keys", project="keys", region="eu-west-1", kms_keys=KmsKeys(table=key, logs=key))
    """

    table: str | None = None
    logs: str | None = None
    environment: str | None = None

    def __post_init__(self) -> None:
        self.check()

    def check(self, region: str | None = None) -> None:
        """Refuse ARNs that are not of keys, or are of another region."""
        for name, key in (("table", self.table), ("logs", self.logs), ("environment", self.environment)):
            if key is not None:
                check_arn(f"KmsKeys: {name}", key, {"kms": KEY}, example=_KEY_EXAMPLE, region=region)


@checked
@dataclass(frozen=True)
class Network:
    """The VPC subnets and security groups in which the functions run.

    From there they must reach AWS Config, DynamoDB, CloudWatch Logs and the services that checks call, by a NAT
    gateway or by VPC endpoints.

    Parameters
    ----------
    subnets
        The ids of subnets.
    security_groups
        The ids of security groups.

    Raises
    ------
    SettingError
        When one of them is empty, or has something that is not an id.

    Examples
    --------
    >>> network = Network(["subnet-0123456789abcdef0"], ["sg-0123456789abcdef0"])
    >>> stack = ComplianceStack(app, "inside", project="inside", region="eu-west-1", network=network)
    """

    subnets: Sequence[str]
    security_groups: Sequence[str]

    def __post_init__(self) -> None:
        for name, ids, prefix in (("subnets", self.subnets, "subnet"), ("security_groups", self.security_groups, "sg")):
            values = as_tuple(f"Network: {name}", ids)
            if not values:
                raise SettingError(f"Network: {name} is empty: a function in a network needs at least 1.")
            for value in values:
                if not re.fullmatch(rf"{prefix}-[0-9a-f]{{8,17}}", value):
                    raise SettingError(
                        f"Network: {name} has {value!r}, which is not an id such as {prefix}-0123456789abcdef0."
                    )


@dataclass(frozen=True)
class FunctionOptions:
    """Settings of all functions of a deployment.

    Parameters
    ----------
    runtime
        The Lambda runtime: ``python3.13`` or a later one that AWS still supports.
    architecture
        ``arm64``, which costs less, or ``x86_64``.
    permissions_boundary
        The permissions boundary of every role: a managed policy's ARN, or name with path for one of the same account.
    role_path
        The path of every role.
    kms_keys
        Customer managed keys for the table, logs and environment.
    network
        The VPC subnets and security groups, if the functions run in a VPC.
    tracing
        Whether AWS X-Ray traces each invocation.
    dead_letter_queue
        The ARN of an SQS queue for events that failed on every attempt.
    reserved_concurrency
        The reserved concurrency of each function: 1 to 1,000.

    Raises
    ------
    SettingError
        When a value is not allowed.
    """

    runtime: str = "python3.13"
    architecture: Architecture = "arm64"
    permissions_boundary: str | None = None
    role_path: str = "/"
    kms_keys: KmsKeys = KmsKeys()
    network: Network | None = None
    tracing: bool = False
    dead_letter_queue: str | None = None
    reserved_concurrency: int | None = None

    def __post_init__(self) -> None:
        check_choice("runtime", self.runtime, runtimes())
        check_choice("architecture", self.architecture, get_args(Architecture))
        if not _PATH.fullmatch(self.role_path) or len(self.role_path) > 512:  # noqa: PLR2004 (IAM API, CreateRole.Path)
            raise SettingError(f"role_path={self.role_path!r} must begin and end with a slash, such as '/compliance/'.")
        if self.reserved_concurrency is not None and not 1 <= self.reserved_concurrency <= MAX_CONCURRENCY:
            raise SettingError(
                f"reserved_concurrency={self.reserved_concurrency} is out of bounds: give 1 to {MAX_CONCURRENCY}. "
                "With 0 no function would run."
            )

    def check(self, region: str) -> None:
        """Refuse ARNs that the stack cannot use.

        Raises
        ------
        SettingError
            When one is not an ARN, or is of another partition or region.
        """
        self.kms_keys.check(region)
        if self.dead_letter_queue is not None:
            example = f"arn:aws:sqs:{region}:111122223333:failed"
            check_arn("dead_letter_queue", self.dead_letter_queue, {"sqs": QUEUE}, example=example, region=region)
        if self.permissions_boundary is None or _POLICY_NAME.fullmatch(self.permissions_boundary):
            return
        example = "arn:aws:iam::111122223333:policy/compliance-boundary, or the name of a policy of the account"
        check_arn("permissions_boundary", self.permissions_boundary, {"iam": POLICY}, example=example, region=region)

    def statements(self) -> tuple[Statement, ...]:
        """List the statements that these options add to every role."""
        found = []
        if self.tracing:
            found.append(Statement(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",)))
        if self.dead_letter_queue:
            found.append(Statement(("sqs:SendMessage",), (self.dead_letter_queue,)))
        if self.kms_keys.environment:
            found.append(Statement(("kms:Decrypt",), (self.kms_keys.environment,)))
        if self.network:
            # The actions of AWSLambdaVPCAccessExecutionRole, which have no resource-level permissions.
            interfaces = ("Create", "Delete", "Describe")
            actions = [f"ec2:{verb}NetworkInterface{'s' if verb == 'Describe' else ''}" for verb in interfaces]
            addresses = ("ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses")
            found.append(Statement((*actions, *addresses, "ec2:DescribeSubnets"), ("*",)))
        return tuple(found)

    def table_statements(self, region: str) -> tuple[Statement, ...]:
        """List the statements for the table's key, limited to use through DynamoDB."""
        if self.kms_keys.table is None:
            return ()
        actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
        via = {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}
        return (Statement(actions, (self.kms_keys.table,), equal=via),)


def runtimes() -> list[str]:
    """List the supported runtimes that are not deprecated, by the facts of the check ``lambda-runtime``."""
    return [
        runtime
        for runtime, deprecated in DEPRECATION_DATES.items()
        if (found := _PYTHON.fullmatch(runtime)) and (3, int(found[1])) >= MIN_PYTHON and deprecated > AS_OF
    ]


def check_log_retention(days: int) -> None:
    """Refuse a number of days for which CloudWatch Logs keeps no logs.

    Raises
    ------
    SettingError
        When it is not one of :data:`LOG_RETENTION_DAYS`.
    """
    if days not in LOG_RETENTION_DAYS:
        raise SettingError(
            f"log_retention_days={days} is not a retention period of CloudWatch Logs: use one of "
            f"{', '.join(map(str, LOG_RETENTION_DAYS))}."
        )
