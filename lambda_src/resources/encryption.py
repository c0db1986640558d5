"""Storage that is encrypted as a whole, with a KMS key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lambda_src.check import Verdict
from lambda_src.resources.kms_keys import is_approved

if TYPE_CHECKING:
    from collections.abc import Collection

    from lambda_src.json_object import JsonObject


def encryption_verdict(members: JsonObject, flag: str, approved_keys: Collection[str], *, remedy: str) -> Verdict:
    """Call it compliant if it is encrypted, with an approved key where keys are listed.

    Parameters
    ----------
    members
        The configuration, with the key in ``kmsKeyId``.
    flag
        The member that says whether it is encrypted.
    approved_keys
        Ids and ARNs of keys; empty approves every key.
    remedy
        What to do about a violation, as the end of a sentence.

    Raises
    ------
    EventError
        When the flag is missing, or the key of something encrypted is where keys are listed.
    """
    if not members.flag(flag):
        return Verdict.non_compliant(f"The storage is not encrypted: {remedy}.")
    if not approved_keys:
        return Verdict.compliant("The storage is encrypted.")
    key = members.text("kmsKeyId")
    if not is_approved(key, approved_keys):
        return Verdict.non_compliant(f"The storage is encrypted with {key}, which is not an approved key: {remedy}.")
    return Verdict.compliant("The storage is encrypted with an approved key.")
