"""A review in the forms that people and programs read."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.review import Review


class Format(Enum):
    """The forms, by the name that the command takes."""

    TERMINAL = "terminal"
    MARKDOWN = "markdown"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"

    @property
    def suffix(self) -> str:
        """The end of a file's name."""
        return {
            Format.TERMINAL: ".txt",
            Format.MARKDOWN: ".md",
            Format.JSON: ".json",
            Format.SARIF: ".sarif",
            Format.HTML: ".html",
        }[self]


def render(form: Format, reviews: Sequence[Review], commit: str | None = None, *, to_terminal: bool = False) -> str:
    """Write reviews in a form, one after another.

    Parameters
    ----------
    form
        Which one. Comments in Markdown are each at most as long as GitHub takes.
    reviews
        The reviews: at least one.
    commit
        The commit that the plans were made of; None where it is not known.
    to_terminal
        Whether it goes to the terminal, if there is one; else it has neither colours nor a width.
    """
    from compliance_tf.review.rendering.content import document

    # Only the requested format is imported, so that commands start quickly.
    match form:
        case Format.TERMINAL:
            from compliance_tf.review.rendering.terminal import terminal

            return terminal([document(review, commit) for review in reviews], to_terminal=to_terminal)
        case Format.MARKDOWN:
            from compliance_tf.review.rendering.markdown import markdown

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
