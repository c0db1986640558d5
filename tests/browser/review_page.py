"""A review's comment as a pull request shows it: GitHub's Markdown, and a style in the manner of GitHub's."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from compliance_tf.review.rendering import Format, render
from tests.unit.review.sample_reviews import usual

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

_STYLE = """
:root { color-scheme: light dark; --text: light-dark(#1f2328, #f0f6fc); --muted: light-dark(#59636e, #9198a1);
  --line: light-dark(#d1d9e0, #3d444d); --code: light-dark(#818b981f, #656c7633); --head: light-dark(#f6f8fa, #151b23);
  --page: light-dark(#ffffff, #0d1117); --plus: light-dark(#116329, #aff5b4); --plus-back: light-dark(#dafbe1, #033a16);
  --minus: light-dark(#82071e, #ffdcd7); --minus-back: light-dark(#ffebe9, #67060c);
  --at: light-dark(#8250df, #d2a8ff); }
body { margin: 0; padding: 16px; background: var(--page); color: var(--text);
  font: 14px/1.5 "Open Sans", system-ui, sans-serif; }
.comment { border: 1px solid var(--line); border-radius: 6px; max-width: 900px; }
.author { background: var(--head); border-bottom: 1px solid var(--line); border-radius: 6px 6px 0 0; padding: 8px 16px;
  color: var(--muted); }
.author b { color: var(--text); }
.body { padding: 16px; overflow-wrap: break-word; }
.body > :first-child { margin-top: 0; }
h2 { font-size: 1.5em; border-bottom: 1px solid var(--line); padding-bottom: 0.3em; margin: 24px 0 16px; }
h3 { font-size: 1.25em; margin: 24px 0 16px; }
p, ul, table, details, pre { margin: 0 0 16px; }
ul { padding-left: 2em; }
code { font: 85% ui-monospace, monospace; background: var(--code); border-radius: 6px; padding: 0.2em 0.4em; }
pre { background: var(--head); border-radius: 6px; padding: 16px; overflow: auto; line-height: 1.45; }
pre code { background: none; padding: 0; font-size: 85%; }
table { border-collapse: collapse; display: block; width: max-content; max-width: 100%; overflow: auto; }
th, td { border: 1px solid var(--line); padding: 6px 13px; text-align: left; }
tr:nth-child(2n) td { background: var(--head); }
hr { height: 4px; background: var(--line); border: 0; margin: 24px 0; }
.plus { color: var(--plus); background: var(--plus-back); }
.minus { color: var(--minus); background: var(--minus-back); }
.sign { height: 1em; vertical-align: -0.125em; }
.at { color: var(--at); font-weight: 700; }
sub { font-size: 75%; color: var(--muted); vertical-align: baseline; }
"""


_SIGN = '<svg class="sign" viewBox="0 0 16 16" aria-hidden="true">{}</svg>'
_SIGNS = {
    "⛔": _SIGN.format('<circle cx="8" cy="8" r="8" fill="#d1242f"/><path d="M3 6.5h10v3H3z" fill="#fff"/>'),
    "⚠️": _SIGN.format('<path d="M8 1l8 14H0z" fill="#e3a008"/><path d="M7 6h2v5H7zm0 6h2v2H7z" fill="#1f2328"/>'),
    "✅": _SIGN.format(
        '<rect width="16" height="16" rx="3" fill="#1a7f37"/><path d="M3 8l3 4 7-8" stroke="#fff" fill="none"/>'
    ),
    "→": _SIGN.format('<path d="M2 8h11M9 4l4 4-4 4" stroke="currentColor" fill="none"/>'),
}
"""Signs for which the browser of the tests has no glyphs."""


def review_page(comment: str) -> str:
    """Write a page that shows a comment.

    Parameters
    ----------
    comment
        What ``compliance-tf review --format markdown`` wrote.
    """
    markdown = MarkdownIt("commonmark", {"html": True, "highlight": _highlighted}).enable(["table", "strikethrough"])
    body = markdown.render(comment)
    for sign, drawing in _SIGNS.items():
        body = body.replace(sign, drawing)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Review</title>'
        f"<style>{_STYLE}</style></head>"
        '<body><div class="comment"><div class="author"><b>github-actions</b> bot commented</div>'
        f'<div class="body">{body}</div></div></body></html>'
    )


def write_picture(browser: Browser, file: Path) -> None:
    """Write the picture of a usual review's comment."""
    page = browser.new_page(viewport={"width": 940, "height": 600}, color_scheme="light")
    page.set_content(review_page(render(Format.MARKDOWN, [usual()], "3f2a91c")))
    page.screenshot(path=file, full_page=True)
    page.close()


def _highlighted(code: str, language: str, _: str) -> str:
    if language != "diff":
        return escape(code)
    kinds = {"+": "plus", "-": "minus", "@": "at"}
    return "\n".join(f'<span class="{kinds.get(line[:1], "")}">{escape(line)}</span>' for line in code.splitlines())
