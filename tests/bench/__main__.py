"""``make bench``: prints measurements; nothing here passes or fails by time."""

from __future__ import annotations

from tests.bench import maximal, results, review, runtime, synthesis

runtime.measure()
maximal.measure()
results.measure()
review.measure()
synthesis.measure()
