from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from compliance_runtime.check import Compliance, Verdict
from compliance_runtime.checks.ec2_approved_images import CHECK, Parameters
from compliance_runtime.errors import EventError, ParameterError
from compliance_tf.testing import ACCOUNT, CAPTURED_TIME, account_with, event_item, verdict
from tests.unit.compliance_runtime.builders import client

if TYPE_CHECKING:
    from collections.abc import Iterator

IMAGE = "ami-0123456789abcdef0"
OTHER = "ami-0fedcba9876543210"
ASKED = {"ImageIds": [IMAGE], "IncludeDeprecated": True, "IncludeDisabled": True}


def instance(image: object = IMAGE, state: str = "running") -> dict[str, Any]:
    configuration = {"instanceId": "i-1", "state": {"code": 16, "name": state}, "imageId": image}
    return event_item("AWS::EC2::Instance", "i-1", configuration=configuration)


def described(
    owner: str = ACCOUNT, alias: str | None = None, days: float = 10, state: str = "available"
) -> dict[str, Any]:
    """The image as EC2 describes it, made some days before the instance was captured."""
    created = CAPTURED_TIME - timedelta(days=days)
    image = {"ImageId": IMAGE, "OwnerId": owner, "CreationDate": created.isoformat(), "State": state}
    return image if alias is None else image | {"ImageOwnerAlias": alias}


class Ec2:
    """An EC2 client with a stub."""

    def __init__(self) -> None:
        self.client = client("ec2")
        self.stub = Stubber(self.client)

    def judged(self, parameters: Parameters, *images: dict[str, Any]) -> Verdict:
        """Have an instance judged, whose image is asked for once for each form of the item."""
        for _ in range(2):
            self.stub.add_response("describe_images", {"Images": list(images)}, ASKED)
        return self.without_lookup(parameters)

    def without_lookup(self, parameters: Parameters, item: dict[str, Any] | None = None) -> Verdict:
        """Have an instance judged; a stub refuses every call that was not announced."""
        return verdict(CHECK, item or instance(), parameters, account_with(ec2=self.client))


@pytest.fixture
def ec2() -> Iterator[Ec2]:
    stubbed = Ec2()
    with stubbed.stub:
        yield stubbed
        stubbed.stub.assert_no_pending_responses()


def test_a_listed_image_is_approved_without_a_lookup(ec2: Ec2) -> None:
    result = ec2.without_lookup(Parameters(allowed_images=(OTHER, IMAGE), allowed_owners=("amazon",)))

    assert result.compliance is Compliance.COMPLIANT


def test_an_image_that_is_not_listed_violates_without_a_lookup_where_only_ids_are_approved(ec2: Ec2) -> None:
    result = ec2.without_lookup(Parameters(allowed_images=(OTHER,), max_age_days=1))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert result.reason.startswith(f"{IMAGE} is not among the approved images")


@pytest.mark.parametrize(
    ("owners", "image", "compliance"),
    [
        (("self",), described(ACCOUNT), Compliance.COMPLIANT),
        (("self",), described("210987654321"), Compliance.NON_COMPLIANT),
        (("self", "210987654321"), described("210987654321"), Compliance.COMPLIANT),
        (("amazon",), described("137112412989", "amazon"), Compliance.COMPLIANT),
        (("137112412989",), described("137112412989", "amazon"), Compliance.COMPLIANT),
        (("amazon",), described("679593333241", "aws-marketplace"), Compliance.NON_COMPLIANT),
        (("aws-marketplace",), described("679593333241", "aws-marketplace"), Compliance.COMPLIANT),
        (("amazon",), described("137112412989"), Compliance.NON_COMPLIANT),
        (("self",), described(ACCOUNT, state="disabled"), Compliance.COMPLIANT),
    ],
)
def test_images_of_allowed_owners_are_approved(
    ec2: Ec2, owners: tuple[str, ...], image: dict[str, Any], compliance: Compliance
) -> None:
    result = ec2.judged(Parameters(allowed_images=(OTHER,), allowed_owners=owners), image)

    assert result.compliance is compliance


def test_the_reason_names_the_image_and_its_owner(ec2: Ec2) -> None:
    result = ec2.judged(Parameters(allowed_owners=("self",)), described("137112412989", "amazon"))

    assert result.reason == (
        f"{IMAGE} belongs to amazon (137112412989), whose images are not approved: launch the instance from an "
        "approved image."
    )


