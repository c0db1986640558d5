"""AWS Config as the local AWS serves it, behind a real client and without a network."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.json_api import Call, JsonApi
from compliance_tf.local.config.configuration_item import Resource
from compliance_tf.local.config.history import History
from compliance_tf.local.config.queries import Queries
from compliance_tf.local.config.recorder import RecorderSlot
from compliance_tf.local.config.tags import Tags
from compliance_tf.testing import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Callable

    from botocore.awsrequest import AWSPreparedRequest

HERE = AccountRegion(ACCOUNT, REGION)
WEEK = 7 * 24 * 60 * 60.0


class Body(io.BytesIO):
    """What botocore reads an answer from."""

    def stream(self) -> list[bytes]:
        return [self.read()]


def served(operations: dict[str, Callable[[Call], dict[str, Any]]], **config: Any) -> Any:
    """A client of AWS Config whose calls end in these operations; ``config`` as botocore's Config has it."""
    client = boto3.client(
        "config",
        region_name=REGION,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 nobody accepts it
        config=Config(**({"retries": {"total_max_attempts": 1}} | config)),
    )
    api = JsonApi("config", operations, lambda _: None)

    def answer(request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        target = request.headers["X-Amz-Target"]
        name = target.decode() if isinstance(target, bytes) else target
        status, headers, body = api.answer(HERE, "key", name, request.body)
        return AWSResponse(request.url, status, headers, Body(body))

    client.meta.events.register("before-send.config", answer)
    return client


@dataclass
class RecordedAccount:
    """An account with a recorder.

    Parameters
    ----------
    calls
        How often each operation was called.
    refusing
        The error codes with which operations are refused.
    """

    calls: Counter[str] = field(default_factory=Counter)
    refusing: dict[str, str] = field(default_factory=dict)
    resources: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        recorder = RecorderSlot(HERE, Tags())
        recorder.put(_call("Put", ConfigurationRecorder={"name": "default", "roleARN": "arn:aws:iam::1:role/r"}))
        self.history = History(HERE, recorder, WEEK)
        queries = Queries(self.history, 0)
        self.client = served(
            {
                "GetResourceConfigHistory": self._counting(self.history.resource_history),
                "SelectResourceConfig": self._counting(queries.select),
            }
        )

    def record(self, name: str, *, days_ago: float = 0, resource_type: str = "AWS::S3::Bucket", **tags: str) -> None:
        """Record a resource that has not changed for some days. Record the oldest first."""
        resource = Resource(
            resource_type=resource_type,
            resource_id=name,
            resource_name=name,
            arn=f"arn:aws:s3:::{name}",
            region=REGION,
            availability_zone="Regional",
            created=None,
            tags=tags,
            configuration={"name": name},
        )
        self.resources.append(resource)
        self.history.observe(self.resources, lambda _: True, _ago(days_ago))

    def _counting(self, operation: Callable[[Call], dict[str, Any]]) -> Callable[[Call], dict[str, Any]]:
        def answer(call: Call) -> dict[str, Any]:
            self.calls[call.operation] += 1
            if code := self.refusing.get(call.operation):
                raise ApiError(code, "No.")
            return operation(call)

        return answer


def _ago(days: float) -> datetime:
    return datetime.now(UTC) - timedelta(days=days)


def _call(operation: str, **parameters: Any) -> Call:
    return Call(HERE, "key", operation, parameters)
