"""What the tests of the review have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.review.plan import fingerprint

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="package")
def _secrets_are_cheap_to_guess() -> Iterator[None]:
    # Thousands of plans with secrets are read here, and each would take its 50 ms.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fingerprint, "_WORK", 2)
        yield
