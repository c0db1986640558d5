"""Queues and topics, without a policy or with AWS's default policy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from compliance_tf.review.resources.joins import Link
from compliance_tf.review.resources.planned_values import Unknown
from compliance_tf.review.resources.translation import Table, attribute, first_known, part, template

if TYPE_CHECKING:
    from compliance_tf.review.resources.translation import Scope


def _topic_policy(scope: Scope) -> object:
    policy = scope.get("policy")
    if isinstance(policy, Unknown) and scope.is_unset("policy"):
        return _default_topic_policy(scope)
    return policy


def _default_topic_policy(scope: Scope) -> object:
    """Build SNS's default policy of a new topic: its own account is allowed everything.

    https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html

    Returns
    -------
    object
        The policy document as JSON text; unknown where the account is.
    """
    account = scope.source.place.account
    if isinstance(account, Unknown):
        return account
    arn = _TOPIC_ARN(scope)
    actions = (
        *("GetTopicAttributes", "SetTopicAttributes", "AddPermission", "RemovePermission", "DeleteTopic"),
        *("Subscribe", "ListSubscriptionsByTopic", "Publish"),
    )
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions],
        "Resource": arn if isinstance(arn, str) else "*",
        "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
    }
    return json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})


_TOPIC_ARN = first_known(attribute("arn"), template("arn:{partition}:sns:{region}:{account}:{name}", "name"))
_QUEUE_ARN = first_known(attribute("arn"), template("arn:{partition}:sqs:{region}:{account}:{name}", "name"))

_QUEUE_URL = first_known(attribute("url"), template("https://sqs.{region}.amazonaws.com/{account}/{name}", "name"))

QUEUE = Table(
    type="AWS::SQS::Queue",
    terraform=("aws_sqs_queue",),
    sources=(
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-sqs-queue.html",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/sqs_queue",
    ),
    id=_QUEUE_URL,
    name=attribute("name"),
    arn=_QUEUE_ARN,
    configuration={
        "QueueName": attribute("name"),
        "QueueUrl": _QUEUE_URL,
        "Arn": _QUEUE_ARN,
        "Policy": part("aws_sqs_queue_policy", attribute("policy"), otherwise=attribute("policy", unset=None)),
        "FifoQueue": attribute("fifo_queue", absent=False),
        "KmsMasterKeyId": attribute("kms_master_key_id"),
        "SqsManagedSseEnabled": attribute("sqs_managed_sse_enabled"),
        "MessageRetentionPeriod": attribute("message_retention_seconds"),
        "VisibilityTimeout": attribute("visibility_timeout_seconds"),
        "DelaySeconds": attribute("delay_seconds"),
        "MaximumMessageSize": attribute("max_message_size"),
        "ReceiveMessageWaitTimeSeconds": attribute("receive_wait_time_seconds"),
        "RedrivePolicy": attribute("redrive_policy", unset=None),
    },
    links=(Link("aws_sqs_queue_policy", "queue_url"),),
)

TOPIC = Table(
    type="AWS::SNS::Topic",
    terraform=("aws_sns_topic",),
    sources=(
        "https://docs.aws.amazon.com/sns/latest/api/API_GetTopicAttributes.html",
        "https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/sns_topic",
    ),
    id=_TOPIC_ARN,
    name=attribute("name"),
    arn=_TOPIC_ARN,
    configuration={
        "TopicArn": _TOPIC_ARN,
        "Owner": lambda scope: scope.source.place.account,
        "DisplayName": attribute("display_name"),
        "Policy": part("aws_sns_topic_policy", attribute("policy"), otherwise=_topic_policy),
        "KmsMasterKeyId": attribute("kms_master_key_id"),
        "FifoTopic": attribute("fifo_topic", absent=False),
    },
    links=(Link("aws_sns_topic_policy", "arn"),),
)
