"""What all Config rules of a deployment have in common, and what the functions know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from cdktf_cdktf_provider_aws.config_config_rule import ConfigConfigRule, ConfigConfigRuleSourceSourceDetail
from compliance_runtime.deployment import DeployedRule

from compliance_tf.catalog.parameters import input_parameters
from compliance_tf.errors import SettingError
from compliance_tf.model.workspace_values import ByWorkspace, as_by_workspace, expression, to_terraform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import ITerraformDependable
    from cdktf_cdktf_provider_aws.config_config_rule import ConfigConfigRuleSource
    from compliance_runtime.check import Severity
    from constructs import Construct

    from compliance_tf.constructs.rules.scope import Scope
    from compliance_tf.constructs.schedule import ApiCall
    from compliance_tf.constructs.stack import ComplianceStack

NO_PARAMETERS: Final[ByWorkspace[Mapping[str, str]]] = as_by_workspace({})


def change_notifications() -> list[ConfigConfigRuleSourceSourceDetail]:
    """Have AWS Config tell a rule of every change."""
    # A rule without the second one never hears of an item of more than 256 KB.
    return [
        ConfigConfigRuleSourceSourceDetail(message_type="ConfigurationItemChangeNotification"),
        ConfigConfigRuleSourceSourceDetail(message_type="OversizedConfigurationItemChangeNotification"),
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
    """Write what the functions know of a rule.

    Parameters
    ----------
    severity
        How bad it is when a resource does not comply.
    packs
        The names of the packs that it comes from.
    enabled
        In which workspaces there is the rule.
    module
        The module of the check that evaluates it, if one of the functions does.
    identifier
        The identifier of a managed rule, or the id of a check.
    calls
        The API calls after which it is evaluated.
    """
    return DeployedRule(
        check_module=module,
        severity=severity,
        api_calls=tuple(str(call) for call in sorted(calls)),
        packs=tuple(packs),
        enabled=enabled.default,
        except_in=tuple(sorted(enabled.differing)),
        identifier=identifier,
    )


def declare_rule(
    construct: Construct,
    stack: ComplianceStack,
    name: str,
    *,
    scope: Scope | None,
    enabled: ByWorkspace[bool],
    source: ConfigConfigRuleSource,
    parameters: ByWorkspace[Mapping[str, str]] = NO_PARAMETERS,
    frequency: str | None = None,
    needs: Sequence[ITerraformDependable] = (),
    description: str | None = None,
) -> ConfigConfigRule:
    """Declare a Config rule that waits for all that it needs.

    Parameters
    ----------
    name
        Its whole name.
    scope
        Which resources it looks at, if not at all that it can evaluate.
    enabled
        In which workspaces there is the rule.
    source
        What evaluates it, and when.
    parameters
        Its checked parameters.
    frequency
        How often AWS evaluates a managed rule.
    needs
        What has to be there before it.
    description
        What it asks for.

    Raises
    ------
    SettingError
        When parameters that differ by workspace hold a Terraform expression.
    """
    rule = ConfigConfigRule(
        construct,
        "rule",
        name=name,
        description=description,
        input_parameters=_parameters_text(name, parameters),
        maximum_execution_frequency=frequency,
        scope=scope.to_terraform() if scope else None,
        source=source,
        # A rule evaluates as soon as it is there: by then, whatever it finds must be recorded.
        depends_on=[stack.recorder.reading, stack.triggers.recording, *needs],
    )
    if enabled.differs or not enabled.default:
        rule.add_override("count", f"${{{expression(enabled)} ? 1 : 0}}")
    return rule


def _parameters_text(name: str, parameters: ByWorkspace[Mapping[str, str]]) -> str | None:
    texts = parameters.map(lambda values: input_parameters(values) if values else "")
    if texts.differs and any("${" in text for text in (texts.default, *texts.values.values())):
        raise SettingError(f"Rule '{name}': parameters that differ by workspace cannot hold Terraform expressions.")
    return to_terraform(texts) or None
