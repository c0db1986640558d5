"""The comment says what matters, whatever stands in the plan, in as many bytes as there are."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import cycle

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from compliance_tf.review.changes.differences import Difference, ResourceDifference
from compliance_tf.review.changes.rule_changes import Kind, RuleChange
from compliance_tf.review.plan.plan import Action, Identity
from compliance_tf.review.policies import POLICIES, Hit, Verdict
from compliance_tf.review.rendering.comment import MARKER, MAX_LENGTH, SHORTEST, markdown
from compliance_tf.review.rendering.content import document
from compliance_tf.review.review import Finding, Removal, Review
from tests.examples import few
from tests.unit.review.sample_reviews import FINGERPRINT, added_rules, everything, no_changes, ordinary

# Each example is a review with something of everything.
SLOW = few(10)

NASTY = (
    *(
        "`",
        "``",
        "```",
        "`" * 90,
        "~~~",
        "|",
        "\\|",
        "\\",
        "\n",
        "\n\n",
        "\r",
        "\t",
        "    ",
        "\n# Clean\n",
        "## ",
        "- ",
        "1. ",
        "\n1. ",
        "\n 2) ",
        "\n+ ",
        "\n* ",
        "\n> ",
        "\n    code",
        "\n===",
        "\n---",
        "\n: ",
        "\n[a]: b",
        "\na | b\n--|--\n",
        "\n- [ ] ",
        "\n[^1]: ",
        "\n>>>\n",
        "\n[[_TOC_]]\n",
        "deadbeef",
    ),
    *(
        "<!--",
        "-->",
        "<!-- compliance-tf review: acme/eu-west-1/dev -->",
        "</details>",
        "<b>",
        "<script>",
        "&lt;",
        "&#64;",
    ),
    *(
        "@acme/team",
        "#123",
        "!5",
        "acme/app#1",
        "GH-1",
        "$x$",
        "~label",
        ":tada:",
        "/approve",
        "\n/merge\n",
        "[x](http://a.b)",
    ),
    *(
        "https://evil.example",
        "www.evil.example",
        "a@b.example",
        "![x](y)",
        "[^1]",
        "**",
        "__",
        "*x*",
        "_x_",
        "---",
        "===",
    ),
    *("\u202e", "\u2028", "\x00", "\x1b[31m", "\ud800", "\ufeff", "\u3164", "x" * 3000, "é", "word", " ", ""),
)
HOSTILE = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=8)), max_size=6).map(
    lambda parts: "".join(parts) or "x"
)

TAGS = {"details", "summary", "code", "sub"}


class Tags(HTMLParser):
    """Notes the tags of HTML, and whether anything else than text is between them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.others: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.others += [str(attribute) for attribute in attrs]

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.others.append(data.strip())

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)


def parsed(comment: str) -> list[tuple[str, str]]:
    """What a comment consists of: its blocks, and in its text all but words and code.

    Verifies on the way that nothing in it is a link, an image or HTML of another's, and that no word outside code is
    one that GitHub or GitLab make something of.
    """
    outline: list[tuple[str, str]] = []
    for token in MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).parse(comment):
        if token.type == "html_block":
            outline += [("html", tag) for tag in block_tags(token.content) if "code" not in tag]
        elif token.type == "inline":
            for child in token.children or []:
                if child.type == "text":
                    assert not re.search(r"[@#$%&~^]\w|![\d\w]|[@/\\<>\[\]`|*_]|:\w|www|GH-\d", child.content), (
                        child.content
                    )
                elif child.type == "html_inline":
                    assert child.content in {"<sub>", "</sub>"}
                else:
                    assert child.type in {"code_inline", "strong_open", "strong_close", "em_open", "em_close"}, child
                if child.type in {"strong_open", "em_open"}:
                    outline.append((child.type, child.tag))
        else:
            assert token.type not in {"code_block", "html_inline"}, token
            outline.append((token.type, token.tag))
    return outline


def block_tags(html: str) -> list[str]:
    parser = Tags()
    parser.feed(html)
    parser.close()
    assert {tag.removeprefix("/") for tag in parser.tags} <= TAGS, html
    assert all(MARKER.fullmatch(f"<!-- {other} -->") for other in parser.others), html
    text = re.sub(r"<code>.*?</code>|<!--.*?-->", "", html)
    assert not re.search(r"[@#$%~^]\w", text), html
    return parser.tags


@example(["\n1. "])
@example([" 1) "])
@SLOW
@given(st.lists(HOSTILE, min_size=1, max_size=12))
def test_no_text_of_a_plan_becomes_anything_but_text(texts: list[str]) -> None:
    review = everything(cycle(texts))
    found = parsed(markdown(document(review, "abc"), 10**9))
    # With ordinary texts instead, and nothing else, the comment has the same parts.
    ordinary_texts = [f"ordinary_{texts.index(text)}" for text in texts]
    assert found == parsed(markdown(document(everything(cycle(ordinary_texts)), "abc"), 10**9))


