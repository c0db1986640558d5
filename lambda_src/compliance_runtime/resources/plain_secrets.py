"""Detection of secrets in variables and texts, by known formats of values and by names of variables.

Nothing here returns a value, not even a part of one.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import TYPE_CHECKING

from compliance_runtime.policy.patterns import any_matches
from compliance_runtime.resources.secret_formats import kind_of_format
from compliance_runtime.resources.secret_names import NameSays, name_says

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from compliance_runtime.json_object import JsonValue

BY_ITS_NAME = "by its name"
_PASSWORDS = ("password", "passwd", "pwd", "pass", "passphrase")
MAX_DEPTH = 32
"""Maximum levels of nested objects in a value that are searched."""

# The id of a KMS key, which is more frequent in variables for encryption than a key.
_KMS_KEY_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|mrk-[0-9a-f]{32}")
_ENCRYPTION = re.compile(r"encryption|kms|cmk", re.IGNORECASE)
_URL_PASSWORD = re.compile(r"://[^\s/?#:@]*:([^\s/?#@]+)@")
_ORACLE_PASSWORD = re.compile(r"jdbc:oracle:[a-z]+:[\w.$#-]+/([^\s@/]+)@")
_ASSIGNMENT = re.compile(
    r"""(?<![\w.-])-{0,2}([A-Za-z][\w.-]{0,80})["']?[ \t]{0,3}(=|:(?=[ \t"']))[ \t"']{0,4}([^\s;&"',}]+)""", re.ASCII
)
_BASIC = re.compile(r"(?<![\w-])Basic\s{1,4}([A-Za-z0-9+/]{4,400}={0,2})", re.IGNORECASE)
_BEARER = re.compile(r"(?<![\w-])Bearer\s{1,4}([\w.~+/-]{20,})", re.IGNORECASE)
_REFERENCES = (
    re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?"),
    re.compile(r"[0-9]+(?:\.[0-9]+)? ?(?:ms|s|m|h|d|w|y|[kmg]b?|(?:second|minute|hour|day|week|month|year)s?)"),
    re.compile(r"P(?:[0-9]+[YMWD])*(?:T(?:[0-9]+[HMS])+)?"),
    re.compile(r"(?:true|false|yes|no|on|off|none|null|undefined|auto|default|n/a|-)", re.IGNORECASE),
    re.compile(r"(?:enabled|disabled|required|optional|always|never|aws|vault|env|header|bearer|basic)", re.IGNORECASE),
    re.compile(r"arn:[a-z-]+:.*", re.DOTALL),
    re.compile(r"(?:ssm|ssm-secure|secretsmanager|vault)[:/].*", re.DOTALL),
    re.compile(r"[a-z][a-z0-9+.-]*://.*", re.DOTALL),
    re.compile(r"(?:\{\{.*\}\}|\$\{.*\}?|\$\(.*\)?|`.*`?|%\{.*\}|%\(.*\)s?|%[A-Za-z_]+%|<.*>|\*+|x+)", re.DOTALL),
    re.compile(r"\$[A-Za-z_]*[A-Z_][A-Z0-9_]*"),
    re.compile(r"(?:~|\.{1,2})?(?:/[\w.@-]+)+/?", re.ASCII),
    re.compile(r"[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+"),
)
_PLACEHOLDER = re.compile(
    r"todo|tbd|fixme|replace|placeholder|redacted|^your[-_ ]|^set[-_ ]?me|^enter[-_ ]", re.IGNORECASE
)
_MAX_PLACEHOLDER = 80
_NAME_OF_A_SECRET = re.compile(r"[A-Za-z]+(?:[-_.][A-Za-z0-9]{1,20})+")
_WORDS_OF_NAMES = re.compile(
    r"secrets?|credentials?|(?:^|[-_.])(?:key|db|rds|database|prod|dev|stage|staging|test|app|api|tls|cert)(?![a-z])"
)
_RANDOM = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}", re.ASCII)
_PASSWORD = re.compile(r"[^\s,]{6,128}")
_MIN_KINDS_OF_CHARACTERS = 8


def variables_with_secrets(variables: Iterable[tuple[str, str]], exempt: Iterable[str]) -> list[str]:
    """List the variables with a secret, each with the evidence: ``DB_PASSWORD (by its name)``.

    Parameters
    ----------
    variables
        Names and values.
    exempt
        Names to skip; ``*`` and ``?`` are wildcards.

    Returns
    -------
    list[str]
        One for each variable, in their order, without its value; empty where there is no secret.
    """
    patterns = tuple(exempt)
    kinds = ((name, secret_kind(name, value)) for name, value in variables if not any_matches(patterns, name))
    return [f"{name} ({kind})" for name, kind in kinds if kind]


