"""The answer of a region that is not enabled in an account: it knows none of the account's credentials.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_enable-regions.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_tf.local.api.signed_request import Answer

if TYPE_CHECKING:
    from compliance_tf.local.api.signed_request import CredentialScope

_MESSAGE: Final = "The security token included in the request is invalid."


def refusal(scope: CredentialScope) -> Answer:
    """Answer a request to such a region."""
    if scope.service == "sts":
        error = f"<Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>{_MESSAGE}</Message></Error>"
        return Answer(403, {b"content-type": b"text/xml"}, f"<ErrorResponse>{error}</ErrorResponse>".encode())
    body = f'{{"__type":"UnrecognizedClientException","message":"{_MESSAGE}"}}'
    return Answer(403, {b"content-type": b"application/x-amz-json-1.1"}, body.encode())
