"""Results tables on local AWS."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from compliance_tf.results.place import ResultsPlace
from tests.runtime.results.builders import ACCOUNT, REGION
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local import LocalAws


@pytest.fixture(scope="module")
def new_table(local_aws: LocalAws) -> Callable[[], WrittenTable]:
    """Create a table that nobody else has."""
    numbers = itertools.count()
    client = local_aws.client("dynamodb", ACCOUNT, REGION)

    def create() -> WrittenTable:
        return WrittenTable.create(client, ResultsPlace("acme", "dev", REGION, f"results-{next(numbers)}"))

    return create
