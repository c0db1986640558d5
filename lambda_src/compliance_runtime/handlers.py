"""The handlers of the three functions: each parses its event, calls the logic and logs the outcome.

Imports that only one function needs are inside it: a cold start waits for every import, and ``evaluate`` has most.
"""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from compliance_runtime.clients import client, client_in, clients_of_role, single_attempt_client
from compliance_runtime.deployment import Deployment, Environment
from compliance_runtime.errors import WaiverLookupError
from compliance_runtime.evaluation.config_event import config_request
from compliance_runtime.evaluation.evaluator import Evaluator
from compliance_runtime.lambda_context import Place, remaining_seconds
from compliance_runtime.logs import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.clients import Clients
    from compliance_runtime.deployment import DeployedRule
    from compliance_runtime.lambda_context import LambdaContext
    from compliance_runtime.recording.compliance_change import ComplianceChange
    from compliance_runtime.recording.result_store import ResultStore
    from compliance_runtime.recording.results import Result
    from compliance_runtime.recording.rule_directory import RuleDirectory
    from compliance_runtime.waivers.waiver import DeployedWaiver
    from compliance_runtime.waivers.waiver_lookup import WaiverLookup

RECONCILE = {"action": "reconcile"}
"""The event that starts a reconciliation in ``record``."""

CONTINUE = {"action": "continue"}
"""The event that in ``record`` continues a reconciliation, or starts one some time after a deployment, and in
``trigger`` starts waiting evaluations."""

NOTIFY = {"action": "notify"}
"""The event that makes ``record`` publish new violations."""


def evaluate(event: object, context: LambdaContext) -> None:
    """Evaluate a changed resource, or the resources of a periodic check, for AWS Config."""
    log = Log(context.aws_request_id, context.function_name)
    with log.failures("Not evaluated") as fields:
        request = config_request(event)
        fields["rule"] = request.rule_name
        evaluator = Evaluator(
            rules=_rules(),
            client=client,
            lookup=_lookup_clients(),
            region=Place.of_function(context.invoked_function_arn).region,
            remaining_seconds=lambda: remaining_seconds(context),
        )
        log.info("Evaluated", rule=request.rule_name, **evaluator.run(request))


def record(event: object, context: LambdaContext) -> dict[str, int] | None:
    """Record a compliance change, reconcile the table, or publish new violations, for EventBridge.

    Returns
    -------
    dict[str, int] | None
        The counts of a comparison, as :class:`~compliance_runtime.recording.reconciliation.Counts` has them.
    """
    log = Log(context.aws_request_id, context.function_name)
    with log.failures("Not recorded") as fields:
        if event in (RECONCILE, CONTINUE):
            return _reconcile(context, log, anew=event == RECONCILE)
        if event == NOTIFY:
            _notify(context, log)
        else:
            _keep(event, context, log, fields)
    return None


def trigger(event: object, context: LambdaContext) -> None:
    """Start the evaluation of the rules of a schedule or an API call, and of waiting rules, for EventBridge."""
    from compliance_runtime.recording.throttled_writes import Retries
    from compliance_runtime.triggering.request import request_ids, rules_to_evaluate
    from compliance_runtime.triggering.starter import Starter
    from compliance_runtime.triggering.waiting import WaitingStore

    log = Log(context.aws_request_id, context.function_name)
    with log.failures("Not all evaluations started"):
        names = rules_to_evaluate(event, _rules())
        if not names and event != CONTINUE:
            log.info("Asks for no rule", rules=names)
            return
        retries = Retries(lambda: remaining_seconds(context))
        Starter(
            config=client("config"),
            once=single_attempt_client("config"),
            store=WaitingStore(client("dynamodb"), _environment().results_table, retries),
            deployed=_rules().keys(),
            worker=context.aws_request_id,
            log=log,
            remaining_seconds=lambda: remaining_seconds(context),
        ).run(names, request_ids(event, context.aws_request_id))


def _reconcile(context: LambdaContext, log: Log, *, anew: bool) -> dict[str, int]:
    from compliance_runtime.recording.progress import ProgressStore
    from compliance_runtime.recording.reconciliation import Reconciliation
    from compliance_runtime.recording.rule_comparison import ComparisonContext

    reconciliation = Reconciliation(
        sides=ComparisonContext(
            config=client("config"),
            store=_store(context),
            recipient=_environment().recipient,
            waivers=_waiver_lookup(),
            place=Place.of_function(context.invoked_function_arn),
            log=log,
            remaining_seconds=lambda: remaining_seconds(context),
        ),
        rules=_rules(),
        directory=_directory(),
        progress=ProgressStore(client("dynamodb"), _environment().results_table),
        invocation=context.aws_request_id,
    )
    return vars(reconciliation.begin() if anew else reconciliation.resume())


