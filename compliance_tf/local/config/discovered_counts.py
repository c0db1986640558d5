"""Counts of the resources that AWS Config knows, by type."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.history import History

USUAL_COUNTS = 100
"""Per page of GetDiscoveredResourceCounts (AWS Config API Reference)."""


def discovered_counts(history: History, call: Call) -> dict[str, Any]:
    """GetDiscoveredResourceCounts: of what is there and was recorded, the most frequent type first."""
    wanted = call.parameters.get("resourceTypes")
    counts = Counter(
        item.resource.resource_type for item in history.present() if not wanted or item.resource.resource_type in wanted
    )
    ordered = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))
    found = page_of(ordered, call.parameters.get("nextToken"), call.parameters.get("limit"), usual=USUAL_COUNTS)
    return {
        "totalDiscoveredResources": counts.total(),
        "resourceCounts": [{"resourceType": type_, "count": count} for type_, count in found.members],
    } | found.token_as("nextToken")
