"""Reviews as one self-contained page, for a browser or for paper."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from compliance_tf.output.sanitize import visible
from compliance_tf.review.policies import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.rendering.document import Document

_FILES: Final = Path(__file__).with_name("template")

_CLASSES: Final = {Verdict.CLEAN: "clean", Verdict.APPROVAL: "approval", Verdict.BLOCKED: "blocked"}


def html_page(documents: Sequence[Document]) -> str:
    """Render reviews as a page, one after another."""
    style = (_FILES / "review.css").read_text(encoding="utf-8")
    return _environment().get_template("review.html").render(documents=documents, style=style)


@cache
def _environment() -> Environment:
    """Return what renders the page: compiling the template takes longer than most reviews."""
    environment = Environment(
        loader=FileSystemLoader(_FILES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["visible"] = visible
    environment.filters["kind"] = lambda part: type(part).__name__
    environment.filters["verdict_class"] = lambda verdict: _CLASSES[verdict]
    return environment
