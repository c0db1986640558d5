"""Links of the documents hold, quoted messages exist, and generated pages are what the code says."""

from __future__ import annotations

import ast
import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from markdown_it import MarkdownIt

from maintenance.pages import commands, deployment
from tests.repository import DOCS, REFERENCE, REPOSITORY, syntax

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from markdown_it.token import Token

PAGES = sorted([*DOCS.rglob("*.md"), *REPOSITORY.glob("*.md")])


@cache
def inline_tokens(page: Path) -> tuple[tuple[Token, Token], ...]:
    """The tokens of texts, each with the token before its block."""
    tokens = MarkdownIt("commonmark").enable("table").parse(page.read_text(encoding="utf-8"))
    return tuple((before, token) for before, token in pairwise(tokens) if token.type == "inline")


def links(page: Path) -> Iterator[str]:
    for _, token in inline_tokens(page):
        for child in token.children or ():
            target = child.attrGet("href") or child.attrGet("src")
            if isinstance(target, str) and not re.match(r"[a-z]+:", target):
                yield unquote(target)


@cache
def anchors(page: Path) -> frozenset[str]:
    """The names of a page's headings, as GitHub and MyST make them."""
    found: list[str] = []
    for before, token in inline_tokens(page):
        if before.type == "heading_open":
            text = "".join(child.content for child in token.children or ())
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            found.append(f"{name}-{found.count(name)}" if name in found else name)
    return frozenset(found)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(REPOSITORY).as_posix())
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors(target)):
            broken.append(link)
    assert broken == []


def messages() -> set[str]:
    """The texts of the code, with … for what they are filled with."""
    found = set()
    for folder in ("compliance_tf", "lambda_src"):
        for file in (REPOSITORY / folder).rglob("*.py"):
            for node in ast.walk(syntax(file)):
                if isinstance(node, ast.JoinedStr):
                    found.add("".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values))
                elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(node.value)
    return found


def test_troubleshooting_quotes_messages_that_the_code_has() -> None:
    page = (DOCS / "troubleshooting.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^\| `([^`]+)` \|", page, re.MULTILINE)
    assert len(quoted) > 30
    texts = messages()

    def is_a_text(quote: str) -> bool:
        parts = [part.strip() for part in quote.split("…")]
        rarest = max(parts, key=len)
        found = re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
        return any(rarest in text and found.search(text) for text in texts)

    missing = [quote for quote in quoted if not is_a_text(quote)]
    assert missing == []


def test_the_reference_of_the_commands_is_what_the_parser_says() -> None:
    assert (REFERENCE / "commands.md").read_text(encoding="utf-8") == commands.reference(), "run make docs"


def test_the_reference_of_a_deployment_is_what_the_code_says() -> None:
    assert (REFERENCE / "deployment.md").read_text(encoding="utf-8") == deployment.reference(), "run make docs"
