"""Instances run approved images."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import LookupCheck, Severity, Verdict
from compliance_runtime.errors import ParameterError
from compliance_runtime.resources.ec2_instances import ended_state
from compliance_runtime.resources.machine_images import find_image

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.account import Account
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.resources.machine_images import MachineImage

OWNER = re.compile(r"[0-9]{12}|self|amazon|aws-marketplace")


@dataclass(frozen=True)
class Parameters:
    """Approved images: at least one of the parameters is required.

    Raises
    ------
    ParameterError
        When nothing is asked for, or a value is out of its bounds.
    """

    allowed_images: tuple[str, ...] = field(
        default=(), metadata={"doc": "Ids of images that are approved, whoever owns them: ami-0123456789abcdef0."}
    )
    allowed_owners: tuple[str, ...] = field(
        default=(),
        metadata={
            "doc": "Owners whose images are all approved: 12 digits of an account, self, amazon or aws-marketplace. "
            "Without owners and images, every owner is."
        },
    )
    max_age_days: int = field(
        default=0,
        metadata={"doc": "Most days since the image was made, also for approved ids; 0 allows any age."},
    )

    def __post_init__(self) -> None:
        """Refuse parameters that ask for nothing or for what cannot be."""
        if self.max_age_days < 0:
            raise ParameterError(f"Parameter max_age_days is {self.max_age_days}; give 0 or more days.")
        if not (self.allowed_images or self.allowed_owners or self.max_age_days):
            raise ParameterError("Give allowed_images, allowed_owners or max_age_days: without them all is approved.")
        for image in self.allowed_images:
            if not re.fullmatch(r"ami-[0-9a-f]+", image):
                raise ParameterError(f"Parameter allowed_images: {image!r:.40} must be an id as ami-0123456789abcdef0.")
        for owner in self.allowed_owners:
            if not OWNER.fullmatch(owner):
                raise ParameterError(
                    f"Parameter allowed_owners: {owner!r:.40} must be an account's 12 digits, self, amazon or "
                    "aws-marketplace."
                )


def evaluate(item: ConfigurationItem, parameters: Parameters, account: Account) -> Verdict:
    """Return compliant if the image is approved by its id or its owner, and not too old."""
    ended = ended_state(item.members)
    if ended:
        return Verdict.not_applicable(f"The instance is {ended}.")
    image_id = item.members.text("imageId")
    settled = _settled_by_id(image_id, parameters)
    if settled:
        return settled
    image = find_image(account.client("ec2"), image_id)
    if image is None:
        return Verdict.non_compliant(
            f"{image_id} does not exist any more, or is not shared with this account: launch the instance anew from "
            "an approved image."
        )
    problems = list(_problems(image, parameters, account, listed=image_id in parameters.allowed_images))
    if problems:
        return Verdict.non_compliant(
            f"{image_id} {' and '.join(problems)}: launch the instance from an approved image."
        )
    return Verdict.compliant(f"{image_id} is approved.")


def _settled_by_id(image_id: str, parameters: Parameters) -> Verdict | None:
    if image_id in parameters.allowed_images:
        return None if parameters.max_age_days else Verdict.compliant(f"{image_id} is approved by its id.")
    if parameters.allowed_images and not parameters.allowed_owners:
        return Verdict.non_compliant(f"{image_id} is not among the approved images: launch the instance from one.")
    return None


def _problems(image: MachineImage, parameters: Parameters, account: Account, *, listed: bool) -> Iterator[str]:
    owners = {account.id if owner == "self" else owner for owner in parameters.allowed_owners}
    if owners and not listed and not owners & {image.owner, image.owner_alias}:
        owner = f"{image.owner_alias} ({image.owner})" if image.owner_alias else image.owner
        yield f"belongs to {owner}, whose images are not approved"
    age = (account.time - image.created).days
    if parameters.max_age_days and age > parameters.max_age_days:
        yield f"is {age} days old, at most {parameters.max_age_days} are allowed"


CHECK = LookupCheck(
    id="ec2-approved-images",
    title="Approved images",
    description=(
        "Instances must run images that are approved by id or by owner, and not too old: others may be unpatched or "
        "hold what nobody checked."
    ),
    remediation="Start the instance anew from an approved image, and terminate the old one.",
    severity=Severity.MEDIUM,
    resource_types=("AWS::EC2::Instance",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeImages",),
)
