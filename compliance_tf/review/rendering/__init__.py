"""A review in the formats for people and programs."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.review import Review


class Format(Enum):
    """The formats, by their names on the command line."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"

    @property
    def suffix(self) -> str:
        """The file name's suffix."""
        return {
            Format.TERMINAL: ".txt",
            Format.MARKDOWN: ".md",
            Format.JSON: ".json",
            Format.SARIF: ".sarif",
            Format.HTML: ".html",
        }[self]


def render(form: Format, reviews: Sequence[Review], commit: str | None = None, *, to_terminal: bool = False) -> str:
    """Render reviews in a format, one after another.

    Parameters
    ----------
    form
        The format. A comment in Markdown is at most as long as GitHub accepts.
    reviews
        The reviews: at least one.
    commit
        The commit of the plans; None where it is unknown.
    to_terminal
        Whether the output is a terminal; else it has neither colours nor a width.

    Returns
    -------
    str
        One document in JSON, SARIF and HTML; in the other formats a text for each review.
    """
    from compliance_tf.review.rendering.content import document

    # Only the requested format is imported, so that commands start quickly.
    match form:
        case Format.TERMINAL:
            from compliance_tf.review.rendering.terminal import terminal

            return terminal([document(review, commit) for review in reviews], to_terminal=to_terminal)
        case Format.MARKDOWN:
            from compliance_tf.review.rendering.comment import markdown

            return "\n".join(markdown(document(review, commit)) for review in reviews)
        case Format.JSON:
            from compliance_tf.review.rendering.json_form import as_json

            return as_json(reviews, commit)
        case Format.SARIF:
            from compliance_tf.review.rendering.sarif import sarif

            return sarif(reviews)
        case Format.HTML:
            from compliance_tf.review.rendering.html_page import html_page

            return html_page([document(review, commit) for review in reviews])
