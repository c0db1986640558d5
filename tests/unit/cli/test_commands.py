"""What all commands have in common."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from compliance_tf.cli.commands import PANELS
from compliance_tf.cli.main import app
from compliance_tf.errors import SettingError
from compliance_tf.output.terminal_table import print_table
from compliance_tf.scaffold.project import NewProject

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click import Command


def run(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == code, (result.output, result.exception)
    return result.output


def test_the_version_is_that_of_what_is_installed() -> None:
    assert run("--version") == f"compliance-tf {version('compliance-tf')}\n"


def test_help_lists_every_command_in_the_order_of_the_work() -> None:
    said = run("-h")
    headings = re.findall(r"╭─ (.+?) ─", said)
    assert headings == ["Options", *PANELS]
    listed = re.findall(r"^│ ([a-z][a-z-]+)  ", said, flags=re.MULTILINE)
    assert listed == [name for names in PANELS.values() for name in names]
    assert set(listed) == set(get_command(app).commands)  # type: ignore[attr-defined]


def every_call(command: Command, *words: str) -> Iterator[tuple[str, ...]]:
    """Give the words of a command and of all below it."""
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from every_call(below, *words, name)


@pytest.mark.parametrize("call", list(every_call(get_command(app))), ids=" ".join)
def test_every_command_explains_itself(call: tuple[str, ...]) -> None:
    assert "Usage: " in run(*call, "--help")


@pytest.mark.parametrize("command", [("rules", "-h"), ("results", "list", "-h")])
def test_a_short_option_asks_every_command_for_help(command: tuple[str, ...]) -> None:
    assert "Usage" in run(*command)


@pytest.mark.parametrize(
    "call", [("plna",), ("plan", "--wrong"), ("plan",), ("results", "list", "-w", "dev", "--limit", "x"), ("--wrong",)]
)
def test_a_wrong_call_is_an_error_and_no_finding(call: tuple[str, ...]) -> None:
    run(*call, code=1)


def command(*arguments: str, folder: Path, output: TextIO | int, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program itself, with an output of its own."""
    return subprocess.run(
        [Path(sys.executable).with_name("compliance-tf"), *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        stdout=output,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        check=False,
    )


def test_what_the_system_refuses_is_one_message(tmp_path: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = command("packs", folder=tmp_path, output=full)
    assert (done.returncode, done.stderr.splitlines()[0]) == (
        1,
        "error: the output: No space left on device. It needs a folder with room, to write in.",
    )
    assert "Traceback" not in done.stderr


def test_any_text_can_be_printed_whatever_the_locale(tmp_path: Path) -> None:
    NewProject("acme", "eu-west-1").write(tmp_path)
    check = tmp_path / "checks" / "bucket_names.py"
    check.write_text(check.read_text(encoding="utf-8").replace("Bucket names", "Namen für Buckets"), encoding="utf-8")
    done = command("checks", "list", folder=tmp_path, output=subprocess.PIPE, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Namen für Buckets" in done.stdout


def test_a_rule_is_shown_by_its_identifier_or_its_name() -> None:
    assert run("rules", "show", "ENCRYPTED_VOLUMES") == run("rules", "show", "encrypted-volumes")
    assert "maxAccessKeyAge" in run("rules", "show", "ACCESS_KEYS_ROTATED")


def test_rules_are_searched_by_several_words() -> None:
    assert "S3_BUCKET_VERSIONING_ENABLED" in run("rules", "search", "bucket", "versioning")


def test_checks_are_listed_and_shown() -> None:
    assert "required-tags" in run("checks", "list")
    shown = run("checks", "show", "required-tags")
    assert "tags" in shown
    assert "required" in shown


def test_packs_are_listed_with_or_without_the_word() -> None:
    assert run("packs", "list") == run("packs")


@pytest.mark.parametrize("command", ["list", "watch"])
def test_an_unknown_resource_type_is_refused_before_anything_is_read(
    command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("compliance_tf.results.deployment.open_results", lambda *_, **__: None)
    monkeypatch.setattr("compliance_tf.results.selection.whole_names", lambda *_: ())
    result = CliRunner().invoke(app, ["results", command, "-w", "dev", "--type", "AWS::S3::Buket"])
    assert isinstance(result.exception, SettingError)
    assert "Did you mean AWS::S3::Bucket?" in str(result.exception)


def test_one_long_cell_does_not_pad_all_other_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    print_table(("Id", "Reason", "Since"), [("a", "x" * 700, "today"), ("b", "short", "today")])
    heading, long, short = capsys.readouterr().out.splitlines()
    assert len(heading) < 80
    assert len(short) < 80
    assert "x" * 700 in long
