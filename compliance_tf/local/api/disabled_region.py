"""The answer of a region that is not enabled in an account: it knows none of the account's credentials.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
"""

from __future__ import annotations

import re
from typing import Final

_SCOPE: Final = re.compile(rb"Credential=[^/]*/\d+/(?P<region>[^/]*)/(?P<service>[^/]*)/")
"""The credential scope of a signature, version 4."""

_MESSAGE: Final = "The security token included in the request is invalid."


def refusal(headers: dict[bytes, bytes], region: str) -> tuple[bytes, bytes] | None:
    """Return type and body of the refusal of a request to a region; None for a request to another one."""
    scope = _SCOPE.search(headers.get(b"authorization", b""))
    if scope is None or scope["region"].decode() != region:
        return None
    if scope["service"] == b"sts":
        error = f"<Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>{_MESSAGE}</Message></Error>"
        return b"text/xml", f"<ErrorResponse>{error}</ErrorResponse>".encode()
    return b"application/x-amz-json-1.1", f'{{"__type":"UnrecognizedClientException","message":"{_MESSAGE}"}}'.encode()
