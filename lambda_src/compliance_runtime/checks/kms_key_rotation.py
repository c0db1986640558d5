"""KMS rotates the material of customer managed keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.check import ChangeCheck, Severity, Verdict
from compliance_runtime.errors import EventError
from compliance_runtime.json_object import is_word
from compliance_runtime.parameters import NoParameters

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject


def evaluate(item: ConfigurationItem, _: NoParameters) -> Verdict:
    """Return compliant if automatic rotation is on, for a key that KMS can rotate."""
    reason = _why_inapplicable(item.members)
    if reason:
        return Verdict.not_applicable(reason)
    if _rotates(item):
        return Verdict.compliant("KMS rotates the key.")
    return Verdict.non_compliant("KMS does not rotate the key: enable its automatic rotation.")


def _why_inapplicable(key: JsonObject) -> str | None:
    """Find out why KMS cannot rotate a key, or why its owner has no choice.

    https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html

    Returns
    -------
    str | None
        A sentence; None where the owner chooses.
    """
    state, origin = key.text("keyState"), key.text("origin")
    # Old items have no spec: all keys were symmetric then.
    spec = key.optional_text("keySpec") or key.optional_text("customerMasterKeySpec") or "SYMMETRIC_DEFAULT"
    regions = key.optional_member("multiRegionConfiguration")
    if not key.is_word("keyManager", "CUSTOMER"):
        return "The key belongs to AWS, which rotates it."
    if not is_word(state, "Enabled"):
        return f"The key is not enabled but {state}."
    if not is_word(origin, "AWS_KMS"):
        return f"KMS cannot rotate keys of the origin {origin}."
    if not is_word(spec, "SYMMETRIC_DEFAULT"):
        return f"KMS cannot rotate keys of the spec {spec}."
    if regions is not None and is_word(regions.optional_text("multiRegionKeyType"), "REPLICA"):
        return "The key is a replica, which rotates with its primary key."
    return None


def _rotates(item: ConfigurationItem) -> bool:
    """Parse the status, which is a boolean or its text."""
    status = item.supplementary.get("KeyRotationStatus")
    known = {"true": True, "false": False}.get(str(status).lower())
    if known is None:
        raise EventError(
            f"{item.label}: KeyRotationStatus must be true or false; it is {status!r:.80}. "
            "AWS Config's role may lack kms:GetKeyRotationStatus by the key's policy."
        )
    return known


CHECK = ChangeCheck(
    id="kms-key-rotation",
    title="Rotation of KMS keys",
    description="Automatic rotation must be on for enabled symmetric customer keys whose material KMS made, so that "
    "what one version of the material protects stays bounded.",
    remediation="Switch automatic rotation on for the key; nothing that is encrypted has to be touched.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::KMS::Key",),
    parameters=NoParameters,
    evaluate=evaluate,
)
