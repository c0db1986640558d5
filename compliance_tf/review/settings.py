"""A project's own settings of the review: a file that is itself reviewed, with a reason for everything in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct

from compliance_runtime.suggestions import hint
from compliance_tf.errors import ReviewError
from compliance_tf.model.members import Text, allowed, whole
from compliance_tf.model.yaml_file import read_yaml
from compliance_tf.review.policies import POLICIES, Limits, Verdict
from compliance_tf.review.policies.rules import REMOVED_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from compliance_tf.review.policies import Policy

FINGERPRINT: Final = r"[0-9a-f]{32}"

_BY_ID: Final = {policy.id: policy for policy in POLICIES}


class PolicySetting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project's setting of a policy.

    Parameters
    ----------
    verdict
        The verdict on a violation.
    reason
        The project's reason.
    """

    verdict: Verdict | None = None
    reason: Text


class FixedPolicySetting(PolicySetting, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project's setting of a policy that cannot be weakened: just a reason.

    Parameters
    ----------
    verdict
        The verdict on a violation.
    reason
        The project's reason.
    """

    verdict: Annotated[Verdict, Meta(extra_json_schema={"enum": [Verdict.BLOCKED.value]})] | None = None


class RemovedAtOnceSetting(PolicySetting, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A project's setting of the policy that limits the number of removed rules.

    Parameters
    ----------
    maximum
        The number of rules that a plan may remove; 10 unless given.
    verdict
        The verdict on a violation.
    reason
        The project's reason.
    """

    maximum: Annotated[int, Meta(ge=0)] | None = None


def _setting(policy: Policy) -> Any:  # noqa: ANN401 (an annotation)
    kind: type[PolicySetting] = FixedPolicySetting if policy.is_fixed else PolicySetting
    if policy is REMOVED_AT_ONCE:
        kind = RemovedAtOnceSetting
    fixed = ", which no setting weakens" if policy.is_fixed else " unless a verdict is given"
    return Annotated[kind | None, Meta(description=f"{policy.title}: {policy.verdict.words}{fixed}.")]


PolicySettings = msgspec.defstruct(
    "PolicySettings",
    [(policy_id.replace("-", "_"), _setting(policy), None) for policy_id, policy in _BY_ID.items()],
    namespace={"__doc__": "Settings of the policies, by their ids."},
    frozen=True,
    forbid_unknown_fields=True,
    rename="kebab",
)


class Acknowledgement(Struct, frozen=True, forbid_unknown_fields=True):
    """The acceptance of a violation for one plan.

    Parameters
    ----------
    policy
        The policy's id.
    fingerprint
        The plan's fingerprint, as the review prints it.
    by
        The person who accepted it.
    reason
        The reason.
    """

    policy: Annotated[Text, Meta(extra_json_schema={"enum": [one.id for one in POLICIES if not one.is_fixed]})]
    fingerprint: Annotated[
        str, allowed("all 32 digits of the fingerprint, as the review prints it", pattern=whole(FINGERPRINT))
    ]
    by: Text
    reason: Text


class SettingsFile(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of the plan review.

    Parameters
    ----------
    policies
        What the project sets of the policies, by their ids.
    acknowledged
        Acknowledgements for single plans.
    """

    policies: PolicySettings = msgspec.field(default_factory=PolicySettings)  # type: ignore[valid-type]
    acknowledged: tuple[Acknowledgement, ...] = ()


@dataclass(frozen=True)
class Settings:
    """A project's settings.

    Parameters
    ----------
    verdicts
        The verdicts that differ from the policies' own, by the policy's id.
    limits
        The numbers in policies.
    acknowledgements
        Acknowledgements for single plans.
    """

    verdicts: Mapping[str, Verdict] = field(default_factory=dict)
    limits: Limits = field(default_factory=Limits)
    acknowledgements: tuple[Acknowledgement, ...] = ()

    def verdict(self, policy: Policy) -> Verdict:
        """Return the verdict on a violation of a policy."""
        return self.verdicts.get(policy.id, policy.verdict)

    def acknowledgement(self, policy: Policy, fingerprint: str) -> Acknowledgement | None:
        """Return the acknowledgement of a policy for the plan with a fingerprint."""
        wanted = (policy.id, fingerprint)
        return next((one for one in self.acknowledgements if (one.policy, one.fingerprint) == wanted), None)


def settings_from_file(path: Path) -> Settings:
    """Read a file of settings.

    Returns
    -------
    Settings
        Verdicts of the policies that the file changes, by id; limits, by default those of the policies; what it
        acknowledges.

    Raises
    ------
    ReviewError
        When something in it is not allowed; the message names the line.
    """
    document = read_yaml(path, ReviewError)
    file = document.convert(SettingsFile)
    verdicts: dict[str, Verdict] = {}
    limits = Limits()
    for policy_id, policy in _BY_ID.items():
        setting = getattr(file.policies, policy_id.replace("-", "_"))
        if setting and setting.verdict:
            if policy.is_fixed and setting.verdict is not policy.verdict:
                document.refuse(f"'{policy_id}' is fixed: no setting weakens it.", "policies", policy_id, "verdict")
            verdicts[policy_id] = setting.verdict
        if isinstance(setting, RemovedAtOnceSetting) and setting.maximum is not None:
            limits = Limits(rules_removed_at_once=setting.maximum)
    for number, one in enumerate(file.acknowledged):
        if one.policy not in _BY_ID:
            unknown = f"{one.policy!r:.80} is not a policy.{hint(one.policy, _BY_ID)}"
            document.refuse(unknown, "acknowledged", number, "policy")
        if _BY_ID[one.policy].is_fixed:
            fixed = f"'{one.policy}' is fixed: it cannot be acknowledged."
            document.refuse(fixed, "acknowledged", number, "policy")
    return Settings(verdicts, limits, file.acknowledged)
