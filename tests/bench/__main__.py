"""``make bench``: prints measurements; nothing here passes or fails by time."""

from __future__ import annotations

from tests.bench import results, review, runtime, synthesis

runtime.measure()
results.measure()
review.measure()
synthesis.measure()
