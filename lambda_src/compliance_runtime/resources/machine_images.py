"""Machine images (AMIs), as EC2 describes them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeImages.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject, is_word

if TYPE_CHECKING:
    from datetime import datetime

    from mypy_boto3_ec2 import EC2Client

_GONE = frozenset({"InvalidAMIID.NotFound", "InvalidAMIID.Unavailable"})


@dataclass(frozen=True)
class MachineImage:
    """An existing image.

    Parameters
    ----------
    owner
        The 12 digits of the account that owns it.
    owner_alias
        amazon or aws-marketplace, if AWS lists it so.
    created
        The creation time, in UTC.
    """

    owner: str
    owner_alias: str | None
    created: datetime


def find_image(ec2: EC2Client, image_id: str) -> MachineImage | None:
    """Look up an image in EC2, also a deprecated or disabled one.

    Returns
    -------
    MachineImage | None
        The image; None when it is deregistered, or not shared with this account any more, which EC2 does not
        distinguish.
    """
    try:
        answer = ec2.describe_images(ImageIds=[image_id], IncludeDeprecated=True, IncludeDisabled=True)
    except ec2.exceptions.ClientError as error:
        if error.response.get("Error", {}).get("Code") in _GONE:
            return None
        raise
    # A deregistered image stays in the responses for a while.
    images = [image for image in answer["Images"] if not is_word(image.get("State"), "deregistered")]
    if not images:
        return None
    image = JsonObject.of(images[0], f"DescribeImages: {image_id}", EventError)
    return MachineImage(image.text("OwnerId"), image.optional_text("ImageOwnerAlias"), image.time("CreationDate"))
