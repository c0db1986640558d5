from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.runtime.local.accounts import Account, document, eventually

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws


@pytest.fixture
def account(local_aws: LocalAws) -> Account:
    return Account(local_aws).with_recorder()


def expect(account: Account, rule: str, **verdicts: str) -> None:
    """Wait for what a rule says of some resources."""
    wanted = {name.replace("_", "-"): verdict for name, verdict in verdicts.items()}
    eventually(f"{rule}: {wanted}", lambda: wanted.items() <= account.verdicts(rule).items())


def test_bucket_versioning(account: Account) -> None:
    account.managed_rule("rule", "S3_BUCKET_VERSIONING_ENABLED")
    for name in ("versioned", "suspended", "unversioned"):
        account.bucket(name)
    s3 = account.client("s3")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_versioning(Bucket="suspended", VersioningConfiguration={"Status": "Suspended"})

    expect(account, "rule", versioned="COMPLIANT", suspended="NON_COMPLIANT", unversioned="NON_COMPLIANT")


def test_tls_only_bucket_policies(account: Account) -> None:
    account.managed_rule("rule", "S3_BUCKET_SSL_REQUESTS_ONLY")
    denial: dict[str, Any] = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policies: dict[str, dict[str, Any]] = {
        "tls-only": denial,
        "tls-reading": denial | {"Action": "s3:GetObject"},
        "tls-inverted": denial | {"Condition": {"Bool": {"aws:SecureTransport": "true"}}},
    }
    for name, statement in policies.items():
        account.bucket(name)
        resource = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
        account.client("s3").put_bucket_policy(Bucket=name, Policy=document(statement | {"Resource": resource}))
    account.bucket("tls-nothing")

    expect(
        account,
        "rule",
        tls_only="COMPLIANT",
        tls_reading="NON_COMPLIANT",
        tls_inverted="NON_COMPLIANT",
        tls_nothing="NON_COMPLIANT",
    )


def test_public_access_blocks_of_buckets(account: Account) -> None:
    account.managed_rule(
        "rule", "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED", InputParameters='{"excludedPublicBuckets": "website"}'
    )
    for name in ("blocked", "half-blocked", "open", "website"):
        account.bucket(name)
    s3 = account.client("s3")
    s3.put_public_access_block(Bucket="half-blocked", PublicAccessBlockConfiguration={"BlockPublicAcls": True})
    s3.delete_public_access_block(Bucket="open")
    s3.delete_public_access_block(Bucket="website")

    expect(
        account,
        "rule",
        blocked="COMPLIANT",
        half_blocked="NON_COMPLIANT",
        open="NON_COMPLIANT",
        website="COMPLIANT",
    )


@pytest.mark.parametrize(
    ("permission", "verdict"),
    [
        ({"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "NON_COMPLIANT"),
        ({"FromPort": 0, "ToPort": 1024, "Ipv6Ranges": [{"CidrIpv6": "::/0"}]}, "NON_COMPLIANT"),
        ({"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "NON_COMPLIANT"),
        ({"FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}, "COMPLIANT"),
        ({"FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "COMPLIANT"),
        ({"IpProtocol": "udp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}, "COMPLIANT"),
    ],
    ids=["ssh from anywhere", "a range from IPv6", "every protocol", "ssh from inside", "https", "udp"],
)
def test_ssh_from_anywhere(account: Account, permission: dict[str, Any], verdict: str) -> None:
    group = account.security_group("group")
    account.client("ec2").authorize_security_group_ingress(
        GroupId=group, IpPermissions=[{"IpProtocol": "tcp"} | permission]
    )

    account.managed_rule("rule", "INCOMING_SSH_DISABLED")

    eventually(verdict, lambda: account.verdicts("rule").get(group) == verdict)


def test_policies_with_admin_statements(account: Account) -> None:
    account.managed_rule("rule", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    admin = account.policy("admin", Action=["s3:*", "*"])["PolicyId"]
    reader = account.policy("reader", Action="s3:*")["PolicyId"]
    denial = account.policy("denial", Effect="Deny", Action="*")["PolicyId"]

    wanted = {admin: "NON_COMPLIANT", reader: "COMPLIANT", denial: "COMPLIANT"}
    eventually("all verdicts", lambda: account.verdicts("rule") == wanted)


def test_only_the_default_version_of_a_policy_counts(account: Account) -> None:
    account.managed_rule("rule", "IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS")
    policy = account.policy("fixed", Action="*")
    eventually("the first verdict", lambda: account.verdicts("rule") == {policy["PolicyId"]: "NON_COMPLIANT"})

    fixed = document({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"})
    account.client("iam").create_policy_version(PolicyArn=policy["Arn"], PolicyDocument=fixed, SetAsDefault=True)

    eventually("the second verdict", lambda: account.verdicts("rule") == {policy["PolicyId"]: "COMPLIANT"})


def test_a_rule_that_cannot_be_evaluated_here_stays_without_data(account: Account) -> None:
    account.managed_rule("unknown-here", "S3_BUCKET_LOGGING_ENABLED")
    account.managed_rule("known-here", "S3_BUCKET_VERSIONING_ENABLED")
    account.bucket("evaluated")

    expect(account, "known-here", evaluated="NON_COMPLIANT")
    [found] = account.config.describe_compliance_by_config_rule(ConfigRuleNames=["unknown-here"])[
        "ComplianceByConfigRules"
    ]
    assert found["Compliance"] == {"ComplianceType": "INSUFFICIENT_DATA"}
