"""What can keep a plan from being reviewed."""

from __future__ import annotations

from compliance_tf.errors import ComplianceError


class ReviewError(ComplianceError):
    """A plan, or the review's settings, cannot be read."""
