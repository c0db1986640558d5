"""``compliance-tf init``: what it writes, what it refuses, and that it overwrites nothing."""

from __future__ import annotations

import json
import re
from importlib.metadata import version
from typing import TYPE_CHECKING

import pytest
import yaml
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import ComplianceError
from compliance_tf.review.settings import settings_from_file
from compliance_tf.scaffold.project import Forge, NewProject, name_from
from compliance_tf.terraform.app import written_region
from compliance_tf.waivers.waiver_file import waivers_from_file
from maintenance.pages import workflows
from tests.repository import DOCS

if TYPE_CHECKING:
    from pathlib import Path

ANSWERS = ("--yes", "--region", "eu-west-1")


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["init", *map(str, arguments)])
    if isinstance(result.exception, ComplianceError):
        assert code == 1, result.exception
        return str(result.exception)
    assert result.exit_code == code, result.output
    return result.output


def test_its_files_are_what_the_commands_read(tmp_path: Path) -> None:
    run(tmp_path / "acme-rules", *ANSWERS, "--workspaces", "dev, prod")
    folder = tmp_path / "acme-rules"

    assert waivers_from_file(folder / "waivers.yaml") == ()
    assert settings_from_file(folder / "review.yaml").acknowledgements == ()
    assert json.loads((folder / "cdktf.json").read_text())["app"] == "python main.py"
    assert 'project="acme_rules"' in (folder / "main.py").read_text()
    assert "deploy -w dev" in (folder / "README.md").read_text()
    assert not (folder / ".github").exists()


def test_its_packages_are_pinned_to_the_versions_that_it_was_made_with(tmp_path: Path) -> None:
    run(tmp_path / "acme-rules", *ANSWERS)
    lines = (tmp_path / "acme-rules" / "requirements.txt").read_text().splitlines()
    pinned = dict(line.split("==") for line in lines if "==" in line)

    assert {"compliance-tf[synth]", "boto3", "botocore", "cdktf", "jsii", "typing-extensions"} <= pinned.keys()
    assert pinned["cdktf"] == version("cdktf")
    # No wheels for newer Pythons: a colleague who has one still installs the rest.
    assert pinned["cfn-guard-rs"].endswith('; python_version < "3.13"')
    assert "ministack" not in pinned
    # Some need it on old Pythons alone, others always.
    assert ";" not in pinned["typing-extensions"]


def test_a_wrong_answer_is_asked_for_again_and_costs_none_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("typer.testing._NamedTextIOWrapper.isatty", lambda _: True, raising=False)
    answers = ("My-Rules", "mine", "Ireland", "eu-west-1", "dev,Prod", "dev", "pci-dss-4", "", "githb", "None")
    typed = "".join(f"{answer}\n" for answer in answers)
    result = CliRunner().invoke(app, ["init", str(tmp_path / "new")], input=typed)

    assert result.exit_code == 0, result.output
    assert re.findall("^Error: .*?('[^']+')", result.output, re.MULTILINE) == [
        *("'My-Rules'", "'Ireland'", "'Prod'", "'pci-dss-4'", "'githb'"),
    ]
    assert 'project="mine"' in (tmp_path / "new" / "main.py").read_text()


def test_the_region_of_a_project_is_known_before_it_is_synthesized(tmp_path: Path) -> None:
    run(tmp_path, "--yes", "--region", "ap-southeast-2")
    assert written_region(tmp_path) == "ap-southeast-2"


@pytest.mark.parametrize(
    "app", ["ComplianceStack(region=REGION)", "S3State(region='us-east-1')", "ComplianceStack(region='x')", "def", "\0"]
)
def test_a_region_that_is_not_written_out_is_not_guessed(app: str, tmp_path: Path) -> None:
    assert written_region(tmp_path) is None
    (tmp_path / "main.py").write_text(app)
    assert written_region(tmp_path) is None


def test_nothing_is_written_where_a_file_would_be_overwritten(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("mine")
    (tmp_path / "README.md").symlink_to("elsewhere")
    said = run(tmp_path, *ANSWERS, code=1)

    assert f"{tmp_path}/README.md, {tmp_path}/main.py exist already, and nothing was written" in said
    assert (tmp_path / "main.py").read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["README.md", "main.py"]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--project", "Acme-Rules"), "project='Acme-Rules' is not a name part"),
        (("--region", "eu-west"), "eu-west"),
        (("--workspaces", " , "), "at least one workspace"),
        (("--workspaces", "dev,Prod"), "Workspace 'Prod' is not a name part"),
        (("--packs", "pci-dss-4"), "Did you mean pci-dss"),
        (("--account", "1234"), "'1234' is not an AWS account"),
        (("--account", "test=111122223333"), "An account is given for test, but the workspaces are dev, prod"),
    ],
)
def test_what_cannot_be_deployed_is_refused_before_anything_is_written(
    options: tuple[str, str], sentence: str, tmp_path: Path
) -> None:
    assert sentence in run(tmp_path / "new", *ANSWERS, *options, code=1)
    assert not (tmp_path / "new").exists()


def test_without_a_region_it_says_how_to_give_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    assert "--region eu-west-1" in run(tmp_path / "new", code=1)


@pytest.mark.parametrize("forge", [Forge.GITHUB, Forge.GITLAB])
def test_pipelines_take_names_that_yaml_would_read_as_something_else(forge: Forge) -> None:
    project = NewProject("acme", "eu-west-1", ("on", "no", "prod"), forge=forge, accounts={"prod": "444455556666"})
    documents = [yaml.safe_load(text) for name, text in project.texts().items() if name in forge.templates]

    if forge is Forge.GITHUB:
        matrix = documents[0]["jobs"]["workspace"]["strategy"]["matrix"]["include"]
        found = {entry["workspace"]: entry["account"] for entry in matrix}
    else:
        entries = documents[0][".compliance"]["parallel"]["matrix"]
        found = {name: entry["ACCOUNT"] for entry in entries for name in entry["WORKSPACE"]}
    assert found == {"on": "111122223333", "no": "111122223333", "prod": "444455556666"}


@pytest.mark.parametrize("forge", list(Forge))
def test_nothing_of_a_project_speaks_of_this_checkout(forge: Forge) -> None:
    for name, text in NewProject("acme", "eu-west-1", forge=forge).texts().items():
        assert "make setup" not in text, name
        assert "Pipfile" not in text, name


@pytest.mark.parametrize(("folder", "name"), [("Acme Rules", "acme_rules"), ("7", "compliance"), ("ab.cd", "ab_cd")])
def test_the_name_is_proposed_after_the_folder(folder: str, name: str, tmp_path: Path) -> None:
    assert name_from(tmp_path / folder) == name


def test_the_pipelines_of_the_documentation_are_those_of_new_projects() -> None:
    texts = workflows.texts()
    assert {name: (DOCS / "workflows" / name).read_text() for name in texts} == texts, "run make docs"
