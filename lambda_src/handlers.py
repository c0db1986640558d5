"""The entry points of the three functions: each reads its event, has it done and logs what came of it."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from lambda_src import evaluate as evaluation
from lambda_src.clients import config_client, dynamodb_client
from lambda_src.compliance_change import compliance_change
from lambda_src.config_event import config_request
from lambda_src.deployment import Deployment, Environment
from lambda_src.evaluations import put_evaluations
from lambda_src.lambda_context import remaining_seconds
from lambda_src.logs import Log
from lambda_src.reconciliation import Place, Reconciliation
from lambda_src.reevaluation import rules_to_evaluate, start_evaluations
from lambda_src.result_store import ResultStore

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lambda_src.deployment import DeployedRule
    from lambda_src.lambda_context import LambdaContext

RECONCILE = {"action": "reconcile"}
"""The event that makes ``record`` compare the table with AWS Config."""


def evaluate(event: object, context: LambdaContext) -> None:
    """For AWS Config: judge a resource and put the verdict."""
    log = Log(context.aws_request_id)
    with log.failures("Not evaluated"):
        request = config_request(event)
        result = evaluation.evaluate(request, _rules(), config_client)
        put_evaluations(config_client(), [result], request.result_token, lambda: remaining_seconds(context))
        log.info(
            "Evaluated",
            rule=request.rule_name,
            account=request.account,
            resourceType=result.resource_type,
            resourceId=result.resource_id,
            compliance=result.verdict.compliance.value,
        )


def record(event: object, context: LambdaContext) -> None:
    """For EventBridge: keep a compliance change, or compare the table with AWS Config."""
    log = Log(context.aws_request_id)
    with log.failures("Not recorded"):
        if event == RECONCILE:
            Reconciliation(
                rules=_rules(),
                config=config_client(),
                store=_store(),
                place=Place.of_function(context.invoked_function_arn),
                log=log,
                remaining_seconds=lambda: remaining_seconds(context),
            ).run()
            return
        change = compliance_change(event)
        rule = _rules().get(change.rule_name)
        if rule is None:
            log.warning("Ignored: not a rule of this deployment", rule=change.rule_name)
            return
        news = _store().write(change.result(rule.severity))
        log.info(
            "Recorded" if news else "Already known",
            rule=change.rule_name,
            resourceType=change.resource.type,
            resourceId=change.resource.id,
            compliance=change.compliance.value,
        )


def trigger(event: object, context: LambdaContext) -> None:
    """For EventBridge: start the evaluation of the rules that a schedule or an API call asks for."""
    log = Log(context.aws_request_id)
    with log.failures("Not all evaluations started"):
        names = rules_to_evaluate(event, _rules())
        if names:
            start_evaluations(config_client(), names)
        log.info("Evaluations started", rules=names)


@cache
def _environment() -> Environment:
    return Environment.from_variables(os.environ)


@cache
def _rules() -> Mapping[str, DeployedRule]:
    """Read the deployed rules by their whole name, once per process."""
    return Deployment.from_file().rules_by_name(_environment().rule_name_prefix)


def _store() -> ResultStore:
    return ResultStore(dynamodb_client(), _environment().results_table, _environment().history_days)
