"""The status of a rule's evaluations: DescribeConfigRuleEvaluationStatus."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from compliance_tf.local.config.config_rule import ConfigRule


@dataclass(frozen=True)
class RuleStatus:
    """The last times, and the last error, of one rule."""

    activated: datetime
    last_invocation: datetime | None = None
    last_evaluation: datetime | None = None
    last_failure: datetime | None = None
    error_code: str | None = None
    error_message: str | None = None

    def invoked(self, moment: datetime) -> RuleStatus:
        """Return the status after a function was invoked, or a managed rule evaluated."""
        return replace(self, last_invocation=moment, error_code=None, error_message=None)

    def evaluated(self, moment: datetime) -> RuleStatus:
        """Return the status after results were put."""
        return replace(self, last_evaluation=moment)

    def failed(self, moment: datetime, code: str, message: str) -> RuleStatus:
        """Return the status after a function could not be invoked."""
        return replace(self, last_failure=moment, error_code=code, error_message=message)

    def describe(self, rule: ConfigRule) -> dict[str, Any]:
        """Return the form of the AWS Config API."""
        times = {
            "FirstActivatedTime": self.activated,
            "LastSuccessfulInvocationTime": self.last_invocation,
            "LastSuccessfulEvaluationTime": self.last_evaluation,
            "LastFailedInvocationTime": self.last_failure,
        }
        errors = {"LastErrorCode": self.error_code, "LastErrorMessage": self.error_message}
        return (
            {
                "ConfigRuleName": rule.name,
                "ConfigRuleArn": rule.arn,
                "ConfigRuleId": rule.rule_id,
                "FirstEvaluationStarted": bool(self.last_invocation or self.last_failure),
            }
            | {name: moment.timestamp() for name, moment in times.items() if moment}
            | {name: text for name, text in errors.items() if text}
        )
