"""The folder of a fleet: what was deployed from it, and what a machine without room does to a cell."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from compliance_tf.cli import main
from compliance_tf.fleet.cells import Cell
from compliance_tf.fleet.folder import FleetFolder
from compliance_tf.fleet.running import Runner, State
from compliance_tf.fleet.status import removed
from compliance_tf.model.fleet_regions import FleetRegion
from compliance_tf.terraform.app import SETTINGS

if TYPE_CHECKING:
    from pathlib import Path

KEPT, TAKEN_OUT = (Cell(number * 12, FleetRegion("eu-west-1", "eu-west-1"), "dev", "all") for number in "12")


def deployed(folder: FleetFolder, cell: Cell) -> None:
    folder.of(cell).mkdir(parents=True)
    folder.log(cell, "apply").write_text("")


def test_a_cell_that_was_deployed_and_is_in_the_fleet_no_more_is_found_until_it_is_destroyed(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    deployed(folder, KEPT)
    deployed(folder, TAKEN_OUT)
    folder.of(Cell("3" * 12, KEPT.region, "dev", "all")).mkdir()  # was planned alone
    (found,) = removed(folder, [KEPT])
    assert (found.cell.place, found.state) == (TAKEN_OUT.place, State.FOUND)
    assert "put it back and give `fleet destroy`" in found.said
    folder.forget(TAKEN_OUT)
    assert removed(folder, [KEPT]) == []


def synthesize(folder: FleetFolder, cell: Cell, backend: dict[str, object]) -> None:
    synthesized = folder.path / ".synthesis" / cell.region.folder
    synthesized.mkdir(parents=True)
    (synthesized / "manifest.json").write_text(json.dumps({"stacks": {"acme": {"workingDirectory": "."}}}))
    (synthesized / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": backend}}))


@pytest.mark.parametrize(
    ("bucket", "expected"),
    [
        ("", {"key"}),
        ("state-{account}", {"key", "bucket=state-111111111111"}),
        ("state-{account}-{region}", {"key", "bucket=state-111111111111-us-east-2", "region=us-east-2"}),
    ],
)
def test_a_bucket_of_each_region_is_in_that_region_and_every_cell_has_a_key_of_its_own(
    tmp_path: Path, bucket: str, expected: set[str]
) -> None:
    folder, cells = (
        FleetFolder(tmp_path),
        [replace(one, region=FleetRegion("us-east-2", "us-east-2")) for one in (KEPT, TAKEN_OUT)],
    )
    synthesize(folder, cells[0], {"s3": {"key": "acme/us-east-2/terraform.tfstate", "region": "eu-west-1"}})
    options = folder.prepare(cells[0], bucket, {})["TF_CLI_ARGS_init"].split()
    key = "key=acme/111111111111/us-east-2/terraform.tfstate"
    assert {one.removeprefix("-backend-config=") for one in options} == expected - {"key"} | {key}
    assert key not in folder.prepare(cells[1], bucket, {})["TF_CLI_ARGS_init"]


def test_a_full_disk_is_the_failure_of_the_cell_that_met_it(tmp_path: Path) -> None:
    folder = FleetFolder(tmp_path)
    synthesize(folder, KEPT, {"s3": {"key": "acme/eu/x"}})
    folder.of(KEPT).mkdir()
    (folder.of(KEPT) / SETTINGS).symlink_to("/dev/full")

    def work(cell: Cell) -> tuple[State, str]:
        folder.prepare(cell, "", {})
        return State.DONE, ""

    first, second = Runner(2, 2, lambda *_: None).each([KEPT, TAKEN_OUT], work)
    assert (first.state, second.state) == (State.FAILED, State.DONE)
    assert "No space left on device" in first.said


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cdktf.out").write_text("a file")
    group = {"name": "a", "workspace": "dev", "regions": ["eu-west-1"], "accounts": ["111122223333"]}
    (tmp_path / "fleet.yaml").write_text(json.dumps({"role": "Deployer", "groups": [group]}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["compliance-tf", "fleet", "status"])
    with pytest.raises(SystemExit, match=r"^error: .*cdktf.out/fleet: Not a directory. It needs a folder with room"):
        main.main()


def test_a_profile_that_does_not_exist_is_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    group = {"name": "a", "workspace": "dev", "regions": ["eu-west-1"], "accounts": ["111122223333"]}
    (tmp_path / "fleet.yaml").write_text(json.dumps({"role": "Deployer", "groups": [group]}))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_PROFILE", "none")
    for command in (["fleet", "status"], ["results", "summary", "--fleet", "fleet.yaml", "--project", "acme"]):
        monkeypatch.setattr("sys.argv", ["compliance-tf", *command])
        with pytest.raises(SystemExit, match="Your AWS credentials cannot be used: The config profile"):
            main.main()