@pytest.mark.parametrize(
    ("days", "compliance"),
    [(90, Compliance.COMPLIANT), (90.9, Compliance.COMPLIANT), (91, Compliance.NON_COMPLIANT)],
)
@pytest.mark.parametrize(
    "parameters",
    [
        Parameters(max_age_days=90),
        Parameters(max_age_days=90, allowed_images=(IMAGE,)),
        Parameters(max_age_days=90, allowed_owners=("self",)),
    ],
)
def test_images_may_be_no_older_than_allowed_however_they_are_approved(
    ec2: Ec2, parameters: Parameters, days: float, compliance: Compliance
) -> None:
    result = ec2.judged(parameters, described(days=days))

    assert result.compliance is compliance
    assert ("is 91 days old, at most 90 are allowed" in result.reason) is (compliance is Compliance.NON_COMPLIANT)


def test_an_image_of_any_age_is_approved_unless_an_age_is_asked_for(ec2: Ec2) -> None:
    assert ec2.judged(Parameters(allowed_owners=("self",)), described(days=3000)).compliance is Compliance.COMPLIANT


def test_a_foreign_and_old_image_has_both_named(ec2: Ec2) -> None:
    result = ec2.judged(Parameters(allowed_owners=("amazon",), max_age_days=30), described(days=40))

    assert f"belongs to {ACCOUNT}, whose images are not approved and is 40 days old" in result.reason


def test_an_id_that_is_approved_may_belong_to_anyone_but_not_be_too_old(ec2: Ec2) -> None:
    parameters = Parameters(allowed_images=(IMAGE,), allowed_owners=("amazon",), max_age_days=30)

    assert ec2.judged(parameters, described("210987654321")).compliance is Compliance.COMPLIANT


@pytest.mark.parametrize("images", [(), (described(state="deregistered"),)])
@pytest.mark.parametrize("parameters", [Parameters(allowed_owners=("self",)), Parameters(max_age_days=30)])
def test_an_image_that_is_deleted_violates(
    ec2: Ec2, parameters: Parameters, images: tuple[dict[str, Any], ...]
) -> None:
    result = ec2.judged(parameters, *images)

    assert result.compliance is Compliance.NON_COMPLIANT
    assert result.reason.startswith(f"{IMAGE} does not exist any more")


@pytest.mark.parametrize("code", ["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"])
def test_an_image_that_ec2_does_not_know_any_more_violates(ec2: Ec2, code: str) -> None:
    for _ in range(2):
        ec2.stub.add_client_error("describe_images", code, expected_params=ASKED)

    result = ec2.without_lookup(Parameters(allowed_owners=("self",)))

    assert result.compliance is Compliance.NON_COMPLIANT
    assert "does not exist any more" in result.reason


@pytest.mark.parametrize("code", ["UnauthorizedOperation", "RequestLimitExceeded"])
def test_an_error_of_ec2_is_no_verdict(ec2: Ec2, code: str) -> None:
    ec2.stub.add_client_error("describe_images", code)

    with pytest.raises(ClientError, match=code):
        ec2.without_lookup(Parameters(allowed_owners=("self",)))


@pytest.mark.parametrize("state", ["shutting-down", "terminated"])
def test_an_instance_that_has_ended_is_not_judged(ec2: Ec2, state: str) -> None:
    result = ec2.without_lookup(Parameters(allowed_owners=("self",)), instance(state=state))

    assert result == Verdict.not_applicable(f"The instance is {state}.")


@pytest.mark.parametrize("image", [None, "", 7])
def test_an_item_without_an_image_is_no_verdict(ec2: Ec2, image: object) -> None:
    with pytest.raises(EventError, match="imageId"):
        ec2.without_lookup(Parameters(allowed_owners=("self",)), instance(image))


def test_an_answer_without_a_time_is_no_verdict(ec2: Ec2) -> None:
    ec2.stub.add_response("describe_images", {"Images": [described() | {"CreationDate": "long ago"}]}, ASKED)

    with pytest.raises(EventError, match="CreationDate"):
        ec2.without_lookup(Parameters(max_age_days=30))


def test_parameters_that_ask_for_nothing_are_refused() -> None:
    with pytest.raises(ParameterError, match="allowed_images, allowed_owners or max_age_days"):
        Parameters()


@pytest.mark.parametrize("owner", ["", "microsoft", "12345678901", "1234567890123", "Self"])
def test_an_owner_that_is_none_is_refused(owner: str) -> None:
    with pytest.raises(ParameterError, match="allowed_owners"):
        Parameters(allowed_owners=(owner,))


@pytest.mark.parametrize("image", ["", "ami-", "i-0123456789abcdef0", "ami-*"])
def test_an_image_that_is_none_is_refused(image: str) -> None:
    with pytest.raises(ParameterError, match="allowed_images"):
        Parameters(allowed_images=(image,))


def test_a_negative_age_is_refused() -> None:
    with pytest.raises(ParameterError, match="max_age_days is -1"):
        Parameters(max_age_days=-1)
