"""How a test says that AWS refuses a call."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def refused(code: str, message: str = "") -> Iterator[None]:
    """Expect an error with this code and, somewhere in it, this message."""
    with pytest.raises(ClientError) as caught:
        yield
    assert caught.value.response["Error"]["Code"] == code
    assert message in caught.value.response["Error"]["Message"]
