"""Waivers as people declare them, in Python and in YAML: what cannot be granted is refused with its place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from msgspec.structs import replace

from compliance_runtime.waivers.waiver import ArnPattern, ResourceId, Tagged
from compliance_tf.errors import WaiverError, WaiverFileError
from compliance_tf.waivers.waiver import Waiver
from compliance_tf.waivers.waiver_file import waivers_from_file
from maintenance.pages.schemas import schema, schema_text
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
        ({"resource_id": " "}, "resource_id: give a string: one whole value, not blank and without wildcards"),
        ({"resource_id": "a" * 769}, "resource_id: it has 769 characters: give at most 768."),
        ({"resource_id": "acme-*"}, "without wildcards (arn takes a pattern), not 'acme-*'."),
        (
            {"resource_id": None, "tag_key": "*"},
            "tag_key: give a string: one whole value, not blank and without wildcards",
        ),
        ({"resource_id": None, "tag_key": "t" * 129}, "tag_key: it has 129 characters: give at most 128."),
        (
            {"resource_id": None, "tag_key": "t", "tag_value": "v" * 257},
            "tag_value: it has 257 characters: give at most",
        ),
        ({"reason": " \n"}, "reason: give a string that is not blank, not ' \\n'."),
        ({"owner": ""}, "owner: give a string that is not blank"),
        ({"owner": 5}, "owner: give a string that is not blank, not 5"),
        ({"ticket": ""}, "ticket: give a string that is not blank"),
        ({"reason": "r" * 501}, "reason: it has 501 characters: give at most 500."),
        ({"owner": "o" * 101}, "owner: it has 101 characters: give at most 100."),
        ({"rule": "tls\n"}, "rule: give a rule's id: lower-case words and digits joined by hyphens, not 'tls\\n'."),
        ({"expires": date(2026, 1, 15)}, "expires=2026-01-15 is not after granted=2026-01-15."),
        ({"granted": date(226, 1, 15)}, "granted=0226-01-15 is before AWS Config existed"),
        ({"expires": date(2025, 12, 31)}, "expires=2025-12-31 is not after granted=2026-01-15."),
        ({"expires": "31.12.2026"}, "expires: give a date, such as 2027-03-31, not '31.12.2026'."),
        (
            {"granted": datetime(2026, 1, 15, tzinfo=UTC)},
            "granted: give a date, such as 2027-03-31, not datetime.datetime(",
        ),
        ({"workspaces": "prod"}, "workspaces: give a list of strings, not 'prod'."),
        ({"workspaces": ("Prod",)}, "workspaces[0]: give a workspace: a lower-case letter"),
        ({"workspaces": ("prod\n",)}, "workspaces[0]: give a workspace: a lower-case letter"),
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
    with pytest.raises(WaiverError, match="arn: give an ARN that is not too broad, with all parts"):
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
        ("waiver: []", "line 1: 'waiver' is not known. Did you mean waivers?"),
        ("waivers: {}", "line 1, waivers: give a list"),
        ("waivers:", "line 1: 'waivers' has no value: give one, or leave it out"),
        ("waivers:\n- rule: tls\n  pack:\n", "line 3: 'pack' has no value: give one, or leave it out"),
        ("waivers: [tls]", "line 1, waivers[0]: give members as 'name: value', not 'tls'."),
        (
            "waivers:\n- rule: tls\n  ressource_id: logs",
            "line 2, waivers[0]: 'ressource_id' is not known. Did you",
        ),
        ("waivers:\n- rule: tls\n  rule: ssh", "line 3: 'rule' is given twice"),
        (
            "waivers:\n- {rule: tls, resource_id: logs}",
            "waivers[0]: reason, owner, ticket, granted, expires is missing",
        ),
        (f"waivers:\n- {{rule: tls, resource_id: 42, reason: R, {COMMON}}}", "waivers[0].resource_id: give a string"),
        (
            f"waivers:\n- {{rule: tls, reason: R, {COMMON}}}",
            "line 2, waivers[0]: Waiver 'SEC-1' (rule='tls'): give exactly",
        ),
        (
            f"waivers:\n- {{rule: tls, resource_id: a, reason: ' ', {COMMON}}}",
            "waivers[0].reason: give a string that is",
        ),
        (
            f"waivers:\n- {{rule: tls, resource_id: a, reason: R, {COMMON}}}".replace("2026-12-31", "31.12.2026"),
            "line 2, waivers[0].expires: give a date, such as 2027-03-31, not '31.12.2026'.",
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
    assert SCHEMA_FILE.read_text() == schema_text("waivers"), "run make docs"
    jsonschema.Draft202012Validator.check_schema(schema("waivers"))


def plain(text: str) -> Any:
    """The file's content without dates, as editors have it."""
    return yaml.load(text, yaml.BaseLoader)


def test_the_schema_takes_what_the_reader_takes() -> None:
    jsonschema.validate(plain(COMPLETE), schema("waivers"))


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
        jsonschema.validate(document, schema("waivers"))
    with pytest.raises(WaiverFileError):
        waivers_from_file(write(tmp_path, yaml.safe_dump(document).replace("'20", "20").replace("-31'", "-31")))
