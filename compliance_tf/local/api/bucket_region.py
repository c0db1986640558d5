"""The answer of Amazon S3 in a region to a request on a bucket of another one: the region to ask instead.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final
from urllib.parse import unquote

from compliance_tf.local.api.signed_request import Answer

_ANYWHERE: Final = b"location"
"""GetBucketLocation is answered in any region."""

_BODY: Final = (
    "<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the "
    "specified endpoint. Please send all future requests to this endpoint.</Message><Bucket>{bucket}</Bucket>"
    "<Endpoint>{bucket}.s3.{region}.amazonaws.com</Endpoint></Error>"
)


class BucketRegions:
    """The regions of all buckets, whose names are those of all accounts."""

    def __init__(self) -> None:
        self._buckets = import_module("ministack.services.s3")._buckets  # noqa: SLF001 -- MiniStack has no public API

    def redirection(self, request: dict[str, Any], region: str) -> Answer | None:
        """Answer a request that has to go to another region.

        Parameters
        ----------
        request
            Its scope, by ASGI.
        region
            The region that it is signed for.

        Returns
        -------
        Answer or None
            None where the region is right, or there is no such bucket.
        """
        method, query = request["method"], request["query_string"]
        bucket, _, key = unquote(request["path"].removeprefix("/")).partition("/")
        if query.partition(b"=")[0] == _ANYWHERE or (method == "PUT" and not key and not query):
            return None
        everywhere = list(self._buckets._data.items())  # noqa: SLF001
        # A test may have a name in several accounts, which AWS has once.
        regions = [one.get("region") for (_, name), one in everywhere if name == bucket]
        if not regions or region in regions:
            return None
        headers = {b"content-type": b"application/xml", b"x-amz-bucket-region": regions[0].encode()}
        body = _BODY.format(bucket=bucket, region=regions[0]).encode()
        return Answer(301, headers, b"" if method == "HEAD" else body)
