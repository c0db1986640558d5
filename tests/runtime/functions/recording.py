"""The function `record` as it is deployed: the real zip, run by local AWS, with a table."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import Severity
from compliance_runtime.deployment import DeployedRule, Deployment, Environment, Recipient
from compliance_runtime.recording.result_store import ResultStore
from compliance_tf.constructs import lambda_package
from compliance_tf.results.place import ResultsPlace
from tests.runtime.local.accounts import PRINT_EVENT, PUT_VERDICT, document, eventually
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from compliance_runtime.recording.results import Result
    from tests.runtime.local.accounts import Account

FUNCTION = "acme-dev-record"
TABLE = "acme-dev-results"
RULE = "acme-dev-tags"
BUCKET = "AWS::S3::Bucket"

ACTIONS = (
    "config:GetComplianceDetailsByConfigRule",
    "dynamodb:BatchGetItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "logs:CreateLogStream",
    "logs:PutLogEvents",
)


@dataclass
class Recording:
    """A rule that judges buckets by their tag `owner`, AWS Config's events about it, and the function that keeps it."""

    account: Account
    recipient: Recipient | None = None
    more_actions: tuple[str, ...] = ()
    _taken: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        account = self.account
        place = ResultsPlace("acme", "dev", account.region, TABLE)
        WrittenTable.create(account.client("dynamodb"), place)
        self.store = ResultStore(account.client("dynamodb"), TABLE, history_days=1)
        environment = Environment("acme-dev-", TABLE, 1, recipient=self.recipient)
        account.client("lambda").create_function(
            FunctionName=FUNCTION,
            Runtime="python3.13",
            Handler="compliance_runtime.handlers.record",
            Role=account.role("record", *ACTIONS, *self.more_actions),
            Code={"ZipFile": self._package("tags")},
            Environment={"Variables": environment.to_variables()},
            Timeout=900,
        )
        listener = account.function("listener", PRINT_EVENT, invoked_by="events")
        account.on_event(
            "changes", listener, **{"source": ["aws.config"], "detail-type": ["Config Rules Compliance Change"]}
        )
        judge = account.function("judge", PUT_VERDICT, "config:PutEvaluations")
        account.rule(RULE, judge, Scope={"ComplianceResourceTypes": [BUCKET]})

    @staticmethod
    def _package(*rule_ids: str) -> bytes:
        rules = {rule_id: DeployedRule(None, Severity.HIGH) for rule_id in rule_ids}
        return lambda_package.build(Deployment(rules))

    def deploy(self, *rule_ids: str) -> None:
        """Deploy these rules and no others."""
        functions = self.account.client("lambda")
        functions.update_function_code(FunctionName=FUNCTION, ZipFile=self._package(*rule_ids))

    def bucket(self, name: str, **tags: str) -> str:
        return self.account.bucket(f"{name}-{self.account.number}", **tags)

    def events(self, count: int) -> list[dict[str, Any]]:
        """The next events of AWS Config, when there are as many."""

        def received() -> list[dict[str, Any]] | None:
            found = self.account.events_of("listener")[self._taken :]
            return found if len(found) >= count else None

        found = eventually(f"{count} events", received, seconds=180)
        self._taken += len(found)
        assert len(found) == count
        return found

    def invoke(self, event: dict[str, Any]) -> Any:
        answer = self.account.client("lambda").invoke(FunctionName=FUNCTION, Payload=json.dumps(event))
        text = answer["Payload"].read()
        assert "FunctionError" not in answer, text
        return json.loads(text or b"null")

    def deliver(self, events: Iterable[dict[str, Any]]) -> None:
        for event in events:
            self.invoke(event)

    def results(self) -> dict[str, Result]:
        """What the table says of the rule, by resource."""
        return {result.resource.id: result for result in self.store.of_rule(RULE)}

    def table(self) -> dict[str, str]:
        return {name: result.compliance.value for name, result in self.results().items()}

    def aws_config(self) -> dict[str, str]:
        """What AWS Config says of the rule, by resource."""
        verdicts = self.account.verdicts(RULE)
        return {name: verdict for name, verdict in verdicts.items() if verdict != "NOT_APPLICABLE"}


@dataclass(frozen=True)
class Queue:
    """A queue that keeps what is published."""

    account: Account
    region: str

    def __post_init__(self) -> None:
        anybody = {"Effect": "Allow", "Principal": "*", "Action": "sqs:SendMessage", "Resource": self.arn}
        sqs = self.account.client("sqs", self.region)
        sqs.create_queue(QueueName="published", Attributes={"Policy": document(anybody)})

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:{self.region}:{self.account.number}:published"

    def take(self) -> list[dict[str, Any]]:
        """Take the messages, when there are any."""
        sqs = self.account.client("sqs", self.region)
        url = sqs.get_queue_url(QueueName="published")["QueueUrl"]
        taken = eventually(
            "a message", lambda: sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages")
        )
        return [json.loads(message["Body"]) for message in taken]
