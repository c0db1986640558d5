"""AWS Config rules whose logic is a policy in Guard's language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cdktf import Annotations
from constructs import Construct

from compliance_runtime.check import MAX_DESCRIPTION, Severity
from compliance_tf.constructs.rules.declaration import change_notifications, declare_rule, deployed_rule
from compliance_tf.constructs.stack import ComplianceStack
from compliance_tf.errors import SettingError
from compliance_tf.model.guard_policy import GUARD_RUNTIME, check_policy
from compliance_tf.model.workspace_values import as_by_workspace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.constructs.rules.scope import Scope
    from compliance_tf.model.workspace_values import Setting


class PolicyRule(Construct):
    """A rule that AWS Config evaluates by a policy in Guard's language, at every change of a resource.

    AWS Config takes no schedule for such a rule (AWS Config API, Source.SourceDetails). The policy sees the
    configuration item: ``resourceType``, ``configuration``, ``supplementaryConfiguration``, ``tags`` and so on.

    Parameters
    ----------
    id_
        What people, waivers and reports call it, in kebab case, and unique in the stack. It ends the rule's name.
    policy
        Guard 2, at most 10,000 characters. Its parser checks it here; what it says of a real item only AWS Config can
        tell. ``${`` has no meaning in it.
    rule_scope
        Which resources it looks at: some types, or one resource.
    description
        What it asks for, at most 256 characters.
    severity
        How bad it is when a resource does not comply.
    enabled
        Whether there is the rule: by workspace for one that only some have.
    packs
        The names of the packs that it comes from, for views and reports.
    name
        The end of the rule's name, in kebab case, where the id is too long for it.

    Attributes
    ----------
    address
        Its Terraform address, for what depends on it.

    Raises
    ------
    SettingError
        When AWS Config would refuse the rule.
    """

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
                f"Rule '{id_}': the policy was not parsed, for cfn-guard-rs is not installed (it has none for this "
                "Python). AWS Config will tell at the deployment."
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
    """Write a text so that Terraform takes it as it is: in its JSON, ``${`` and ``%{`` begin templates."""
    return re.sub(r"([$%])\{", r"\1\1{", text)
