"""Waivers as people declare them, in Python and in YAML: what cannot be granted is refused with its place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml

from compliance_runtime.waivers.waiver import ArnPattern, ResourceId, Tagged
from compliance_tf.errors import WaiverError, WaiverFileError
from compliance_tf.waivers.schema import schema, schema_text
from compliance_tf.waivers.waiver import Waiver
from compliance_tf.waivers.waiver_file import waivers_from_file
from tests.repository import REFERENCE

if TYPE_CHECKING:
    from pathlib import Path

SCHEMA_FILE = REFERENCE / "waivers.schema.json"

REASONED: dict[str, Any] = {
    "reason": "Legacy.",
    "owner": "team-data",
    "ticket": "SEC-1",
    "granted": date(2026, 1, 15),
    "expires": date(2026, 12, 31),
}
BY_ID: dict[str, Any] = {"rule": "tls", "resource_id": "logs", **REASONED}


def test_a_waiver_is_for_a_resource_by_id_pattern_or_tag() -> None:
    waivers = (
        Waiver(rule="tls", resource_id="logs", **REASONED),
        Waiver(rule="tls", arn="arn:aws:s3:::acme-*", **REASONED),
        Waiver(rule="tls", tag_key="team", **REASONED),
        Waiver(rule="tls", tag_key="team", tag_value="", **REASONED),
    )

    assert [one.target for one in waivers] == [
        ResourceId("logs"),
        ArnPattern("arn:aws:s3:::acme-*"),
        Tagged("team"),
        Tagged("team", ""),
    ]


def test_a_reason_becomes_one_line() -> None:
    assert Waiver(**BY_ID | {"reason": " It goes\n  in March.\n"}).reason == "It goes in March."


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"pack": "hipaa"}, "give exactly one of rule and pack: it has rule and pack."),
        ({"rule": None}, "give exactly one of rule and pack: it has none."),
        ({"resource_id": None}, "give exactly one of resource_id, arn and tag_key: it has none."),
        (
            {"tag_key": "team"},
            "give exactly one of resource_id, arn and tag_key: it has resource_id and",
        ),
        ({"arn": "arn:aws:s3:::logs", "tag_key": "team"}, "it has resource_id and arn and tag_key."),
        ({"tag_value": "data"}, "tag_value='data' has no tag_key: give it too."),
        ({"resource_id": " "}, "resource_id has 1 characters: give 1 to 768"),
        ({"resource_id": "a" * 769}, "resource_id has 769 characters: give 1 to 768"),
        ({"resource_id": "acme-*"}, "resource_id='acme-*' has a wildcard, and is compared exactly: use arn"),
        ({"resource_id": None, "tag_key": "*"}, "tag_key='*' has a wildcard"),
        ({"resource_id": None, "tag_key": "t" * 129}, "tag_key has 129 characters: give 1 to 128"),
        ({"resource_id": None, "tag_key": "t", "tag_value": "v" * 257}, "tag_value has 257 characters: AWS allows 256"),
        ({"reason": " \n"}, "reason is empty: a waiver needs a reason, an owner and a ticket."),
        ({"owner": ""}, "owner is empty"),
        ({"ticket": ""}, "ticket is empty"),
        ({"reason": "r" * 501}, "reason has 501 characters: give at most 500."),
        ({"owner": "o" * 101}, "owner has 101 characters: give at most 100."),
        ({"expires": date(2026, 1, 15)}, "expires=2026-01-15 is not after granted=2026-01-15."),
        ({"expires": date(2025, 12, 31)}, "expires=2025-12-31 is not after granted=2026-01-15."),
        ({"expires": "2026-12-31"}, "expires='2026-12-31' is not a date: give one, such as date(2027, 3, 31)."),
        ({"granted": datetime(2026, 1, 15, tzinfo=UTC)}, "granted=datetime.datetime(2026, 1, 15, 0, 0"),
        ({"workspaces": "prod"}, "workspaces='prod' is a string: give a tuple"),
        ({"workspaces": ("Prod",)}, "the workspace 'Prod' is not a workspace's name: use a lower-case letter"),
    ],
)
def test_what_cannot_be_granted_is_refused_with_the_waiver_s_ticket(change: dict[str, Any], message: str) -> None:
    with pytest.raises(WaiverError) as raised:
        Waiver(**BY_ID | change)
    assert message in str(raised.value)
    assert str(raised.value).startswith("Waiver 'SEC-1' (" if "ticket" not in change else "Waiver ''")


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "*", "logs", "arn:*", "arn:aws:*", "arn:aws:s3:::", "arn:aws:s3:::*", "arn:aws:s3:::??"),
        *("arn:aws:*:::logs", "arn:aws:iam::111122223333:role/*", "arn:aws:lambda:*:*:function:*"),
        "arn:aws:dynamodb:*:*:table/?*",
    ],
)
def test_a_pattern_that_names_no_resource_is_too_broad(pattern: str) -> None:
    with pytest.raises(WaiverError, match="is too broad, or not an ARN: give all of its parts"):
        Waiver(**BY_ID | {"resource_id": None, "arn": pattern})


@pytest.mark.parametrize(
    "pattern",
    [
        *("arn:aws:s3:::acme-*", "arn:*:s3:::?ogs", "arn:aws:iam::111122223333:role/ci-*", "arn:aws:sns:*:*:orders"),
        *("arn:aws:logs:eu-west-1:*:log-group:/acme/*", "arn:aws:apigateway:eu-west-1::/restapis/abc"),
    ],
)
def test_a_pattern_that_names_a_part_of_the_resource_is_taken(pattern: str) -> None:
    assert Waiver(**BY_ID | {"resource_id": None, "arn": pattern}).target == ArnPattern(pattern)


def write(folder: Path, text: str) -> Path:
    path = folder / "waivers.yaml"
    path.write_text(text, encoding="utf-8")
    return path


COMMON = "owner: team-data, ticket: SEC-1, granted: 2026-01-15, expires: 2026-12-31"
COMPLETE = f"""
waivers:
  - {{rule: tls, resource_id: logs, reason: Legacy., {COMMON}}}
  - {{rule: tls, arn: "arn:aws:s3:::acme-*", reason: Legacy., {COMMON}, workspaces: [dev, prod]}}
  - {{pack: hipaa, tag_key: team, tag_value: "", reason: Legacy., {COMMON}}}
  - rule: tls
    tag_key: team
    reason: >
      It goes
      in March.
    owner: team-data
    ticket: SEC-1
    granted: 2026-01-15
    expires: 2026-12-31
