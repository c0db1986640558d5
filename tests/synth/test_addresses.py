"""The addresses of a deployment stay what they are: with another one a resource would be replaced."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from cdktf import TerraformElement, TerraformStack
from cdktf import Testing as CdktfTesting
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.checks import iam_access_keys
from compliance_tf import ApiCall, CheckRule, ManagedRule, Notifications, Schedule, Waiver, by_workspace
from compliance_tf.constructs.blocks import unique_id

if TYPE_CHECKING:
    from compliance_tf import ComplianceStack
    from tests.synth.conftest import Synthesize

ADDRESSES = """
aws_cloudwatch_event_rule.triggers_api-calls-cloudtrail_2AA8E104
aws_cloudwatch_event_rule.triggers_api-calls-kms_50C254EB
aws_cloudwatch_event_rule.triggers_compliance-changes_525CBAF8
aws_cloudwatch_event_rule.triggers_continue_A2D6C039
aws_cloudwatch_event_rule.triggers_notify_99744856
aws_cloudwatch_event_rule.triggers_reconcile_75525E5D
aws_cloudwatch_event_rule.triggers_reevaluate_A6BE6BB0
aws_cloudwatch_event_target.triggers_api-calls-cloudtrail-target_3D6FB9FE
aws_cloudwatch_event_target.triggers_api-calls-kms-target_8103CD87
aws_cloudwatch_event_target.triggers_compliance-changes-target_B64C6BDE
aws_cloudwatch_event_target.triggers_continue-target_32832226
aws_cloudwatch_event_target.triggers_continue-trigger-target_CA401414
aws_cloudwatch_event_target.triggers_notify-target_0ED5CCEF
aws_cloudwatch_event_target.triggers_reconcile-target_91C1F1C6
aws_cloudwatch_event_target.triggers_reevaluate-target_E489EF63
aws_cloudwatch_log_group.functions_evaluate_log_B81471CC
aws_cloudwatch_log_group.functions_record_log_99851C52
aws_cloudwatch_log_group.functions_trigger_log_D215F262
aws_config_config_rule._0-keys
aws_config_config_rule.trail
aws_dynamodb_table.results_table_88D067FA
aws_iam_role.functions_evaluate_role_077E08FA
aws_iam_role.functions_record_role_1C75074F
aws_iam_role.functions_trigger_role_A6FE0EB9
aws_iam_role_policy.functions_checks_2FBC11BD
aws_iam_role_policy.functions_evaluate_policy_C6E0E388
aws_iam_role_policy.functions_record_policy_0506014D
aws_iam_role_policy.functions_trigger_policy_B8FDF2FA
aws_iam_role_policy.functions_waivers_0FA53D36
aws_iam_role_policy.notifications_policy-0_C4E607F5
aws_iam_role_policy.notifications_policy-1_224FF245
aws_lambda_function.functions_evaluate_function_3C2C4E53
aws_lambda_function.functions_record_function_1B8404D1
aws_lambda_function.functions_trigger_function_23E07636
aws_lambda_function_event_invoke_config.functions_evaluate_retries_FC71BF9D
aws_lambda_function_event_invoke_config.functions_record_retries_31CE81E4
aws_lambda_function_event_invoke_config.functions_trigger_retries_51372EC2
aws_lambda_permission.functions_evaluate_permission_8EEB1E5E
aws_lambda_permission.functions_record_permission_057A79F5
aws_lambda_permission.functions_trigger_permission_BFBE0062
data.aws_caller_identity.account_caller_1C5BE04F
data.aws_cloudcontrolapi_resource.existing_recorder
data.aws_partition.account_partition_32ACE770
"""
"""Those of deployments that exist."""

SETTINGS = {
    "reevaluate": Schedule.days(7),
    "notifications": by_workspace(
        prod=Notifications("arn:aws:sns:eu-west-1:111122223333:security"),
        default=Notifications("arn:aws:events:eu-west-1:111122223333:event-bus/security"),
    ),
    "waivers": [
        Waiver(
            rule="trail",
            tag_key="team",
            tag_value="data",
            reason="Legacy.",
            owner="team-data",
            ticket="SEC-1",
            granted=date(2026, 1, 15),
            expires=date(2026, 12, 31),
        )
    ],
}


def every_part(stack: ComplianceStack) -> None:
    calls = [ApiCall("cloudtrail", "StopLogging"), ApiCall("kms", "CreateKey")]
    ManagedRule(stack, "trail", identifier="CLOUD_TRAIL_ENABLED", evaluate_after=calls)
    CheckRule(stack, "0-keys", check=iam_access_keys.CHECK)


def test_each_part_of_a_deployment_keeps_its_address(synthesize: Synthesize) -> None:
    configuration = synthesize(every_part, **SETTINGS)
    found = {
        f"{prefix}{type_}.{name}"
        for section, prefix in (("resource", ""), ("data", "data."))
        for type_, named in configuration[section].items()
        for name in named
    }
    assert "\n".join(["", *sorted(found), ""]) == ADDRESSES
    paths = {one["filename"].split("/")[1] for one in configuration["resource"]["aws_lambda_function"].values()}
    assert paths == {"functions_package_9EC694CB"}


ids = st.from_regex(r"[a-z0-9][a-z0-9-]{0,20}", fullmatch=True)
paths = st.lists(ids, min_size=2, max_size=4).filter(
    lambda path: not any(one.endswith(other) for one, other in pairwise(path))
)


@given(paths)
def test_a_block_is_called_as_cdktf_calls_a_construct_at_its_path(path: list[str]) -> None:
    scope: Construct = TerraformStack(CdktfTesting.app(), "stack")
    for id_ in path[:-1]:
        scope = Construct(scope, id_)
    assert unique_id(*path) == TerraformElement(scope, path[-1]).friendly_unique_id
