"""The EventBridge rules of the functions: compliance changes, schedules, and API calls that CloudTrail records."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from compliance_tf.constructs.schedule import ApiCall, Schedule
from compliance_tf.errors import SettingError
from compliance_tf.model.global_services import event_region
from compliance_tf.model.setting_values import as_tuple
from compliance_tf.model.workspace_values import as_by_workspace, to_terraform

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from compliance_tf.constructs.blocks import Block, Blocks
    from compliance_tf.constructs.functions import ComplianceFunction, ComplianceFunctions
    from compliance_tf.constructs.recorder import ExistingRecorder
    from compliance_tf.model.naming import Naming
    from compliance_tf.model.workspace_values import ByWorkspace

RETRY_ATTEMPTS = 185  # EventBridge's maximum
RETRY_SECONDS = 24 * 60 * 60  # EventBridge's maximum age of an event

CONTINUE = Schedule.hours(1)
"""The interval at which ``record`` continues a comparison; usually there is none, which costs two small reads."""

MAX_PATTERN = 2048
"""Characters of an event pattern. Source: EventBridge quotas, "Event pattern size"."""


class EventRules:
    """The EventBridge rules of a deployment and their targets.

    Parameters
    ----------
    blocks
        The stack's blocks.
    recorder
        The recorder, on which every resource depends.
    functions
        The functions that they invoke.
    reconcile
        The schedule on which the table is compared with AWS Config and repaired, without evaluations.
    reevaluate
        The schedule on which all rules are evaluated again. AWS charges each evaluation of a resource by a rule: 50
        rules of 2,000 resources each are 100,000 evaluations every time. None unless given: changes are evaluated as
        they occur, and periodic rules at their own frequency.
    """

    def __init__(
        self,
        blocks: Blocks,
        *,
        naming: Naming,
        recorder: ExistingRecorder,
        functions: ComplianceFunctions,
        reconcile: ByWorkspace[Schedule],
        reevaluate: ByWorkspace[Schedule | None],
    ) -> None:
        self._blocks = blocks
        self._naming = naming
        self._recorder = recorder
        self._record = functions.record
        self._trigger = functions.trigger
        self._operations: defaultdict[str, set[str]] = defaultdict(set)
        self.recording = self._on_event(
            "compliance-changes",
            functions.record,
            "Changes of compliance of this deployment's rules",
            {
                "source": ["aws.config"],
                "detail-type": ["Config Rules Compliance Change"],
                "detail": {
                    "messageType": ["ComplianceChangeNotification"],
                    "configRuleName": [{"prefix": naming.prefix}],
                },
            },
        )
        self._on_schedule("reconcile", functions.record, "Repairs the results table from AWS Config", reconcile)
        self._on_schedule(
            "continue",
            functions.record,
            "Continues reconciliations and evaluations, and reconciles an hour after a deployment",
            as_by_workspace(CONTINUE),
            also=functions.trigger,
        )
        if reevaluate != as_by_workspace(None):
            # Keeps the event's id, because EventBridge may deliver an event twice.
            self._on_schedule(
                "reevaluate", functions.trigger, "Evaluates all rules again", reevaluate, has_payload=False
            )

    def watch(self, calls: Iterable[ApiCall]) -> None:
        """Trigger evaluations by these API calls.

        Raises
        ------
        SettingError
            When a service has more calls than fit into an event pattern, or EventBridge does not receive them in this
            region.
        """
        for call in as_tuple("evaluate_after", calls):
            if (home := event_region(call.service, self._naming.region)) != self._naming.region:
                raise SettingError(
                    f"ApiCall({call.service!r}, {call.operation!r}): EventBridge receives calls of this global "
                    f"service only in {home}, so in {self._naming.region} it would never trigger an evaluation. "
                    f"Declare the rule in a stack of {home}, or rely on its own schedule."
                )
            operations = self._operations[call.service]
            operations.add(call.operation)
            _event_pattern(_api_call_pattern(call.service, operations), place=f"API calls to {call.service}")

    def notify(self, schedule: ByWorkspace[Schedule | None]) -> None:
        """Publish new violations on a schedule, if there is one."""
        self._on_schedule("notify", self._record, "Publishes new violations", schedule)

    def complete(self) -> None:
        """Declare an EventBridge rule for each service with watched API calls, when all of them are known."""
        for service, operations in sorted(self._operations.items()):
            self._on_event(
                f"api-calls-{service}",
                self._trigger,
                f"API calls to {service} after which rules are evaluated",
                _api_call_pattern(service, operations),
            )

    def _on_event(
        self, purpose: str, function: ComplianceFunction, description: str, pattern: Mapping[str, object]
    ) -> Block:
        rule = self._rule(purpose, description=description, event_pattern=_event_pattern(pattern, place=purpose))
        return self._target(rule, purpose, function)

    def _on_schedule(
        self,
        action: str,
        function: ComplianceFunction,
        description: str,
        schedule: ByWorkspace[Schedule] | ByWorkspace[Schedule | None],
        *,
        also: ComplianceFunction | None = None,
        has_payload: bool = True,
    ) -> None:
        rule = self._rule(
            action,
            description=description,
            schedule_expression=to_terraform(schedule.map(_expression)),
            state=to_terraform(schedule.map(_state)),
        )
        payload = json.dumps({"action": action}) if has_payload else None
        self._target(rule, action, function, payload=payload)
        if also:
            purpose = also.purpose
            self._target(rule, f"{action}-{purpose}", also, payload=payload, target_id=purpose)

    def _rule(self, purpose: str, **members: str) -> Block:
        return self._blocks.resource(
            "aws_cloudwatch_event_rule",
            "triggers",
            purpose,
            name=self._naming.event_rule(purpose),
            depends_on=[self._recorder.reading.address],
            **members,
        )

    def _target(
        self,
        rule: Block,
        purpose: str,
        function: ComplianceFunction,
        *,
        payload: str | None = None,
        target_id: str = "function",
    ) -> Block:
        return self._blocks.resource(
            "aws_cloudwatch_event_target",
            "triggers",
            f"{purpose}-target",
            rule=rule.attribute("name"),
            target_id=target_id,
            arn=function.arn,
            input=payload,
            retry_policy={
                "maximum_event_age_in_seconds": RETRY_SECONDS,
                "maximum_retry_attempts": RETRY_ATTEMPTS,
            },
            depends_on=[function.permission.address],
        )


def _expression(schedule: Schedule | None) -> str:
    # Without a schedule the rule is disabled, and has an expression only because one is required.
    return (schedule or Schedule.days(1)).expression


def _state(schedule: Schedule | None) -> str:
    return "ENABLED" if schedule else "DISABLED"


def _api_call_pattern(service: str, operations: Iterable[str]) -> dict[str, object]:
    return {
        "source": [f"aws.{service}"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {"eventSource": [f"{service}.amazonaws.com"], "eventName": sorted(operations)},
    }


def _event_pattern(pattern: Mapping[str, object], *, place: str) -> str:
    text = json.dumps(pattern, sort_keys=True)
    if len(text) > MAX_PATTERN:
        raise SettingError(
            f"{place}: the event pattern has {len(text)} characters, and EventBridge takes {MAX_PATTERN}. Give fewer "
            "API calls in evaluate_after."
        )
    return text
