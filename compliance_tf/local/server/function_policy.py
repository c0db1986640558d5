"""Evaluation of a Lambda function's resource policy for a service of AWS."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any


@dataclass(frozen=True)
class Invoker:
    """A service that invokes a function, and the source on whose behalf it does."""

    service: str
    source_account: str
    source_arn: str


def may_invoke(policy: dict[str, Any], invoker: Invoker) -> bool:
    """Return whether a statement of the policy allows it; AddPermission writes only Allow statements."""
    return any(_allows(statement, invoker) for statement in policy.get("Statement", []))


def _allows(statement: dict[str, Any], invoker: Invoker) -> bool:
    principal = statement.get("Principal")
    if principal != "*" and (not isinstance(principal, dict) or principal.get("Service") != invoker.service):
        return False
    if statement.get("Action") not in {"lambda:InvokeFunction", "lambda:*", "*"}:
        return False
    conditions = statement.get("Condition", {})
    account = conditions.get("StringEquals", {}).get("AWS:SourceAccount", invoker.source_account)
    source = conditions.get("ArnLike", {}).get("AWS:SourceArn", invoker.source_arn)
    return bool(account == invoker.source_account) and fnmatchcase(invoker.source_arn, source)
