"""What unit tests may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _no_network(socket_disabled: None) -> Iterator[None]:
    """Refuse every socket: a client that nobody stubbed would ask AWS itself, or wait where there is no network."""
    del socket_disabled
    return
