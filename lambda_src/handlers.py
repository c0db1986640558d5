"""The entry points of the three functions: each reads its event, has it done and logs what came of it.

What a function alone needs is imported in it: a start waits for every import, and ``evaluate`` starts most often.
"""

from __future__ import annotations

import os
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from lambda_src.clients import client, clients_of_role
from lambda_src.config_event import config_request
from lambda_src.deployment import Deployment, Environment
from lambda_src.errors import WaiverLookupError
from lambda_src.evaluator import Evaluator
from lambda_src.lambda_context import Place, remaining_seconds
from lambda_src.logs import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_src.clients import Clients
    from lambda_src.deployment import DeployedRule
    from lambda_src.lambda_context import LambdaContext
    from lambda_src.result_store import ResultStore
    from lambda_src.results import Result
    from lambda_src.waiver_lookup import WaiverLookup
    from lambda_src.waivers import DeployedWaiver

RECONCILE = {"action": "reconcile"}
"""The event that makes ``record`` compare the table with AWS Config."""


def evaluate(event: object, context: LambdaContext) -> None:
    """For AWS Config: judge a changed resource, or all that a periodic check finds, and put the verdicts."""
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


def record(event: object, context: LambdaContext) -> None:
    """For EventBridge: keep a compliance change, or compare the table with AWS Config."""
    from lambda_src.compliance_change import compliance_change
    from lambda_src.reconciliation import Reconciliation

    log = Log(context.aws_request_id, context.function_name)
    with log.failures("Not recorded") as fields:
        if event == RECONCILE:
            Reconciliation(
                rules=_rules(),
                config=client("config"),
                store=_store(),
                waivers=_waiver_lookup(),
                place=Place.of_function(context.invoked_function_arn),
                log=log,
                remaining_seconds=lambda: remaining_seconds(context),
            ).run()
            return
        change = compliance_change(event)
        fields["rule"] = change.rule_name
        rule = _rules().get(change.rule_name)
        if rule is None:
            log.warning("Ignored: not a rule of this deployment", rule=change.rule_name)
            return
        result = _with_waiver(change.result(rule.severity))
        news = _store().write(result)
        log.info(
            "Recorded" if news else "Already known",
            rule=change.rule_name,
            resourceType=change.resource.type,
            resourceId=change.resource.id,
            compliance=change.compliance.value,
            waiver=result.waiver.ticket if result.waiver else None,
        )


def trigger(event: object, context: LambdaContext) -> None:
    """For EventBridge: start the evaluation of the rules that a schedule or an API call asks for."""
    from lambda_src.reevaluation import rules_to_evaluate, start_evaluations

    log = Log(context.aws_request_id, context.function_name)
    with log.failures("Not all evaluations started"):
        names = rules_to_evaluate(event, _rules())
        if names:
            start_evaluations(client("config"), names)
        log.info("Evaluations started", rules=names)


def _with_waiver(result: Result) -> Result:
    try:
        return replace(result, waiver=_waiver_lookup().note(result))
    except WaiverLookupError:
        # No verdict is lost for that: it is kept as it is. The waiver follows when AWS Lambda invokes again.
        _store().write(result)
        raise


def _lookup_clients() -> Clients:
    role = _environment().execution_role
    return clients_of_role(role) if role else client


@cache
def _environment() -> Environment:
    return Environment.from_variables(os.environ)


@cache
def _rules() -> Mapping[str, DeployedRule]:
    """Read the deployed rules by their whole name, once per process."""
    return _deployment().rules_by_name(_environment().rule_name_prefix)


@cache
def _waivers() -> Mapping[str, tuple[DeployedWaiver, ...]]:
    """Read the waivers by the whole name of their rule, once per process."""
    return _deployment().waivers_by_rule(_environment().rule_name_prefix)


@cache
def _deployment() -> Deployment:
    return Deployment.from_file()


def _waiver_lookup() -> WaiverLookup:
    from lambda_src.waiver_lookup import WaiverLookup

    return WaiverLookup(_waivers(), lambda: client("config"))


def _store() -> ResultStore:
    from lambda_src.result_store import ResultStore

    return ResultStore(client("dynamodb"), _environment().results_table, _environment().history_days)
