"""Rules that run checks, shipped or the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Generic, TypeVar

from constructs import Construct

from compliance_runtime.check import Check, PeriodicCheck, Severity
from compliance_runtime.checks import check_ids, check_module, load_check
from compliance_runtime.suggestions import hint
from compliance_tf.catalog.usage import DEFAULT_FREQUENCY, MaximumExecutionFrequency
from compliance_tf.checks.use import parameter_texts, validate_check_use
from compliance_tf.constructs.rules.declaration import change_notifications, declare_rule, deployed_rule
from compliance_tf.constructs.rules.scope import Scope
from compliance_tf.constructs.schedule import ApiCall
from compliance_tf.constructs.stack import ComplianceStack
from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.workspace_values import NEVER, Setting, as_by_workspace, to_terraform

if TYPE_CHECKING:
    from compliance_tf.model.workspace_values import ByWorkspace

P = TypeVar("P")


class CheckRule(Construct, Generic[P]):
    """A Config rule that runs a check.

    Parameters
    ----------
    id_
        Its id in waivers and reports: kebab case, unique in the stack, and the end of the rule's name.
    check
        The check that evaluates a resource.
    parameters
        The check's own parameters; its defaults unless given.
    rule_scope
        The resources that it evaluates; all of the check's types unless given. A check of any type evaluates every
        recorded resource unless this limits it. Not for a periodic check.
    frequency
        The interval of a periodic check: every 24 hours unless given.
    severity
        The severity of its violations; the check's own unless given.
    enabled
        Whether the rule is deployed; by workspace where that differs.
    evaluate_after
        API calls that trigger an evaluation at once, which costs an evaluation of each of its resources.
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
        When AWS Config would refuse the rule.

    Examples
    --------
    >>> from compliance_runtime.checks import required_tags
    >>> rule = CheckRule(
    ...     stack,
    ...     "owner-tag",
    ...     check=required_tags.CHECK,
    ...     parameters=required_tags.Parameters(tags={"owner": (), "environment": ("dev", "prod")}),
    ...     rule_scope=Scope.types("AWS::S3::Bucket", "AWS::EC2::Volume"),
    ... )
    >>> rule.address
    'aws_config_config_rule.owner-tag'
    """

    @checked
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
        name: str | None = None,
    ) -> None:
        super().__init__(scope, id_)
        stack = ComplianceStack.of(scope)
        module = _module(id_, check, stack)
        frequencies, existence = as_by_workspace(frequency), as_by_workspace(enabled)
        given = as_by_workspace(parameters)
        stack.workspaces.refuse_unknown([frequencies, existence, given], f"Rule '{id_}'")
        try:
            validate_check_use(
                check,
                place="rule_scope",
                is_scoped=rule_scope is not None,
                resource_types=rule_scope.resource_types if rule_scope else (),
                has_frequency=frequency is not None,
            )
            texts = given.map(lambda values: parameter_texts(check, values))
        except SettingError as cause:
            raise SettingError(f"Rule '{id_}': {cause}") from cause
        types = (rule_scope and rule_scope.resource_types) or check.resource_types
        existence = stack.existence(existence, types, check.id)
        if not isinstance(check, PeriodicCheck):
            rule_scope = rule_scope or (Scope.types(*types) if types else None)
            stack.recorder.require(types, rule=id_, enabled=existence)
        if existence != NEVER:
            stack.event_rules.watch(evaluate_after)
        stack.functions.serve(check)
        function = stack.functions.evaluate
        self.address = declare_rule(
            stack,
            id_,
            deployed_rule(
                severity or check.severity,
                packs=packs,
                enabled=existence,
                module=module,
                identifier=check.id,
                calls=evaluate_after,
            ),
            name=name,
            parameters=texts,
            scope=rule_scope,
            enabled=existence,
            source={
                "owner": "CUSTOM_LAMBDA",
                "source_identifier": function.arn,
                "source_detail": _notifications(check, frequencies),
            },
            description=check.description,
            # PutConfigRule fails unless AWS Config may invoke the function.
            needs=[function.permission.address],
        )


def _module(rule_id: str, check: Check[P], stack: ComplianceStack) -> str:
    """Return the module that the function imports a check from, and refuse a check that it cannot import."""
    if not isinstance(check, Check):
        raise SettingError(f"Rule '{rule_id}': check={check!r:.80} is not a check: give the CHECK of a check's file.")
    if stack.checks and check.id in stack.checks.ids:
        declared, module = stack.checks.load(check.id), stack.checks.module(check.id)
    elif check.id in check_ids():
        declared, module = load_check(check.id), check_module(check.id)
    else:
        own = (
            f"in {stack.checks.path}."
            if stack.checks
            else "in a folder of your own: give that to the stack, checks=<folder>."
        )
        known = [*check_ids(), *(stack.checks.ids if stack.checks else ())]
        raise SettingError(
            f"Rule '{rule_id}': there is no check '{check.id}', neither shipped nor {own}{hint(check.id, known)}"
        )
    if declared is not check:
        raise SettingError(
            f"Rule '{rule_id}': the function would import another check '{check.id}', from {module}: give the rule "
            "the one that is declared there."
        )
    return module


def _notifications(check: Check[P], frequency: ByWorkspace[MaximumExecutionFrequency | None]) -> list[dict[str, str]]:
    if isinstance(check, PeriodicCheck):
        return [
            {
                "message_type": "ScheduledNotification",
                "maximum_execution_frequency": to_terraform(frequency.map(lambda one: one or DEFAULT_FREQUENCY)),
            }
        ]
    return change_notifications()
