"""What the tests of the review have in common."""

from __future__ import annotations

import pytest

from compliance_tf.review.plan import fingerprint


@pytest.fixture(autouse=True, scope="session")
def _secrets_are_cheap_to_guess() -> None:
    # Thousands of plans with secrets are read here, and each would take its 50 ms.
    pytest.MonkeyPatch().setattr(fingerprint, "_WORK", 2)
