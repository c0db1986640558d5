"""Clients whose calls end in operations of local AWS, in this process."""

from __future__ import annotations

import io
from copy import copy
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from botocore.awsrequest import AWSResponse
from botocore.config import Config
from botocore.session import Session, get_session

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.json_api import Call, JsonApi
from compliance_tf.testing import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

HERE: Final = AccountRegion(ACCOUNT, REGION)


class _Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> list[bytes]:
        return [self.read()]


@cache
def _session() -> Session:
    """One session keeps AWS's models, whose reading takes longer than a test."""
    return get_session()


def copied(client: Any) -> Any:
    """A client with handlers of its own: making one anew takes a tenth of a second."""
    made = object.__new__(type(client))  # copy() itself asks a client for attributes before it has any
    made.__dict__ |= client.__dict__
    made.meta = copy(client.meta)
    made.meta.events = copy(client.meta.events)
    made._endpoint = copy(client._endpoint)
    made._endpoint._event_emitter = made.meta.events
    return made


@cache
def _usual_client() -> Any:
    return _client(retries={"total_max_attempts": 1})


def _client(**config: Any) -> Any:
    return _session().create_client(
        "config",
        region_name=REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 nobody accepts it
        config=Config(**config),
    )


def served(operations: dict[str, Callable[[Call], dict[str, Any]]], **config: Any) -> Any:
    """A client of AWS Config whose calls end in these operations; ``config`` as botocore's Config has it."""
    return served_by(JsonApi("config", operations, lambda _: None), **config)


def served_by(api: JsonApi, said: Callable[[bytes], bytes] = lambda body: body, **config: Any) -> Any:
    """A client whose calls end in an API; ``said`` gives the answer that is sent instead of the API's."""
    client = _client(**config) if config else copied(_usual_client())

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        status, headers, body = api.answer(HERE, "key", name, request.body)
        return AWSResponse(request.url, status, headers, _Body(said(body)))

    client.meta.events.register("before-send.config", answer)
    return client
