"""Accounts on two implementations of AWS Config, so that the local AWS is not its own only witness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import Account

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass
class _MotoAccount(Account):
    """An account of its own in moto."""

    make: Callable[[str, str], Any] = None  # type: ignore[assignment]  # always given

    def client(self, service: str, region: str | None = None) -> Any:
        client = self.make(service, region or self.region)
        client.meta.events.register("before-sign", self._name_account)
        return client

    def _name_account(self, request: Any, **_: Any) -> None:
        # https://docs.getmoto.org/en/latest/docs/multi_account.html
        request.headers["x-moto-account-id"] = self.number


@pytest.fixture(params=["local AWS", "moto"])
def either(request: pytest.FixtureRequest) -> Account:
    """An empty account, once of each implementation: for what both say alike (docs/reference/local-aws.md)."""
    if request.param == "local AWS":
        return Account(request.getfixturevalue("local_aws"))
    return _MotoAccount(aws=None, make=request.getfixturevalue("moto_client"))  # type: ignore[arg-type]  # moto's
