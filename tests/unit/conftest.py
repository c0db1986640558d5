"""What unit tests may not do."""

from __future__ import annotations

import pytest


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse every socket: a client that nobody stubbed would ask AWS itself, or wait where there is no network."""
    item.add_marker(pytest.mark.disable_socket)
