from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.resources.plain_secrets import secret_kind, variables_with_secrets

# Put together here, so that no scanner of repositories takes them for real.
SECRETS = {
    "AWS access key": "AKIA" + "ABCDEFGHIJ012389",
    "private key": "-----BEGIN " + "RSA PRIVATE KEY-----\nMIIE\n",
    "GitHub token": "ghp_" + "a1B2" * 9,
    "GitLab token": "glpat-" + "a1B2_" * 4,
    "Slack token": "xoxb-" + "1234567890-abcdef",
    "Slack webhook": "https://hooks.slack.com" + "/services/T000/B000/xyz",
    "Stripe key": "sk_live_" + "a1B2" * 4,
    "JWT": "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiIxIn0." + "c2lnbmF0dXJl",
    "password in a URL": "postgres://app:" + "hunter2@db.internal:5432/app",
}


@pytest.mark.parametrize(("kind", "value"), SECRETS.items())
def test_a_known_format_is_found_whatever_the_variable_is_called(kind: str, value: str) -> None:
    assert secret_kind("SETTING", value) == kind
    assert secret_kind("SETTING", json.dumps({"nested": value})) == kind


@pytest.mark.parametrize(
    "value",
    [
        "ASIA" + "ABCDEFGHIJ234567",
        "github_pat_" + "a1B2" * 6,
        "ghs_" + "a1B2" * 9,
        "ghs_" + "12345_" + "eyJ" + "hbGciOiJSUzI1NiJ9." + "eyJ" + "pc3MiOiJnaXRodWIifQ.c2lnbmF0dXJl",
        "-----BEGIN " + "PRIVATE KEY-----",
        "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
        "-----BEGIN " + "PGP PRIVATE KEY BLOCK-----",
        "xoxp-" + "1234567890-abcdef",
        "xoxe.xoxp-" + "1-abcdefghij",
        "xapp-" + "1-A0123-456-abc",
        "rk_test_" + "a1B2" * 4,
        "whsec_" + "a1B2" * 4,
        "redis://:" + "hunter2@cache:6379/0",
        "a=1 https://user:" + "hunter2@host b=2",
    ],
)
def test_variants_of_the_formats_are_found(value: str) -> None:
    assert secret_kind("SETTING", value)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "prod",
        "AKIA",
        "XAKIA" + "ABCDEFGHIJ234567",
        "AKIA" + "ABCDEFGHIJ2345678",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN CERTIFICATE-----",
        "ghp_short",
        "eyJhbGciOiJIUzI1NiJ9",
        "https://example.com:8443/path",
        "https://user@example.com/path",
        "postgres://app:${DB_PASSWORD}@db.internal/app",
        "https://example.com/path:with@signs",
        "arn:aws:iam::123456789012:role/app",
    ],
)
def test_what_only_resembles_a_format_is_none(value: str) -> None:
    assert secret_kind("SETTING", value) is None


@pytest.mark.parametrize(
    "name",
    [
        "PASSWORD",
        "DB_PASSWORD",
        "db-password",
        "dbPassword",
        "db.password",
        "PGPASSWORD",
        "MYSQL_PWD",
        "SMTP_PASS",
        "PASSWORD_2",
        "CLIENT_SECRET",
        "clientSecret",
        "SECRET_KEY_BASE",
        "AWS_SECRET_ACCESS_KEY",
        "AUTH_TOKEN",
        "githubToken",
        "API_KEY",
        "apiKey",
        "APIKEY",
        "API_KEY_PROD",
        "PRIVATE_KEY",
        "CREDENTIALS",
    ],
)
def test_the_name_of_a_variable_reveals_a_secret(name: str) -> None:
    assert secret_kind(name, "hunter2") == "by its name"


