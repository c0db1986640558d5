"""Service Quotas, which MiniStack lacks: AWS's documented defaults, which no local account has raised."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from compliance_tf.local.api.json_api import Call

SERVICE = "servicequotas"
"""The service name in signatures, by which MiniStack would dispatch."""

TARGET_PREFIX = "ServiceQuotasV20190624"

USUAL_QUOTAS = 100
"""Per page of ListServiceQuotas."""


@dataclass(frozen=True)
class Quota:
    """A quota with its documented default (AWS General Reference: Service endpoints and quotas)."""

    service: str
    code: str
    name: str
    value: float

    def describe(self, call: Call) -> dict[str, Any]:
        """Return the form of the API."""
        return {
            "ServiceCode": self.service,
            "ServiceName": self.service,
            "QuotaArn": call.place.arn("servicequotas", f"{self.service}/{self.code}"),
            "QuotaCode": self.code,
            "QuotaName": self.name,
            "Value": self.value,
            "Unit": "None",
            "Adjustable": True,
            "GlobalQuota": False,
        }


# The quota of Config rules is not among them: neither its code nor its name is documented.
QUOTAS = (
    Quota("dynamodb", "L-F98FE922", "Maximum number of tables", 2500.0),
    Quota("events", "L-244521F2", "Number of rules", 300.0),
    Quota("lambda", "L-2ACBD22F", "Function and layer storage", 75.0),
    Quota("lambda", "L-B99A9384", "Concurrent executions", 1000.0),
)


def operations() -> dict[str, Callable[[Call], dict[str, Any]]]:
    """Return the handler of each operation."""
    return {
        "GetServiceQuota": _get_applied,
        "GetAWSDefaultServiceQuota": _get_default,
        "ListServiceQuotas": _list,
    }


def _get_default(call: Call) -> dict[str, Any]:
    parameters = call.parameters
    for quota in QUOTAS:
        if (quota.service, quota.code) == (parameters["ServiceCode"], parameters["QuotaCode"]):
            return {"Quota": quota.describe(call)}
    raise ApiError("NoSuchResourceException", "The request failed because the specified quota does not exist.")


def _get_applied(call: Call) -> dict[str, Any]:
    """Answer like AWS for a quota that was never raised in the account."""
    raise ApiError(
        "NoSuchResourceException",
        f"The quota {call.parameters['QuotaCode']} has no value of its own in this account.",
    )


def _list(call: Call) -> dict[str, Any]:
    found = page_of(
        [quota for quota in QUOTAS if quota.service == call.parameters["ServiceCode"]],
        call.parameters.get("NextToken"),
        call.parameters.get("MaxResults"),
        usual=USUAL_QUOTAS,
    )
    return {"Quotas": [quota.describe(call) for quota in found.members]} | found.token_as("NextToken")
