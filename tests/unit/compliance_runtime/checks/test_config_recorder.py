from __future__ import annotations

from typing import Any

import pytest
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.config_recorder import CHECK, Parameters
from compliance_runtime.errors import NotReadableError
from compliance_tf.testing import ACCOUNT, account_with
from tests.unit.compliance_runtime.builders import client

ALL = {"allSupported": True, "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"}}
ALL_AND_GLOBAL = ALL | {"includeGlobalResourceTypes": True}
RECORDING = {"name": "default", "recording": True, "lastStatus": "SUCCESS"}
DELIVERED = {"name": "default", "configHistoryDeliveryInfo": {"lastStatus": "SUCCESS"}}
SERVICE = "securityhub.amazonaws.com"


def listed(*types: str) -> dict[str, Any]:
    return {"resourceTypes": list(types), "recordingStrategy": {"useOnly": "Inclusion_By_Resource_Types"}}


def excluding(*types: str) -> dict[str, Any]:
    return {
        "exclusionByResourceTypes": {"resourceTypes": list(types)},
        "recordingStrategy": {"useOnly": "exclusion_by_resource_types"},
    }


def verdict(
    group: dict[str, Any] | None = None,
    *,
    recorders: list[dict[str, Any]] | None = None,
    statuses: list[dict[str, Any]] | None = None,
    channels: list[dict[str, Any]] | None = None,
    **parameters: Any,
) -> Verdict:
    """What is said of an account, which is as it should be where nothing else is given."""
    default = {"name": "default", "recordingGroup": ALL if group is None else group}
    config = client("config")
    with Stubber(config) as stub:
        stub.add_response(
            "describe_configuration_recorders",
            {"ConfigurationRecorders": [default] if recorders is None else recorders},
        )
        stub.add_response(
            "describe_configuration_recorder_status",
            {"ConfigurationRecordersStatus": [RECORDING] if statuses is None else statuses},
        )
        stub.add_response(
            "describe_delivery_channel_status",
            {"DeliveryChannelsStatus": [DELIVERED] if channels is None else channels},
        )
        (finding,) = CHECK.evaluate(account_with(config=config), Parameters(**parameters))
    assert (finding.resource_type, finding.resource_id) == ("AWS::::Account", ACCOUNT)
    return finding.verdict


def test_a_recorder_that_is_on_covers_all_and_delivers_is_compliant() -> None:
    assert verdict().compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"recorders": [], "statuses": []}, "No recorder: set up AWS Config in this region."),
        ({"statuses": []}, "Recorder default is off: start it."),
        ({"statuses": [RECORDING | {"recording": False}]}, "Recorder default is off: start it."),
        (
            {
                "statuses": [
                    RECORDING | {"lastStatus": "FAILURE", "lastErrorCode": "AccessDenied", "lastErrorMessage": "No."}
                ]
            },
            "Recorder default failed: AccessDenied No.",
        ),
        ({"statuses": [RECORDING | {"lastStatus": "FAILURE"}]}, "Recorder default failed: no code."),
        ({"channels": []}, "No delivery channel: nothing is delivered."),
        (
            {
                "channels": [
                    DELIVERED
                    | {"configHistoryDeliveryInfo": {"lastStatus": "FAILURE", "lastErrorCode": "NoSuchBucket"}}
                ]
            },
            "Channel default failed to deliver the history: NoSuchBucket.",
        ),
        (
            {"channels": [DELIVERED | {"configSnapshotDeliveryInfo": {"lastStatus": "FAILURE", "lastErrorCode": "X"}}]},
            "Channel default failed to deliver snapshots: X.",
        ),
        (
            {"channels": [DELIVERED | {"configStreamDeliveryInfo": {"lastStatus": "FAILURE", "lastErrorCode": "X"}}]},
            "Channel default failed to deliver notifications: X.",
        ),
    ],
)
def test_what_is_wrong_is_named(changed: dict[str, Any], reason: str) -> None:
    wrong = verdict(**changed)

    assert (wrong.compliance, wrong.reason) == (Compliance.NON_COMPLIANT, reason)


@pytest.mark.parametrize(
    "changed",
    [
        {"statuses": [RECORDING | {"lastStatus": "PENDING"}]},
        {"channels": [{"name": "default"}]},
        {"channels": [DELIVERED | {"configStreamDeliveryInfo": {"lastStatus": "NOT_APPLICABLE"}}]},
    ],
)
def test_what_has_not_begun_yet_is_no_failure(changed: dict[str, Any]) -> None:
    assert verdict(**changed).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("word", ["FAILURE", "Failure", "failure"])
def test_a_failure_counts_however_aws_writes_it(word: str) -> None:
    failed = {"lastStatus": word, "lastErrorCode": "X"}

    assert verdict(statuses=[RECORDING | failed]).reason == "Recorder default failed: X."
    for delivery in ("configHistoryDeliveryInfo", "configSnapshotDeliveryInfo", "configStreamDeliveryInfo"):
        assert "failed to deliver" in verdict(channels=[DELIVERED | {delivery: failed}]).reason