@given(st.lists(HOSTILE, min_size=1, max_size=6))
def test_the_marker_is_the_first_line_and_no_other(texts: list[str]) -> None:
    comment = markdown(document(everything(cycle(texts))))
    assert [bool(MARKER.fullmatch(line)) for line in comment.split("\n")].index(True) == 0
    assert len(re.findall(rf"^{MARKER.pattern}$", comment, flags=re.MULTILINE)) == 1


BEGINNINGS = [
    "1. a",
    "\n1. a",
    "  12) a",
    "+ a",
    "- a",
    "* a",
    "# a",
    "> a",
    ": a",
    "! a",
    ") a",
    "    a",
    "=== a",
    "--- a",
]


@pytest.mark.parametrize("text", BEGINNINGS)
def test_no_sentence_begins_a_block(text: str) -> None:
    """Neither as a paragraph nor as a point of a list, whose text may begin a block as well."""
    findings = (Finding(POLICIES[0], Verdict.BLOCKED, (Hit("aws_x.y", text),)),)
    waivers = replace(ordinary().waivers, granted=(text,))
    found = parsed(markdown(document(replace(added_rules(0), findings=findings, waivers=waivers))))
    findings = (Finding(POLICIES[0], Verdict.BLOCKED, (Hit("aws_x.y", "word"),)),)
    waivers = replace(waivers, granted=("word",))
    assert found == parsed(markdown(document(replace(added_rules(0), findings=findings, waivers=waivers))))


@pytest.mark.parametrize("digest", ["deadbeef", "DEFACED", "(defaced)", "1234567"])
def test_what_may_be_a_commit_is_no_word(digest: str) -> None:
    finding = Finding(POLICIES[0], Verdict.BLOCKED, (Hit("aws_x.y", f"It is {digest}."),))
    assert f"`{digest.strip('()')}`" in markdown(document(replace(added_rules(0), findings=(finding,))))


def with_difference(before: str, after: str) -> Review:
    return replace(
        added_rules(0),
        details=(ResourceDifference("aws_x.y", "x", Action.UPDATE, (Difference("text", before, after),)),),
    )


@pytest.mark.parametrize("fence", ["```", "````", "~~~", "`" * 300])
def test_a_fence_in_a_value_does_not_end_the_diff(fence: str) -> None:
    # The lines around a difference have only spaces before them.
    comment = markdown(document(with_difference(f"a\n{fence}\n# b\nc", f"a\n{fence}\n# b\nd")))
    fences = [token for token in MarkdownIt("commonmark").parse(comment) if token.type == "fence"]
    assert [token.content.splitlines()[-2:] for token in fences] == [["- c", "+ d"]]


def test_a_letter_that_nobody_sees_is_shown() -> None:
    finding = Finding(POLICIES[0], Verdict.BLOCKED, (Hit("aws_x.y", "It is \u3164ad\u115fmin."),))
    assert "It is `\\u3164ad\\u115fmin`." in markdown(document(replace(added_rules(0), findings=(finding,))))


@pytest.mark.parametrize("name", ["a|b", "a\\|b", "a\\\\|b", "|", "\\|"])
def test_a_name_with_a_pipe_stays_in_its_cell_for_every_reader_of_tables(name: str) -> None:
    removal = Removal("aws_x.y", name, Action.DELETE, "")
    comment = markdown(document(replace(added_rules(0), removals=(removal,))))
    (row,) = [line for line in comment.splitlines() if "is destroyed" in line]
    # Some take every backslash with what follows it, and some only look at what stands before the pipe.
    assert len(re.sub(r"\\.", "", row).split("|")) == len(re.split(r"(?<!\\)\|", row)) == 5


def test_deployments_have_different_markers_whatever_their_names() -> None:
    names = ["a", "a/b", "b", "a b", "a%20b", "", "-->", "ä"]
    markers = {
        markdown(document(replace(no_changes(), identity=Identity(project, "r", workspace, "s")))).split("\n")[0]
        for project in names
        for workspace in names
    }
    assert len(markers) == len(names) ** 2


@SLOW
@given(st.integers(SHORTEST, MAX_LENGTH), st.lists(HOSTILE, min_size=1, max_size=6), st.integers(1, 60))
def test_a_comment_never_has_more_bytes_than_it_may(max_bytes: int, texts: list[str], count: int) -> None:
    comment = markdown(document(everything(cycle(texts), count)), max_bytes)
    assert len(comment.encode()) <= max_bytes
    outline = parsed(comment)
    assert outline.count(("html", "details")) == outline.count(("html", "/details"))
    assert "## ⛔ Blocked: " in comment
    assert "recorder, delivery channel and retention are not touched" in comment
    assert comment.rstrip().endswith("</sub>")