def _notify(context: LambdaContext, log: Log) -> None:
    from compliance_runtime.notifying.notification import Sender
    from compliance_runtime.notifying.notifier import Notifier, Target
    from compliance_runtime.notifying.outbox import Outbox

    environment = _environment()
    if environment.recipient is None:
        log.warning("Nobody is notified in this workspace")
        return
    region = Place.of_function(context.invoked_function_arn).region
    ids = {name: rule.full_id for name, rule in _rules().items() if rule.full_id}
    violations = Notifier(
        outbox=Outbox(client("dynamodb"), environment.results_table),
        sender=Sender(environment.project, environment.workspace, region, environment.results_table, ids),
        target=Target(environment.recipient.target),
        client=client_in,
    ).run()
    log.info("Notified" if violations else "Nothing new", violations=violations)


def _keep(event: object, context: LambdaContext, log: Log, fields: dict[str, object]) -> None:
    from compliance_runtime.recording.compliance_change import compliance_change

    change = compliance_change(event)
    fields["rule"] = change.rule_name
    rule = _rules().get(change.rule_name)
    if rule is None:
        log.warning("Ignored: not a rule of this deployment", rule=change.rule_name)
        return
    store = _store(context)
    result = _with_waiver(store, change, change.result(rule.severity))
    is_new = _write(store, change, result)
    log.info(
        "Recorded" if is_new else "Already known",
        rule=change.rule_name,
        resourceType=change.resource.type,
        resourceId=change.resource.id,
        compliance=change.compliance.value,
        waiver=result.waiver.ticket if result.waiver else None,
    )
    # Afterwards, because no verdict may be lost if it fails.
    _write_directory()


def _with_waiver(store: ResultStore, change: ComplianceChange, result: Result) -> Result:
    try:
        return replace(result, waiver=_waiver_lookup().note(result))
    except WaiverLookupError:
        # The verdict is recorded without it. The waiver follows when AWS Lambda invokes again.
        _write(store, change, result)
        raise


def _write(store: ResultStore, change: ComplianceChange, result: Result) -> bool:
    from compliance_runtime.notifying.outbox import is_announced

    announce = is_announced(result, change.before, _environment().recipient, datetime.now(UTC))
    return store.write(result, announce=announce)


@cache
def _write_directory() -> None:
    """Write the rules of this deployment into the table, once per process: a new deployment has new processes."""
    from compliance_runtime.recording.rule_directory import RuleEntry

    _directory().write_once([RuleEntry.of(name, rule) for name, rule in _rules().items()])


def _lookup_clients() -> Clients:
    role = _environment().execution_role
    return clients_of_role(role) if role else client


@cache
def _environment() -> Environment:
    return Environment.from_variables(os.environ)


@cache
def _rules() -> Mapping[str, DeployedRule]:
    """Read the deployed rules by their full name, once per process."""
    return _deployment().rules_by_name(_environment().rule_name_prefix)


@cache
def _waivers() -> Mapping[str, tuple[DeployedWaiver, ...]]:
    """Read the waivers by the full name of their rule, once per process."""
    return _deployment().waivers_by_rule(_environment().rule_name_prefix)


@cache
def _deployment() -> Deployment:
    return Deployment.from_file()


def _waiver_lookup() -> WaiverLookup:
    from compliance_runtime.waivers.waiver_lookup import WaiverLookup

    return WaiverLookup(_waivers(), lambda: client("config"))


def _store(context: LambdaContext) -> ResultStore:
    from compliance_runtime.recording.result_store import ResultStore
    from compliance_runtime.recording.throttled_writes import Retries

    environment, retries = _environment(), Retries(lambda: remaining_seconds(context))
    return ResultStore(client("dynamodb"), environment.results_table, environment.history_days, retries)


def _directory() -> RuleDirectory:
    from compliance_runtime.recording.rule_directory import RuleDirectory

    return RuleDirectory(client("dynamodb"), _environment().results_table, _waivers())
