from __future__ import annotations

from typing import Any

import pytest

from compliance_runtime.clients import with_plain_host
from compliance_tf.testing import ACCOUNT
from tests.unit.compliance_runtime.builders import new_client


class SentError(Exception):
    """Carries what would have been sent."""


def asked_url(endpoint: str | None, monkeypatch: pytest.MonkeyPatch) -> str:
    """The URL of a call of S3 Control, just before it would go out."""
    if endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    made = with_plain_host(new_client("s3control"))

    def stop(request: Any, **_: Any) -> None:
        assert request.headers["x-amz-account-id"] == ACCOUNT.encode()
        raise SentError(request.url)

    made.meta.events.register("before-send.s3-control", stop)
    with pytest.raises(SentError) as raised:
        made.get_public_access_block(AccountId=ACCOUNT)
    return str(raised.value)


@pytest.mark.parametrize("endpoint", ["http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566"])
def test_an_endpoint_without_names_below_it_is_called_as_it_is(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked_url(endpoint, monkeypatch).startswith(f"{endpoint}/v20180820/")


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        (None, f"{ACCOUNT}.s3-control.eu-central-1.amazonaws.com"),
        ("https://control.vpce-1.s3.eu-central-1.vpce.amazonaws.com", f"{ACCOUNT}.control.vpce-1."),
    ],
)
def test_names_of_aws_have_the_account_before_them(
    endpoint: str | None, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert host in asked_url(endpoint, monkeypatch)
