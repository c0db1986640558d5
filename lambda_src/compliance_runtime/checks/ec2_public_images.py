"""Machine images (AMIs) are not open to everyone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from compliance_runtime.check import PeriodicCheck, Severity, Verdict
from compliance_runtime.policy.patterns import any_matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_runtime.account import Account
    from compliance_runtime.check import Finding

MAX_NAMED = 8
"""Images in a reason; AWS Config keeps 256 characters of it."""


@dataclass(frozen=True)
class Parameters:
    """Images that may be public."""

    public_images: tuple[str, ...] = field(
        default=(),
        metadata={"doc": "Ids or names of images that may be public, as ami-0123 or acme-base-*; case-sensitive."},
    )


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Evaluate the account: AWS Config has no type for images, and accepts no results of unknown types."""
    ec2 = account.client("ec2")
    pages = ec2.get_paginator("describe_images").paginate(
        Owners=["self"],
        Filters=[{"Name": "is-public", "Values": ["true"]}],
        IncludeDeprecated=True,
        IncludeDisabled=True,
    )
    public = [
        image["ImageId"]
        for page in pages
        for image in page["Images"]
        if not any(any_matches(parameters.public_images, one) for one in (image["ImageId"], image.get("Name", "")))
    ]
    yield account.finding(_verdict(sorted(public), account.region))


def _verdict(public: list[str], region: str) -> Verdict:
    if not public:
        return Verdict.compliant(f"No image of the account is public in {region}.")
    more = f" and {len(public) - MAX_NAMED} more" if len(public) > MAX_NAMED else ""
    return Verdict.non_compliant(
        f"Anyone may start, and thus read, {', '.join(public[:MAX_NAMED])}{more} in {region}: take the launch "
        "permission of the group all away, or block public access for images."
    )


CHECK = PeriodicCheck(
    id="ec2-public-images",
    title="No public machine images",
    description="Machine images (AMIs) of the account must not be public, unless they are listed: whoever starts one "
    "can read what is on its disks.",
    remediation=(
        "Remove the launch permission of all from the image, and block public access to images in the region."
    ),
    severity=Severity.HIGH,
    resource_types=("AWS::::Account",),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeImages",),
)
