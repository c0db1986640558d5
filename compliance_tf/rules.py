"""AWS Config rules: those that AWS manages and those that run our checks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

from cdktf_cdktf_provider_aws.config_config_rule import (
    ConfigConfigRule,
    ConfigConfigRuleScope,
    ConfigConfigRuleSource,
    ConfigConfigRuleSourceSourceDetail,
)
from constructs import Construct

from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.catalog.parameters import ParameterValue, check_parameters, input_parameters
from compliance_tf.catalog.usage import DEFAULT_FREQUENCY, MaximumExecutionFrequency, validate_use
from compliance_tf.errors import SettingError
from compliance_tf.stack import ComplianceStack
from compliance_tf.workspace_values import as_by_workspace, expression, to_terraform, together
from lambda_src.check import Check, PeriodicCheck, Severity
from lambda_src.checks import check_ids, check_module, load_check
from lambda_src.deployment import DeployedRule
from lambda_src.errors import ParameterError
from lambda_src.parameters import declared_parameters, to_rule_parameters
from lambda_src.suggestions import hint

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cdktf import ITerraformDependable

    from compliance_tf.catalog.identifiers import ManagedRuleIdentifier
    from compliance_tf.triggers import ApiCall
    from compliance_tf.workspace_values import ByWorkspace, Setting

P = TypeVar("P")


@dataclass(frozen=True)
class Scope:
    """Which resources a rule looks at: those of some types, a single one, or those with a tag.

    Build it with :meth:`types`, :meth:`resource` or :meth:`tag`.
    """

    resource_types: tuple[str, ...] = ()
    resource_id: str | None = None
    tag_key: str | None = None
    tag_value: str | None = None

    @classmethod
    def types(cls, *resource_types: str) -> Scope:
        """Look at resources of these types, such as ``AWS::S3::Bucket``: at most 100."""
        return cls(resource_types=resource_types)

    @classmethod
    def resource(cls, resource_type: str, resource_id: str) -> Scope:
        """Look at a single resource."""
        return cls(resource_types=(resource_type,), resource_id=resource_id)

    @classmethod
    def tag(cls, key: str, value: str | None = None) -> Scope:
        """Look at resources with this tag, and with this value if one is given."""
        return cls(tag_key=key, tag_value=value)

    def to_terraform(self) -> ConfigConfigRuleScope:
        """Give the block as the provider takes it."""
        return ConfigConfigRuleScope(
            compliance_resource_types=list(self.resource_types) or None,
            compliance_resource_id=self.resource_id,
            tag_key=self.tag_key,
            tag_value=self.tag_value,
        )


class ManagedRule(Construct):
    """A rule that AWS wrote and runs.

    Parameters
    ----------
    id_
        The last part of the rule's name, in kebab case, and unique in the stack.
    identifier
        Which rule it is, such as ``S3_BUCKET_VERSIONING_ENABLED``.
    parameters
        Values of the rule's own parameters; AWS's defaults hold for the others, and where one is None.
    rule_scope
        Which resources it looks at, if not at all that it can evaluate; not for a periodic rule.
    frequency
        How often it is evaluated; only for a periodic rule, where AWS's default is every 24 hours.
    severity
        How bad it is when a resource does not comply; the catalogue's rating unless given.
    enabled
        Whether there is the rule: by workspace for one that only some have.
    evaluate_after
        API calls after which the rule is evaluated at once. Each of them costs an evaluation of every resource
        that the rule looks at, so this is for periodic rules that would see the change a day later.
    packs
        The names of the packs that it comes from, for views and reports.

    Raises
    ------
    ComplianceError
        When AWS Config would refuse the rule, or has none of this name.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        identifier: ManagedRuleIdentifier,
        parameters: Mapping[str, Setting[ParameterValue | None]] | None = None,
        rule_scope: Scope | None = None,
        frequency: Setting[MaximumExecutionFrequency | None] = None,
        severity: Severity | None = None,
        evaluate_after: Sequence[ApiCall] = (),
        enabled: Setting[bool] = True,
        packs: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        facts = managed_rule(identifier)
        scope_types = rule_scope.resource_types if rule_scope else ()
        frequencies, existence = as_by_workspace(frequency), as_by_workspace(enabled)
        given = together({name: _by_workspace(value) for name, value in (parameters or {}).items()})
        stack.workspaces.refuse_unknown([frequencies, existence, given], f"Rule '{id_}'")
        for one in (frequencies.default, *frequencies.values.values()):
            validate_use(
                facts,
                region=stack.naming.region,
                frequency=one,
                scope_types=scope_types,
                scoped_by_tag=rule_scope is not None and rule_scope.tag_key is not None,
            )
        stack.triggers.watch(evaluate_after)
        stack.register(id_, _deployed(None, severity or facts.severity, evaluate_after, packs, existence))
        if facts.change_triggered:
            stack.recorder.require(scope_types or facts.resource_types, rule=id_, enabled=existence)
        self.resource = _config_rule(
            self,
            stack,
            stack.naming.config_rule(id_),
            parameters=given.map(lambda values: check_parameters(facts, _given(values))),
            scope=rule_scope,
            frequency=to_terraform(frequencies),
            enabled=existence,
            source=ConfigConfigRuleSource(owner="AWS", source_identifier=facts.identifier),
        )


