"""AWS's prices, read from ``prices.json``, which has their date and source."""

from __future__ import annotations

import datetime
import functools
import json
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA_FILE: Final = Path(__file__).with_name("prices.json")

_MILLION = 1_000_000


@dataclass(frozen=True)
class Tier:
    """A price up to a number of evaluations per month, account and region.

    Parameters
    ----------
    up_to
        The last evaluation at this price; None for no limit.
    each
        The price of one evaluation.
    """

    up_to: int | None
    each: float


@dataclass(frozen=True)
class Prices:
    """The prices.

    Parameters
    ----------
    currency
        The currency of all prices.
    as_of
        The date of the prices.
    tiers
        Price tiers of evaluations of a resource by a Config rule, in ascending order.
    per_function_request
        The price of an invocation of a Lambda function.
    per_gigabyte_second
        The price of a GB-second of a Lambda function, by its architecture.
    per_write
        The price of an on-demand DynamoDB write request unit, by region.
    """

    currency: str
    as_of: datetime.date
    tiers: tuple[Tier, ...]
    per_function_request: float
    per_gigabyte_second: Mapping[str, float]
    per_write: Mapping[str, float]

    def of_evaluations(self, number: float) -> float:
        """Return the price of evaluations of one month, account and region, as if there were no others."""
        total, begin = 0.0, 0.0
        for tier in self.tiers:
            end = number if tier.up_to is None else min(number, tier.up_to)
            total += (end - begin) * tier.each
            begin = end
        return total


@functools.cache
def prices() -> Prices:
    """Return the prices, read once per process."""
    document = json.loads(DATA_FILE.read_text(encoding="utf-8"))
    return Prices(
        currency=document["currency"],
        as_of=datetime.date.fromisoformat(document["as_of"]),
        tiers=tuple(Tier(tier["up_to"], tier["each"]) for tier in document["config_rule_evaluation_tiers"]),
        per_function_request=document["lambda_per_million_requests"] / _MILLION,
        per_gigabyte_second=MappingProxyType(document["lambda_per_gigabyte_second"]),
        per_write=MappingProxyType(
            {region: price / _MILLION for region, price in document["dynamodb_per_million_writes"].items()}
        ),
    )
