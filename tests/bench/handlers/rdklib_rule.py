"""The check ``bucket-name`` as a rule of rdklib, in the form of its documentation.

https://github.com/awslabs/aws-config-rdklib
"""

from __future__ import annotations

from typing import Any

from rdklib import ComplianceType, ConfigRule, Evaluation, Evaluator

RESOURCE_TYPES = ["AWS::S3::Bucket"]


class BucketName(ConfigRule):
    def evaluate_change(
        self,
        event: Any,  # noqa: ARG002 rdklib names them
        client_factory: Any,  # noqa: ARG002
        configuration_item: Any,
        valid_rule_parameters: Any,  # noqa: ARG002
    ) -> list[Any]:
        if configuration_item["resourceId"].startswith("acme-"):
            return [Evaluation(ComplianceType.COMPLIANT, annotation="The name begins with acme-.")]
        return [Evaluation(ComplianceType.NON_COMPLIANT, annotation="The name does not begin with acme-.")]


class BucketNameWithOwnRole(BucketName):
    """Uses the function's own role, as compliance_tf does by default: rdklib's default is to assume the event's."""

    def get_assume_role_mode(self, event: Any) -> bool:  # noqa: ARG002 rdklib names it
        return False


def handle(event: object, context: object) -> object:
    return Evaluator(BucketName(), RESOURCE_TYPES).handle(event, context)


def handle_with_own_role(event: object, context: object) -> object:
    return Evaluator(BucketNameWithOwnRole(), RESOURCE_TYPES).handle(event, context)
