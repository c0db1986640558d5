"""What can go wrong with the stand-in itself."""

from __future__ import annotations

from compliance_tf.errors import ComplianceError


class LocalAwsError(ComplianceError):
    """The local AWS could not be started or reached; the message says what to do."""
