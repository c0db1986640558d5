"""``make bench``: prints measurements; nothing here passes or fails by time."""

from __future__ import annotations

from tests.bench import maximal, planned, results, review, runtime, synthesis

runtime.measure()
maximal.measure()
results.measure()
review.measure()
planned.measure()
synthesis.measure()
