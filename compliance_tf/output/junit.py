"""Texts of JUnit's XML, from wherever they come."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from compliance_tf.output.sanitize import visible


def attribute(text: str) -> str:
    """Return a text as the value of an attribute, with its quotes."""
    return quoteattr(visible(text))


def content(text: str) -> str:
    """Return a text as an element's content: one line."""
    return escape(visible(text))
