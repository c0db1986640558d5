"""The boto3 clients: one of each per process, created at its first use.

They are boto3's, made by botocore, which is imported here and only inside the functions, so that reading what a check
declares does not load it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, overload
from urllib.parse import urlsplit, urlunsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.config import Config
    from botocore.session import Session
    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_logs import CloudWatchLogsClient
    from mypy_boto3_s3control import S3ControlClient

MAX_ATTEMPTS = 6
CONNECT_SECONDS = 5
READ_SECONDS = 20
"""Seconds; botocore's default of 60 would leave no time for a second attempt."""

SESSION_NAME = "compliance_tf"
"""The name of the session of an assumed role, as CloudTrail shows it."""


class Clients(Protocol):
    """A factory of the clients of services."""

    @overload
    def __call__(self, service: Literal["config"], /) -> ConfigServiceClient: ...
    @overload
    def __call__(self, service: Literal["dynamodb"], /) -> DynamoDBClient: ...
    @overload
    def __call__(self, service: Literal["ec2"], /) -> EC2Client: ...
    @overload
    def __call__(self, service: Literal["iam"], /) -> IAMClient: ...
    @overload
    def __call__(self, service: Literal["lambda"], /) -> LambdaClient: ...
    @overload
    def __call__(self, service: Literal["logs"], /) -> CloudWatchLogsClient: ...
    @overload
    def __call__(self, service: Literal["s3control"], /) -> S3ControlClient: ...
    @overload
    def __call__(self, service: str, /) -> Any: ...  # noqa: ANN401 (boto3's clients have no common type)


@cache
def _session() -> Session:
    # botocore's session makes the same clients as boto3, whose import takes longer: a function's start waits for it.
    from botocore.session import get_session

    return get_session()


def _make_client(service: str, region: str | None = None) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
    return with_plain_host(_session().create_client(service, region_name=region, config=_with_retries()))


def with_plain_host(made: Any) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
    """Have a client of S3 Control use the host as it is, where AWS_ENDPOINT_URL is an address.

    botocore puts the account before the host (``123456789012.127.0.0.1``), which only AWS resolves. The account is in
    the header x-amz-account-id as well.

    Returns
    -------
    Any
        ``made`` itself; clients of other services are left as they are.
    """
    if made.meta.service_model.service_name == "s3control":
        host = urlsplit(made.meta.endpoint_url).hostname
        if _is_plain_host(host):
            made.meta.events.register("before-sign.s3-control", _leave_account_out_of_host)
    return made


def _is_plain_host(host: str | None) -> bool:
    """Return whether a host is an address, or a name of this machine, for which longer names do not resolve."""
    return host is not None and (host == "localhost" or ":" in host or host.replace(".", "").isdigit())


def _leave_account_out_of_host(request: Any, **_: object) -> None:  # noqa: ANN401 (botocore's own, without a stub)
    account = request.headers.get("x-amz-account-id", "")
    account = account.decode() if isinstance(account, bytes) else account
    scheme, host, *rest = urlsplit(request.url)
    request.url = urlunsplit((scheme, host.removeprefix(f"{account}."), *rest))


def _make_single_attempt_client(service: str) -> Any:  # noqa: ANN401 (boto3's clients have no common type)
    return _session().create_client(service, config=single_attempt())


client = cast("Clients", cache(_make_client))
"""Returns the client of a service, with the function's own role."""


single_attempt_client = cast("Clients", cache(_make_single_attempt_client))
"""Returns the client of a service that tries each call once, with the function's own role."""


client_in: Callable[[str, str], Any] = cache(_make_client)
"""Returns the client of a service in a region, with the function's own role."""


@cache
def clients_of_role(role_arn: str) -> Clients:
    """Return a factory of clients with another role, which the function's own role must be allowed to assume."""
    from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
    from botocore.session import get_session

    session = _session()
    fetcher = AssumeRoleCredentialFetcher(
        client_creator=session.create_client,
        source_credentials=session.get_credentials(),
        role_arn=role_arn,
        extra_args={"RoleSessionName": SESSION_NAME},
    )
    # Fetched at the first use, and again before they expire: a function's process outlives them.
    assumed = get_session()
    assumed._credentials = DeferredRefreshableCredentials(  # type: ignore[attr-defined]  # noqa: SLF001 no other way in
        method="assume-role", refresh_using=fetcher.fetch_credentials
    )
    return cast(
        "Clients", cache(lambda service: with_plain_host(assumed.create_client(service, config=_with_retries())))
    )


def single_attempt() -> Config:
    """Disable botocore's retries, and its adaptive rate limit."""
    from botocore.config import Config

    return Config(
        retries={"mode": "standard", "total_max_attempts": 1},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )


def _with_retries() -> Config:
    """Enable retries with the adaptive rate limit: evaluations come in bursts."""
    from botocore.config import Config

    return Config(
        retries={"mode": "adaptive", "max_attempts": MAX_ATTEMPTS},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
    )
