"""The commands of the how-to pages about fleets are those of the program."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest
from typer.main import get_command

from compliance_tf.cli.main import app
from tests.repository import DOCS

PAGES = ("fleet", "results-in-a-fleet", "analytics", "cost")


def command_lines(page: str) -> list[list[str]]:
    text = (DOCS / "how-to" / f"{page}.md").read_text()
    lines = re.findall(r"^    compliance-tf (.+)$", text, re.MULTILINE)
    assert lines
    return [shlex.split(line, comments=True) for line in lines]


@pytest.mark.parametrize("page", PAGES)
def test_every_command_of_a_page_is_parsed(page: str) -> None:
    for words in command_lines(page):
        parse(get_command(app), words)


def parse(command: Any, words: list[str], parent: Any = None) -> None:
    """Parse a command; raises for an option that there is not, or a value that it does not take."""
    if not hasattr(command, "commands"):
        command.make_context(command.name, list(words), parent=parent)
        return
    context = command.make_context(command.name, [], parent=parent, resilient_parsing=True)
    parse(command.commands[words[0]], words[1:], context)
