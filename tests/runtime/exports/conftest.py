"""A deployment with results on local AWS, and the command line that reads it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from compliance_runtime.check import Compliance, Severity
from compliance_tf.results.place import ResultsPlace
from tests.runtime.local.accounts import Account
from tests.runtime.results.builders import REGION, bucket, result, rule, waiver
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


@pytest.fixture(scope="module")
def account(local_aws: LocalAws) -> Account:
    """One bucket violates a rule, one is waived, two comply; another rule has no results yet."""
    account = Account(local_aws, REGION, "111122223333")
    table = WrittenTable.create(account.client("dynamodb"), ResultsPlace("acme", "dev", REGION, "acme-dev-results"))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).date()
    table.put(
        [
            result("tls", bucket("open"), reason="No statement denies requests without TLS."),
            result("tls", bucket("legacy"), waiver=waiver(tomorrow)),
            result("tls", bucket("tidy"), Compliance.COMPLIANT),
            result("tls", bucket("neat"), Compliance.COMPLIANT),
        ],
        rules=[
            rule("tls", Severity.HIGH, "hipaa", identifier="bucket-tls-only"),
            rule("flow-logs", Severity.LOW, identifier="VPC_FLOW_LOGS_ENABLED"),
        ],
    )
    return account


@pytest.fixture(autouse=True)
def variables(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lead boto3 to the account; no other profile may be in the way."""
    for name, value in account.aws.environment(account.number, REGION).items():
        monkeypatch.setenv(name, value)