@pytest.mark.parametrize("text", ["\U0001f600" * 500, "`" * 5000, "é`" * 1000, "<&" * 500, "x" * 5000])
def test_the_shortest_comment_has_room_for_every_policy(text: str) -> None:
    hits = tuple(Hit(text, text) for _ in range(20))
    findings = tuple(Finding(policy, Verdict.BLOCKED, hits) for policy in POLICIES)
    review = replace(everything(cycle([text]), 100), findings=findings)
    comment = markdown(document(review, text), SHORTEST)
    assert len(comment.encode()) <= SHORTEST
    assert [policy.id for policy in POLICIES if f"`{policy.id}`" not in comment] == []


@pytest.mark.parametrize("max_bytes", [SHORTEST, MAX_LENGTH])
def test_many_packs_with_long_names_do_not_use_up_the_comment(max_bytes: int) -> None:
    rules = tuple(
        RuleChange(f"r{number}", kind, None, (f"{number % 60}" + "\u202e&" * 100,), "S")
        for number in range(400)
        for kind in Kind
    )
    comment = markdown(document(replace(ordinary(), rules=rules)), max_bytes)
    assert len(comment.encode()) <= max_bytes
    parsed(comment)
    there = len(re.findall(r"\| `r\d+` \|", comment))
    assert there + left_out(comment, "rules") == 1600


def sized(removals: int = 0, rules: int = 0, resources: int = 0, diff: int = 10) -> Review:
    """Of which each removal, rule and resource can be counted in the comment."""
    return replace(
        added_rules(rules),
        removals=tuple(
            Removal(f"aws_x.removal{number}", f"removal{number}", Action.DELETE, "") for number in range(removals)
        ),
        details=tuple(
            ResourceDifference(
                f"aws_x.resource{number}", "x", Action.UPDATE, (Difference("d", None, f"{number} " * diff),)
            )
            for number in range(resources)
        ),
    )


def left_out(comment: str, noun: str) -> int:
    found = re.findall(rf"Left out, because .*?([\d,]+) {noun}\b", comment)
    return sum(int(count.replace(",", "")) for count in found)


def test_diffs_are_left_out_first_and_counted() -> None:
    comment = markdown(document(sized(removals=5, rules=50, resources=200, diff=300)), SHORTEST)
    remaining = comment.count("```diff")
    assert (left_out(comment, "diffs") + remaining, left_out(comment, "rules"), left_out(comment, "removals")) == (
        200,
        0,
        0,
    )
    assert all(f"`rule-{number}`" in comment for number in range(50))
    assert 0 < left_out(comment, "diffs") < 200 or left_out(comment, "resources") > 0


def test_the_longest_diff_is_the_first_to_go() -> None:
    review = sized(resources=3)
    long = ResourceDifference("aws_x.long", "x", Action.UPDATE, (Difference("d", None, "y " * 10_000),))
    comment = markdown(document(replace(review, details=(review.details[0], long, *review.details[1:]))), SHORTEST)
    assert (comment.count("```diff"), left_out(comment, "diffs")) == (3, 1)
    assert "- `aws_x.long` is changed" in comment


def test_rules_are_left_out_before_losses() -> None:
    comment = markdown(document(sized(removals=100, rules=2000)), SHORTEST)
    assert left_out(comment, "rules") > 0
    assert all(f"`removal{number}`" in comment for number in range(100))


def test_what_is_left_out_and_what_is_there_are_all() -> None:
    comment = markdown(document(sized(removals=900, rules=100)), SHORTEST)
    there = len(set(re.findall(r"`(removal\d+)`", comment)))
    assert (there + left_out(comment, "resources"), left_out(comment, "rules")) == (900, 100)
    assert there > 50


def test_a_comment_with_room_has_everything() -> None:
    comment = markdown(document(ordinary()))
    assert "Left out" not in comment
    assert all(f"name_{number}" in comment for number in range(20))


def test_a_plan_without_changes_is_one_line() -> None:
    lines = markdown(document(no_changes(), "abc1234")).splitlines()
    said = (
        "✅ **`acme` in `dev`, `eu-west-1`**: no changes. The account's recorder, delivery channel and retention are "
        f"not touched. (commit `abc1234`, fingerprint `{FINGERPRINT}`)"
    )
    assert lines == ["<!-- compliance-tf review: acme/eu-west-1/dev -->", said]
