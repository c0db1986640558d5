"""A stack that declares more than it may is refused at synthesis, whatever way it was declared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import jsii
import pytest
from cdktf import (
    App,
    Aspects,
    IAnyProducer,
    IAspect,
    IResolveContext,
    Lazy,
    TerraformElement,
    TerraformHclModule,
    TerraformResource,
    TerraformStack,
)
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.config_configuration_recorder import ConfigConfigurationRecorder
from cdktf_cdktf_provider_aws.config_delivery_channel import ConfigDeliveryChannel
from cdktf_cdktf_provider_aws.config_retention_configuration import ConfigRetentionConfiguration
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableAttribute
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from constructs import Construct, IConstruct

from compliance_tf import ComplianceStack, ManagedRule, Notifications, RecorderSource
from compliance_tf.lifecycle.safeguards import Target

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.synth.conftest import Synthesize


READING = "data.aws_cloudcontrolapi_resource.existing_recorder"
OWN_NAME = "/aws/lambda/acme-${terraform.workspace}-mine"


def recorder(stack: ComplianceStack) -> None:
    ConfigConfigurationRecorder(stack, "mine", role_arn="arn:aws:iam::000000000001:role/config")


def nested_recorder(stack: ComplianceStack) -> None:
    ConfigConfigurationRecorder(Construct(stack, "deep"), "mine", role_arn="arn:aws:iam::000000000001:role/config")


def override_of_the_stack(stack: ComplianceStack) -> None:
    stack.add_override("resource.aws_config_configuration_recorder.mine", {"role_arn": "arn"})


def override_in_lists(stack: ComplianceStack) -> None:
    stack.add_override("resource.aws_config_configuration_recorder", [{"mine": [{"role_arn": "arn"}]}])


def lists_at_every_level(stack: ComplianceStack) -> None:
    resources = {"aws_config_configuration_recorder": [{"mine": None}, {"other": [{}]}]}
    stack.add_override("resource", [stack.to_terraform()["resource"], resources])


def create_before_destroy(stack: ComplianceStack) -> None:
    CloudwatchLogGroup(stack, "mine", name=OWN_NAME, lifecycle={"create_before_destroy": True})


def other_provider(stack: ComplianceStack) -> None:
    TerraformResource(stack, "mine", terraform_resource_type="null_resource")


def provisioner(stack: ComplianceStack) -> None:
    group = CloudwatchLogGroup(stack, "mine", name=OWN_NAME)
    group.add_override("provisioner", [{"local-exec": {"command": "aws configservice put-configuration-recorder"}}])


def second_table(stack: ComplianceStack) -> None:
    DynamodbTable(stack, "mine", name="mine", hash_key="k", attribute=[DynamodbTableAttribute(name="k", type="S")])


def late_override_by_an_aspect(stack: ComplianceStack) -> None:
    @jsii.implements(IAspect)
    class Late:
        def visit(self, node: IConstruct) -> None:
            if isinstance(node, TerraformElement) and node.node.id == "completion":
                TerraformStack.of(node).add_override("resource.aws_sns_topic.late", {"name": "late"})

    Aspects.of(stack).add(Late())


def late_rule_by_an_aspect(stack: ComplianceStack) -> None:
    @jsii.implements(IAspect)
    class Late:
        def visit(self, node: IConstruct) -> None:
            if node.node.id == "early":
                ManagedRule(stack, "late", identifier="CLOUD_TRAIL_ENABLED")

    ManagedRule(stack, "early", identifier="CLOUD_TRAIL_ENABLED")
    Aspects.of(stack).add(Late())


FIXED: list[tuple[str, str, object]] = [
    ("existing_recorder", f"{READING}.lifecycle.precondition", None),
    ("existing_recorder", f"{READING}.lifecycle.precondition.0.condition", True),
    ("existing_recorder", f"{READING}.lifecycle", [{}]),
    ("existing_recorder", f"{READING}.for_each", None),
    ("existing_recorder", f"{READING}.count", 0),
    (r"variable\.workspace", "variable.workspace.default", "prod"),
    (r"variable\.workspace", "variable.workspace.validation", None),
    (r"variable\.workspace", "variable", None),
    (r"provider\.aws", "provider.aws.0.region", "us-east-1"),
    (r"provider\.aws", "provider.aws.0.default_tags.0.tags.workspace", "dev"),
    (r"output\.deployment", "output.deployment.value.workspace", "dev"),
    (r"output\.rules", "output.rules.value", "none"),
    ("terraform", "terraform.backend", None),
    ("terraform", "terraform.backend.local.workspace_dir", None),
    ("terraform", "terraform.backend.local.path", "../../../state/other-eu-west-1/terraform.tfstate"),
    ("terraform", "terraform.backend", {"s3": {"bucket": "acme", "key": "acme", "region": "eu-west-1"}}),
]

REFUSED: list[tuple[Callable[[ComplianceStack], object], str]] = [
    (recorder, r"stack/mine: .*aws_config_configuration_recorder is refused: AWS allows one per region and account"),
    (nested_recorder, r"stack/deep/mine: .*aws_config_configuration_recorder is refused"),
    (
        lambda stack: ConfigDeliveryChannel(stack, "mine", s3_bucket_name="b"),
        r"stack/mine: .*delivery_channel is refused",
    ),
    (
        lambda stack: ConfigRetentionConfiguration(stack, "mine", retention_period_in_days=30),
        r"stack/mine: .*aws_config_retention_configuration is refused: AWS allows one",
    ),
    (lambda stack: S3Bucket(stack, "mine"), r"stack/mine: .*aws_s3_bucket is refused: results are kept in DynamoDB"),
    (lambda stack: SqsQueue(stack, "mine"), r"stack/mine: .*aws_sqs_queue is refused: give the ARN of a queue"),
    (override_in_lists, r"aws_config_configuration_recorder\.mine: .*is refused: AWS allows one"),
    (lists_at_every_level, r"aws_config_configuration_recorder\.other: .*is refused: AWS allows one"),
    (create_before_destroy, r"stack/mine: create_before_destroy is refused"),
    (lambda stack: stack.add_override("import", [{"to": "aws_iam_role.r", "id": "r"}]), r"an import block is refused"),
    (lambda stack: stack.add_override("data.external.mine.program", ["sh"]), r"data\.external\.mine: a program is ref"),
    (lambda stack: stack.add_override("provider.aws", [{}, {"alias": "other"}]), r"provider\.aws: alias is refused"),
    (lambda stack: stack.add_override("terraform.cloud", [{"organization": "o"}]), r"terraform: cloud is refused"),
    (override_of_the_stack, r"aws_config_configuration_recorder\.mine: .*is refused: AWS allows one"),
    (other_provider, r"stack/mine: a resource of type null_resource is refused"),
    (provisioner, r"stack/mine: a provisioner is refused"),
    (second_table, r"aws_dynamodb_table\.results_table_88D067FA, stack/mine: 2 tables are refused"),
    (
        lambda stack: TerraformHclModule(stack, "mine", source="acme/rules/aws"),
        r"module\.mine: a module block is refused",
    ),
    (
        lambda stack: CloudwatchLogGroup(stack, "mine", name="/aws/lambda/acme-prod-mine"),
        r"stack/mine: the name '/aws/lambda/acme-prod-mine' is refused: .* must begin with '/aws/lambda/acme-\$\{terr",
    ),
    (lambda stack: CloudwatchLogGroup(stack, "mine"), r"stack/mine: the name None is refused"),
    (
        lambda stack: stack.add_override(
            "resource.aws_iam_role_policy", [{"mine": {"name": "mine", "role": "somebody-elses", "policy": "{}"}}]
        ),
        r"aws_iam_role_policy\.mine: the role 'somebody-elses' is refused",
    ),
    (
        lambda stack: stack.add_override(
            "resource.aws_iam_role_policy.mine", {"role": "${data.aws_iam_role.theirs.name}", "policy": "{}"}
        ),
        r"aws_iam_role_policy\.mine: the role '\$\{data\.aws_iam_role\.theirs\.name\}' is refused",
    ),
    (
        lambda stack: stack.add_override("resource.aws_dynamodb_table.results_table_88D067FA.name", "acme-results"),
        r"results_table_88D067FA: the name 'acme-results' is refused",
    ),
    *[
        (lambda stack, path=path, value=value: stack.add_override(path, value), f"{fixed}: it is not as the stack decl")
        for fixed, path, value in FIXED
    ],
    (
        lambda stack: CloudwatchLogGroup(stack, "mine", name=OWN_NAME).add_override("region", "us-east-1"),
        r"stack/mine: a region is refused: a deployment goes to one region",
    ),
    (
        lambda stack: stack.add_override("terraform.required_providers.aws.version", ">= 5.100"),
        r"required_providers\.aws: the version is refused: it must be one exact version",
    ),
    (
        late_rule_by_an_aspect,
        # By the guard, not by an annotation: CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS has CDKTF go on after those.
        r"Validation failed .*:\n  \[stack\] Rule 'late' came after the manifest of the rules was written: declare",
    ),
    (late_override_by_an_aspect, r"aws_sns_topic\.late: .*is refused: give the ARN of a topic"),
]


@pytest.mark.parametrize(("build", "message"), REFUSED)
def test_what_a_stack_may_not_declare_is_refused_with_its_place_and_the_reason(
    synthesize: Synthesize, build: Callable[[ComplianceStack], object], message: str
) -> None:
    with pytest.raises(RuntimeError, match=message):
        synthesize(build)


def test_skipping_validations_does_not_skip_the_guard(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), skip_validation=True)
    recorder(ComplianceStack(app, "stack", project="acme", region="eu-west-1"))
    with pytest.raises(RuntimeError, match="aws_config_configuration_recorder is refused"):
        app.synth()


def test_a_value_that_comes_only_when_the_file_is_written_is_seen(tmp_path: Path) -> None:
    def calls(come_from: int) -> int:
        app = App(outdir=str(tmp_path))
        stack = ComplianceStack(app, "stack", project="acme", region="eu-west-1")
        producer = Late(come_from)
        CloudwatchLogGroup(stack, "mine", name=OWN_NAME).add_override("provisioner", Lazy.any_value(producer))
        app.synth()
        return producer.calls

    last = calls(come_from=1_000_000)
    with pytest.raises(RuntimeError, match="stack/mine: a provisioner is refused"):
        calls(come_from=last)


@jsii.implements(IAnyProducer)
class Late:
    """A value that is nothing at first, and a program from a certain call on."""

    def __init__(self, come_from: int) -> None:
        self.calls = 0
        self._come_from = come_from

    def produce(self, _: IResolveContext) -> object:
        self.calls += 1
        return {"local-exec": {"command": "true"}} if self.calls >= self._come_from else None


@pytest.mark.parametrize("source", RecorderSource)
def test_the_commands_which_look_again_allow_what_the_guard_allows(
    synthesize: Synthesize, tmp_path: Path, source: RecorderSource
) -> None:
    topic = Notifications("arn:aws:sns:eu-west-1:111122223333:mine")
    configuration = synthesize(recorder_source=source, notifications=topic)
    Target.of("stack", configuration, "dev").check_configuration(tmp_path / "stacks" / "stack")


def test_what_is_refused_leaves_no_file_behind(synthesize: Synthesize, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        synthesize(recorder)
    assert list(tmp_path.rglob("*.tf.json")) == []


@pytest.mark.parametrize("name", ["more_override.tf", "terraform.tfvars", "more.auto.tfvars.json"])
def test_another_file_that_terraform_would_read_is_refused(synthesize: Synthesize, tmp_path: Path, name: str) -> None:
    synthesize()
    (tmp_path / "stacks" / "stack" / name).touch()
    with pytest.raises(RuntimeError, match=rf"{re.escape(name)}: Terraform would read it .*: remove it"):
        synthesize()


def test_hcl_which_nobody_holds_against_the_list_is_refused(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), hcl_output=True)
    ComplianceStack(app, "stack", project="acme", region="eu-west-1")
    with pytest.raises(RuntimeError, match="as JSON, not as HCL"):
        app.synth()
    assert list(tmp_path.rglob("cdk.tf*")) == []


def test_all_that_is_refused_is_said_at_once(synthesize: Synthesize) -> None:
    def build(stack: ComplianceStack) -> None:
        S3Bucket(stack, "one")
        SqsQueue(stack, "two")

    with pytest.raises(RuntimeError, match=r"(?s)stack/one: .*stack/two: "):
        synthesize(build)


def test_resources_of_allowed_types_may_be_added_by_hand(synthesize: Synthesize) -> None:
    configuration = synthesize(lambda stack: CloudwatchLogGroup(stack, "mine", name=OWN_NAME))
    assert configuration["resource"]["aws_cloudwatch_log_group"]["mine"]["name"] == OWN_NAME
