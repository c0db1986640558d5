"""Aggregators of AWS Config: the compliance of many accounts and regions, to be read in one."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import now
from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.config_service import ConfigRegion

USUAL_RESULTS = 50
"""Per page of GetAggregateComplianceDetailsByConfigRule (AWS Config API Reference)."""


class Aggregators:
    """The aggregators of all accounts and regions.

    Parameters
    ----------
    regions
        AWS Config of all accounts and regions that have been used.
    """

    def __init__(self, regions: Mapping[AccountRegion, ConfigRegion]) -> None:
        self._regions = regions
        self._sources: dict[tuple[AccountRegion, str], list[AccountRegion]] = {}

    def put(self, call: Call) -> dict[str, Any]:
        """PutConfigurationAggregator, of accounts that are named."""
        name = call.parameters["ConfigurationAggregatorName"]
        self._sources[call.place, name] = [
            AccountRegion(account, region)
            for source in call.parameters.get("AccountAggregationSources", [])
            for account in source["AccountIds"]
            for region in source.get("AwsRegions", [])
        ]
        digest = sha256(name.encode()).hexdigest()[:8]
        arn = call.place.arn("config", f"config-aggregator/config-aggregator-{digest}")
        return {"ConfigurationAggregator": {"ConfigurationAggregatorName": name, "ConfigurationAggregatorArn": arn}}

    def sources_status(self, call: Call) -> dict[str, Any]:
        """DescribeConfigurationAggregatorSourcesStatus: a source without a recorder has failed."""
        statuses = [
            {
                "SourceId": place.account,
                "SourceType": "ACCOUNT",
                "AwsRegion": place.region,
                "LastUpdateTime": now().timestamp(),
                **_status(self._regions.get(place)),
            }
            for place in self._of(call)
        ]
        found = page_of(statuses, call.parameters.get("NextToken"), call.parameters.get("Limit"), usual=USUAL_RESULTS)
        return {"AggregatedSourceStatusList": list(found.members)} | found.token_as("NextToken")

    def compliance_by_rule(self, call: Call) -> dict[str, Any]:
        """DescribeAggregateComplianceByConfigRules."""
        wanted = call.parameters.get("Filters", {}).get("ComplianceType")
        rules = [
            {
                "ConfigRuleName": rule,
                "Compliance": {"ComplianceType": compliance},
                "AccountId": place.account,
                "AwsRegion": place.region,
            }
            for place, region in self._known(call)
            for rule, compliance in region.results.compliances(region.rules)
            if wanted in {None, compliance}
        ]
        found = page_of(rules, call.parameters.get("NextToken"), call.parameters.get("Limit"), usual=USUAL_RESULTS)
        return {"AggregateComplianceByConfigRules": list(found.members)} | found.token_as("NextToken")

    def details(self, call: Call) -> dict[str, Any]:
        """GetAggregateComplianceDetailsByConfigRule."""
        place = AccountRegion(call.parameters["AccountId"], call.parameters["AwsRegion"])
        wanted = call.parameters.get("ComplianceType")
        results = [
            {**result.describe(), "AccountId": place.account, "AwsRegion": place.region}
            for known, region in self._known(call)
            if known == place
            for result in region.results.of_rule(call.parameters["ConfigRuleName"])
            if wanted in {None, result.compliance}
        ]
        found = page_of(results, call.parameters.get("NextToken"), call.parameters.get("Limit"), usual=USUAL_RESULTS)
        return {"AggregateEvaluationResults": list(found.members)} | found.token_as("NextToken")

    def _of(self, call: Call) -> list[AccountRegion]:
        name = call.parameters["ConfigurationAggregatorName"]
        if (call.place, name) not in self._sources:
            raise ApiError(
                "NoSuchConfigurationAggregatorException", f"The configuration aggregator '{name}' does not exist."
            )
        return self._sources[call.place, name]

    def _known(self, call: Call) -> Iterator[tuple[AccountRegion, ConfigRegion]]:
        return ((place, self._regions[place]) for place in self._of(call) if place in self._regions)


def _status(region: ConfigRegion | None) -> dict[str, str]:
    if region is not None and region.recorder.current is not None:
        return {"LastUpdateStatus": "SUCCEEDED"}
    return {
        "LastUpdateStatus": "FAILED",
        "LastErrorCode": "NoRecorder",
        "LastErrorMessage": "AWS Config is not turned on in the source.",
    }
