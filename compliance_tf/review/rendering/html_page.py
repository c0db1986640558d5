"""Reviews as one self-contained page, for a browser or for paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from compliance_tf.output.html_templates import html_templates
from compliance_tf.output.sanitize import visible
from compliance_tf.review.policies import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jinja2 import Template

    from compliance_tf.review.rendering.document import Document

_FILES: Final = Path(__file__).with_name("template")

_CLASSES: Final = {Verdict.CLEAN: "clean", Verdict.APPROVAL: "approval", Verdict.BLOCKED: "blocked"}


def html_page(documents: Sequence[Document]) -> str:
    """Render reviews as a page, one after another."""
    style = (_FILES / "review.css").read_text(encoding="utf-8")
    return _template().render(documents=documents, style=style)


@cache
def _template() -> Template:
    filters = {
        "visible": visible,
        "kind": lambda part: type(part).__name__,
        "verdict_class": lambda verdict: _CLASSES[verdict],
    }
    return html_templates(_FILES, filters, keep_trailing_newline=True).get_template("review.html")
