"""What can keep a plan from being reviewed."""

from __future__ import annotations

from compliance_tf.errors import ComplianceError


class ReviewError(ComplianceError):
    """A plan, or the review's settings, cannot be read."""


class CommentError(ComplianceError):
    """A review cannot be put into a pull or merge request."""
