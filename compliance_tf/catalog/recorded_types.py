"""Resource types that a region never records.

A rule that is triggered by changes of a type that its region does not record is deployed and never evaluated. Two facts
are certain enough to refuse it. The four IAM types of before February 2022 are recorded only in regions that AWS Config
had by then, which are those with a managed rule for them. A type with a home region is
recorded there alone; its managed rules are in that region only. That a region lacks rules for other types proves
nothing: rules come to new regions long after the types.

Source: https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html, "Regional and global resources".
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Final

from compliance_tf.catalog.managed_rules import managed_rules
from compliance_tf.catalog.resource_types import check_resource_types
from compliance_tf.errors import SettingError
from compliance_tf.model.regions import partition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts

IAM_TYPES: Final = ("AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User")
"""The global types that AWS Config recorded before February 2022."""

_HOME_REGIONS: Final = ("us-east-1", "us-west-2")
"""Home regions of global services in the partition ``aws``; the catalogue has none for other partitions."""


def check_types(place: str, resource_types: Iterable[str], *, region: str | None = None) -> None:
    """Check the types whose changes trigger a rule.

    Parameters
    ----------
    place
        The rule or check, for messages.
    resource_types
        The types.
    region
        The region of the rule; None where that is not known yet.

    Raises
    ------
    SettingError
        When AWS Config does not know one, or never records it in the region.
    """
    types = tuple(resource_types)
    check_resource_types(place, types)
    for resource_type in types:
        if region and not is_recorded_in(resource_type, region):
            home, lacking = _home(resource_type), ", ".join(sorted(_regions_without(resource_type)))
            where = f"only in {home}" if home else f"in all regions but {lacking}"
            raise SettingError(
                f"{place}: {region} does not record {resource_type}, so the rule would never evaluate: AWS Config "
                f"records it {where}. Leave the type or the rule out of the stack of {region}."
            )


def is_recorded_in(resource_type: str, region: str) -> bool:
    """Return whether a region may record a type: False only where it certainly does not."""
    if home := _home(resource_type):
        return region == home or partition(region) != "aws"
    return region not in _regions_without(resource_type)


@functools.cache
def _home(resource_type: str) -> str | None:
    """Return the one region of all managed rules for this type alone, if that is a home region of such types."""
    regions = {rule.only_regions for rule in _change_triggered(resource_type) if len(rule.resource_types) == 1}
    return next((home for home in _HOME_REGIONS if regions == {(home,)}), None)


@functools.cache
def _regions_without(resource_type: str) -> frozenset[str]:
    if resource_type not in IAM_TYPES:
        return frozenset()
    return frozenset.intersection(*(frozenset(rule.excluded_regions) for rule in _change_triggered(resource_type)))


def _change_triggered(resource_type: str) -> list[ManagedRuleFacts]:
    return [
        rule
        for rule in managed_rules().rules.values()
        if rule.change_triggered and resource_type in rule.resource_types
    ]
