"""What unit tests may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.review.plan import fingerprint
from tests.repository import syntax

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="package")
def _syntax_is_forgotten() -> Iterator[None]:
    """Free a million objects: pytest collects garbage five times at the end, and would pass through all of them."""
    yield
    syntax.cache_clear()


@pytest.fixture(autouse=True, scope="package")
def _secrets_are_cheap_to_guess() -> Iterator[None]:
    # Thousands of plans with secrets are read here, and each would take its 50 ms.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "_WORK", 2)
        yield


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse every socket: a client that nobody stubbed would ask AWS itself, or wait where there is no network."""
    item.add_marker(pytest.mark.disable_socket)
