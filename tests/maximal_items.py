"""Items as large as AWS lets them be, made by somebody who wants a check to run out of time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.unit.compliance_runtime.whole_items import WHOLE_ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY_BYTES = {
    "AWS::S3::Bucket": 20_480,
    "AWS::SNS::Topic": 30_720,
    "AWS::IAM::Policy": 6_144,
    "AWS::IAM::Role": 10_240,
    "AWS::IAM::User": 2_048,
    "AWS::IAM::Group": 5_120,
}
"""Bytes of policies of a kind, by the quotas of S3, SNS and IAM:
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""

MAX_POLICY_BYTES = 32_768
"""Of all others: what a KMS key takes, the most of them."""

_PIECES = ("a", "A1", "{", "[", "%7B", "=", "10.0.0.0/", "${a}", "://a:b@", "-----BEGIN ", "eyJ", "*", "\\u0000")

ITEM_BYTES = 750_000
"""What AWS Config keeps of an item, about."""


def maximal_items(resource_type: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Make the hostile items of a type, each with what is hostile about it."""
    for item in WHOLE_ITEMS:
        if item["resourceType"] != resource_type:
            continue
        size = POLICY_BYTES.get(resource_type, MAX_POLICY_BYTES)
        for part in ("configuration", "supplementaryConfiguration", "tags"):
            for path in _places(item[part]):
                for name, value in _hostile(_at(item[part], path), size):
                    yield f"{'.'.join(map(str, (part, *path)))}: {name}", item | {part: _with(item[part], path, value)}


def _hostile(value: Any, size: int) -> Iterator[tuple[str, Any]]:
    document = _document(value)
    if document is not None:
        for name, statements in policies(size):
            text = json.dumps({"Version": "2012-10-17", "Statement": statements})
            yield (
                name,
                text
                if isinstance(value, str) and value.startswith("{")
                else (quote(text) if isinstance(value, str) else json.loads(text)),
            )
    elif isinstance(value, str):
        for piece in (
            "a",
            "A1",
            "{",
            "[",
            "%7B",
            "=",
            "10.0.0.0/",
            "${a}",
            "://a:b@",
            "-----BEGIN ",
            "eyJ",
            "*",
            "\\u0000",
        ):
            yield f"{piece!r} over and over", piece * (ITEM_BYTES // len(piece))
    elif isinstance(value, list) and value:
        yield "its elements over and over", value * (ITEM_BYTES // max(1, len(json.dumps(value))))
        yield "many elements", [_numbered(value[0], n) for n in range(ITEM_BYTES // (len(json.dumps(value[0])) + 8))]
    elif isinstance(value, dict) and value:
        inner = next(iter(value.values()))
        yield "many members", value | {f"m{n}": inner for n in range(ITEM_BYTES // (len(json.dumps(inner)) + 12))}


def policies(size: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Make statements of about so many bytes that ask for much work."""
    half, everyone = size // 2 - 300, {"Principal": "*"}
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    for person in ({}, everyone):
        for name, pattern in (
            ("stars", "*a" * (half // 2)),
            ("stars and marks", "*a?" * (half // 3)),
            ("marks", "*" + "a?" * (half // 2) + "*b"),
        ):
            text = "a" * half
            for key in ("Action", "Resource"):
                yield f"{name} in {key}", [allow | person | {key: [text]}, deny | person | {key: [pattern]}]
                yield (
                    f"{name} denied in {key}",
                    [allow | person | {key: [pattern]}, deny | person | {key: [f"*{text}?"]}],
                )
            condition = {"StringNotLike": {"aws:PrincipalArn": [pattern]}, "ArnLike": {"aws:SourceArn": [f"{text}:*"]}}
            yield f"{name} in Condition", [allow | person | {"Condition": condition}, deny | person]
        for name, form in (("short", "*{}*"), ("single", "{}"), ("marked", "?{}*")):
            many = [form.format(_letters(n)) for n in range(half // (len(form) + 5))]
            for key in ("Action", "Resource", "NotAction", "NotResource"):
                plain = {one: value for one, value in allow.items() if one != key.removeprefix("Not")}
                denied = {one: value for one, value in deny.items() if one != key.removeprefix("Not")}
                yield f"many {name} in {key}", [plain | person | {key: many}, denied | person | {key: many[::-1]}]
        count = half // 75
        yield (
            "many statements",
            [
                *(allow | person | {"Action": f"a{n}*"} for n in range(count)),
                *(deny | person | {"Action": f"*{n}"} for n in range(count)),
            ],
        )
        conditions = {
            "StringNotEquals": {"aws:PrincipalArn": [f"arn:aws:iam::{n:012}:root" for n in range(half // 40)]}
        }
        yield "many values", [allow | person | {"Condition": conditions}, deny | person | {"Condition": conditions}]
    accounts = [f"{n:012}" for n in range(size // 20)]
    yield "many principals", [allow | {"Principal": {"AWS": accounts}}]
    outside = {"StringNotEquals": {"aws:PrincipalAccount": accounts[: len(accounts) // 2]}}
    some = [allow | {"Principal": {"AWS": one}} for one in accounts[: size // 150]]
    yield "many principals apart", [*some, deny | everyone | {"Condition": outside}]
    open_ = [allow | everyone for _ in some]
    yield "everyone but many principals, over and over", [*open_, deny | everyone | {"Condition": outside}]


def _letters(number: int) -> str:
    return f"{chr(97 + number // 26 % 26)}{chr(97 + number % 26)}{number // 676 or ''}"


def _document(value: Any) -> Any:
    """Return a policy document that stands there, also as a text; None for all else."""
    from urllib.parse import unquote

    if isinstance(value, str):
        try:
            value = json.loads(value if value.startswith("{") else unquote(value))
        except ValueError:
            return None
    return value if isinstance(value, dict) and "Statement" in value else None


def _places(value: Any) -> Iterator[tuple[Any, ...]]:
    yield ()
    if _document(value) is not None:
        return
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(min(len(value), 2)):
            for path in _places(value[key]):
                yield (key, *path)


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def _with(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    copy = value.copy()
    copy[path[0]] = _with(copy[path[0]], path[1:], new)
    return copy


def _numbered(value: Any, number: int) -> Any:
    if isinstance(value, dict):
        return {name: _numbered(inner, number) if isinstance(inner, str) else inner for name, inner in value.items()}
    return f"{value}{number}" if isinstance(value, str) else value
