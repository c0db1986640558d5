"""Classification of variables by their names."""

from __future__ import annotations

import re
from enum import Enum, auto
from itertools import pairwise


class NameSays(Enum):
    """The likelihood of a secret by its variable's name."""

    IT_IS_SECRET = auto()
    """The value is a secret: DB_PASSWORD."""
    IT_IS_SECRET_OR_NAMED_SO = auto()
    """The value is a secret, or the name of one that is kept elsewhere: DB_SECRET."""
    A_PASSWORD_IS_SECRET = auto()
    """A value that looks like a password is one: DB_PASSWORD_ORDERS."""
    A_RANDOM_ONE_IS_SECRET = auto()
    """A value that looks random is a secret: MIXPANEL_KEY."""
    USER_AND_PASSWORD = auto()
    """A user with a password is a secret: BASIC_AUTH."""
    NOTHING = auto()


_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SECRET_WORDS = frozenset(
    {
        *("credential", "credentials", "creds", "passcode", "passphrase", "passwords", "secrets", "tokens"),
        *("mnemonic", "apikeys"),
    }
)
# Also at the end of a name without a separator, such as PGPASSWORD.
_SECRET_ENDINGS = ("password", "passwd", "secret", "token", "apikey")
# Only at the end, as in SMTP_PASS: PASS_THROUGH and FIRST_PASS_FILTER are something else.
_LAST_SECRET_WORDS = frozenset({"pass", "pwd", "pw", "salt", "pepper"})
_NOT_A_PASSWORD = frozenset({"bypass", "compass", "overpass", "underpass", "trespass", "encompass", "surpass"})
_PASSWORDS = ("password", "passwd", "passphrase", "passcode", "pass", "pwd", "pw")
# What kind of key a secret is, also without a separator: FERNETKEY.
_SECRET_KEYS = frozenset(
    {
        *("access", "account", "aes", "admin", "api", "app", "application", "auth", "cipher", "cookie", "crypto"),
        *(
            "deploy",
            "encryption",
            "fernet",
            "hmac",
            "ingest",
            "ingestion",
            "instrumentation",
            "integration",
            "jwt",
            "licence",
            "license",
        ),
        *("master", "preshared", "private", "root", "secret", "service", "session", "shared", "signature", "signing"),
        *("storage", "unseal", "write"),
    }
)
# Kinds of keys that are not secret.
_OTHER_KEYS = frozenset(
    {
        *("artifact", "bucket", "cache", "code", "column", "composite", "dedup", "dedupe", "deduplication", "file"),
        *(
            "cmk",
            "foreign",
            "group",
            "hash",
            "idempotency",
            "index",
            "kms",
            "lock",
            "map",
            "object",
            "partition",
            "primary",
        ),
        *("range", "row", "routing", "s", "site", "sort", "state", "tag", "translation"),
    }
)
_KEY = frozenset({"key", "keys"})
_PUBLIC = frozenset({"public", "publishable", "anon"})
# Last words of names whose values are secrets only if they look random: GITHUB_PAT, SESSION_COOKIE.
_RANDOM_WORDS = frozenset({"pat", "cookie", "license", "licence", "jwt", "bearer", "signature", "seed"})
# Of these the value may be the name under which something else keeps the secret: DB_SECRET=orders-db-credentials.
_MAYBE_NAMES = frozenset({"secret", "secrets", "credential", "credentials"})
# Words that may follow without changing the meaning: SECRET_KEY_BASE, API_KEY_PROD.
_QUALIFIERS = frozenset(
    {
        *("base", "value", "prod", "production", "dev", "development", "test", "testing", "staging", "live"),
        *(
            "sandbox",
            "qa",
            "uat",
            "int",
            "primary",
            "secondary",
            "current",
            "previous",
            "old",
            "new",
            "next",
            "default",
        ),
        *("plain", "plaintext", "raw", "decrypted", "v", "db", "key", "keys", "token"),
    }
)
# Words for something about a secret: TOKEN_URL, SECRET_NAME, PASSWORD_LENGTH.
_ABOUT_SECRETS = frozenset(
    {
        *("address", "after", "age", "alg", "algorithm", "alias", "arn", "at", "attempts", "attribute", "audience"),
        *("backend", "bucket", "budget", "cache", "capacity", "charset", "claim", "class", "client", "column"),
        *("config", "connections", "contract", "cookie", "count", "days", "description", "digest", "dir"),
        *("directory", "domain", "duration", "email", "enabled", "encoding", "endpoint", "engine", "env"),
        *("expiration", "expires", "expiry", "extension", "field", "file", "filename", "filter", "fingerprint"),
        *("format", "function", "generator", "group", "handler", "hasher", "header", "history", "host", "hours", "id"),
        *("ids", "in", "interval", "issuer", "kind", "label", "lambda", "layer", "length", "level", "lifetime"),
        *("limit", "link", "list", "location", "manager", "max", "message", "method", "millis", "min", "minutes"),
        *("mode", "model", "mount", "ms", "name", "names", "namespace", "network", "pair", "param", "parameter"),
        *("path", "pattern", "policy", "port", "prefix", "profile", "project", "prompt", "provider", "queue"),
        *("rate", "ref", "reference", "regex", "region", "required", "requirements", "role", "rotation", "rounds"),
        *("rule", "scheme", "schedule", "scope", "scopes", "seconds", "size", "source", "stage", "status", "store"),
        *("strategy", "subject", "suffix", "symbol", "table", "template", "threshold", "through", "timeout", "title"),
        *("topic", "ttl", "type", "types", "uri", "url", "usage", "user", "username", "validation", "validator"),
        *("verification", "version", "window"),
    }
)
# Words before "tokens" that make them pieces of text.
_TOKENS_OF_TEXT = frozenset({"max", "min", "stop", "num", "eos", "bos", "pad", "special", "output", "input", "prompt"})
# Settings of AWS's own layer: https://docs.aws.amazon.com/secretsmanager/latest/userguide/retrieving-secrets_lambda.html
_SETTINGS_OF_AWS = ("PARAMETERS_SECRETS_EXTENSION_",)


