"""Errors of boto3 as messages that say what to do."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import ResultsError

if TYPE_CHECKING:
    from collections.abc import Iterator

_DENIED: Final = frozenset({"AccessDeniedException", "AccessDenied", "UnauthorizedOperation"})
_MISSING: Final = frozenset({"ResourceNotFoundException", "NoSuchConfigurationAggregatorException"})
_BAD_CREDENTIALS: Final = frozenset(
    {
        "ExpiredTokenException",
        "ExpiredToken",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
    }
)
POLICY_FILE: Final = "docs/reference/results-policy.json"
"""The policy for readers of results, in this repository."""


@contextmanager
def explained(subject: str, action: str, *, missing: str) -> Iterator[None]:
    """Convert errors of boto3 in the block to messages that say what to do.

    Parameters
    ----------
    subject
        The queried resource, such as ``the table acme-dev-results in eu-west-1``.
    action
        The required IAM action.
    missing
        The message for a resource that does not exist.

    Raises
    ------
    ResultsError
        In place of an error of boto3.
    """
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        HTTPClientError,
        NoCredentialsError,
        NoRegionError,
    )
    from botocore.exceptions import (
        ConnectionError as NoConnectionError,
    )

    try:
        yield
    except NoCredentialsError as cause:
        raise ResultsError(
            "There are no AWS credentials: set AWS_PROFILE, or give them as the AWS CLI takes them."
        ) from cause
    except NoRegionError as cause:
        raise ResultsError("No AWS region is known: give --region.") from cause
    except ClientError as cause:
        code = cause.response["Error"]["Code"]
        if code in _MISSING:
            raise ResultsError(missing) from cause
        if code in _DENIED:
            raise ResultsError(
                f"These credentials may not read {subject}: allow them {action} ({POLICY_FILE} has all permissions "
                f"for reading results). AWS said: {cause.response['Error'].get('Message', code)}"
            ) from cause
        if code in _BAD_CREDENTIALS:
            raise ResultsError(f"AWS does not accept the credentials ({code}): renew them.") from cause
        raise ResultsError(f"AWS refused a request to {subject}: {cause}.") from cause
    except (HTTPClientError, NoConnectionError) as cause:
        advice = "Start what answers at AWS_ENDPOINT_URL, or unset it." if _is_redirected() else "Check the network."
        raise ResultsError(f"No answer about {subject}: {_sentence(cause)} {advice}") from cause
    except BotoCoreError as cause:
        # A profile that does not exist, a session of SSO that has expired: nothing was sent.
        raise ResultsError(f"AWS was not asked about {subject}: {_sentence(cause)}") from cause


def _is_redirected() -> bool:
    return any(name.startswith("AWS_ENDPOINT_URL") and value for name, value in os.environ.items())


def _sentence(error: Exception) -> str:
    return f"{str(error).rstrip('. ')}."
