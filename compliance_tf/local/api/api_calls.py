"""API calls as CloudTrail sends them to EventBridge.

On AWS that happens minutes later, and only where a trail logs management events; here at once and always. Calls that
only read, and data events, are not sent on AWS either.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import Any

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.clock import iso, now

DETAIL_TYPE = "AWS API Call via CloudTrail"

WATCHED_SERVICES = frozenset({"cloudtrail", "ec2", "iam", "kms", "rds", "s3"})
"""MiniStack's names of the services whose calls are sent."""

GLOBAL_SERVICES_REGION = "us-east-1"
"""The region that receives the calls of IAM, whichever region they were made from."""

_READING = re.compile(r"(Get|List|Describe|Lookup)")
_ERROR_CODE = re.compile(rb'"__type":\s*"(?:[^"]*#)?([^"#]+)"|<Code>([^<]+)</Code>')

# CloudTrail's names of calls for a bucket, by method and subresource ("" for the bucket itself).
_BUCKET_CALLS = {
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("PUT", "acl"): "PutBucketAcl",
    ("PUT", "encryption"): "PutBucketEncryption",
    ("DELETE", "encryption"): "DeleteBucketEncryption",
    ("PUT", "policy"): "PutBucketPolicy",
    ("DELETE", "policy"): "DeleteBucketPolicy",
    ("PUT", "publicAccessBlock"): "PutBucketPublicAccessBlock",
    ("DELETE", "publicAccessBlock"): "DeleteBucketPublicAccessBlock",
    ("PUT", "tagging"): "PutBucketTagging",
    ("DELETE", "tagging"): "DeleteBucketTagging",
    ("PUT", "versioning"): "PutBucketVersioning",
}


@dataclass(frozen=True)
class Request:
    """A request that was answered.

    Parameters
    ----------
    service
        One of :data:`WATCHED_SERVICES`.
    target
        The X-Amz-Target header, of services that speak JSON.
    parameters
        The members of a JSON body, or the parameters of the query string and of a form.
    status, answer
        The response.
    """

    service: str
    method: str
    path: str
    target: str
    parameters: dict[str, Any]
    status: int
    answer: bytes


def api_call_event(
    request: Request, place: AccountRegion, caller: dict[str, str]
) -> tuple[AccountRegion, dict[str, Any]] | None:
    """Build the event that CloudTrail sends about a request.

    CloudTrail User Guide: CloudTrail record contents.

    Returns
    -------
    tuple[AccountRegion, dict[str, Any]] | None
        The account and region that get it, and its detail; None for a request that only reads or is of no known
        operation.
    """
    name = _operation(request)
    if not name or _READING.match(name):
        return None
    region = GLOBAL_SERVICES_REGION if request.service == "iam" else place.region
    failed = _ERROR_CODE.search(request.answer) if request.status >= 400 else None  # noqa: PLR2004 -- HTTP errors
    detail: dict[str, Any] = {
        "eventVersion": "1.09",
        "userIdentity": caller,
        "eventTime": iso(now()),
        "eventSource": f"{request.service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": "127.0.0.1",
        "requestParameters": _request_parameters(request),
        "responseElements": None,
        "requestID": str(uuid.uuid4()),
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": place.account,
        "eventCategory": "Management",
    }
    if failed:
        detail["errorCode"] = (failed[1] or failed[2]).decode()
    return AccountRegion(place.account, region), detail


def _operation(request: Request) -> str | None:
    if request.target:
        return request.target.rpartition(".")[2]
    if "Action" in request.parameters:
        return str(request.parameters["Action"])
    if request.service != "s3" or "/" in request.path.strip("/"):
        return None
    subresources = {subresource for _, subresource in _BUCKET_CALLS} & request.parameters.keys()
    return _BUCKET_CALLS.get((request.method, next(iter(subresources), "")))


def _request_parameters(request: Request) -> dict[str, Any]:
    if request.service == "s3":
        return {"bucketName": request.path.strip("/")}
    return {
        name[:1].lower() + name[1:]: value
        for name, value in request.parameters.items()
        if name not in {"Action", "Version"}
    }