@pytest.mark.parametrize("word", ["SUCCESS", "Success", "PENDING", "NOT_APPLICABLE", "Not_Applicable", "NotApplicable"])
def test_all_other_known_words_are_no_failure(word: str) -> None:
    said = verdict(
        statuses=[RECORDING | {"lastStatus": word}],
        channels=[DELIVERED | {"configStreamDeliveryInfo": {"lastStatus": word}}],
    )

    assert said.compliance is Compliance.COMPLIANT


@pytest.mark.parametrize(
    "changed",
    [
        {"statuses": [RECORDING | {"lastStatus": "DEGRADED"}]},
        {"channels": [DELIVERED | {"configStreamDeliveryInfo": {"lastStatus": "DEGRADED"}}]},
    ],
)
def test_a_status_that_is_not_known_is_no_verdict(changed: dict[str, Any]) -> None:
    with pytest.raises(NotReadableError, match=r"'DEGRADED'.*known: SUCCESS, FAILURE, PENDING, NOT_APPLICABLE"):
        verdict(**changed)
    # What is wrong beside it is wrong all the same.
    assert verdict(listed("AWS::S3::Bucket"), **changed).compliance is Compliance.NON_COMPLIANT


def test_recorders_of_services_do_not_count() -> None:
    service = {"name": "hub", "servicePrincipal": SERVICE, "recordingGroup": listed("AWS::S3::Bucket")}
    own = {"name": "own", "recordingGroup": ALL}
    off = {"name": "hub", "servicePrincipal": SERVICE, "recording": False, "lastStatus": "DEGRADED"}

    beside = verdict(recorders=[service, own], statuses=[off, RECORDING | {"name": "own"}])
    assert beside.compliance is Compliance.COMPLIANT
    alone = verdict(recorders=[service], statuses=[off | {"recording": True}])
    assert alone.reason == "No recorder: set up AWS Config in this region."


def test_the_status_of_another_recorder_does_not_count() -> None:
    assert verdict(statuses=[RECORDING | {"name": "other"}]).reason == "Recorder default is off: start it."


@pytest.mark.parametrize(
    ("group", "parameters", "missing"),
    [
        (ALL, {}, None),
        (ALL_AND_GLOBAL, {"global_types": True}, None),
        (ALL, {"global_types": True}, "AWS::IAM::Group, AWS::IAM::Policy, AWS::IAM::Role, AWS::IAM::User"),
        (ALL, {"required_types": ("AWS::S3::Bucket", "AWS::IAM::Role")}, "AWS::IAM::Role"),
        (ALL_AND_GLOBAL, {"required_types": ("AWS::S3::Bucket", "AWS::IAM::Role")}, None),
        ({"allSupported": True}, {}, None),
        (excluding("AWS::EC2::Volume"), {}, "AWS::EC2::Volume"),
        (excluding("AWS::EC2::Volume", "AWS::EC2::EIP"), {"excludable_types": ("AWS::EC2::EIP",)}, "AWS::EC2::Volume"),
        (excluding("AWS::EC2::Volume"), {"required_types": ("AWS::S3::Bucket",)}, None),
        (excluding("AWS::S3::Bucket"), {"required_types": ("AWS::S3::Bucket",)}, "AWS::S3::Bucket"),
        (excluding("AWS::IAM::Role"), {}, None),
        (excluding("AWS::IAM::Role"), {"global_types": True}, "AWS::IAM::Role"),
        (excluding(), {"global_types": True}, None),
        (listed("AWS::S3::Bucket"), {"required_types": ("AWS::S3::Bucket",)}, None),
        (listed("AWS::S3::Bucket"), {"required_types": ("AWS::SQS::Queue", "AWS::S3::Bucket")}, "AWS::SQS::Queue"),
        ({"resourceTypes": ["AWS::S3::Bucket"]}, {"required_types": ("AWS::SQS::Queue",)}, "AWS::SQS::Queue"),
    ],
)
def test_the_types_that_are_asked_for_must_be_recorded(
    group: dict[str, Any], parameters: dict[str, Any], missing: str | None
) -> None:
    judged = verdict(group, **parameters)

    if missing is None:
        assert judged.compliance is Compliance.COMPLIANT
    else:
        assert (judged.compliance, judged.reason) == (
            Compliance.NON_COMPLIANT,
            f"Recorder default does not record {missing}.",
        )


@pytest.mark.parametrize("group", [listed("AWS::S3::Bucket"), {"resourceTypes": ["AWS::S3::Bucket"]}])
def test_listed_types_are_not_all_supported_ones(group: dict[str, Any]) -> None:
    assert "records listed types only" in verdict(group).reason


def test_the_worst_comes_first() -> None:
    wrong = verdict(
        listed("AWS::S3::Bucket"), statuses=[RECORDING | {"recording": False}], channels=[], global_types=True
    )

    assert wrong.reason.index("is off") < wrong.reason.index("listed types only") < wrong.reason.index("No delivery")
