"""An early check that AWS can be reached: Terraform would try silently for more than a minute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import boto3

_CONNECT_SECONDS = 5
_READ_SECONDS = 10


def require_aws(region: str, variables: Mapping[str, str]) -> str | None:
    """Require that AWS answers and that there are credentials; errors that AWS returns are left to Terraform.

    Parameters
    ----------
    variables
        The environment of Terraform.

    Returns
    -------
    str or None
        The account of the credentials; None where AWS returns an error.

    Raises
    ------
    CommandError
        When the connection is refused, the host name is unknown, or there are no credentials.
    """
    from botocore.config import Config
    from botocore.exceptions import (
        BotoCoreError,
        ClientError,
        EndpointConnectionError,
        NoCredentialsError,
        ProxyConnectionError,
    )

    endpoint = variables.get("AWS_ENDPOINT_URL_STS") or variables.get("AWS_ENDPOINT_URL") or None
    config = Config(connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS, retries={"total_max_attempts": 1})
    try:
        sts = session_of(region, variables).client("sts", endpoint_url=endpoint, config=config)
        return str(sts.get_caller_identity()["Account"])
    except (EndpointConnectionError, ProxyConnectionError) as cause:
        where = ", which AWS_ENDPOINT_URL names: start what should answer there, or unset it" if endpoint else ""
        raise CommandError(f"AWS cannot be reached: {cause}{where}. Nothing was changed.") from cause
    except NoCredentialsError as cause:
        raise CommandError(
            "There are no AWS credentials: set AWS_PROFILE, or give them as the AWS CLI takes them. Nothing was "
            "changed."
        ) from cause
    except (BotoCoreError, ClientError):
        # Terraform has its own timeouts, and its own message for a denied request.
        return None


def session_of(region: str, variables: Mapping[str, str]) -> boto3.Session:
    """Create a session with the credentials that Terraform will use.

    Parameters
    ----------
    variables
        The environment of Terraform, which may differ from this program's.

    Returns
    -------
    boto3.Session
        A session of the access key in ``variables``, else of their profile, else of what this program has.
    """
    import boto3

    return boto3.Session(
        aws_access_key_id=variables.get("AWS_ACCESS_KEY_ID") or None,
        aws_secret_access_key=variables.get("AWS_SECRET_ACCESS_KEY") or None,
        aws_session_token=variables.get("AWS_SESSION_TOKEN") or None,
        profile_name=None if variables.get("AWS_ACCESS_KEY_ID") else variables.get("AWS_PROFILE") or None,
        region_name=region,
    )
