"""The parts that all Config rules of a deployment share, and their entries in the functions' manifest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule
from compliance_tf.catalog.parameters import input_parameters
from compliance_tf.errors import SettingError
from compliance_tf.model.naming import RULE_TAG
from compliance_tf.model.setting_values import as_tuple, member_hint
from compliance_tf.model.workspace_values import ByWorkspace, as_by_workspace, expression, to_terraform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance_tf.constructs.rules.scope import Scope
    from compliance_tf.constructs.schedule import ApiCall
    from compliance_tf.constructs.stack import ComplianceStack

NO_PARAMETERS: Final[ByWorkspace[Mapping[str, str]]] = as_by_workspace({})


def change_notifications() -> list[dict[str, str]]:
    """Build the notifications with which AWS Config reports every change to a rule."""
    # Without the second one a rule is not notified of an item of more than 256 KB.
    return [
        {"message_type": "ConfigurationItemChangeNotification"},
        {"message_type": "OversizedConfigurationItemChangeNotification"},
    ]


def deployed_rule(
    severity: Severity,
    *,
    packs: Sequence[str],
    enabled: ByWorkspace[bool],
    module: str | None = None,
    identifier: str | None = None,
    calls: Sequence[ApiCall] = (),
) -> DeployedRule:
    """Build a rule's entry in the functions' manifest.

    Parameters
    ----------
    severity
        The severity of its violations.
    packs
        The names of its packs.
    enabled
        By workspace, whether the rule is enabled.
    module
        The module of its check; None for a managed or policy rule.
    identifier
        The identifier of a managed rule, or the id of a check.
    calls
        The API calls that trigger an evaluation.

    Returns
    -------
    DeployedRule
        The entry, in which API calls and workspaces are sorted.

    Raises
    ------
    SettingError
        When ``severity`` is no ``Severity``, or ``packs`` or ``calls`` is a single value.
    """
    if not isinstance(severity, Severity):
        names = [f"Severity.{name}" for name in Severity.__members__]
        raise SettingError(f"severity={severity!r} is not one of {', '.join(names)}.{member_hint(Severity, severity)}")
    return DeployedRule(
        check_module=module,
        severity=severity,
        api_calls=tuple(str(call) for call in sorted(as_tuple("evaluate_after", calls))),
        packs=as_tuple("packs", packs),
        enabled=enabled.default,
        except_in=tuple(sorted(enabled.differing)),
        identifier=identifier,
    )


def declare_rule(
    stack: ComplianceStack,
    rule_id: str,
    deployed: DeployedRule,
    *,
    name: str | None,
    scope: Scope | None,
    enabled: ByWorkspace[bool],
    source: Mapping[str, object],
    parameters: ByWorkspace[Mapping[str, str]] = NO_PARAMETERS,
    frequency: str | None = None,
    needs: Sequence[str] = (),
    description: str | None = None,
) -> str:
    """Declare a Config rule that depends on everything that it needs.

    Parameters
    ----------
    rule_id
        Its id.
    deployed
        Its entry in the functions' manifest.
    name
        The last part of its name, if not the id.
    scope
        The resources that it evaluates, if not all that it can evaluate.
    enabled
        By workspace, whether the rule is enabled.
    source
        The block ``source``: its owner, identifier and triggers.
    parameters
        Its checked parameters.
    frequency
        The interval of a periodic managed rule.
    needs
        The addresses of its dependencies.
    description
        Its description.

    Returns
    -------
    str
        Its address, which depends on the id alone: a rule that moves between an app and a pack is not replaced.

    Raises
    ------
    SettingError
        When another rule of the stack has its id or its name, the name is too long, or parameters that differ by
        workspace hold a Terraform expression.
    """
    body: dict[str, Any] = {
        "name": stack.naming.config_rule(rule_id, name),
        "description": description,
        "input_parameters": _parameters_text(rule_id, parameters),
        "maximum_execution_frequency": frequency,
        "scope": scope.to_terraform() if scope else None,
        "source": dict(source),
        "tags": {RULE_TAG: rule_id} if name not in {None, rule_id} else None,
        # A new rule is evaluated at once, and its results must be recorded from the beginning.
        "depends_on": [*stack.before_rules, *needs],
        "count": f"${{{expression(enabled)} ? 1 : 0}}" if enabled.differs or not enabled.default else None,
    }
    return stack.declare(rule_id, deployed, body, name=name)


def _parameters_text(rule_id: str, parameters: ByWorkspace[Mapping[str, str]]) -> str | None:
    texts = parameters.map(lambda values: input_parameters(values) if values else "")
    if texts.differs and any("${" in text for text in (texts.default, *texts.values.values())):
        raise SettingError(f"Rule '{rule_id}': parameters that differ by workspace cannot hold Terraform expressions.")
    return to_terraform(texts) or None
