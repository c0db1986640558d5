"""The site of the documents: Sphinx with MyST, which reads Markdown as GitHub shows it, too."""

from __future__ import annotations

project = "compliance_tf"
author = "The compliance_tf contributors"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["workflows"]

myst_heading_anchors = 4
myst_enable_extensions = ["colon_fence"]

html_theme = "furo"
html_title = "compliance_tf"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
# What GitHub shows as it is, and no lexer of Pygments knows better.
highlight_language = "text"