"""


def test_a_file_with_all_that_may_be_in_one_is_read(tmp_path: Path) -> None:
    one = Waiver(**BY_ID)

    assert waivers_from_file(write(tmp_path, COMPLETE)) == (
        one,
        replace(one, resource_id=None, arn="arn:aws:s3:::acme-*", workspaces=("dev", "prod")),
        replace(one, rule=None, pack="hipaa", resource_id=None, tag_key="team", tag_value=""),
        replace(one, resource_id=None, tag_key="team", reason="It goes in March."),
    )
    assert waivers_from_file(str(write(tmp_path, "waivers: []"))) == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "give members as 'name: value', not []"),
        ("waiver: []", "line 1: 'waiver' is not known, did you mean 'waivers'?"),
        ("waivers: {}", "line 1, waivers: give a list"),
        (
            "waivers:\n- rule: tls\n  ressource_id: logs",
            "line 2, waivers[0]: 'ressource_id' is not known, did you",
        ),
        ("waivers:\n- rule: tls\n  rule: ssh", "line 3: 'rule' is given twice"),
        (
            "waivers:\n- {rule: tls, resource_id: logs}",
            "waivers[0]: reason, owner, ticket, granted, expires is missing",
        ),
        (f"waivers:\n- {{rule: tls, resource_id: 42, reason: R, {COMMON}}}", "waivers[0].resource_id: give a text"),
        (
            f"waivers:\n- {{rule: tls, reason: R, {COMMON}}}",
            "line 2, waivers[0]: Waiver 'SEC-1' (rule='tls'): give exactly",
        ),
        (f"waivers:\n- {{rule: tls, resource_id: a, reason: ' ', {COMMON}}}", "waivers[0].reason: give a text that is"),
        (
            f"waivers:\n- {{rule: tls, resource_id: a, reason: R, {COMMON}}}".replace("2026-12-31", "31.12.2026"),
            "line 2, waivers[0].expires: '31.12.2026' is not a date: write it as 2027-03-31.",
        ),
        (
            f"waivers:\n- {{rule: tls, resource_id: a, reason: R, {COMMON}}}".replace("2026-12-31", "2026-01-01"),
            "line 2, waivers[0]: Waiver 'SEC-1' (rule='tls', resource_id='a'): expires=2026-01-01 is not after",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_named_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(WaiverFileError) as raised:
        waivers_from_file(write(tmp_path, text))
    assert str(raised.value).startswith(f"{tmp_path}/waivers.yaml")
    assert message in str(raised.value)


def test_the_published_schema_is_that_of_the_reader() -> None:
    assert SCHEMA_FILE.read_text() == schema_text(), "run make docs"
    jsonschema.Draft202012Validator.check_schema(schema())


def plain(text: str) -> Any:
    """The file's content without dates, as editors have it."""
    return yaml.load(text, yaml.BaseLoader)  # noqa: S506 makes texts only


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.validate(plain(COMPLETE), schema())


@pytest.mark.parametrize(
    "change",
    [
        {"rule": None},
        {"pack": "hipaa"},
        {"resource_id": None},
        {"tag_key": "team"},
        {"tag_value": "data"},
        {"resource_id": "acme-*"},
        {"resource_id": " "},
        {"resource_id": None, "arn": "*"},
        {"resource_id": None, "arn": "arn:aws:iam::111122223333:role/*"},
        {"reason": " "},
        {"owner": None},
        {"ticket": "t" * 101},
        {"expires": "soon"},
        {"workspaces": ["Prod"]},
        {"severity": "low"},
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(tmp_path: Path, change: dict[str, Any]) -> None:
    days = {name: REASONED[name].isoformat() for name in ("granted", "expires")}
    changed = BY_ID | days | change
    document = {"waivers": [{name: value for name, value in changed.items() if value is not None}]}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, schema())
    with pytest.raises(WaiverFileError):
        waivers_from_file(write(tmp_path, yaml.safe_dump(document).replace("'20", "20").replace("-31'", "-31")))
