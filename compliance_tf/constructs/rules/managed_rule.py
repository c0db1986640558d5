"""AWS managed rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from constructs import Construct

from compliance_runtime.check import Severity
from compliance_tf.catalog.generated.identifiers import ManagedRuleIdentifier
from compliance_tf.catalog.managed_rules import managed_rule
from compliance_tf.catalog.parameters import ParameterValue, check_parameters
from compliance_tf.catalog.usage import MaximumExecutionFrequency, validate_use
from compliance_tf.constructs.rules.declaration import declare_rule, deployed_rule
from compliance_tf.constructs.rules.scope import Scope
from compliance_tf.constructs.schedule import ApiCall
from compliance_tf.constructs.stack import ComplianceStack
from compliance_tf.model.checked_types import checked
from compliance_tf.model.workspace_values import NEVER, Setting, as_by_workspace, to_terraform, together

if TYPE_CHECKING:
    from compliance_tf.model.workspace_values import ByWorkspace


class ManagedRule(Construct):
    """An AWS managed rule.

    Parameters
    ----------
    id_
        Its id in waivers and reports: kebab case, unique in the stack, and the end of the rule's name.
    identifier
        The rule's identifier, such as ``S3_BUCKET_VERSIONING_ENABLED``.
    parameters
        Values of the rule's own parameters; AWS's defaults hold for the others, and where one is None.
    rule_scope
        The resources that it evaluates; all that it can evaluate unless given. Not for a periodic rule.
    frequency
        The interval of a periodic rule, where AWS's default is every 24 hours.
    severity
        The severity of its violations; the catalogue's rating unless given.
    enabled
        Whether the rule is deployed; by workspace where that differs.
    evaluate_after
        API calls that trigger an evaluation at once. Each call costs an evaluation of every resource of the rule, so
        this is for periodic rules, which would otherwise find the change a day later.
    skip_unavailable
        Whether the rule is left out rather than refused where the stack's region does not have it, as
        :class:`~compliance_tf.Packs` leaves out theirs: for a stack of many regions.
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
    ComplianceError
        When AWS Config would refuse the rule, or has no such rule.

    Examples
    --------
    >>> rule = ManagedRule(
    ...     stack,
    ...     "trail",
    ...     identifier="CLOUD_TRAIL_ENABLED",
    ...     parameters={"s3BucketName": by_workspace(prod="acme-trail", default=None)},
    ...     frequency="Six_Hours",
    ...     severity=Severity.CRITICAL,
    ...     evaluate_after=[ApiCall("cloudtrail", "StopLogging")],
    ... )
    >>> rule.address
    'aws_config_config_rule.trail'
    """

    @checked
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
        skip_unavailable: bool = False,
        packs: Sequence[str] = (),
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        facts = managed_rule(identifier)
        scope_types = rule_scope.resource_types if rule_scope else ()
        frequencies, existence = as_by_workspace(frequency), as_by_workspace(enabled)
        given = together({name: _by_workspace(value) for name, value in (parameters or {}).items()})
        stack.workspaces.refuse_unknown([frequencies, existence, given], f"Rule '{id_}'")
        existence = stack.existence(existence, scope_types or facts.resource_types, facts.identifier)
        if skip_unavailable and not facts.is_available_in(stack.naming.region):
            existence = NEVER
        for one in (frequencies.default, *frequencies.values.values()):
            validate_use(
                facts,
                region=None if existence == NEVER else stack.naming.region,
                frequency=one,
                scope_types=scope_types,
                scoped_by_tag=rule_scope is not None and rule_scope.tag_key is not None,
            )
        if existence != NEVER:
            stack.event_rules.watch(evaluate_after)
        if facts.change_triggered:
            stack.recorder.require(scope_types or facts.resource_types, rule=id_, enabled=existence)
        self.address = declare_rule(
            stack,
            id_,
            deployed_rule(
                severity or facts.severity,
                packs=packs,
                enabled=existence,
                identifier=facts.identifier,
                calls=evaluate_after,
            ),
            name=name,
            parameters=given.map(lambda values: check_parameters(facts, _given(values))),
            scope=rule_scope,
            frequency=to_terraform(frequencies),
            enabled=existence,
            source={"owner": "AWS", "source_identifier": facts.identifier},
        )


def _by_workspace(value: Setting[ParameterValue | None]) -> ByWorkspace[ParameterValue | None]:
    return as_by_workspace(value)


def _given(values: Mapping[str, ParameterValue | None]) -> dict[str, ParameterValue]:
    return {name: value for name, value in values.items() if value is not None}
