"""Every command of the documents is one that the command line takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from typer.main import get_command

from compliance_tf.cli.main import app
from tests.repository import DOCS, REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = sorted([*DOCS.rglob("*.md"), *DOCS.rglob("*.yml"), REPOSITORY / "README.md", REPOSITORY / "CONTRIBUTING.md"])

_COMMANDS = re.compile(r"(?:^|[`$(\s])compliance-tf ((?:[^`\n|;&)>]|\\\n)+)", re.MULTILINE)


def commands(page: Path) -> Iterator[list[str]]:
    for text in _COMMANDS.findall(page.read_text(encoding="utf-8")):
        # A comment, and what a shell fills in, are no part of a command.
        words = re.sub(r"\s#.*|\\\n|[\"']|…|\.\.\.", " ", text).split()
        if words and re.fullmatch(r"[a-z-]+", words[0]) and words[0] not in WORDS_OF_PROSE:
            yield words


WORDS_OF_PROSE = {"has", "is", "of"}
"""Words that follow the program's name in a sentence, without being a command."""

ROOT: Any = get_command(app)


def options(command: Any) -> set[str]:
    """The options of a command; a group also takes those of the command that it runs without a name."""
    below = [options(one) for one in getattr(command, "commands", {}).values() if command is not ROOT]
    return {name for one in command.params for name in (*one.opts, *one.secondary_opts)}.union(*below)


def refused(words: list[str]) -> str | None:
    """Name the first word that the command line does not know."""
    command, rest = ROOT, list(words)
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    if command is ROOT and not rest[0].startswith("--"):
        return rest[0]
    given = [word.partition("=")[0].rstrip(",.:") for word in rest if re.match(r"--?[a-z]", word)]
    return next((option for option in given if option not in options(command) | COMMON_OPTIONS), None)


COMMON_OPTIONS = {"--help", "-h", "--version", "--install-completion"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_the_commands_of_a_page_are_known(page: Path) -> None:
    wrong = {" ".join(words): word for words in commands(page) if (word := refused(words))}
    assert wrong == {}


def test_a_wrong_command_is_seen() -> None:
    assert refused(["results", "list", "-w", "dev", "--all-of-it"]) == "--all-of-it"
    assert refused(["reslts"]) == "reslts"
    assert sum(len(list(commands(page))) for page in PAGES) > 150
