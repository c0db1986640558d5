"""The results that AWS Config has of a rule, page by page.

https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_config import ConfigServiceClient
    from mypy_boto3_config.type_defs import EvaluationResultTypeDef

PAGE_SIZE = 100
"""Maximum results of one call."""


def rule_results(config: ConfigServiceClient, rule_name: str) -> Iterator[EvaluationResultTypeDef]:
    """Read the results of a rule, without those that are NOT_APPLICABLE.

    Yields
    ------
    EvaluationResultTypeDef
        Each result, page by page, in no order.

    Raises
    ------
    Exception
        Any error of boto3.
    """
    pages = config.get_paginator("get_compliance_details_by_config_rule").paginate(
        ConfigRuleName=rule_name,
        ComplianceTypes=["COMPLIANT", "NON_COMPLIANT"],
        PaginationConfig={"PageSize": PAGE_SIZE},
    )
    for page in pages:
        yield from page["EvaluationResults"]
