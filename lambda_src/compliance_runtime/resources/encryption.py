"""Encryption of whole storage resources with a KMS key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import Verdict
from compliance_runtime.resources.kms_keys import KEYS_DOC, is_approved, refuse_other_than_keys

if TYPE_CHECKING:
    from compliance_runtime.json_object import JsonObject


@dataclass(frozen=True)
class ApprovedKeys:
    """The approved keys.

    Raises
    ------
    ParameterError
        When a text is neither a key id nor a key ARN.
    """

    approved_keys: tuple[str, ...] = field(default=(), metadata={"doc": KEYS_DOC})

    def __post_init__(self) -> None:
        """Refuse a text that is not a key."""
        refuse_other_than_keys("approved_keys", self.approved_keys)


def encryption_verdict(members: JsonObject, flag: str, keys: ApprovedKeys, *, remedy: str) -> Verdict:
    """Return compliant if it is encrypted, with an approved key where keys are listed.

    Parameters
    ----------
    members
        The configuration, which has the key in ``kmsKeyId``.
    flag
        The member with the encryption status.
    keys
        The approved keys; empty for every key.
    remedy
        The remediation, as the end of a sentence.

    Returns
    -------
    Verdict
        NON_COMPLIANT where it is not encrypted, or with another key, which is named.

    Raises
    ------
    EventError
        When the flag is missing, or the key of an encrypted resource is missing although keys are listed.
    """
    if not members.flag(flag):
        return Verdict.non_compliant(f"The storage is not encrypted: {remedy}.")
    if not keys.approved_keys:
        return Verdict.compliant("The storage is encrypted.")
    key = members.text("kmsKeyId")
    if not is_approved(key, keys.approved_keys):
        return Verdict.non_compliant(f"The storage is encrypted with {key}, which is not an approved key: {remedy}.")
    return Verdict.compliant("The storage is encrypted with an approved key.")
