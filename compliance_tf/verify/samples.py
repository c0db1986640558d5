"""The sample resources of a verification: a bad and a good one of each of a few cheap types.

None of them is attached to anything, contains anything, or effectively gives access to anybody. Their names are
derived from the workspace, so leftovers of a killed verification are found and removed by name.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from botocore.exceptions import ClientError

from compliance_runtime.check import Compliance
from compliance_tf.verify.app import PROJECT

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD, BAD = "good", "bad"
_OPEN_TO_ALL: Final = "0.0.0.0/0"
_GONE: Final = frozenset(
    {
        "NoSuchBucket",
        "NoSuchEntity",
        "InvalidGroup.NotFound",
        "ResourceNotFoundException",
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
    }
)
"""Error codes of the services for a resource that does not exist."""


class MissingPrerequisiteError(Exception):
    """The account lacks a prerequisite of a sample; the message names it."""


@dataclass(frozen=True)
class Place:
    """The account and region of the samples.

    Parameters
    ----------
    account
        The account number: twelve digits.
    partition, region, workspace
        The partition, region and workspace.
    client
        Returns boto3's client of a service.
    """

    account: str
    partition: str
    region: str
    workspace: str
    client: Callable[[str], Any]

    @property
    def tags(self) -> dict[str, str]:
        """The tag that limits the rules to the samples."""
        return {PROJECT: self.workspace}

    def name(self, quality: str) -> str:
        """Return the name of a sample, which is unique in the account and region."""
        return f"{PROJECT}-{self.workspace}-{quality}"


@dataclass(frozen=True)
class Sample:
    """A sample resource.

    Parameters
    ----------
    kind
        Its kind.
    quality
        ``good`` or ``bad``.
    id
        AWS Config's expected id of it.
    aliases
        Other ids that AWS Config might use.
    """

    kind: Kind
    quality: str
    id: str
    aliases: tuple[str, ...] = ()

    @property
    def expected(self) -> Compliance:
        """The expected verdict."""
        return Compliance.COMPLIANT if self.quality == GOOD else Compliance.NON_COMPLIANT

    @property
    def ids(self) -> tuple[str, ...]:
        """All ids that AWS Config may use."""
        return (self.id, *self.aliases)

    def __str__(self) -> str:
        """Return its name in reports."""
        return f"{self.quality} {self.kind.type}"


class Kind(ABC):
    """Creation and removal of samples of one type."""

    type: ClassVar[str]
    check: ClassVar[str]
    periodic: ClassVar[bool] = False

    @abstractmethod
    def make(self, place: Place, quality: str) -> Sample:
        """Create a sample.

        Raises
        ------
        MissingPrerequisiteError
            When the account lacks a prerequisite.
        """

    @abstractmethod
    def delete(self, place: Place, quality: str) -> None:
        """Remove an existing sample."""

    def remove(self, place: Place, quality: str) -> None:
        """Remove a sample if it exists."""
        try:
            self.delete(place, quality)
        except ClientError as cause:
            if cause.response["Error"]["Code"] not in _GONE:
                raise

    def name(self, place: Place, quality: str) -> str:
        """Return its name."""
        return place.name(quality)


class Bucket(Kind):
    """A bucket; the bad one does not refuse requests without TLS."""

    type, check = "AWS::S3::Bucket", "bucket-tls-only"

    def name(self, place: Place, quality: str) -> str:
        """Return its name, which is unique in the partition: at most 63 characters."""
        return f"{PROJECT}-{place.workspace}-{place.account}-{place.region}-{quality}".replace("_", "-")

    def make(self, place: Place, quality: str) -> Sample:
        """Create a bucket."""
        s3, name = place.client("s3"), self.name(place, quality)
        where = {} if place.region == "us-east-1" else {"LocationConstraint": place.region}
        s3.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        tags = [{"Key": key, "Value": value} for key, value in place.tags.items()]
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags})
        if quality == GOOD:
            self.fix(place, quality)
        return Sample(self, quality, name, (f"arn:{place.partition}:s3:::{name}",))

    def fix(self, place: Place, quality: str) -> None:
        """Make it refuse requests without TLS."""
        name = self.name(place, quality)
        arn = f"arn:{place.partition}:s3:::{name}"
        statement = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [arn, f"{arn}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
        place.client("s3").put_bucket_policy(Bucket=name, Policy=_document(statement))

    def delete(self, place: Place, quality: str) -> None:
        """Remove it: AWS refuses to delete one that has objects."""
        place.client("s3").delete_bucket(Bucket=self.name(place, quality))


class SecurityGroup(Kind):
    """A security group; the bad one opens SSH to everybody, and nothing is in it."""

    type, check = "AWS::EC2::SecurityGroup", "security-group-ingress"

    def make(self, place: Place, quality: str) -> Sample:
        """Create one in any VPC of the region."""
        ec2, name = place.client("ec2"), place.name(quality)
        vpcs = sorted(ec2.describe_vpcs()["Vpcs"], key=lambda vpc: not vpc.get("IsDefault"))
        if not vpcs:
            raise MissingPrerequisiteError(f"{place.region} has no VPC for a security group.")
        tags = [{"Key": key, "Value": value} for key, value in place.tags.items()]
        group = ec2.create_security_group(
            GroupName=name,
            Description="Made by compliance-tf verify",
            VpcId=vpcs[0]["VpcId"],
            TagSpecifications=[{"ResourceType": "security-group", "Tags": tags}],
        )["GroupId"]
        allowed = {"CidrIp": "10.0.0.0/8" if quality == GOOD else _OPEN_TO_ALL}
        ec2.authorize_security_group_ingress(
            GroupId=group,
            IpPermissions=[{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [allowed]}],
        )
        return Sample(self, quality, group, (f"arn:{place.partition}:ec2:{place.region}:{place.account}:{group}",))

    def delete(self, place: Place, quality: str) -> None:
        """Remove it."""
        ec2 = place.client("ec2")
        filters = [
            {"Name": "group-name", "Values": [place.name(quality)]},
            {"Name": f"tag:{PROJECT}", "Values": [place.workspace]},
        ]
        for group in ec2.describe_security_groups(Filters=filters)["SecurityGroups"]:
            ec2.delete_security_group(GroupId=group["GroupId"])


class Queue(Kind):
    """A queue; the bad one allows everybody to get its URL, which is harmless."""

    type, check = "AWS::SQS::Queue", "sqs-queue-access"

    def make(self, place: Place, quality: str) -> Sample:
        """Create a queue."""
        name = place.name(quality)
        arn = f"arn:{place.partition}:sqs:{place.region}:{place.account}:{name}"
        owner = {"AWS": f"arn:{place.partition}:iam::{place.account}:root"}
        statement = {
            "Effect": "Allow",
            "Principal": owner if quality == GOOD else "*",
            "Action": "sqs:GetQueueUrl",
            "Resource": arn,
        }
        url = place.client("sqs").create_queue(
            QueueName=name, Attributes={"Policy": _document(statement)}, tags=place.tags
        )["QueueUrl"]
        suffix = "amazonaws.com.cn" if place.partition == "aws-cn" else "amazonaws.com"
        expected = f"https://sqs.{place.region}.{suffix}/{place.account}/{name}"
        return Sample(self, quality, expected, (url, arn, name))

    def delete(self, place: Place, quality: str) -> None:
        """Remove it; SQS does not accept another one of that name for a minute."""
        sqs = place.client("sqs")
        sqs.delete_queue(QueueUrl=sqs.get_queue_url(QueueName=place.name(quality))["QueueUrl"])


class Policy(Kind):
    """An IAM policy; the bad one allows everything, and is attached to nobody."""

    type, check = "AWS::IAM::Policy", "iam-policy-admin"

    def name(self, place: Place, quality: str) -> str:
        """Return its name, which is unique in the account."""
        return f"{place.name(quality)}-{place.region}"

    def make(self, place: Place, quality: str) -> Sample:
        """Create a policy."""
        statement = {"Effect": "Allow", "Action": "s3:ListAllMyBuckets" if quality == GOOD else "*", "Resource": "*"}
        policy = place.client("iam").create_policy(
            PolicyName=self.name(place, quality),
            PolicyDocument=_document(statement),
            Tags=[{"Key": key, "Value": value} for key, value in place.tags.items()],
        )["Policy"]
        return Sample(self, quality, policy["PolicyId"], (policy["Arn"], policy["PolicyName"]))

    def delete(self, place: Place, quality: str) -> None:
        """Remove it."""
        arn = f"arn:{place.partition}:iam::{place.account}:policy/{self.name(place, quality)}"
        place.client("iam").delete_policy(PolicyArn=arn)


class LogGroup(Kind):
    """A log group; the bad one would keep events forever, and has none."""

    type, check, periodic = "AWS::Logs::LogGroup", "log-group-retention", True

    def make(self, place: Place, quality: str) -> Sample:
        """Create a log group."""
        logs, name = place.client("logs"), place.name(quality)
        logs.create_log_group(logGroupName=name, tags=place.tags)
        if quality == GOOD:
            logs.put_retention_policy(logGroupName=name, retentionInDays=1)
        arn = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:{name}"
        return Sample(self, quality, name, (arn, f"{arn}:*"))

    def delete(self, place: Place, quality: str) -> None:
        """Remove it."""
        place.client("logs").delete_log_group(logGroupName=place.name(quality))


BUCKET: Final = Bucket()
LOG_GROUP: Final = LogGroup()
KINDS: Final[tuple[Kind, ...]] = (BUCKET, SecurityGroup(), Queue(), Policy(), LOG_GROUP)


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