class CheckRule(Construct, Generic[P]):
    """A rule that one of our checks evaluates.

    Parameters
    ----------
    id_
        The last part of the rule's name, in kebab case, and unique in the stack.
    check
        What evaluates a resource.
    parameters
        The check's own parameters; its defaults unless given.
    rule_scope
        Which resources it looks at, if not at all of the check's types. A check of any type looks at every
        recorded resource unless this narrows it. Not for a periodic check.
    frequency
        How often a periodic check is evaluated: every 24 hours unless given. Only for a periodic one.
    severity
        How bad it is when a resource does not comply; the check's own unless given.
    enabled
        Whether there is the rule: by workspace for one that only some have.
    evaluate_after
        API calls after which the rule is evaluated at once, which costs an evaluation of each of its resources.
    packs
        The names of the packs that it comes from, for views and reports.

    Raises
    ------
    ComplianceError
        When AWS Config would refuse the rule.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        check: Check[P],
        parameters: Setting[P] | None = None,
        rule_scope: Scope | None = None,
        frequency: Setting[MaximumExecutionFrequency | None] = None,
        severity: Severity | None = None,
        evaluate_after: Sequence[ApiCall] = (),
        enabled: Setting[bool] = True,
        packs: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        module = _module(id_, check, stack)
        frequencies, existence = as_by_workspace(frequency), as_by_workspace(enabled)
        given = as_by_workspace(parameters)
        stack.workspaces.refuse_unknown([frequencies, existence, given], f"Rule '{id_}'")
        if isinstance(check, PeriodicCheck):
            name = stack.naming.periodic_check_rule(id_)
            if rule_scope is not None:
                raise SettingError(
                    f"Rule '{id_}' takes no scope: the check '{check.id}' is periodic, and finds its resources itself."
                )
        else:
            name = stack.naming.config_rule(id_)
            rule_scope = _change_scope(id_, check, rule_scope, frequency)
            types = (rule_scope and rule_scope.resource_types) or check.resource_types
            stack.recorder.require(types, rule=id_, enabled=existence)
        stack.triggers.watch(evaluate_after)
        stack.register(id_, _deployed(module, severity or check.severity, evaluate_after, packs, existence))
        stack.functions.serve(check)
        function = stack.functions.evaluate
        self.resource = _config_rule(
            self,
            stack,
            name,
            parameters=given.map(lambda values: _rule_parameters(id_, check, values)),
            scope=rule_scope,
            frequency=None,
            enabled=existence,
            source=ConfigConfigRuleSource(
                owner="CUSTOM_LAMBDA",
                source_identifier=function.resource.arn,
                source_detail=_notifications(check, frequencies),
            ),
            description=check.description,
            # AWS takes such a rule only when it may invoke the function.
            needs=[function.permission],
        )


def _by_workspace(value: Setting[ParameterValue | None]) -> ByWorkspace[ParameterValue | None]:
    return as_by_workspace(value)


def _given(values: Mapping[str, ParameterValue | None]) -> dict[str, ParameterValue]:
    return {name: value for name, value in values.items() if value is not None}


def _module(rule_id: str, check: Check[P], stack: ComplianceStack) -> str:
    """Find where the function will import a check from: what it cannot find must not be deployed."""
    if stack.checks and check.id in stack.checks.ids:
        declared, module = stack.checks.load(check.id), stack.checks.module(check.id)
    elif check.id in check_ids():
        declared, module = load_check(check.id), check_module(check.id)
    else:
        own = (
            f"in {stack.checks.path}."
            if stack.checks
            else "in a folder of yours: give that to the stack, checks=<folder>."
        )
        known = [*check_ids(), *(stack.checks.ids if stack.checks else ())]
        raise SettingError(
            f"Rule '{rule_id}': there is no check '{check.id}', neither shipped nor {own}{hint(check.id, known)}"
        )
    if declared is not check:
        raise SettingError(
            f"Rule '{rule_id}': the function would import another check '{check.id}', that of {module}: "
            "give the rule the one that is declared there."
        )
    return module


def _change_scope(
    rule_id: str, check: Check[P], rule_scope: Scope | None, frequency: Setting[MaximumExecutionFrequency | None]
) -> Scope | None:
    if frequency is not None:
        raise SettingError(f"Rule '{rule_id}' takes no frequency: the check '{check.id}' is triggered by changes.")
    if rule_scope is None:
        return Scope.types(*check.resource_types) if check.resource_types else None
    foreign = set(rule_scope.resource_types) - set(check.resource_types)
    if check.resource_types and foreign:
        raise SettingError(
            f"Rule '{rule_id}' is scoped to {', '.join(sorted(foreign))}, and the check '{check.id}' "
            f"evaluates {', '.join(check.resource_types)}."
        )
    return rule_scope


def _rule_parameters(rule_id: str, check: Check[P], parameters: P | None) -> dict[str, str]:
    if parameters is None:
        required = [parameter.name for parameter in declared_parameters(check.parameters) if parameter.required]
        if required:
            raise SettingError(f"Rule '{rule_id}': the check '{check.id}' needs a value of {', '.join(required)}.")
        return {}
    try:
        return to_rule_parameters(parameters)
    except ParameterError as error:
        raise SettingError(f"Rule '{rule_id}': {error}") from error


def _notifications(
    check: Check[P], frequency: ByWorkspace[MaximumExecutionFrequency | None]
) -> list[ConfigConfigRuleSourceSourceDetail]:
    if isinstance(check, PeriodicCheck):
        return [
            ConfigConfigRuleSourceSourceDetail(
                message_type="ScheduledNotification",
                maximum_execution_frequency=to_terraform(frequency.map(lambda one: one or DEFAULT_FREQUENCY)),
            )
        ]
    # A rule without the second one never hears of an item of more than 256 KB.
    return [
        ConfigConfigRuleSourceSourceDetail(message_type="ConfigurationItemChangeNotification"),
        ConfigConfigRuleSourceSourceDetail(message_type="OversizedConfigurationItemChangeNotification"),
    ]


def _deployed(
    module: str | None,
    severity: Severity,
    calls: Sequence[ApiCall],
    packs: Sequence[str],
    enabled: ByWorkspace[bool],
) -> DeployedRule:
    return DeployedRule(
        check_module=module,
        severity=severity,
        api_calls=tuple(str(call) for call in sorted(calls)),
        packs=tuple(packs),
        enabled=enabled.default,
        except_in=tuple(sorted(enabled.differing)),
    )


def _config_rule(
    construct: Construct,
    stack: ComplianceStack,
    name: str,
    *,
    parameters: ByWorkspace[dict[str, str]],
    scope: Scope | None,
    frequency: str | None,
    enabled: ByWorkspace[bool],
    source: ConfigConfigRuleSource,
    needs: Sequence[ITerraformDependable] = (),
    description: str | None = None,
) -> ConfigConfigRule:
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
    declare_only_where(rule, enabled)
    return rule


def declare_only_where(rule: ConfigConfigRule, enabled: ByWorkspace[bool]) -> None:
    """Have the plan leave a rule out of the workspaces where it is not enabled."""
    if enabled.differs or not enabled.default:
        rule.add_override("count", f"${{{expression(enabled)} ? 1 : 0}}")


def _parameters_text(name: str, parameters: ByWorkspace[dict[str, str]]) -> str | None:
    texts = parameters.map(lambda values: input_parameters(values) if values else "")
    if texts.differs and any("${" in text for text in (texts.default, *texts.values.values())):
        raise SettingError(f"Rule '{name}': parameters that differ by workspace cannot hold Terraform expressions.")
    return to_terraform(texts) or None
