"""The places of resource policies in configuration items.

Types of CloudFormation's registry are recorded with its properties, a policy as an object or as a text. Evidence, read
on 2026-11-26: the handlers of AWS's Landing Zone Accelerator read ``RepositoryPolicyText``, ``FileSystemPolicy`` and
``AccessPolicies`` from items; Cloud Custodian reads ``Policy`` from the supplementary configuration of functions;
AWS's own rules CUSTOM_EVENTBUS_POLICY_ATTACHED and BACKUP_RECOVERY_POINT_MANUAL_DELETION_DISABLED look at items of
buses and vaults. The remaining types consist of little but a policy. Policies that AWS Config does not record at all
are those of Glue's data catalog, of Lambda's aliases and layers, of EventBridge's schema discoverers and of Kinesis
streams.
"""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from compliance_runtime.policy.conditions import Truth
from compliance_runtime.policy.document import PolicyDocument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem
    from compliance_runtime.policy.document import Statement

POLICY_MEMBERS: Mapping[str, str] = MappingProxyType(
    {
        "AWS::Backup::BackupVault": "AccessPolicy",
        "AWS::CodeArtifact::Repository": "PermissionsPolicyDocument",
        "AWS::ECR::PublicRepository": "RepositoryPolicyText",
        "AWS::ECR::RegistryPolicy": "PolicyText",
        "AWS::ECR::Repository": "RepositoryPolicyText",
        "AWS::EFS::FileSystem": "FileSystemPolicy",
        "AWS::Elasticsearch::Domain": "accessPolicies",
        "AWS::Events::EventBus": "Policy",
        "AWS::EventSchemas::RegistryPolicy": "Policy",
        "AWS::MSK::ClusterPolicy": "Policy",
        "AWS::OpenSearch::Domain": "AccessPolicies",
        "AWS::S3::AccessPoint": "Policy",
        "AWS::S3Express::BucketPolicy": "PolicyDocument",
        "AWS::S3Tables::TableBucketPolicy": "ResourcePolicy",
        "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    }
)
"""The member of the configuration that holds the policy, by type."""

SUPPLEMENTARY_POLICIES: Mapping[str, str] = MappingProxyType({"AWS::Lambda::Function": "Policy"})
"""The member of the supplementary configuration that holds it, by type."""

_MOUNTED = "elasticfilesystem:accessedviamounttarget"
_DOMAINS_IN_VPC = MappingProxyType(
    {"AWS::OpenSearch::Domain": "VPCOptions", "AWS::Elasticsearch::Domain": "vpcoptions"}
)


def resource_policy(item: ConfigurationItem) -> PolicyDocument:
    """Read the policy of a resource, without statements that apply only inside of a VPC.

    Access to a file system's mount targets, or a domain's endpoint in the VPC, is controlled by security groups, not
    by the policy.

    Returns
    -------
    PolicyDocument
        The policy; without statements where the resource has none.

    Raises
    ------
    EventError
        When it is not valid in IAM; the message names the place.
    """
    supplementary = SUPPLEMENTARY_POLICIES.get(item.resource_type)
    if supplementary:
        return PolicyDocument.read(item.supplementary.get(supplementary), f"{item.label}: {supplementary}")
    member = POLICY_MEMBERS[item.resource_type]
    document = PolicyDocument.read(item.members.values.get(member), f"{item.members.place}.{member}")
    return replace(document, statements=tuple(one for one in document.statements if not _is_for_network(one, item)))


def _is_for_network(statement: Statement, item: ConfigurationItem) -> bool:
    """Return whether a statement allows everyone, but only from inside of a VPC."""
    if not statement.allows or statement.principals is None or not statement.principals.everyone:
        return False
    if item.resource_type == "AWS::EFS::FileSystem":
        elsewhere = statement.holds({_MOUNTED: "false"}), statement.holds({_MOUNTED: None})
        return all(truth is Truth.NEVER for truth in elsewhere)
    options = item.members.values.get(_DOMAINS_IN_VPC.get(item.resource_type, ""))
    return isinstance(options, dict) and any(options.values())
