"""What tests of the local AWS build in an account."""

from __future__ import annotations

import io
import itertools
import json
import time
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from compliance_tf.local import LocalAws, create_recorder

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mypy_boto3_config.type_defs import RecordingGroupTypeDef

Found = TypeVar("Found")

_accounts = itertools.count(100000000001)

PRINT_EVENT = """
import json
def handler(event, context):
    print("EVENT " + json.dumps(event))
"""

PUT_VERDICT = """
import boto3, json
def handler(event, context):
    print("EVENT " + json.dumps(event))
    item = json.loads(event["invokingEvent"])["configurationItem"]
    verdict = "COMPLIANT" if item["tags"].get("owner") else "NON_COMPLIANT"
    if item["configuration"] is None or event["eventLeftScope"]:
        verdict = "NOT_APPLICABLE"
    boto3.client("config").put_evaluations(
        ResultToken=event["resultToken"],
        Evaluations=[{
            "ComplianceResourceType": item["resourceType"],
            "ComplianceResourceId": item["resourceId"],
            "ComplianceType": verdict,
            "Annotation": "owner",
            "OrderingTimestamp": item["configurationItemCaptureTime"],
        }],
    )
"""

CHANGES = ("ConfigurationItemChangeNotification",)


def eventually(what: str, probe: Callable[[], Found | Literal[False] | None], seconds: float = 15) -> Found:
    """The first truthy answer of a probe; fails after a deadline with the last answer."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while True:
        answer = probe()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"{what}: still {answer!r} after {seconds} s"
        time.sleep(pause)
        # What takes long takes no more of the machine by being asked for.
        pause = min(1.2 * pause, 0.3)


@dataclass
class Account:
    """An account of its own in a local AWS."""

    aws: LocalAws
    region: str = "eu-central-1"
    number: str = field(default_factory=lambda: str(next(_accounts)))

    def client(self, service: str, region: str | None = None) -> Any:
        return self.aws.client(service, self.number, region or self.region)

    @property
    def config(self) -> Any:
        return self.client("config")

    def with_recorder(self, **recording_group: Any) -> Account:
        group = cast("RecordingGroupTypeDef", recording_group) if recording_group else None
        create_recorder(self.config, recording_group=group, account=self.number)
        return self

    def bucket(self, name: str, **tags: str) -> str:
        where = {"LocationConstraint": self.region, "Tags": tag_set(tags)}
        self.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration=where)
        return name

    def tag_bucket(self, name: str, **tags: str) -> None:
        self.client("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": tag_set(tags)})

    def security_group(self, name: str) -> str:
        ec2 = self.client("ec2")
        return str(ec2.create_security_group(GroupName=name, Description="for a test")["GroupId"])

    def grow(self, group: str) -> None:
        """Add to a security group more rules than a change notification can carry."""
        ranges = [
            {"CidrIp": f"10.{number // 256}.{number % 256}.0/24", "Description": "d" * 200} for number in range(1200)
        ]
        self.client("ec2").authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": ranges}],
        )

    def policy(self, name: str, **statement: Any) -> Any:
        allow = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"} | statement
        created = self.client("iam").create_policy(PolicyName=name, PolicyDocument=document(allow))
        return created["Policy"]

    def role(self, name: str, *actions: str, resource: str = "*") -> str:
        iam = self.client("iam")
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
        if actions:
            allow = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
            iam.put_role_policy(RoleName=name, PolicyName="allow", PolicyDocument=document(allow))
        return str(arn)

    def function(
        self, name: str, source: str, *actions: str, invoked_by: str | None = "config", **environment: str
    ) -> str:
        """Create a function whose role may do these actions; returns its ARN."""
        functions = self.client("lambda")
        created = functions.create_function(
            FunctionName=name,
            Timeout=60,  # on a busy machine the usual 3 seconds are not enough to begin
            Runtime="python3.13",
            Handler="index.handler",
            Role=self.role(f"{name}-role", *actions),
            Code={"ZipFile": zipped(source)},
            Environment={"Variables": environment},
        )
        if invoked_by:
            functions.add_permission(
                FunctionName=name,
                StatementId="invoke",
                Action="lambda:InvokeFunction",
                Principal=f"{invoked_by}.amazonaws.com",
                SourceAccount=self.number,
            )
        return str(created["FunctionArn"])

    def rule(self, name: str, function_arn: str, messages: Sequence[str] = CHANGES, **more: Any) -> str:
        """Put a rule that this function evaluates."""
        details = [{"EventSource": "aws.config", "MessageType": message} for message in messages]
        source = {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": function_arn, "SourceDetails": details}
        self.config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source} | more)
        return name

    def managed_rule(self, name: str, identifier: str, **more: Any) -> str:
        source = {"Owner": "AWS", "SourceIdentifier": identifier}
        self.config.put_config_rule(ConfigRule={"ConfigRuleName": name, "Source": source} | more)
        return name

    def on_event(self, name: str, function_arn: str, **pattern: Any) -> None:
        events = self.client("events")
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, Targets=[{"Id": "function", "Arn": function_arn}])

    def events_of(self, function: str) -> list[dict[str, Any]]:
        """The events that a function printed, in the order of their coming."""
        lines = [line for line in self.log_of(function) if line.startswith("EVENT ")]
        return [json.loads(line.removeprefix("EVENT ")) for line in lines]

    def notifications_of(self, function: str) -> list[dict[str, Any]]:
        """The invoking events that a rule's function printed."""
        return [json.loads(event["invokingEvent"]) for event in self.events_of(function)]

    def log_of(self, function: str) -> list[str]:
        logs = self.client("logs")
        try:
            events = logs.filter_log_events(logGroupName=f"/aws/lambda/{function}")["events"]
        except logs.exceptions.ResourceNotFoundException:
            return []
        return [event["message"] for event in events]

    def verdicts(self, rule: str) -> dict[str, str]:
        """What a rule says, by resource ID; what is not applicable counts."""
        kinds = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"]
        results = self.config.get_compliance_details_by_config_rule(
            ConfigRuleName=rule, ComplianceTypes=kinds, Limit=100
        )["EvaluationResults"]
        return {
            result["EvaluationResultIdentifier"]["EvaluationResultQualifier"]["ResourceId"]: result["ComplianceType"]
            for result in results
        }

    def items(self, resource_type: str, resource_id: str, **more: Any) -> list[dict[str, Any]]:
        """The history of a resource, the newest item first; empty when it is unknown."""
        config = self.config
        try:
            history = config.get_resource_config_history(resourceType=resource_type, resourceId=resource_id, **more)
        except config.exceptions.ResourceNotDiscoveredException:
            return []
        return list(history["configurationItems"])


def tag_set(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def zipped(source: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", source)
    return buffer.getvalue()
