"""The three Lambda functions, each with its role, its log group and the permission to be invoked."""

from __future__ import annotations

from dataclasses import replace
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import LookupCheck, PeriodicCheck
from compliance_runtime.deployment import HISTORY_DAYS, MAX_HISTORY_DAYS, Deployment, Environment
from compliance_runtime.recording.table_schema import BY_RULE, WAITING_KEY
from compliance_tf.constructs import lambda_package
from compliance_tf.constructs.assets import Asset
from compliance_tf.constructs.function_options import check_log_retention
from compliance_tf.constructs.iam_statement import Statement, policy_document
from compliance_tf.errors import SettingError
from compliance_tf.model.naming import WORKSPACE, Naming
from compliance_tf.model.setting_values import ROLE, check_arn
from compliance_tf.model.workspace_values import to_terraform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_runtime.check import Check
    from compliance_tf.checks.folder import CheckFolder
    from compliance_tf.constructs.account import Account
    from compliance_tf.constructs.blocks import Blocks
    from compliance_tf.constructs.function_options import FunctionOptions
    from compliance_tf.constructs.recorder import ExistingRecorder
    from compliance_tf.constructs.results_table import ResultsTable
    from compliance_tf.model.workspace_values import ByWorkspace

MAX_TIMEOUT_SECONDS = 900
"""Lambda quotas, "Function timeout"."""

MEMORY_MB = 256
RECORD_MEMORY_MB = 512
"""A comparison of 1,000,000 results fits into 128 MB. CPU grows with memory: 512 MB take a fifth less time than 256 MB,
and beyond that the function mostly waits for AWS (`make bench`)."""

RETRY_ATTEMPTS = 2  # Lambda's maximum for an asynchronous invocation
RETRY_SECONDS = 6 * 60 * 60  # Lambda's maximum age of an asynchronous event


class Invoker(Enum):
    """The service principal that invokes a function."""

    CONFIG = "config.amazonaws.com"
    EVENTBRIDGE = "events.amazonaws.com"


