"""Config rules whose logic is a policy in Guard's language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cdktf import Annotations
from constructs import Construct

from compliance_runtime.check import MAX_DESCRIPTION, Severity
from compliance_tf.constructs.rules.declaration import change_notifications, declare_rule, deployed_rule
from compliance_tf.constructs.rules.scope import Scope
from compliance_tf.constructs.stack import ComplianceStack
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.guard_policy import GUARD_RUNTIME, check_policy
from compliance_tf.model.workspace_values import Setting, as_by_workspace


class PolicyRule(Construct):
    """A Config rule that AWS Config evaluates by a policy in Guard's language, at every change of a resource.

    Such a rule cannot be periodic (AWS Config API, Source.SourceDetails). The policy evaluates the
    configuration item: ``resourceType``, ``configuration``, ``supplementaryConfiguration``, ``tags`` and so on.

    Parameters
    ----------
    id_
        Its id in waivers and reports: kebab case, unique in the stack, and the end of the rule's name.
    policy
        Guard 2, at most 10,000 characters. Its syntax is checked at synthesis; ``${`` is literal text in it.
    rule_scope
        The resources that it evaluates: some types, or one resource.
    description
        Its description, at most 256 characters.
    severity
        The severity of its violations.
    enabled
        Whether the rule is deployed; by workspace where that differs.
    packs
        The names of its packs, for views and reports.
    name
        The end of the rule's name, in kebab case, where the id is too long.

    Attributes
    ----------
    address
        Its Terraform address, for ``depends_on``.

    Raises
    ------
    SettingError
        When AWS Config would refuse the rule.

    Examples
    --------
    >>> rule = PolicyRule(
    ...     stack,
    ...     "bucket-names",
    ...     policy='rule named when resourceType == "AWS::S3::Bucket" { resourceId == /^acme-/ }',
    ...     rule_scope=Scope.types("AWS::S3::Bucket"),
    ... )
    >>> rule.address
    'aws_config_config_rule.bucket-names'
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        policy: str,
        rule_scope: Scope,
        description: str | None = None,
        severity: Severity = Severity.MEDIUM,
        enabled: Setting[bool] = True,
        packs: Sequence[str] = (),
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        if description is not None and len(description) > MAX_DESCRIPTION:
            raise SettingError(
                f"Rule '{id_}': the description has {len(description)} characters, and AWS Config takes "
                f"{MAX_DESCRIPTION}."
            )
        existence = as_by_workspace(enabled)
        stack.workspaces.refuse_unknown([existence], f"Rule '{id_}'")
        if not check_policy(id_, policy, rule_scope.resource_types):
            Annotations.of(self).add_info(
                f"Rule '{id_}': the policy was not parsed, because cfn-guard-rs is not installed (it has no wheel for "
                "this Python). AWS Config will parse it at the deployment."
            )
        existence = stack.existence(existence, rule_scope.resource_types)
        stack.recorder.require(rule_scope.resource_types, rule=id_, enabled=existence)
        self.address = declare_rule(
            stack,
            id_,
            deployed_rule(severity, packs=packs, enabled=existence),
            name=name,
            scope=rule_scope,
            enabled=existence,
            source={
                "owner": "CUSTOM_POLICY",
                "custom_policy_details": {"policy_runtime": GUARD_RUNTIME, "policy_text": _literal(policy)},
                "source_detail": change_notifications(),
            },
            description=description,
        )


def _literal(text: str) -> str:
    """Escape a text that Terraform must not read as a template: in its JSON ``${`` and ``%{`` begin templates."""
    return re.sub(r"([$%])\{", r"\1\1{", text)
