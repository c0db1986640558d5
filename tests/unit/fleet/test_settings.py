"""A fleet is read strictly, and becomes cells."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import boto3
import jsonschema
import pytest
import yaml

from compliance_tf.errors import FleetError
from compliance_tf.fleet.cells import Choice, cells_of
from compliance_tf.fleet.settings import read_fleet
from maintenance.pages.schemas import schema_text
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

FLEET = """
role: ComplianceDeployer
groups:
  - name: production
    workspace: prod
    regions: [il-central-1, eu-west-1, us-east-1]
    accounts: ["111122223333", "444455556666"]
  - name: sandboxes
    workspace: dev
    role: path/Sandbox
    external_id: acme
    regions: [eu-west-1]
    accounts: ["777788889999"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "fleet.yaml"
    path.write_text(text)
    return path


def cells(folder: Path, text: str = FLEET, **choice: tuple[str, ...]) -> tuple[Any, ...]:
    return cells_of(read_fleet(written(folder, text)), Choice(**choice), boto3.Session())


def test_each_account_has_a_cell_in_each_region_of_its_group(tmp_path: Path) -> None:
    found = cells(tmp_path)
    assert [str(cell) for cell in found] == [
        "111122223333 il-central-1 prod",
        "111122223333 eu-west-1 prod",
        "111122223333 us-east-1 prod",
        "444455556666 il-central-1 prod",
        "444455556666 eu-west-1 prod",
        "444455556666 us-east-1 prod",
        "777788889999 eu-west-1 dev",
    ]
    assert found[0].role == "arn:aws:iam::111122223333:role/ComplianceDeployer"
    assert (found[-1].role, found[-1].external_id) == ("arn:aws:iam::777788889999:role/path/Sandbox", "acme")


def test_the_first_region_that_records_iam_is_home(tmp_path: Path) -> None:
    assert [cell.region.is_home for cell in cells(tmp_path)] == [False, True, False, False, True, False, True]


def test_a_role_of_another_partition_is_named_so(tmp_path: Path) -> None:
    text = FLEET.replace("[eu-west-1]", "[us-gov-west-1]")
    assert cells(tmp_path, text, groups=("sandboxes",))[0].role.startswith("arn:aws-us-gov:iam:")


def test_a_choice_limits_by_group_account_and_region(tmp_path: Path) -> None:
    chosen = cells(tmp_path, groups=("production",), accounts=("444455556666",), regions=("us-east-1",))
    assert [str(cell) for cell in chosen] == ["444455556666 us-east-1 prod"]
    for wrong in ({"groups": ("none",)}, {"accounts": ("123456789012",)}, {"regions": ("sa-east-1",)}):
        with pytest.raises(FleetError, match="the fleet has no such cells"):
            cells(tmp_path, **wrong)
    with pytest.raises(FleetError, match="No cell is in all"):
        cells(tmp_path, groups=("sandboxes",), regions=("us-east-1",))


@pytest.mark.parametrize(
    ("before", "after", "line", "said"),
    [
        ("workspace: dev", "workspaces: dev", 7, "'workspaces' is not known. Did you mean workspace?"),
        ('"777788889999"', "777788889999", 7, "give twelve digits, not 777788889999; in quotes if it is a number"),
        ('"777788889999"', '"77778888999"', 7, "give twelve digits"),
        ("[eu-west-1]", "[Ireland]", 7, "such as eu-west-1, not 'Ireland'"),
        ("[eu-west-1]", "[]", 7, "give at least 1"),
        ("name: sandboxes", "name: production", 1, "Two groups are called production"),
        ('accounts: ["777788889999"]', "home_region: eu-west-1", 1, "give it accounts, or an organization"),
        ("external_id: acme", "home_region: us-west-2", 1, "its home region us-west-2 is none of its regions"),
        ("workspace: prod", "workspace: prod\n    home_region: il-central-1", 1, "does not record AWS::IAM::Group"),
        ("role: ComplianceDeployer", "role: arn:aws:iam::1:role/X y", 1, "the name of a role"),
        ("role: ComplianceDeployer", "role: arn:aws:iam::999999999999:role/Other", 1, "and no ARN"),
        ("role: ComplianceDeployer", "session_minutes: 5", 1, "from 30 to 720"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, before: str, after: str, line: int, said: str) -> None:
    with pytest.raises(FleetError) as error:
        cells(tmp_path, FLEET.lstrip().replace(before, after))
    assert f"line {line}" in str(error.value)
    assert said in str(error.value)


def test_two_groups_cannot_have_one_cell(tmp_path: Path) -> None:
    text = FLEET.replace("777788889999", "111122223333").replace("workspace: dev", "workspace: prod")
    for choice in ({}, {"groups": ("sandboxes",)}, {"accounts": ("444455556666",)}):
        with pytest.raises(FleetError, match="production and sandboxes both have the cell 111122223333 eu-west-1"):
            cells(tmp_path, text, **choice)


def test_an_account_begins_with_zeros_with_or_without_quotes(tmp_path: Path) -> None:
    for written_as in ('"000012345678"', "000012345678", "000012345670"):
        (cell,) = cells(tmp_path, FLEET.replace('"777788889999"', written_as), groups=("sandboxes",))
        assert cell.account == written_as.strip('"')
        assert cell.role == f"arn:aws:iam::{cell.account}:role/path/Sandbox"


def test_an_account_that_is_twice_in_a_group_is_one_cell(tmp_path: Path) -> None:
    twice = FLEET.replace('["777788889999"]', '["777788889999", "777788889999"]').replace(
        "[eu-west-1]", "[eu-west-1, eu-west-1]"
    )
    assert len(cells(tmp_path, twice, groups=("sandboxes",))) == 1


def test_the_fleet_of_the_how_to_is_one() -> None:
    (text,) = re.findall(r"```yaml\n(.*?)```", (REPOSITORY / "docs/how-to/fleet.md").read_text(), re.DOTALL)
    published = json.loads((REPOSITORY / "docs/reference/fleet.schema.json").read_text())
    assert schema_text("fleet") == (REPOSITORY / "docs/reference/fleet.schema.json").read_text(), "run make docs"
    jsonschema.validate(yaml.safe_load(text), published)