class ComplianceFunction:
    """A Lambda function of the deployment's package.

    Parameters
    ----------
    blocks
        The stack's blocks.
    purpose
        The last part of its names, and the handler's name in ``compliance_runtime.handlers``.
    description
        Its description in the console.
    timeout_seconds
        The timeout in seconds: 1 to 900.
    memory_mb
        The memory in MB, 128 to 10,240, which also determines the share of CPU.
    environment
        Its environment variables.
    statements
        The permissions of its role, beside those to write its log.
    invoker
        The service that may invoke it, for rules of this account and deployment.
    history_days
        Days that the history of results is kept, by workspace.
    log_retention_days
        Days that its log is kept, by workspace; see
        :func:`~compliance_tf.constructs.function_options.check_log_retention`.
    options
        The settings of all functions.
    """

    def __init__(
        self,
        blocks: Blocks,
        purpose: str,
        *,
        naming: Naming,
        account: Account,
        recorder: ExistingRecorder,
        description: str,
        timeout_seconds: int,
        memory_mb: int = MEMORY_MB,
        environment: Environment,
        statements: Sequence[Statement],
        invoker: Invoker,
        history_days: ByWorkspace[int],
        log_retention_days: ByWorkspace[int],
        options: FunctionOptions,
    ) -> None:
        self.purpose = purpose
        path = ("functions", purpose)
        name = naming.function(purpose)
        log_group = blocks.resource(
            "aws_cloudwatch_log_group",
            *path,
            "log",
            name=f"/aws/lambda/{name}",
            retention_in_days=to_terraform(log_retention_days),
            kms_key_id=options.kms_keys.logs,
            depends_on=[recorder.reading.address],
        )
        role = blocks.resource(
            "aws_iam_role",
            *path,
            "role",
            name=naming.role(purpose),
            path=None if options.role_path == "/" else options.role_path,
            permissions_boundary=_boundary(options, account),
            description=f"Lambda function {name} in {naming.region}",
            assume_role_policy=policy_document(
                {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
            ),
            depends_on=[recorder.reading.address],
        )
        self.role_name = role.attribute("name")
        # ARNs that are known at plan time, so that a plan shows a role's permissions instead of "known after apply".
        log_arn = account.arn("logs", f"log-group:/aws/lambda/{name}:*")
        own_log = Statement(("logs:CreateLogStream", "logs:PutLogEvents"), (log_arn,))
        uses_table = any(action.startswith("dynamodb:") for statement in statements for action in statement.actions)
        all_statements = (
            own_log,
            *statements,
            *options.statements(),
            *(options.table_statements(naming.region) if uses_table else ()),
        )
        policy = blocks.resource(
            "aws_iam_role_policy",
            *path,
            "policy",
            name=purpose,
            role=self.role_name,
            policy=policy_document(*(statement.to_policy() for statement in all_statements)),
        )
        self.resource = blocks.resource(
            "aws_lambda_function",
            *path,
            "function",
            function_name=name,
            description=description,
            role=role.attribute("arn"),
            handler=f"compliance_runtime.handlers.{purpose}",
            runtime=options.runtime,
            architectures=[options.architecture],
            memory_size=memory_mb,
            timeout=timeout_seconds,
            environment={"variables": environment.to_variables() | {HISTORY_DAYS: to_terraform(history_days.map(str))}},
            kms_key_arn=options.kms_keys.environment,
            reserved_concurrent_executions=options.reserved_concurrency,
            tracing_config={"mode": "Active"} if options.tracing else None,
            dead_letter_config={"target_arn": options.dead_letter_queue} if options.dead_letter_queue else None,
            vpc_config=(
                {
                    "subnet_ids": sorted(options.network.subnets),
                    "security_group_ids": sorted(options.network.security_groups),
                }
                if options.network
                else None
            ),
            logging_config={"log_format": "JSON", "log_group": log_group.attribute("name")},
            # A function that runs before its role has its permissions fails its first events.
            depends_on=[policy.address],
        )
        self.arn, function_name = self.resource.attribute("arn"), self.resource.attribute("function_name")
        # A replaced function keeps its name, so nothing else has the permissions that AWS removed with it created
        # again: https://github.com/hashicorp/terraform-provider-aws/issues/20598 and 46632.
        goes_with_it = {"replace_triggered_by": [f"{self.resource.address}.id"]}
        blocks.resource(
            "aws_lambda_function_event_invoke_config",
            *path,
            "retries",
            function_name=function_name,
            maximum_retry_attempts=RETRY_ATTEMPTS,
            maximum_event_age_in_seconds=RETRY_SECONDS,
            lifecycle=goes_with_it,
        )
        # One permission serves all rules: one for each would soon exceed the 20,480 bytes of a function's policy.
        self.permission = blocks.resource(
            "aws_lambda_permission",
            *path,
            "permission",
            statement_id=invoker.name.lower(),
            action="lambda:InvokeFunction",
            function_name=function_name,
            principal=invoker.value,
            # AWS generates the ARN of a Config rule, which comes too late: the rule needs the permission first.
            source_account=account.id if invoker is Invoker.CONFIG else None,
            source_arn=account.arn("events", f"rule/{naming.prefix}*") if invoker is Invoker.EVENTBRIDGE else None,
            lifecycle=goes_with_it,
        )


class ComplianceFunctions:
    """The functions that evaluate checks, record results and start evaluations."""

    def __init__(
        self,
        blocks: Blocks,
        *,
        naming: Naming,
        account: Account,
        recorder: ExistingRecorder,
        table: ResultsTable,
        history_days: ByWorkspace[int],
        log_retention_days: ByWorkspace[int],
        checks: CheckFolder | None,
        execution_role: str | None,
        options: FunctionOptions,
    ) -> None:
        self._blocks = blocks
        log_retention_days.map(check_log_retention)
        history_days.map(_validate_history)
        if execution_role is not None:
            example = "arn:aws:iam::111122223333:role/compliance-reader"
            check_arn("execution_role", execution_role, {"iam": ROLE}, example=example, region=naming.region)
        self._checks = checks
        self._execution_role = execution_role
        self._check_actions: set[str] = set()
        self._has_periodic_checks = False
        environment = Environment(naming.prefix, table.name, history_days.default)

        def on_own_rules(*actions: str) -> Statement:
            # A rule's ARN has a generated id, so only its tags identify the deployment.
            tags = {"project": naming.project, "workspace": WORKSPACE}
            return Statement(actions, (account.arn("config", "config-rule/*"),), resource_tags=tags)

        self._read_own_results = on_own_rules("config:GetComplianceDetailsByConfigRule")
        declare = partial(
            ComplianceFunction,
            blocks,
            naming=naming,
            account=account,
            recorder=recorder,
            history_days=history_days,
            log_retention_days=log_retention_days,
            options=options,
        )
        self.evaluate = declare(
            "evaluate",
            description="Evaluates resources for AWS Config's custom rules",
            invoker=Invoker.CONFIG,
            timeout_seconds=60,
            environment=replace(environment, execution_role=execution_role),
            # Neither of them has resource-level permissions.
            statements=(Statement(("config:PutEvaluations", "config:GetResourceConfigHistory"), ("*",)),),
        )
        self.record = declare(
            "record",
            description="Records changes of compliance in the results table, and repairs it from AWS Config",
            invoker=Invoker.EVENTBRIDGE,
            environment=environment,
            timeout_seconds=MAX_TIMEOUT_SECONDS,  # a reconciliation reads all results
            memory_mb=RECORD_MEMORY_MB,
            statements=(
                Statement(
                    ("dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:BatchWriteItem"),
                    (table.arn,),
                ),
                Statement(("dynamodb:Query",), (table.arn, table.index_arn(BY_RULE))),
                self._read_own_results,
            ),
        )
        self.trigger = declare(
            "trigger",
            description="Has AWS Config evaluate rules on a schedule and after API calls",
            invoker=Invoker.EVENTBRIDGE,
            environment=environment,
            timeout_seconds=MAX_TIMEOUT_SECONDS,  # AWS Config allows one of these calls a minute
            statements=(
                on_own_rules("config:StartConfigRulesEvaluation"),
                # It has no resource-level permissions.
                Statement(("config:DescribeConfigRuleEvaluationStatus",), ("*",)),
                # The queue of rules, and none of the results.
                Statement(("dynamodb:PutItem", "dynamodb:GetItem"), (table.arn,), leading_keys=(WAITING_KEY,)),
            ),
        )

    def serve(self, check: Check[Any]) -> None:
        """Add the permissions that a check needs for its lookups, and to close results of a periodic one.

        Raises
        ------
        SettingError
            When one of its actions is a wildcard.
        """
        if isinstance(check, LookupCheck | PeriodicCheck):
            Statement(check.actions, ("*",))
            self._check_actions.update(check.actions)
        if isinstance(check, PeriodicCheck):
            self._has_periodic_checks = True

    def complete(self, deployment: Deployment) -> Asset:
        """Add what depends on all rules and waivers: permissions, and the code with both in it.

        Returns
        -------
        Asset
            The package of the code.
        """
        if statements := self._check_statements():
            self._add_policy(self.evaluate, "checks", statements)
        if any(waiver.needs_recorded for waiver in deployment.waivers):
            # Neither of them has resource-level permissions.
            actions = ("config:GetResourceConfigHistory", "config:SelectResourceConfig")
            self._add_policy(self.record, "waivers", [Statement(actions, ("*",))])
        if self._has_periodic_checks:
            self.evaluate.resource.body["timeout"] = MAX_TIMEOUT_SECONDS
        package = Asset(("functions", "package"), "lambda.zip", lambda_package.build(deployment, self._checks))
        code = {"filename": package.path, "source_code_hash": lambda_package.source_code_hash(package.content)}
        for function in (self.evaluate, self.record, self.trigger):
            function.resource.body.update(code)
        return package

    def _add_policy(self, function: ComplianceFunction, name: str, statements: Sequence[Statement]) -> None:
        self._blocks.resource(
            "aws_iam_role_policy",
            "functions",
            name,
            name=name,
            role=function.role_name,
            policy=policy_document(*(statement.to_policy() for statement in statements)),
        )

    def _check_statements(self) -> list[Statement]:
        statements = []
        if self._check_actions and self._execution_role:
            statements.append(Statement(("sts:AssumeRole",), (self._execution_role,)))
        elif self._check_actions:
            # A check may be invoked for any resource of the account.
            statements.append(Statement(self._check_actions, ("*",)))
        if self._has_periodic_checks:
            statements.append(self._read_own_results)
        return statements


def _boundary(options: FunctionOptions, account: Account) -> str | None:
    boundary = options.permissions_boundary
    if boundary is None or boundary.startswith("arn:"):
        return boundary
    return account.global_arn("iam", f"policy/{boundary}")


def _validate_history(days: int) -> None:
    if not 1 <= days <= MAX_HISTORY_DAYS:
        raise SettingError(f"history_days={days} is out of bounds: give 1 to {MAX_HISTORY_DAYS}.")
