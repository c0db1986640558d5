"""Why results cannot be read, in words that say what to do."""

from __future__ import annotations

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
"""The policy that a reader of results needs, in this repository."""


@contextmanager
def explained(subject: str, action: str, *, missing: str) -> Iterator[None]:
    """Turn what boto3 raises in the block into a message that says what to do.

    Parameters
    ----------
    subject
        What is asked, such as ``the table acme-dev-results in eu-west-1``.
    action
        The IAM action that it takes.
    missing
        What to say when there is no such thing.

    Raises
    ------
    ResultsError
        In place of what boto3 raised.
    """
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError

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
                f"These credentials may not ask {subject}: allow them {action} ({POLICY_FILE} has all that reading "
                f"results takes). AWS said: {cause.response['Error'].get('Message', code)}"
            ) from cause
        if code in _BAD_CREDENTIALS:
            raise ResultsError(f"AWS does not accept the credentials ({code}): renew them.") from cause
        raise ResultsError(f"AWS refused a question to {subject}: {cause}.") from cause
    except BotoCoreError as cause:
        raise ResultsError(f"It is not possible to ask {subject}: {cause}. It takes a network.") from cause
