from __future__ import annotations

from typing import TYPE_CHECKING, Any

import boto3
import pytest

from tests.runtime.local.accounts import Account
from tests.runtime.local.refusals import refused

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws

RULES = {"ServiceCode": "events", "QuotaCode": "L-244521F2"}


@pytest.fixture
def quotas(local_aws: LocalAws) -> Any:
    return Account(local_aws).client("service-quotas")


def test_a_default_is_what_aws_documents(quotas: Any) -> None:
    quota = quotas.get_aws_default_service_quota(**RULES)["Quota"]
    assert (quota["QuotaName"], quota["Value"]) == ("Number of rules", 300.0)


def test_no_account_has_a_value_of_its_own(quotas: Any) -> None:
    with refused("NoSuchResourceException"):
        quotas.get_service_quota(**RULES)


def test_a_quota_that_is_not_known_is_refused(quotas: Any) -> None:
    with refused("NoSuchResourceException"):
        quotas.get_aws_default_service_quota(ServiceCode="config", QuotaCode="L-244521F2")


def test_the_quotas_of_a_service_are_listed_in_pages(quotas: Any) -> None:
    first = quotas.list_service_quotas(ServiceCode="lambda", MaxResults=1)
    second = quotas.list_service_quotas(ServiceCode="lambda", NextToken=first["NextToken"])
    names = {quota["QuotaName"] for page in (first, second) for quota in page["Quotas"]}
    assert names == {"Concurrent executions", "Function and layer storage"}
    assert "NextToken" not in second


def test_who_may_not_read_quotas_is_refused(local_aws: LocalAws) -> None:
    account = Account(local_aws)
    iam = account.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    client = boto3.client(
        "service-quotas",
        region_name=account.region,
        endpoint_url=local_aws.endpoint_url,
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )
    with refused("AccessDeniedException", "servicequotas:GetServiceQuota"):
        client.get_service_quota(**RULES)
