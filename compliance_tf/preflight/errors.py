"""Why no preflight could be made at all."""

from __future__ import annotations

from compliance_tf.errors import ComplianceError


class PreflightError(ComplianceError):
    """The account cannot be asked, or what is planned cannot be read."""
