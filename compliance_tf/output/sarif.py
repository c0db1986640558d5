"""The common parts of logs in SARIF 2.1.0.

The format: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html.
"""

from __future__ import annotations

import hashlib
from typing import Any, Final

from compliance_runtime.check import Severity

HEAD: Final = {
    "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    "version": "2.1.0",
}
"""The first members of a log."""

LEVELS: Final = {
    Severity.LOW: "note",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}

SCORES: Final = {Severity.LOW: "3.0", Severity.MEDIUM: "5.0", Severity.HIGH: "8.0", Severity.CRITICAL: "9.5"}
"""Scores within the ranges by which GitHub names severities (security-severity): https://docs.github.com/en/
code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning"""


def partial_fingerprints(*parts: str) -> dict[str, str]:
    """Return what code scanning knows a result by from one log to the next: made of texts that identify it."""
    digest = hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
    return {"compliance-tf/v1": digest}


def suppression(justification: str) -> dict[str, Any]:
    """Return the acceptance of a result by somebody, outside the code."""
    return {"kind": "external", "status": "accepted", "justification": justification}
