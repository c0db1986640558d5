"""Whose results are meant: what the app of a folder says, and of several stacks the one that the options choose."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import ResultsError
from compliance_tf.results.deployment import results_place
from compliance_tf.results.place import ResultsPlace

if TYPE_CHECKING:
    from pathlib import Path

APP = """
from cdktf import App
from compliance_tf import ComplianceStack
for folder, stacks in {folders}:
    app = App(outdir=f"{{folder}}/cdktf.out")
    for project, region in stacks:
        ComplianceStack(app, f"{{project}}-{{region}}", project=project, region=region)
    app.synth()
"""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders with the synthesized app of one stack, and of three."""
    stacks = {
        "one": [("acme", "eu-west-1")],
        "three": [("acme", "eu-west-1"), ("acme", "us-east-1"), ("shop", "eu-west-1")],
    }
    folders = {name: tmp_path_factory.mktemp(name) for name in stacks}
    app = APP.format(folders=[(str(folders[name]), stacks[name]) for name in stacks])
    subprocess.run([sys.executable, "-c", app], check=True)
    return folders


def test_the_app_of_the_folder_says_what_is_not_given(folders: dict[str, Path]) -> None:
    """The first that needs the folders: they are synthesized once, by real CDKTF, which takes seconds."""
    place = results_place("dev", folder=folders["one"])

    assert place == ResultsPlace("acme", "dev", "eu-west-1", "acme-dev-results")
    assert (place.rule_prefix, place.record_function) == ("acme-dev-", "acme-dev-record")


def test_of_several_stacks_the_options_choose_one(folders: dict[str, Path]) -> None:
    places = [
        results_place("dev", region="us-east-1", folder=folders["three"]),
        results_place("dev", project="shop", folder=folders["three"]),
        results_place("dev", project="acme", region="eu-west-1", table="restored", folder=folders["three"]),
    ]

    assert [(place.table, place.region) for place in places] == [
        ("acme-dev-results", "us-east-1"),
        ("shop-dev-results", "eu-west-1"),
        ("restored", "eu-west-1"),
    ]


@pytest.mark.parametrize(
    ("options", "said"), [({}, "Several stacks"), ({"project": "acme"}, "Several"), ({"project": "nobody"}, "No stack")]
)
def test_what_is_not_clear_is_refused_with_the_choices(
    folders: dict[str, Path], options: dict[str, str], said: str
) -> None:
    with pytest.raises(ResultsError, match=said) as raised:
        results_place("dev", folder=folders["three"], **options)
    assert "--project acme --region us-east-1" in str(raised.value)
