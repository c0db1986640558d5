"""The policy and the ACL of a recorded bucket."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.errors import EventError
from compliance_runtime.policy.document import PolicyDocument

if TYPE_CHECKING:
    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.json_object import JsonObject

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups
PUBLIC_GROUPS = ("AllUsers", "AuthenticatedUsers")


def bucket_policy(item: ConfigurationItem) -> PolicyDocument:
    """Read the policy of an AWS::S3::Bucket; one without a policy has a document without statements.

    Returns
    -------
    PolicyDocument
        The policy.

    Raises
    ------
    EventError
        When it was not recorded, or is not valid in IAM; the message names the place.
    """
    recorded = item.supplement("BucketPolicy")
    place = f"{item.label}: BucketPolicy"
    if recorded is None:
        # A bucket without a policy has the object with a null text; a policy that could not be read is left out.
        raise EventError(f"{place} is missing: let AWS Config's role call s3:GetBucketPolicy.")
    return PolicyDocument.read(recorded.optional_text("policyText"), f"{place}.policyText")


def public_grants(item: ConfigurationItem) -> tuple[str, ...]:
    """List the grants to anyone, or to anyone with an AWS account, in a bucket's ACL: ``AllUsers: Read``.

    Where object ownership disables ACLs, S3 answers with an ACL of the owner alone, and so it is recorded:
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html

    Returns
    -------
    tuple[str, ...]
        The grants in the order of the ACL; empty where it opens the bucket to nobody of them.

    Raises
    ------
    EventError
        When the ACL is malformed.
    """
    acl = item.supplement("AccessControlList")
    # One of the two is null, mostly the set.
    grants = (*acl.objects("grantSet"), *acl.objects("grantList")) if acl else ()
    named = ((_group(grant), grant.text("permission")) for grant in grants)
    return tuple(f"{group}: {permission}" for group, permission in named if group in PUBLIC_GROUPS)


def _group(grant: JsonObject) -> str | None:
    # A group is recorded by its name, a user as an object.
    if isinstance(grant.values.get("grantee"), str):
        return grant.text("grantee")
    grant.member("grantee")
    return None
