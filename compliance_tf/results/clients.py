"""boto3's clients for reading results: many retries where AWS throttles, few where nothing answers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config

from compliance_tf.results.table_queries import WORKERS

if TYPE_CHECKING:
    from botocore.client import BaseClient

_ATTEMPTS: Final = 3
"""Attempts to connect: what refuses a connection three times in some seconds refuses the next one, too."""

_WITH_RETRIES: Final = Config(
    # Of itself it slows down when AWS refuses to go on as fast.
    retries={"mode": "adaptive", "max_attempts": 8},
    # So that no more than 3 seconds pass in silence: a failed attempt is said.
    connect_timeout=3,
    read_timeout=30,
    max_pool_connections=WORKERS,
)


def client_with_retries(service: str, region: str, subject: str, session: boto3.Session | None = None) -> Any:  # noqa: ANN401
    """Create a client for reading.

    Parameters
    ----------
    service
        boto3's name of the service.
    subject
        What is asked, as people read it: it is named on standard error when nothing answers.
    session
        With whose credentials; the default session's unless given.

    Returns
    -------
    Any
        A client that tries 8 times where it is throttled, 3 times where nothing answers, and waits 30 seconds for a
        response.
    """
    made = (session or boto3).client(service, region_name=region, config=_WITH_RETRIES)  # type: ignore[call-overload]
    give_up_early(made, subject)
    return made


def give_up_early(client: BaseClient, subject: str) -> None:
    """Have a client say when it cannot connect, and raise after three attempts instead of eight."""
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, ProxyConnectionError

    said = False

    def on_attempt(caught_exception: Exception | None = None, attempts: int = 1, **_: object) -> None:
        nonlocal said
        if not isinstance(caught_exception, ConnectTimeoutError | EndpointConnectionError | ProxyConnectionError):
            return
        if attempts >= _ATTEMPTS:
            raise caught_exception
        if not said:
            said = True
            sys.stderr.write(f"Waiting for {subject}, which does not answer yet.\n")

    # Before botocore's own handler, which waits longer and longer.
    client.meta.events.register_first("needs-retry", on_attempt)
