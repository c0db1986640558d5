"""What the demo shows, wherever it is played."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def assert_scenes(lines: Sequence[str]) -> None:
    """Look for results of both workspaces, and an untouched recorder."""
    (heading,) = [line.split() for line in lines if line.startswith("Rule  ")]
    assert heading == ["Rule", "Severity", "Resource", "dev", "prod", "Reason"]
    verdicts = {tuple(line.split()[0:3:2]): line.split()[3:5] for line in lines if "✓" in line or "✗" in line}
    assert verdicts["s3-bucket-tls-only", "acme-archive"] == ["✓", "✓"]
    assert verdicts["s3-bucket-tls-only", "acme-invoices"] == ["✗", "✗"]
    assert any(line.startswith("✓ s3-bucket-tls-only of prod to find acme-invoices COMPLIANT") for line in lines)
    assert "It is byte for byte the same as before the first deployment:" in lines
