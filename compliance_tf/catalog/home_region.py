"""Rules about what an account has once and not in each region: evaluated in several regions, they are paid for twice.

AWS advises to record global types, and to deploy the rules on them, in one region alone. Sources:
https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html, "Regional and global resources", and
https://docs.aws.amazon.com/config/latest/developerguide/evaluate-config-rules.html, "Managed rules and global IAM
resource types".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from compliance_runtime.account import ACCOUNT_TYPE
from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.catalog.recorded_types import IAM_TYPES, is_recorded_in
from compliance_tf.errors import SettingError
from compliance_tf.model.setting_values import check_region

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

GLOBAL_TYPES: Final = frozenset({*IAM_TYPES, "AWS::RDS::GlobalCluster"})
"""Types whose resources AWS Config records in every region that is configured to."""

ACCOUNT_RULES: Final = frozenset(
    {
        "ACCOUNT_PART_OF_ORGANIZATIONS",
        "IAM_PASSWORD_POLICY",
        "IAM_POLICY_IN_USE",
        "IAM_ROOT_ACCESS_KEY_CHECK",
        "ROOT_ACCOUNT_HARDWARE_MFA_ENABLED",
        "ROOT_ACCOUNT_MFA_ENABLED",
        "SECURITY_ACCOUNT_INFORMATION_PROVIDED",
    }
)
"""Managed rules that look at the account itself, which is the same in all regions."""


def only_region(resource_types: Collection[str], identifier: str | None, home_region: str) -> str | None:
    """Find the one region in which a rule is to be evaluated.

    Parameters
    ----------
    resource_types
        The types that it evaluates; empty where they are not known.
    identifier
        That of a managed rule, or the id of a check; None for a Guard policy.
    home_region
        The region for what is global.

    Returns
    -------
    str or None
        The region; None where the rule is one of every region.
    """
    facts = managed_rules().rules.get(identifier) if identifier else None
    if facts and len(facts.only_regions) == 1:
        # Of CloudFront and the like, which AWS Config has in one region whatever is chosen.
        return facts.only_regions[0]
    # A check of users may report of the account as well.
    recorded = set(resource_types) - {ACCOUNT_TYPE}
    if identifier in ACCOUNT_RULES or (recorded and recorded <= GLOBAL_TYPES):
        return home_region
    return None


def recorded_here(resource_types: Iterable[str], region: str, home_region: str) -> tuple[str, ...]:
    """Leave out the global types where another region is home: the recorder need not record them a second time."""
    return tuple(one for one in resource_types if region == home_region or one not in GLOBAL_TYPES)


def check_home_region(place: str, home_region: str) -> None:
    """Check that a region can be home.

    Raises
    ------
    SettingError
        When it is none, or AWS Config does not record IAM's types there.
    """
    check_region(place, home_region)
    if not all(is_recorded_in(one, home_region) for one in IAM_TYPES):
        raise SettingError(
            f"{place}: AWS Config does not record {', '.join(IAM_TYPES)} in {home_region}, so no rule on them would be "
            "evaluated: choose a region that AWS Config had before February 2022, such as us-east-1."
        )
