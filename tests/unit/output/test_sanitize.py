"""What somebody else wrote does nothing where it is shown."""

from __future__ import annotations

import ast
import io
import json
import unicodedata

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from compliance_tf.output.csv_table import write_csv_table
from compliance_tf.output.sanitize import colored_line, csv_cell, json_text, message, visible
from compliance_tf.output.terminal import Terminal
from tests.hostile_texts import COMMANDS, CONTROLS, FORMULAS, what_acts
from tests.repository import REPOSITORY, syntax

SCRIPTS = {
    chr(code)
    for first, last in (
        (0x600, 0x605),
        (0x6DD, 0x6DD),
        (0x70F, 0x70F),
        (0x890, 0x891),
        (0x8E2, 0x8E2),
        (0x110BD, 0x110CD),
        (0x13430, 0x1343F),
    )
    for code in range(first, last + 1)
}
"""Marks of scripts and of music, which belong to what they stand in."""
HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}
any_text = st.text(st.characters(codec=None)) | st.sampled_from([*CONTROLS.values(), *FORMULAS, *COMMANDS])


def hidden(text: str) -> list[str]:
    return [one for one in text if unicodedata.category(one) in HIDDEN and one not in SCRIPTS]


@given(any_text)
def test_all_that_can_be_seen_stays_and_nothing_else(text: str) -> None:
    shown = visible(text)

    shown.encode()
    assert hidden(shown) == []
    assert visible(shown) == shown
    if text.isascii() and text.isprintable() and text not in COMMANDS:
        assert shown == text


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_a_hostile_text_is_one_line_that_shows_what_it_is(text: str) -> None:
    shown = visible(text)

    assert hidden(shown) == []
    assert len(shown.splitlines()) == 1
    assert "\\" in shown
    assert len(visible(text, 5)) <= 5


@pytest.mark.parametrize("text", COMMANDS)
def test_a_pipeline_finds_no_command_in_its_log(text: str) -> None:
    # As the runner does it: at the beginning of a line behind spaces, or anywhere.
    for shown in (message(f"No {text}."), message(text), colored_line(text), csv_cell(text), json_text([text])):
        assert what_acts(shown) == []
    assert json.loads(json_text(text)) == text


@pytest.mark.parametrize("text", ["::/0", "AWS::S3::Bucket", "AWS::IAM::Group of AWS::IAM::User", "C## a::b", "a # b"])
def test_what_only_looks_like_a_command_stays(text: str) -> None:
    assert visible(text) == csv_cell(text).removeprefix("'") == text


def test_no_line_of_a_message_can_be_taken_for_another_message() -> None:
    assert message("No bucket 'a\nerror: b\n  c\n\nd\x1b'.") == "No bucket 'a\n  error: b\n  c\n\n  d\\u001b'."


@given(any_text)
def test_a_cell_is_a_line_that_no_spreadsheet_computes(text: str) -> None:
    cell = csv_cell(text)

    cell.encode()
    assert len(cell.splitlines()) <= 1
    assert unicodedata.normalize("NFKC", cell).strip().strip('"')[:1] not in set("=+-@")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_may_compute_has_an_apostrophe_before_it(text: str) -> None:
    assert csv_cell(text) == f"'{visible(text)}"


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_is_computed_where_a_semicolon_separates_cells(text: str) -> None:
    stream = io.StringIO(newline="")
    write_csv_table(["id", "reason"], [["logs", f"a;{text};{text}"], [f'";{text}', "b"]], stream)

    # Where a comma is the decimal sign, the quotes in the middle of a line do not hold its cells together.
    cells = [cell for line in stream.getvalue().splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if unicodedata.normalize("NFKC", cell).strip(' "')[:1] in {*"=+-@"}]


def test_other_cells_stay_as_they_are() -> None:
    for text in ("a=b", "", "arn:aws:s3:::logs", "résumé", "1 - 1", "a; b", "Open: 22; 3389."):
        assert csv_cell(text) == text


@given(st.recursive(any_text, lambda inner: st.lists(inner) | st.dictionaries(any_text, inner), max_leaves=5))
def test_json_is_read_by_strict_parsers_and_changes_nothing_else(value: object) -> None:
    text = json_text(value)

    assert text.isascii()
    assert text.isprintable()
    strict = msgspec.json.decode(text)
    if "\\ud" not in json.dumps(value):
        assert strict == value


def test_half_a_pair_in_json_becomes_a_replacement_and_a_whole_one_stays() -> None:
    assert json.loads(json_text({"a\ud800": "\\ud800 🙈 \udc00"})) == {"a\ufffd": "\\ud800 🙈 \ufffd"}


@pytest.mark.parametrize("text", CONTROLS.values(), ids=CONTROLS)
def test_the_terminal_lets_no_control_through_wherever_a_text_came_in(text: str) -> None:
    stream = io.StringIO()
    table = Table()
    table.add_column(text)
    table.add_row(Text(text, "bold"))
    terminal = Terminal(file=stream, width=200)
    terminal.print(table, text, Text.assemble(text, (text, "red")))

    stream.getvalue().encode()
    assert [one for one in hidden(stream.getvalue()) if one != "\n"] == []


def test_what_reads_like_markup_is_not_taken_for_it() -> None:
    stream = io.StringIO()
    Terminal(file=stream, width=200).print("[bold]a[/] [link=https://evil.example]b[/link] :warning:")

    assert stream.getvalue() == "[bold]a[/] [link=https://evil.example]b[/link] :warning:\n"


def test_a_line_of_terraform_keeps_its_colours_and_nothing_else_that_a_terminal_obeys() -> None:
    line = "\x1b[32m+\x1b[0m\tname = \x1b]52;c;eA==\x07x\x1b[2J\u202e"
    assert colored_line(line) == "\x1b[32m+\x1b[0m    name = \\u001b]52;c;eA==\\u0007x\\u001b[2J\\u202e"


def test_json_is_written_by_one_function_which_every_parser_and_log_takes() -> None:
    """What is given to a program is written with an indentation; a folder of Terraform's is not shown to anybody."""
    calls = [
        (file.relative_to(REPOSITORY).as_posix(), ast.unparse(node.func))
        for file in (REPOSITORY / "compliance_tf").rglob("*.py")
        for node in ast.walk(syntax(file))
        if isinstance(node, ast.Call) and any(one.arg == "indent" for one in node.keywords)
    ]
    others = {file for file, function in calls if function in {"json.dump", "json.dumps"}}
    assert others == {"compliance_tf/output/sanitize.py", "compliance_tf/terraform/module.py"}
