"""Volumes do not lie around unattached."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from compliance_runtime.account import Account
from compliance_runtime.check import Finding, PeriodicCheck, Severity, Verdict
from compliance_runtime.errors import EventError, ParameterError
from compliance_runtime.json_object import JsonObject, is_word
from compliance_runtime.resources.tags import EXEMPT_TAGS_DOC, exempting_tag, refuse_impossible_tags

VOLUME_TYPE = "AWS::EC2::Volume"
PAGE_SIZE = 500
"""Volumes in an answer; without a size EC2 gives all at once (EC2 API, DescribeVolumes)."""


@dataclass(frozen=True)
class Parameters:
    """The allowed number of days, and exemptions.

    Raises
    ------
    ParameterError
        When days are negative, or a tag cannot exist.
    """

    days: int = field(
        default=30,
        metadata={
            "doc": "Most days since an unattached volume was created, 0 or more. EC2 does not say since when it is "
            "unattached: an old volume is reported as soon as it is detached."
        },
    )
    exempt_tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict, metadata={"doc": EXEMPT_TAGS_DOC})

    def __post_init__(self) -> None:
        """Refuse negative days and tags that AWS could never hold."""
        if self.days < 0:
            raise ParameterError(f"Parameter days is {self.days}; give 0 or more days.")
        refuse_impossible_tags("exempt_tags", self.exempt_tags)


def evaluate(account: Account, parameters: Parameters) -> Iterator[Finding]:
    """Judge every volume of the region."""
    pages = account.client("ec2").get_paginator("describe_volumes").paginate(PaginationConfig={"PageSize": PAGE_SIZE})
    for page in pages:
        for volume in JsonObject.of(page, "DescribeVolumes", EventError).objects("Volumes"):
            yield Finding(VOLUME_TYPE, volume.text("VolumeId"), verdict(volume, parameters, account.time))


def verdict(volume: JsonObject, parameters: Parameters, now: datetime) -> Verdict:
    """Call a volume compliant if it is attached, or was created a short while ago."""
    state = volume.text("State")
    if is_word(state, "in-use"):
        return Verdict.compliant("The volume is attached.")
    if not is_word(state, "available"):
        return Verdict.not_applicable(f"The volume is in the state {state}.")
    exempt = exempting_tag(_tags(volume), parameters.exempt_tags)
    if exempt:
        return Verdict.not_applicable(f"Exempt by the tag {exempt}.")
    age = (now - volume.time("CreateTime")).days
    facts = f"{volume.number('Size')} GiB of {volume.text('VolumeType')}, {age} days old, attached to nothing"
    if age > parameters.days:
        return Verdict.non_compliant(
            f"{facts} (allowed for {parameters.days} days): snapshot and delete it, or tag it."
        )
    return Verdict.compliant(f"{facts}, which is allowed for {parameters.days} days.")


def _tags(volume: JsonObject) -> dict[str, str]:
    return {tag.text("Key"): tag.optional_text("Value") or "" for tag in volume.objects("Tags")}


CHECK = PeriodicCheck(
    id="unattached-volumes",
    title="Unattached volumes",
    description=(
        "EBS volumes that are attached to no instance and were created more than some days ago must be deleted: they "
        "cost as much as those in use, and hold data that nobody looks after."
    ),
    remediation="Make a snapshot of the volume if its data may be needed, and delete the volume.",
    severity=Severity.LOW,
    resource_types=(VOLUME_TYPE,),
    parameters=Parameters,
    evaluate=evaluate,
    actions=("ec2:DescribeVolumes",),
)
