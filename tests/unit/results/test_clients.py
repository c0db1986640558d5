"""Clients where nothing answers: no socket is opened, botocore gets the error that it could not be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError, UnauthorizedSSOTokenError

from compliance_tf.errors import ResultsError
from compliance_tf.results.clients import client_with_retries
from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.table_queries import Query, TableQueries

if TYPE_CHECKING:
    from collections.abc import Callable

PLACE = ResultsPlace("acme", "dev", "eu-west-1", "acme-dev-results")


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts, which are not waited for."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    pauses: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", pauses.append)
    return pauses


def failing(raise_: Callable[[], Exception]) -> tuple[Any, list[str]]:
    """A client whose connections fail, and the requests that it tried."""
    client = client_with_retries("dynamodb", "eu-west-1", str(PLACE))
    tried: list[str] = []

    def send(request: Any, **_: object) -> None:
        tried.append(request.url)
        raise raise_()

    client.meta.events.register("before-send", send)
    return client, tried


@pytest.mark.parametrize("error", [EndpointConnectionError, ConnectTimeoutError])
def test_what_does_not_answer_is_said_once_and_given_up_after_three_attempts(
    error: type[Exception], attempts: list[float], capsys: pytest.CaptureFixture[str]
) -> None:
    client, tried = failing(lambda: error(endpoint_url="https://dynamodb.eu-west-1.amazonaws.com"))  # type: ignore[call-arg]

    with pytest.raises(ResultsError, match=f"No answer about {PLACE}: .* Check the network"):
        list(TableQueries(client, PLACE).items([Query("RULES")]))

    assert len(tried) == 3
    assert sum(attempts) < 10
    assert capsys.readouterr().err == f"Waiting for {PLACE}, which does not answer yet.\n"


def test_what_does_not_answer_in_place_of_aws_is_named(attempts: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    del attempts
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:4566")
    client, _ = failing(lambda: EndpointConnectionError(endpoint_url="http://127.0.0.1:4566"))

    with pytest.raises(ResultsError, match="Start what answers at AWS_ENDPOINT_URL, or unset it"):
        list(TableQueries(client, PLACE).items([Query("RULES")]))


def test_a_session_that_has_expired_is_no_matter_of_the_network(attempts: list[float]) -> None:
    del attempts
    client, _ = failing(UnauthorizedSSOTokenError)

    with pytest.raises(ResultsError, match=r"run aws sso login with the corresponding profile\.$"):
        list(TableQueries(client, PLACE).items([Query("RULES")]))
