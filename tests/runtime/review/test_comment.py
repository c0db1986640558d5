"""One comment for each deployment: found by its marker, updated in place, and nobody else's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from compliance_tf.errors import CommentError
from compliance_tf.review.forges import api
from compliance_tf.review.forges.pipeline import forge
from compliance_tf.review.forges.put import comments_of, put_comment
from compliance_tf.review.rendering import Format, render
from tests.runtime.review.fake_forges import SOMEBODY, TOKEN, FakeForge, Kind, running
from tests.unit.review.sample_reviews import no_changes, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKER = "<!-- compliance-tf review: acme/eu-west-1/dev -->"
BODY = f"{MARKER}\n## Review\n"


@pytest.fixture(params=["github", "gitlab"])
def fake(request: pytest.FixtureRequest) -> Iterator[FakeForge]:
    kind: Kind = request.param
    with running(FakeForge(kind)) as one:
        yield one


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api, "_BACKOFF", 0)


def put(fake: FakeForge, body: str = BODY, **more: str) -> str:
    return put_comment(forge({**fake.environment, **more}, None), body)


def test_the_first_review_is_a_new_comment(fake: FakeForge) -> None:
    assert put(fake).startswith("created ")
    assert [one["body"] for one in fake.comments] == [BODY]


def test_the_next_review_takes_the_place_of_the_first(fake: FakeForge) -> None:
    put(fake)
    assert put(fake, BODY + "anew\n").startswith("updated ")
    assert [one["body"] for one in fake.comments] == [BODY + "anew\n"]


def test_the_comment_is_found_on_a_later_page(fake: FakeForge) -> None:
    for number in range(4):
        fake.add(f"comment {number}")
    own = fake.add(BODY)
    fake.add("another one")
    put(fake, BODY + "anew\n")
    assert (fake.body(own), len(fake.comments)) == (BODY + "anew\n", 6)


def test_each_deployment_has_its_own_comment(fake: FakeForge) -> None:
    others = [BODY.replace("/dev ", f"/{name} ") for name in ("prod", "dev2", "de", "dev%20")]
    for other in others:
        fake.add(other)
    assert put(fake).startswith("created ")
    assert [one["body"] for one in fake.comments] == [*others, BODY]


def test_a_comment_that_quotes_the_marker_is_left_alone(fake: FakeForge) -> None:
    quotes = [f"> {MARKER}", f"Look:\n{MARKER}\n", f"```\n{MARKER}\n```", f" {MARKER}", ""]
    for quote in quotes:
        fake.add(quote)
    assert put(fake).startswith("created ")
    assert [one["body"] for one in fake.comments] == [*quotes, BODY]


def test_a_comment_of_somebody_else_with_the_marker_is_left_alone(fake: FakeForge) -> None:
    forged = fake.add(BODY + "All is well.", author=SOMEBODY)
    assert put(fake).startswith("created ")
    assert fake.body(forged) == BODY + "All is well."


def test_a_workflow_that_may_not_ask_who_it_is_takes_the_comment_of_a_program() -> None:
    with running(FakeForge("github", is_installation=True)) as fake:
        forged = fake.add(BODY + "All is well.", author=SOMEBODY)
        own = fake.add(BODY)
        put(fake, BODY + "anew\n")
        assert (fake.body(own), fake.body(forged)) == (BODY + "anew\n", BODY + "All is well.")


def test_a_comment_of_a_deleted_account_is_nobodys(fake: FakeForge) -> None:
    fake.add(BODY)
    fake.comments[0]["user" if fake.kind == "github" else "author"] = None
    assert put(fake).startswith("created ")


def test_what_gitlab_itself_notes_is_no_comment() -> None:
    with running(FakeForge("gitlab")) as fake:
        fake.add(BODY)
        fake.comments[0]["system"] = True
        assert put(fake).startswith("created ")


def test_line_ends_of_windows_do_not_hide_the_marker(fake: FakeForge) -> None:
    fake.add(BODY.replace("\n", "\r\n"))
    assert put(fake).startswith("updated ")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_a_busy_service_is_asked_again(fake: FakeForge, status: int) -> None:
    fake.failures = [status]
    assert put(fake).startswith("created ")


def test_a_service_that_stays_busy_is_given_up(fake: FakeForge) -> None:
    fake.failures = [503] * 5
    with pytest.raises(CommentError, match=r"answered 503.*busy"):
        put(fake)


def test_a_comment_that_may_have_been_created_is_not_created_again(fake: FakeForge) -> None:
    fake.refuses = 502
    with pytest.raises(CommentError, match="502"):
        put(fake)
    assert [request for request in fake.requests if request.startswith("POST")] == [f"POST {fake.path}"]


def test_a_token_that_may_not_write_is_shown_what_it_lacks(fake: FakeForge) -> None:
    fake.refuses = 403
    needed = {"github": "pull-requests: write", "gitlab": "scope `api`"}[fake.kind]
    with pytest.raises(CommentError, match=f"answered 403.*{needed}"):
        put(fake)


def test_a_wrong_token_is_named_and_never_shown(fake: FakeForge) -> None:
    name = {"github": "GITHUB_TOKEN", "gitlab": "GITLAB_TOKEN"}[fake.kind]
    with pytest.raises(CommentError, match=f"{name} is not accepted") as caught:
        put(fake, **{name: "wrong-secret"})
    assert "wrong-secret" not in str(caught.value)
    assert TOKEN not in repr(forge(fake.environment, None))


def test_a_pull_request_that_does_not_exist_is_named(fake: FakeForge) -> None:
    with pytest.raises(CommentError, match=r"/99/.* answered 404\. Is there such a"):
        put_comment(forge(fake.environment, 99), BODY)


def test_a_redirection_does_not_get_the_token(fake: FakeForge) -> None:
    fake.failures = [307]
    with pytest.raises(CommentError, match="307"):
        put(fake)
    assert "GET /elsewhere" not in fake.requests


def test_a_service_that_cannot_be_reached_is_an_error_with_its_address() -> None:
    environment = {"CI_API_V4_URL": "http://127.0.0.1:9", "CI_PROJECT_ID": "1", "GITLAB_TOKEN": "t"}
    with pytest.raises(CommentError, match=r"http://127\.0\.0\.1:9/user got no answer"):
        forge(environment, 1)


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("GITHUB_TOKEN", "GITHUB_TOKEN is not set"),
        ("GITHUB_REF", "--pull-request"),
        ("GITHUB_REPOSITORY", "Neither GITHUB_REPOSITORY nor CI_API_V4_URL"),
        ("GITLAB_TOKEN", "GITLAB_TOKEN is not set"),
        ("CI_PROJECT_ID", "CI_PROJECT_ID is not set"),
        ("CI_MERGE_REQUEST_IID", "--pull-request"),
    ],
)
def test_a_missing_variable_is_named(missing: str, message: str) -> None:
    environment = FakeForge(
        "github" if missing.startswith("GITHUB") else "gitlab", url="http://127.0.0.1:9"
    ).environment
    del environment[missing]
    with pytest.raises(CommentError, match=message):
        forge(environment, None)


def test_a_comment_that_is_too_long_is_not_sent() -> None:
    with running(FakeForge("github")) as fake:
        with pytest.raises(CommentError, match=r"65,55\d bytes, and 65,536 is the most"):
            put(fake, BODY + "é" * 32_745)
        assert "POST" not in "".join(fake.requests)


def test_a_file_of_several_reviews_gives_a_comment_for_each(tmp_path: Path) -> None:
    file = tmp_path / "review.md"
    file.write_text(render(Format.MARKDOWN, [no_changes(), ordinary()]), encoding="utf-8")
    first, second = comments_of(file)
    assert first == render(Format.MARKDOWN, [no_changes()])
    assert second == render(Format.MARKDOWN, [ordinary()])


@pytest.mark.parametrize("text", ["", "# Notes\n", f"before\n{MARKER}\nafter\n", "{}"])
def test_a_file_that_is_no_review_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "review.md"
    file.write_text(text)
    with pytest.raises(CommentError, match="is not a review in Markdown"):
        comments_of(file)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommentError, match="cannot be read"):
        comments_of(tmp_path / "none.md")
