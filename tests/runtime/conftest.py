"""A second implementation of AWS: where the two disagree, AWS's documents and botocore's models decide."""

from __future__ import annotations

import itertools
import logging
from typing import TYPE_CHECKING, Any

import boto3
import pytest

from compliance_tf.results.place import ResultsPlace
from compliance_tf.testing import ACCOUNT, REGION
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    NewTable = Callable[[], WrittenTable]


# All servers of moto in a process hold the same tables.
_numbers = itertools.count()


@pytest.fixture(autouse=True)
def _own_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test have the credentials of an earlier one, which boto3's default session keeps for the process."""
    monkeypatch.setattr("boto3.DEFAULT_SESSION", None)


@pytest.fixture(scope="module")
def moto_client() -> Iterator[Callable[[str, str], Any]]:
    """Return clients of moto's server, by service and region."""
    from moto.server import ThreadedMotoServer

    # It would write a line for each request.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()

    def client(service: str, region: str) -> Any:
        return boto3.client(
            service,  # type: ignore[call-overload]  # any service
            endpoint_url=f"http://{host}:{port}",
            region_name=region,
            aws_access_key_id="none",
            aws_secret_access_key="none",  # noqa: S106 nobody checks it
        )

    yield client
    server.stop()


# Another implementation of DynamoDB says the same, at four times the time.
@pytest.fixture(scope="module", params=["local AWS", pytest.param("moto", marks=pytest.mark.long)])
def dynamodb(request: pytest.FixtureRequest) -> Iterator[Any]:
    """A client of DynamoDB, once of each implementation."""
    if request.param == "local AWS":
        yield request.getfixturevalue("local_aws").client("dynamodb", ACCOUNT, REGION)
        return
    yield request.getfixturevalue("moto_client")("dynamodb", REGION)


@pytest.fixture(scope="module")
def new_table(dynamodb: Any) -> NewTable:
    """Create a table that nobody else has."""

    def create() -> WrittenTable:
        return WrittenTable.create(dynamodb, ResultsPlace("acme", "dev", REGION, f"results-{next(_numbers)}"))

    return create