def name_says(name: str) -> NameSays:
    """Classify a variable by its name."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words or name.startswith(_SETTINGS_OF_AWS):
        return NameSays.NOTHING
    last = words[-1]
    if last in _KEY:
        return _key_says(words)
    if last == "auth":
        return NameSays.USER_AND_PASSWORD
    if last in _RANDOM_WORDS:
        return NameSays.NOTHING if len(words) > 1 and words[-2].endswith(_SECRET_ENDINGS) else _RANDOM
    if last in _ABOUT_SECRETS:
        return NameSays.NOTHING
    position = _position_of_secret(words)
    return NameSays.NOTHING if position is None else _secret_says(words, position)


_RANDOM = NameSays.A_RANDOM_ONE_IS_SECRET


def _key_says(words: list[str]) -> NameSays:
    kind = words[-2] if len(words) > 1 else ""
    if not kind or kind in _OTHER_KEYS or "kms" in words or not _PUBLIC.isdisjoint(words):
        return NameSays.NOTHING
    if kind in _SECRET_KEYS or kind.endswith("apikey"):
        return NameSays.IT_IS_SECRET
    # DB_PASSWORD_KEY is usually the key under which the password is stored.
    return _RANDOM


def _position_of_secret(words: list[str]) -> int | None:
    """Return the position of the last word for a secret, of a key its second word."""
    found = [
        index
        for index, word in enumerate(words)
        if word in _SECRET_WORDS or word.endswith(_SECRET_ENDINGS) or word.removesuffix("key") in _SECRET_KEYS - {word}
    ]
    found += [
        index for index, (kind, key) in enumerate(pairwise(words), start=1) if key in _KEY and kind in _SECRET_KEYS
    ]
    if words[-1] in _LAST_SECRET_WORDS or (words[-1].endswith("pass") and words[-1] not in _NOT_A_PASSWORD):
        found.append(len(words) - 1)
    return max(found, default=None)


def _secret_says(words: list[str], position: int) -> NameSays:
    word = words[position]
    if word in {"token", "tokens"} and position and words[position - 1] in _TOKENS_OF_TEXT:
        return NameSays.NOTHING
    if any(after not in _QUALIFIERS for after in words[position + 1 :]):
        return NameSays.A_PASSWORD_IS_SECRET if word.endswith(_PASSWORDS) else _RANDOM
    if words[-1] in _MAYBE_NAMES:
        return NameSays.IT_IS_SECRET_OR_NAMED_SO
    return NameSays.IT_IS_SECRET
