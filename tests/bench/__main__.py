"""``make bench``: prints measurements; nothing here passes or fails by time."""

from __future__ import annotations

from tests.bench import runtime, synthesis

runtime.measure()
synthesis.measure()
