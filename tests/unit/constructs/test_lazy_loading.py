"""The assembly of the provider's bindings without those that a program does not use."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from compliance_tf.constructs.provider.lazy_loading import assembly

if TYPE_CHECKING:
    import pytest


def test_the_assembly_has_the_same_bytes_at_another_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """With others jsii would cache it anew, and index it, in each synthesis."""
    first = assembly()
    later = time.time() + 1000
    monkeypatch.setattr(time, "time", lambda: later)
    assert assembly() == first