@pytest.mark.parametrize(
    "name",
    [
        "STAGE",
        "TOKENIZER",
        "BYPASS",
        "COMPASS_MODE",
        "KEY",
        "PARTITION_KEY",
        "PUBLIC_KEY",
        "MONKEY_API",
        "SECRET_NAME",
        "DB_SECRET_ARN",
        "secretArn",
        "TOKEN_URL",
        "TOKEN_ENDPOINT",
        "PASSWORD_LENGTH",
        "PASSWORD_FILE",
        "API_KEY_HEADER",
        "ACCESS_KEY_ID",
        "TOKEN_TTL",
        "",
        "123",
    ],
)
def test_other_names_tell_none(name: str) -> None:
    assert secret_kind(name, "hunter2") is None


@pytest.mark.parametrize(
    "value",
    [
        "",
        "  ",
        "3600",
        "-1.5",
        "true",
        "False",
        "none",
        "arn:aws:secretsmanager:eu-central-1:123456789012:secret:db-AbCdEf",
        "arn:aws-cn:ssm:cn-north-1:123456789012:parameter/db",
        "{{resolve:secretsmanager:db:SecretString:password}}",
        "{{resolve:ssm-secure:/db/password:1}}",
        "ssm:/db/password",
        "secretsmanager:prod/db",
        "/prod/db/password",
        "./secrets/token",
        "~/.config/token",
        "prod/db/password",
        "s3://bucket/secrets.json",
        "https://tokens.example.com/issue",
        "${DB_PASSWORD}",
        "$DB_PASSWORD",
        "<password>",
        "****",
    ],
)
def test_a_reference_is_no_secret_whatever_the_variable_is_called(value: str) -> None:
    assert secret_kind("DB_PASSWORD", value) is None


@pytest.mark.parametrize(
    "value", ["hunter2", "changeme", "correct horse", "wJalrXUtn/K7MDENG+bPxRfiCY", "0xdeadbeef", "$ecret"]
)
def test_any_other_value_is_one(value: str) -> None:
    assert secret_kind("DB_PASSWORD", value) == "by its name"


def test_variables_with_secrets_are_named_with_how_it_is_known_but_for_exempt_ones() -> None:
    variables = [
        ("CSRF_TOKEN", "x1"),
        ("TEST_PASSWORD", "x2"),
        ("STAGE", "prod"),
        ("DB_PASSWORD", "x3"),
        ("KEY", SECRETS["AWS access key"]),
    ]

    assert variables_with_secrets(variables, ["CSRF_TOKEN", "TEST_*"]) == [
        "DB_PASSWORD (by its name)",
        "KEY (AWS access key)",
    ]


@given(
    name=st.sampled_from(["DB_PASSWORD", "SETTING"]),
    secret=st.sampled_from(sorted(SECRETS.values())),
    around=st.text(alphabet=" \n\"'=,;", max_size=3),
)
def test_a_secret_is_found_between_other_text_and_never_given_back(name: str, secret: str, around: str) -> None:
    (found,) = variables_with_secrets([(name, f"{around}{secret}{around}")], [])

    assert not any(secret[start : start + 6] in found for start in range(len(secret) - 5))


@given(st.text(), st.text())
def test_any_name_and_value_can_be_judged(name: str, value: str) -> None:
    kind = secret_kind(name, value)

    assert kind is None or not value.strip() or kind != value


@pytest.mark.parametrize(
    "piece",
    [
        "eyJ",
        "eyJaaaaaaaaaaa.x.",
        "://",
        "://a:",
        "://:b",
        "a",
        "/a",
        "A",
        "{{",
        "ghp_ ",
        "-----BEGIN ",
        "xoxb",
        "AKIA",
        "a/",
    ],
)
def test_half_of_a_format_over_and_over_takes_no_time_that_grows_with_the_square(piece: str) -> None:
    """A step for each pair of 100,000 characters would take half a minute."""
    value = piece * (100_000 // len(piece)) + "!"

    assert secret_kind("SETTING", value) is None
    assert secret_kind("DB_PASSWORD", value) in {None, "by its name"}


def test_a_long_name_takes_no_time_that_grows_with_the_square() -> None:
    assert secret_kind("A" * 1_000_000 + "a_PASSWORD", "hunter2") == "by its name"
