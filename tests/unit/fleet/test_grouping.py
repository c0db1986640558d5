"""Reviews that say the same are one, and just the plans that were reviewed are expected."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import FleetError
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.grouping import grouped, render_groups, reviewed_fingerprints
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.review.changes.differences import Difference, ResourceDifference
from compliance_tf.review.plan.plan import Action, Identity
from compliance_tf.review.rendering import Format
from tests.unit.review.sample_reviews import no_changes

if TYPE_CHECKING:
    from pathlib import Path

    from compliance_tf.review.review import Review

CELLS = [
    Cell(account, FleetRegion(region, "eu-west-1"), "dev", "all")
    for account in ("111122223333", "444455556666")
    for region in ("eu-west-1", "us-east-1")
]


def review(cell: Cell, attribute: str = "name", **more: Any) -> Review:
    """A review that names its own account and region, and has a fingerprint of its own."""
    region = cell.region.region
    arn = f"arn:aws:lambda:{region}:{cell.account}:function:acme-dev-evaluate"
    changed = Difference(attribute, None, arn)
    return replace(
        no_changes(),
        identity=Identity("acme", region, "dev", f"folder state/acme-{region}"),
        fingerprint=f"{CELLS.index(cell):032}",
        details=(ResourceDifference("aws_lambda_function.evaluate", "aws_lambda_function", Action.CREATE, (changed,)),),
        is_empty=False,
        **more,
    )


def test_the_same_in_other_accounts_and_regions_is_one_entry_with_all_cells() -> None:
    (group,) = grouped((cell, review(cell)) for cell in CELLS)
    assert list(group.fingerprints) == CELLS
    assert len(set(group.fingerprints.values())) == len(CELLS)
    assert group.title.startswith("4 cells: 111122223333 eu-west-1 dev, ")
    assert group.changes == "1 to create"


def test_what_says_something_else_is_another_entry_and_the_largest_comes_first() -> None:
    first, *others = CELLS
    groups = grouped([(first, review(first, "role")), *((cell, review(cell)) for cell in others)])
    assert [len(group.fingerprints) for group in groups] == [3, 1]


def test_the_document_binds_each_cell_to_its_plan(tmp_path: Path) -> None:
    groups = grouped((cell, review(cell)) for cell in CELLS[:3])
    file = tmp_path / "reviewed.json"
    file.write_text(render_groups(Format.JSON, groups, {CELLS[3]: "denied"}))
    assert reviewed_fingerprints(file) == {cell.place: review(cell).fingerprint for cell in CELLS[:3]}
    document = json.loads(file.read_text())
    assert document["failed"] == [
        {"account": "444455556666", "region": "us-east-1", "workspace": "dev", "why": "denied"}
    ]
    assert "1 cell has no review" in render_groups(Format.TERMINAL, groups, {CELLS[3]: "denied"})


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2, "groups": []}', '{"version": 1}'])
def test_a_file_that_is_no_review_of_a_fleet_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "reviewed.json").write_text(text)
    with pytest.raises(FleetError):
        reviewed_fingerprints(tmp_path / "reviewed.json")


def test_a_form_that_has_no_groups_is_refused() -> None:
    with pytest.raises(FleetError, match="give terminal, markdown or json"):
        render_groups(Format.SARIF, [], {})
