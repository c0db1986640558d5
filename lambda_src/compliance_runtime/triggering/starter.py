"""The start of evaluations within AWS Config's limits: 25 rules a call, one call a minute, none that is running.

https://docs.aws.amazon.com/config/latest/APIReference/API_StartConfigRulesEvaluation.html
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from compliance_runtime.errors import EvaluationsNotStartedError, ReplacedError
from compliance_runtime.logs import WAITING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.logs import Log
    from compliance_runtime.triggering.waiting import Waiting, WaitingStore

MAX_RULES = 25
"""Rules in one call."""

RESERVE = 60.0
"""Seconds that must be left for another call."""

NOT_STARTED = frozenset(
    {
        "LimitExceededException",
        "ResourceInUseException",
        "ThrottlingException",
        "Throttling",
        "TooManyRequestsException",
        "RequestLimitExceeded",
    }
)
"""Error codes after which nothing was started."""

UNKNOWN_RULE = "NoSuchConfigRuleException"

SERVER_ERROR = 500
"""HTTP statuses from which it is unknown whether something was started."""


@dataclass(frozen=True)
class Starter:
    """The starter of waiting evaluations.

    Parameters
    ----------
    config
        A client of AWS Config.
    once
        A client without retries: boto3 would retry LimitExceededException by itself.
    store
        The store of waiting rules.
    deployed
        The names of the deployed rules; others are dropped.
    worker
        The id of this invocation's request.
    log
        The log of calls, with the metric of waiting rules.
    remaining_seconds
        Returns the seconds until the function is ended.
    now
        Returns the current time in seconds since 1970.
    sleep
        Sleeps for some seconds.
    """

    config: ConfigServiceClient
    once: ConfigServiceClient
    store: WaitingStore
    deployed: Collection[str]
    worker: str
    log: Log
    remaining_seconds: Callable[[], float]
    now: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def run(self, names: Collection[str], requests: Collection[str]) -> None:
        """Add the rules of a request to the waiting ones, and start them, unless another invocation does.

        Parameters
        ----------
        names
            The names of the rules; empty to start the waiting ones.
        requests
            The ids of the request.

        Raises
        ------
        EvaluationsNotStartedError
            When rules still wait at the end of the time, so that AWS Lambda retries and continues.
        Exception
            Any other error of boto3. Waiting rules stay in the table.
        """
        waiting = self.store.change(lambda one: self._begun(one, names, requests))
        if waiting.worker != self.worker:
            message = "Another invocation starts what waits" if waiting.left else "No rule waits"
            self.log.info(message, rules=sorted(names), left=waiting.left)
            return
        try:
            waiting = self._start_all(waiting)
        except ReplacedError:
            self.log.warning("Another invocation took over")
            return
        if waiting.left:
            raise EvaluationsNotStartedError(
                f"{waiting.left} rules wait to be evaluated, as AWS Config takes {MAX_RULES} a minute and none that is "
                "being evaluated. They are started when AWS Lambda invokes again, or within an hour."
            )

    def _begun(self, waiting: Waiting, names: Collection[str], requests: Collection[str]) -> Waiting:
        now = self.now()
        if waiting.belongs_to_another(self.worker, now) and waiting.rules.issuperset(names):
            # In a burst of API calls nothing has to be written for rules that wait already.
            return waiting
        return waiting.added(names, requests, now).taken(self.worker, now)

    def _start_all(self, waiting: Waiting) -> Waiting:
        while waiting.worker is not None:
            pause = max(0.0, waiting.next_call - self.now())
            has_time = pause + RESERVE <= self.remaining_seconds()
            if waiting.left and has_time:
                self.sleep(pause)
                waiting = self._call_once(self._change(lambda one: one))
            else:
                # Unless another invocation has added more meanwhile, and left it to this one.
                waiting = self._change(lambda one: one if one.left and has_time else one.released())  # noqa: B023
        return waiting

    def _call_once(self, waiting: Waiting) -> Waiting:
        if waiting.claimed:
            waiting = self._settle_claimed(waiting)
        return self._start_some() if waiting.rules else waiting

    def _start_some(self) -> Waiting:
        batch: list[str] = []

        def claim(one: Waiting) -> Waiting:
            known = sorted(one.rules.intersection(self.deployed))
            batch[:] = random.sample(known, _size(len(known), one.refusals))
            deployed = replace(one, rules=frozenset(known))
            return deployed.claim(batch, self.now()) if batch else deployed

        waiting = self._change(claim)
        if not batch:
            return waiting
        return self._answered(batch, self._call(batch))

    def _answered(self, batch: Collection[str], refusal: str | None) -> Waiting:
        if refusal is None:
            waiting = self._change(lambda one: one.settled(()))
            self.log.counted("Evaluations started", WAITING, waiting.left, rules=sorted(batch))
            return waiting
        if refusal in NOT_STARTED:
            waiting = self._change(lambda one: one.settled(batch, refused=True))
        elif refusal == UNKNOWN_RULE:
            known = self._invocations(batch)
            self.log.warning("AWS Config does not know some rules", rules=sorted(set(batch).difference(known)))
            waiting = self._change(lambda one: one.settled(known))
        else:
            # They stay claimed: whether they were started is determined when the next call is due.
            waiting = self._change(lambda one: one)
        self.log.counted("Evaluations not started", WAITING, waiting.left, rules=sorted(batch), reason=refusal)
        return waiting

    def _call(self, batch: Collection[str]) -> str | None:
        """Have AWS Config start some rules.

        Returns
        -------
        str | None
            The code of an error after which a later call may succeed, or of an unknown rule; None where all were
            started.

        Raises
        ------
        ClientError
            When AWS Config refuses for good, such as for a missing permission.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.once.start_config_rules_evaluation(ConfigRuleNames=sorted(batch))
        except BotoCoreError as cause:
            return type(cause).__name__
        except ClientError as cause:
            code = cause.response["Error"]["Code"]
            status = cause.response["ResponseMetadata"]["HTTPStatusCode"]
            if code in NOT_STARTED or code == UNKNOWN_RULE or status >= SERVER_ERROR:
                return code
            raise
        return None

    def _settle_claimed(self, waiting: Waiting) -> Waiting:
        """Determine the outcome of a call without a recorded response, by the last invocations of the rules."""
        invocations = self._invocations(waiting.claimed)
        back = [
            name
            for name, time in invocations.items()
            # AWS Config may truncate to seconds.
            if time is None or time.timestamp() < int(waiting.claimed_at)
        ]
        self.log.warning(
            "The answer to a call is not known", started=sorted(waiting.claimed.difference(back)), again=back
        )
        return self._change(
            lambda one: (
                one.settled(back) if (one.claimed, one.claimed_at) == (waiting.claimed, waiting.claimed_at) else one
            )
        )

    def _invocations(self, names: Collection[str]) -> dict[str, datetime | None]:
        """Read the last invocations of some rules: None for never, and no entry for an unknown rule."""
        try:
            pages = self.config.get_paginator("describe_config_rule_evaluation_status").paginate(
                ConfigRuleNames=sorted(names)
            )
            statuses = [status for page in pages for status in page["ConfigRulesEvaluationStatus"]]
        except self.config.exceptions.NoSuchConfigRuleException:
            if len(names) == 1:
                return {}
            return {name: time for one in names for name, time in self._invocations([one]).items()}
        times = {
            status["ConfigRuleName"]: (
                status.get("LastSuccessfulInvocationTime"),
                status.get("LastFailedInvocationTime"),
            )
            for status in statuses
        }
        return {name: max((time for time in both if time), default=None) for name, both in times.items()}

    def _change(self, change: Callable[[Waiting], Waiting]) -> Waiting:
        """Change the waiting rules, as long as this invocation makes the calls."""

        def checked(one: Waiting) -> Waiting:
            if one.worker != self.worker:
                raise ReplacedError
            return change(one)

        return self.store.change(checked)


def _size(waiting: int, refusals: int) -> int:
    """Choose the number of rules of the next call.

    AWS does not document whether a running evaluation blocks all rules, or just the rules of the same call. So a call
    after a refusal names other rules, and every second one half as many as before.

    Returns
    -------
    int
        At most ``MAX_RULES`` and ``waiting``; at least 1 where any rule waits.
    """
    limit = min(MAX_RULES, waiting)
    return limit if refusals % 2 else min(limit, max(1, limit >> refusals // 2))