def secret_kind(name: str, value: str) -> str | None:
    """Recognize a variable's secret by the format of its value, or by its name.

    A name alone is not enough: its value must not be a reference, such as an ARN, a path, a URL, a dynamic reference of
    CloudFormation or a placeholder, nor a number or boolean.

    Returns
    -------
    str | None
        The name of the format, or ``by its name``; None for no secret.
    """
    kind = format_of_secret(value)
    if kind:
        return kind
    if _is_secret_by_name(name, value):
        return BY_ITS_NAME
    return next((kind for inner, text in _members(value) for kind in [secret_kind(inner, text)] if kind), None)


def format_of_secret(value: str) -> str | None:
    """Return the kind of a secret in a text by its format; None for none."""
    if kind := kind_of_format(value):
        return kind
    if any(not is_reference(password) for password in _URL_PASSWORD.findall(value)):
        return "password in a URL"
    if any(not is_reference(password) for password in _ORACLE_PASSWORD.findall(value)):
        return "password in a connection string"
    if any(_is_assigned_secret(*found) for found in _ASSIGNMENT.findall(value)):
        return "secret in a text"
    if any(_is_user_and_password(_decoded(text)) for text in _BASIC.findall(value)):
        return "Basic credentials"
    return "Bearer token" if any(_looks_random(token) for token in _BEARER.findall(value)) else None


def is_reference(value: str) -> bool:
    """Return whether a value only refers to a secret, or is no secret at all: a path, a placeholder, a number."""
    text = value.strip()
    return (
        not text
        or any(expression.fullmatch(text) for expression in _REFERENCES)
        or bool(_PLACEHOLDER.search(text[:80]))
    )


def texts_by_name(value: JsonValue, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield all texts in a JSON value, each with the name of its member."""
    pending: list[tuple[str, JsonValue, int]] = [(name, value, 0)]
    while pending:
        place, one, depth = pending.pop()
        if isinstance(one, str):
            yield place, one
        elif depth < MAX_DEPTH and isinstance(one, dict):
            pending += [(key, inner, depth + 1) for key, inner in reversed(one.items())]
        elif depth < MAX_DEPTH and isinstance(one, list):
            pending += [(place, inner, depth + 1) for inner in reversed(one)]


def _is_assigned_secret(name: str, sign: str, value: str) -> bool:
    """Return whether a text assigns a secret, as in ``password=…`` or ``api-key: …``."""
    says = name_says(name)
    # In prose a colon is followed by anything.
    if says is NameSays.IT_IS_SECRET and sign == "=" and name.lower().endswith(_PASSWORDS):
        return not is_reference(value)
    sure = says in {NameSays.IT_IS_SECRET, NameSays.IT_IS_SECRET_OR_NAMED_SO, NameSays.A_PASSWORD_IS_SECRET}
    if sure and name.lower().endswith(_PASSWORDS):
        return _looks_like_password(value)
    return says is not NameSays.NOTHING and says is not NameSays.USER_AND_PASSWORD and _looks_random(value)


def _is_secret_by_name(name: str, value: str) -> bool:
    if is_reference(value) or (_ENCRYPTION.search(name) and _KMS_KEY_ID.fullmatch(value.strip())):
        return False
    says = name_says(name)
    if says is NameSays.IT_IS_SECRET_OR_NAMED_SO:
        return not _is_name_of_secret(value)
    if says is NameSays.A_PASSWORD_IS_SECRET:
        return _looks_like_password(value)
    if says is NameSays.A_RANDOM_ONE_IS_SECRET:
        return _looks_random(value)
    if says is NameSays.USER_AND_PASSWORD:
        return _is_user_and_password(value)
    return says is NameSays.IT_IS_SECRET


def _looks_like_password(value: str) -> bool:
    return (
        _PASSWORD.fullmatch(value) is not None
        and not is_reference(value)
        and any(not character.isalpha() for character in value.strip("-_.:"))
        and not _is_name_of_secret(value)
    )


def _is_user_and_password(value: str) -> bool:
    user, colon, password = value.partition(":")
    return bool(colon and user and not is_reference(password)) and not any(map(str.isspace, user))


def _is_name_of_secret(value: str) -> bool:
    return _NAME_OF_A_SECRET.fullmatch(value) is not None and _WORDS_OF_NAMES.search(value) is not None


def _looks_random(value: str) -> bool:
    text = value.strip()
    return (
        _RANDOM.fullmatch(text) is not None
        and any(map(str.isdigit, text))
        and any(map(str.isalpha, text))
        and len(set(text)) >= _MIN_KINDS_OF_CHARACTERS
    )


def _decoded(text: str) -> str:
    try:
        return b64decode(text + "=" * (-len(text) % 4)).decode()
    except (Base64Error, ValueError):
        return ""


def _members(value: str) -> Iterator[tuple[str, str]]:
    """Yield the members of a value that is a JSON object."""
    if not value.lstrip().startswith("{"):
        return
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        return
    # Texts with nested objects are searched by formats only.
    yield from ((name, text) for name, text in texts_by_name(decoded) if not text.lstrip().startswith("{"))
