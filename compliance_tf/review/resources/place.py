"""The account and region of planned resources, as far as the plan has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.model.regions import partition
from compliance_tf.review.resources.planned_values import Unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance

_ACCOUNT_ARN: Final = re.compile(r"arn:[^:]+:[^:]+:[^:]*:([0-9]{12}):.+")


@dataclass(frozen=True)
class Place:
    """The account and region of a provider.

    Parameters
    ----------
    account
        The account's 12 digits.
    region
        The region.
    default_tags
        The tags of all resources of the provider.
    """

    account: str | Unknown
    region: str | Unknown
    default_tags: Mapping[str, object] | Unknown

    @property
    def partition(self) -> str | Unknown:
        """The partition of the region."""
        if isinstance(self.region, Unknown):
            return self.region
        return partition(self.region) or "aws"


class Places:
    """The places of a plan's providers.

    Parameters
    ----------
    plan
        The plan.
    account, region
        The user's values, for where the plan does not have them.
    """

    def __init__(self, plan: AnyPlan, account: str | None, region: str | None) -> None:
        self._plan, self._account, self._region = plan, account, region
        self._accounts: dict[str, set[str]] = {}
        for instance in plan.instances:
            found = _ACCOUNT_ARN.fullmatch(str(instance.before.get("arn")))
            if instance.managed and found:
                self._accounts.setdefault(instance.provider, set()).add(found[1])
        self._callers = {
            str(values.get("account_id")) for _, type_, values in plan.known_data if type_ == "aws_caller_identity"
        }
        self._known: dict[str, Place] = {}

    def of(self, instance: Instance) -> Place:
        """Return the place of a resource: its provider's, but in its own region, if the provider knows such."""
        place = self._of_provider(instance.provider)
        region = (instance.after or instance.before).get("region")
        if isinstance(region, str):
            return replace(place, region=region)
        if region is not None and instance.expression("region"):
            return replace(place, region=Unknown(f"{instance.address}.region {region}"))
        return place

    def _of_provider(self, provider: str) -> Place:
        if provider not in self._known:
            self._known[provider] = Place(
                self._account_of(provider), self._region_of(provider), self._tags_of(provider)
            )
        return self._known[provider]

    def _account_of(self, provider: str) -> str | Unknown:
        if self._account is not None:
            return self._account
        # Several accounts of one provider, as with cross-account resources, are inconclusive.
        found = self._accounts.get(provider) or (self._callers if len(self._aws_providers()) <= 1 else set())
        if len(found) == 1:
            return next(iter(found))
        return Unknown("the plan does not say which account it is for: give --account")

    def _region_of(self, provider: str) -> str | Unknown:
        configured = self._plan.providers.get(provider)
        expressions = (configured.expressions or {}) if configured else {}
        constant = self._constant(expressions.get("region"))
        if isinstance(constant, str):
            return constant
        if self._region is not None:
            return self._region
        return Unknown("the plan does not say which region it is for: give --region")

    def _tags_of(self, provider: str) -> Mapping[str, object] | Unknown:
        configured = self._plan.providers.get(provider)
        if configured is None:
            return Unknown("the plan does not have the configuration of the provider, which may give tags to all")
        match (configured.expressions or {}).get("default_tags"):
            case None | [] | [{"tags": None}]:
                return {}
            case [{"tags": tags}]:
                constant = self._constant(tags)
            case [{}]:
                return {}
            case _:
                constant = None
        if isinstance(constant, dict):
            return constant
        return Unknown("the plan does not show the default tags of the provider")

    def _constant(self, expression: Any) -> object:  # noqa: ANN401 (Terraform's own form)
        """Evaluate an expression that is a constant, or just a variable of the root module."""
        if not isinstance(expression, dict):
            return None
        if "constant_value" in expression:
            return expression["constant_value"]
        match expression.get("references"):
            case [str(reference)] if reference.startswith("var."):
                return self._plan.variables.get(reference.removeprefix("var."))
        return None

    def _aws_providers(self) -> list[str]:
        return [key for key, one in self._plan.providers.items() if one.full_name.endswith("/aws")]
