"""Finds the waiver that a violation has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.check import Compliance
from compliance_runtime.errors import EventError, WaiverLookupError
from compliance_runtime.evaluation.configuration_item import item_from_history
from compliance_runtime.json_object import JsonObject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.results_table import Resource
    from compliance_runtime.waivers.waiver import DeployedWaiver, WaiverNote


@dataclass(frozen=True)
class WaiverLookup:
    """The waivers of a workspace.

    Parameters
    ----------
    by_rule
        The waivers by the whole name of the rule.
    config
        Gives the client of AWS Config, which is asked for what it recorded of a resource only where that decides.
    """

    by_rule: Mapping[str, tuple[DeployedWaiver, ...]]
    config: Callable[[], ConfigServiceClient]

    def note(self, result: Result) -> WaiverNote | None:
        """Find the waiver of a result: that which expires last of those that are for its rule and resource.

        Expired ones count as well: the same result always has the same waiver, and whoever reads it sees the date.

        Returns
        -------
        WaiverNote | None
            None where there is no waiver, and for what is no violation.

        Raises
        ------
        WaiverLookupError
            When AWS Config does not say what it recorded of the resource, which a pattern or a tag is compared with.
        """
        if result.compliance is not Compliance.NON_COMPLIANT:
            return None
        best: DeployedWaiver | None = None
        item: ConfigurationItem | None = None
        asked = False
        waivers = self.by_rule.get(result.rule_name, ())
        # What can be told without asking comes first: it may make asking needless.
        for waiver in sorted(waivers, key=lambda one: one.needs_item):
            if best is not None and waiver.expires <= best.expires:
                continue
            if waiver.needs_item and not asked:
                item, asked = self._item(result.resource), True
            if waiver.covers(result.resource, item):
                best = waiver
        return best.note if best else None

    def _item(self, resource: Resource) -> ConfigurationItem | None:
        """Read what AWS Config recorded last of a resource; None where it records none of its kind."""
        from botocore.exceptions import BotoCoreError, ClientError

        config = self.config()
        try:
            answer = config.get_resource_config_history(
                resourceType=resource.type,  # type: ignore[arg-type]  # the stubs list the types of today
                resourceId=resource.id,
                limit=1,
            )
            items = answer["configurationItems"]
            return item_from_history(JsonObject.of(items[0], "configurationItems[0]", EventError)) if items else None
        # Rules also judge what is no recorded resource, such as the account.
        except (config.exceptions.ResourceNotDiscoveredException, config.exceptions.ValidationException):
            return None
        except (BotoCoreError, ClientError, EventError) as cause:
            raise WaiverLookupError(
                f"Whether {resource.type} {resource.id} has a waiver is not known, for AWS Config does not say what it "
                f"recorded: {cause}"
            ) from cause
