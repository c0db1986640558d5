"""Saved plans as Terraform showed them, handed from one process to another: showing a plan takes Terraform seconds."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from compliance_tf.errors import RefusedPlanError, ReviewError
from compliance_tf.review.plan.plan_file import plan_content, plan_name
from compliance_tf.review.plan.plan_json import plan_of_json

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.review.plan.plan import Plan
    from compliance_tf.terraform.machine import Machine

_DIGEST_BYTES: Final = hashlib.sha256().digest_size


@dataclass(frozen=True)
class ShownPlan:
    """The JSON that Terraform showed of a saved plan, bound to the bytes of its file.

    Parameters
    ----------
    digest
        The SHA-256 of the file.
    compressed
        The JSON, secrets included, compressed by zlib: it is kept in memory and for no longer than the command.
    """

    digest: bytes
    compressed: bytes

    @classmethod
    def of(cls, path: Path, machine: Machine) -> ShownPlan:
        """Have Terraform show a saved plan.

        Returns
        -------
        ShownPlan
            What it showed.

        Raises
        ------
        ReviewError
            When it cannot be read, or Terraform cannot show it.
        """
        # First: of a file that changes meanwhile, what is shown must not pass for what it becomes.
        digest = _digest(path)
        return cls(digest, zlib.compress(plan_content(str(path), machine), level=1))

    @classmethod
    def from_bytes(cls, given: bytes) -> ShownPlan:
        """Read what :meth:`to_bytes` wrote."""
        return cls(given[:_DIGEST_BYTES], given[_DIGEST_BYTES:])

    def to_bytes(self) -> bytes:
        """Write it for the standard input of another process."""
        return self.digest + self.compressed

    def plan(self, path: Path) -> Plan:
        """Read the plan, if its file is still the one that was shown.

        Returns
        -------
        Plan
            The plan without its secrets.

        Raises
        ------
        RefusedPlanError
            When the file is another one.
        ReviewError
            When the file cannot be read, or it is not a plan of a ComplianceStack.
        """
        if _digest(path) != self.digest:
            raise RefusedPlanError(
                f"Nothing was applied, because {path} has changed since it was reviewed: another command has planned. "
                "Give the same command again."
            )
        try:
            content = zlib.decompress(self.compressed)
        except zlib.error as cause:
            raise ReviewError(f"What was shown of {path} is incomplete: {cause}.") from cause
        return plan_of_json(content, plan_name(str(path)))


def _digest(path: Path) -> bytes:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError as cause:
        raise ReviewError(f"{path} cannot be read: {cause.strerror}.") from cause
