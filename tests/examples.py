"""How many examples a property test draws where the profile's number takes too long in `make test`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings


def few(count: int, **options: Any) -> settings:
    """Draw fewer examples in the short profile; the long one draws all of its own.

    For tests whose examples are slow, and for many tests that each draw from few choices.

    Parameters
    ----------
    count
        How many in the short profile, which draws the same ones every time.
    options
        Other settings of hypothesis.
    """
    profile = settings()
    return settings(max_examples=count if profile.derandomize else profile.max_examples, **options)
