"""Recorded types that cannot have tags.

The types are those of AWS Config (botocore 1.43) to which neither the schema of CloudFormation's registry (as cfn-lint
1.58.0 has it) nor the service's own API gives tags, as of 2026-11-26. A type about which the two differ is not here:
IAM's instance profiles have tags that CloudFormation does not know.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_runtime.json_object import is_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_runtime.evaluation.configuration_item import ConfigurationItem

UNTAGGABLE_TYPES = frozenset(
    {
        "AWS::ACMPCA::CertificateAuthorityActivation",
        "AWS::ApiGateway::Method",
        "AWS::ApiGatewayV2::Integration",
        "AWS::AppConfig::HostedConfigurationVersion",
        "AWS::AppStream::DirectoryConfig",
        "AWS::AppSync::ApiCache",
        "AWS::Athena::PreparedStatement",
        "AWS::AutoScaling::LaunchConfiguration",
        "AWS::AutoScaling::ScalingPolicy",
        "AWS::AutoScaling::ScheduledAction",
        "AWS::AutoScaling::WarmPool",
        "AWS::Backup::BackupSelection",
        "AWS::CloudFront::PublicKey",
        "AWS::CloudFront::RealtimeLogConfig",
        "AWS::CodeDeploy::DeploymentConfig",
        "AWS::Cognito::UserPoolClient",
        "AWS::Cognito::UserPoolGroup",
        "AWS::Config::ConformancePackCompliance",
        "AWS::Config::ResourceCompliance",
        "AWS::Deadline::QueueFleetAssociation",
        "AWS::EC2::ClientVpnTargetNetworkAssociation",
        "AWS::EC2::EIPAssociation",
        "AWS::EC2::IPAMPoolCidr",
        "AWS::EC2::RegisteredHAInstance",
        "AWS::EC2::SecurityGroupVpcAssociation",
        "AWS::EC2::SnapshotBlockPublicAccess",
        "AWS::EC2::SubnetCidrBlock",
        "AWS::EC2::SubnetNetworkAclAssociation",
        "AWS::EC2::SubnetRouteTableAssociation",
        "AWS::EC2::VPCBlockPublicAccessOptions",
        "AWS::EC2::VPCEndpointConnectionNotification",
        "AWS::EC2::VPCGatewayAttachment",
        "AWS::EC2::VPNConnectionRoute",
        "AWS::ECR::PullThroughCacheRule",
        "AWS::ECR::RegistryPolicy",
        "AWS::ECR::ReplicationConfiguration",
        "AWS::EMR::SecurityConfiguration",
        "AWS::EventSchemas::RegistryPolicy",
        "AWS::Events::ApiDestination",
        "AWS::Events::Archive",
        "AWS::Events::Connection",
        "AWS::Events::Endpoint",
        "AWS::Glue::Classifier",
        "AWS::IAM::Group",
        "AWS::InspectorV2::Activation",
        "AWS::IoT::AccountAuditConfiguration",
        "AWS::KMS::Alias",
        "AWS::MSK::BatchScramSecret",
        "AWS::MSK::ClusterPolicy",
        "AWS::NetworkManager::CustomerGatewayAssociation",
        "AWS::NetworkManager::LinkAssociation",
        "AWS::NetworkManager::TransitGatewayRegistration",
        "AWS::OpenSearchServerless::SecurityConfig",
        "AWS::OpenSearchServerless::VpcEndpoint",
        "AWS::Pinpoint::ApplicationSettings",
        "AWS::Pinpoint::EmailChannel",
        "AWS::Pinpoint::EventStream",
        "AWS::Redshift::EndpointAccess",
        "AWS::Redshift::EndpointAuthorization",
        "AWS::Redshift::ScheduledAction",
        "AWS::Route53::DNSSEC",
        "AWS::Route53Resolver::ResolverQueryLoggingConfigAssociation",
        "AWS::Route53Resolver::ResolverRuleAssociation",
        "AWS::S3::AccountPublicAccessBlock",
        "AWS::S3Express::BucketPolicy",
        "AWS::S3Tables::TableBucketPolicy",
        "AWS::SES::ReceiptFilter",
        "AWS::SES::ReceiptRuleSet",
        "AWS::SSM::AssociationCompliance",
        "AWS::SSM::FileData",
        "AWS::SSM::ManagedInstanceInventory",
        "AWS::SSM::PatchCompliance",
        "AWS::SSM::ResourceDataSync",
        "AWS::SecretsManager::ResourcePolicy",
        "AWS::SecretsManager::RotationSchedule",
        "AWS::SecurityHub::Standard",
        "AWS::ServiceDiscovery::Instance",
        "AWS::XRay::EncryptionConfig",
    }
)


def untaggable_reason(item: ConfigurationItem) -> str | None:
    """Return why a resource cannot have tags; None where it can."""
    if item.resource_type in UNTAGGABLE_TYPES:
        return f"{item.resource_type} cannot carry tags."
    # AWS's own policies, deployment strategies and the like.
    if item.is_kept_by_aws:
        return "AWS keeps it, and nobody else can tag it."
    configuration = item.configuration if isinstance(item.configuration, dict) else {}
    if item.resource_type == "AWS::KMS::Key" and _belongs_to_aws(configuration, "keyManager"):
        return "AWS manages the key, and nobody else can tag it."
    if item.resource_type == "AWS::EC2::NetworkInterface" and configuration.get("requesterManaged") is True:
        return "A service of AWS made the interface for itself, and nobody else can tag it."
    if item.resource_type == "AWS::EC2::PrefixList" and _belongs_to_aws(configuration, "OwnerId"):
        return "AWS keeps the prefix list, and nobody else can tag it."
    return None


def _belongs_to_aws(configuration: Mapping[str, object], member: str) -> bool:
    owner = configuration.get(member)
    return isinstance(owner, str) and is_word(owner, "AWS")
