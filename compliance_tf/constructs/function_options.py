"""How the functions run: what differs from one organization to another, and points at what exists already."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

from compliance_runtime.resources.lambda_runtimes import AS_OF, DEPRECATION_DATES
from compliance_tf.constructs.iam import Statement
from compliance_tf.errors import SettingError
from compliance_tf.model.setting_values import KEY, POLICY, QUEUE, as_tuple, check_arn, check_choice

if TYPE_CHECKING:
    from collections.abc import Sequence

Architecture = Literal["arm64", "x86_64"]
"""Lambda API, CreateFunction.Architectures."""

MIN_PYTHON: Final = (3, 13)
"""The oldest Python of Lambda that the functions are tested with."""

MAX_CONCURRENCY: Final = 1000
"""Lambda quotas, "Concurrent executions", unless AWS raised it for the account."""

_KEY_EXAMPLE: Final = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
_PYTHON: Final = re.compile(r"python3\.([0-9]+)")
_PATH: Final = re.compile(r"/|/[!-.0-~]+(?:/[!-.0-~]+)*/")
_POLICY_NAME: Final = re.compile(r"(?!arn:)(?:[!-.0-~]+/)*[\w+=,.@-]{1,128}")


@dataclass(frozen=True)
class KmsKeys:
    """Keys of the account, by their ARNs, that encrypt what a deployment keeps. AWS's own do where none is given.

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
        When one is not a key's ARN.
    """

    table: str | None = None
    logs: str | None = None
    environment: str | None = None

    def __post_init__(self) -> None:
        self.check()

    def check(self, region: str | None = None) -> None:
        """Refuse keys that are none, or are in another region than the given one."""
        for name, key in (("table", self.table), ("logs", self.logs), ("environment", self.environment)):
            if key is not None:
                check_arn(f"KmsKeys: {name}", key, {"kms": KEY}, example=_KEY_EXAMPLE, region=region)


@dataclass(frozen=True)
class Network:
    """Subnets and security groups of the account, in which the functions run.

    From there they must reach AWS Config, DynamoDB, CloudWatch Logs and what checks ask: by a NAT gateway, or by
    endpoints.

    Parameters
    ----------
    subnets
        The ids of subnets.
    security_groups
        The ids of security groups.

    Raises
    ------
    SettingError
        When there is none of one of them, or an id cannot be one.
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
    """How all functions of a deployment run.

    Parameters
    ----------
    runtime
        Lambda's Python: ``python3.13`` or a later one that AWS still maintains.
    architecture
        ``arm64``, which costs less, or ``x86_64``.
    permissions_boundary
        The managed policy that bounds every role: its ARN, or its name with its path for one of the account itself.
    role_path
        The path of every role.
    kms_keys
        Keys of the account that encrypt.
    network
        Where the functions run, if in a network of the account.
    tracing
        Whether AWS X-Ray traces each invocation.
    dead_letter_queue
        The ARN of an SQS queue that gets the events which a function failed for the last time.
    reserved_concurrency
        How many invocations of each function run at once at most, which are kept free for it: 1 to 1,000.

    Raises
    ------
    SettingError
        When a value cannot work.
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
                f"reserved_concurrency={self.reserved_concurrency} is out of bounds: give 1 to {MAX_CONCURRENCY}. None "
                "at all would have nothing evaluated."
            )

    def check(self, region: str) -> None:
        """Refuse what is not where a stack can use it.

        Raises
        ------
        SettingError
            When an ARN is none, or is of another partition or region.
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
        """List what every role may do because of these options."""
        found = []
        if self.tracing:
            found.append(Statement(("xray:PutTelemetryRecords", "xray:PutTraceSegments"), ("*",)))
        if self.dead_letter_queue:
            found.append(Statement(("sqs:SendMessage",), (self.dead_letter_queue,)))
        if self.kms_keys.environment:
            found.append(Statement(("kms:Decrypt",), (self.kms_keys.environment,)))
        if self.network:
            # The actions of AWSLambdaVPCAccessExecutionRole, which AWS has no resource-level permission for.
            interfaces = ("Create", "Delete", "Describe")
            actions = [f"ec2:{verb}NetworkInterface{'s' if verb == 'Describe' else ''}" for verb in interfaces]
            addresses = ("ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses")
            found.append(Statement((*actions, *addresses, "ec2:DescribeSubnets"), ("*",)))
        return tuple(found)

    def table_statements(self, region: str) -> tuple[Statement, ...]:
        """List what a role that uses the table may do with the table's key: through DynamoDB alone."""
        if self.kms_keys.table is None:
            return ()
        actions = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey")
        via = {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}
        return (Statement(actions, (self.kms_keys.table,), equal=via),)


def runtimes() -> list[str]:
    """List the runtimes that the functions run on and that are not deprecated, by the facts that the check has."""
    return [
        runtime
        for runtime, deprecated in DEPRECATION_DATES.items()
        if (found := _PYTHON.fullmatch(runtime)) and (3, int(found[1])) >= MIN_PYTHON and deprecated > AS_OF
    ]
