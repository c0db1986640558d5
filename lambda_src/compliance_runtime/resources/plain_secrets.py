"""Secrets in environment variables, by well-known formats of values and by the names of variables.

Nothing here ever gives a value back, not even a part of one.

The formats are those that their issuers publish:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
https://github.blog/changelog/2021-03-31-authentication-token-format-updates-are-generally-available
https://docs.gitlab.com/security/tokens/#token-prefixes, https://docs.slack.dev/authentication/tokens,
https://docs.stripe.com/keys, https://www.rfc-editor.org/rfc/rfc7519, https://www.rfc-editor.org/rfc/rfc7468
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from compliance_runtime.policy.patterns import any_matches

if TYPE_CHECKING:
    from collections.abc import Iterable

# A match begins where a run of its own characters begins, so that no character is looked at for every other one.
_FORMATS = (
    ("AWS access key", re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])")),
    ("private key", re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")),
    ("GitHub token", re.compile(r"(?<!\w)(?:gh[pousr]_[\w.-]{36}|github_pat_\w{22})", re.ASCII)),
    ("GitLab token", re.compile(r"(?<![\w-])gl(?:pat|dt|rt|ptt)-[\w-]{20}", re.ASCII)),
    ("Slack token", re.compile(r"(?<![A-Za-z0-9])(?:xox[abeoprs](?:\.xox[a-z])?|xapp)-[A-Za-z0-9-]{10}")),
    ("Slack webhook", re.compile(r"hooks\.slack\.com/(?:services|workflows|triggers)/[A-Z0-9]")),
    ("Stripe key", re.compile(r"(?<![A-Za-z0-9])(?:[sr]k_(?:live|test)|whsec)_[A-Za-z0-9]{16}")),
    ("JWT", re.compile(r"(?<![\w-])eyJ[\w-]{10,}\.eyJ[\w-]{2,}\.[\w-]{10}", re.ASCII)),
)
_URL_PASSWORD = re.compile(r"://[^\s/?#:@]*:([^\s/?#@]+)@")

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS = frozenset(
    {
        *("accesskey", "credential", "credentials", "pass", "passphrase", "passwords", "privatekey", "pwd"),
        *("secretkey", "secrets", "tokens"),
    }
)
_SECRET_PAIRS = frozenset(
    {("api", "key"), ("access", "key"), ("private", "key"), ("signing", "key"), ("encryption", "key")}
)
# Names without a separator, such as PGPASSWORD.
_SECRET_ENDINGS = ("password", "passwd", "secret", "token", "apikey")
# What a variable is about, if not the secret itself: TOKEN_URL, SECRET_NAME, PASSWORD_LENGTH.
_ABOUT_SECRETS = frozenset(
    {
        *("algorithm", "alias", "arn", "audience", "backend", "bucket", "count", "dir", "directory", "duration"),
        *("enabled", "endpoint", "expiration", "expires", "expiry", "field", "file", "filename", "header", "host"),
        *("id", "ids", "issuer", "length", "lifetime", "limit", "location", "manager", "max", "min", "name"),
        *("names", "parameter", "path", "policy", "prefix", "provider", "ref", "reference", "region", "required"),
        *("rotation", "scope", "service", "size", "store", "suffix", "table", "timeout", "ttl", "type", "uri"),
        *("url", "user", "username", "version"),
    }
)
_REFERENCES = (
    re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?"),
    re.compile(r"(?:true|false|yes|no|on|off|none|null|undefined)", re.IGNORECASE),
    re.compile(r"arn:[a-z-]+:.*", re.DOTALL),
    re.compile(r"(?:ssm|ssm-secure|secretsmanager|vault)[:/].*", re.DOTALL),
    re.compile(r"[a-z][a-z0-9+.-]*://.*", re.DOTALL),
    re.compile(r"(?:\{\{.*\}\}|\$\{.*\}|\$[A-Z_]+|<.*>|\*+)", re.DOTALL),
    re.compile(r"(?:~|\.{1,2})?(?:/[\w.@-]+)+/?", re.ASCII),
    re.compile(r"[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+"),
)


def variables_with_secrets(variables: Iterable[tuple[str, str]], exempt: Iterable[str]) -> list[str]:
    """List the variables that hold a secret, each with how it is known: ``DB_PASSWORD (by its name)``.

    Parameters
    ----------
    variables
        Names and values.
    exempt
        Names that are not looked at; ``*`` and ``?`` are wildcards.
    """
    patterns = tuple(exempt)
    kinds = ((name, secret_kind(name, value)) for name, value in variables if not any_matches(patterns, name))
    return [f"{name} ({kind})" for name, kind in kinds if kind]


def secret_kind(name: str, value: str) -> str | None:
    """Tell what kind of secret a variable holds: a format, or ``by its name``; None where it holds none.

    A name alone is not enough: its value must not be a reference, such as an ARN, a path, a URL, a dynamic reference of
    CloudFormation or a placeholder, nor a number or truth value.
    """
    for kind, expression in _FORMATS:
        if expression.search(value):
            return kind
    if any(not _is_reference(password) for password in _URL_PASSWORD.findall(value)):
        return "password in a URL"
    return "by its name" if _is_named_like_secret(name) and not _is_reference(value) else None


def _is_named_like_secret(name: str) -> bool:
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or words[-1] in _ABOUT_SECRETS:
        return False
    return any(
        word in _SECRET_WORDS or word.endswith(_SECRET_ENDINGS) for word in words
    ) or not _SECRET_PAIRS.isdisjoint(pairwise(words))


def _is_reference(value: str) -> bool:
    text = value.strip()
    return not text or any(expression.fullmatch(text) for expression in _REFERENCES)
