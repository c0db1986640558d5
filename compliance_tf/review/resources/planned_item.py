"""A planned resource in the form that checks read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from compliance_runtime.account import Account
from compliance_runtime.evaluation.configuration_item import ConfigurationItem
from compliance_tf.review.resources.planned_values import Assumed, Reads, Unknown


@dataclass(frozen=True)
class PlannedAccount(Account):
    """The account for a check's lookups, whose id and region may be unknown.

    Parameters
    ----------
    reads
        The record of unknown values that were read.
    """

    reads: Reads = field(default_factory=Reads)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 (of all attributes)
        value = super().__getattribute__(name)
        return super().__getattribute__("reads").value(value) if isinstance(value, Unknown) else value


@dataclass(frozen=True)
class PlannedItem(ConfigurationItem):
    """The item that AWS Config would record, any part of which may be unknown.

    Parameters
    ----------
    address
        Terraform's address of the resource.
    reads
        The record of unknown values that were read.
    """

    address: str = ""
    reads: Reads = field(default_factory=Reads)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401 (of all attributes)
        value = super().__getattribute__(name)
        if isinstance(value, Unknown | Assumed):
            return super().__getattribute__("reads").value(value)
        return value

    @property
    def label(self) -> str:
        """Its name in messages: its id may not be known."""
        return self.address

    @property
    def is_kept_by_aws(self) -> bool:
        """False: resources of Terraform never belong to AWS itself."""
        return False
