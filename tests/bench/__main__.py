"""``make bench``: prints measurements; nothing here passes or fails by time."""

from __future__ import annotations

from tests.bench import analytics, maximal, planned, reconciliation, results, review, runtime, synthesis

runtime.measure()
maximal.measure()
results.measure()
reconciliation.measure()
review.measure()
planned.measure()
synthesis.measure()
synthesis.measure_regions()
analytics.measure()
