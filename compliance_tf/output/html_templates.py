"""Templates of the self-contained HTML pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


def html_templates(
    folder: Path,
    filters: Mapping[str, Callable[..., object]],
    **options: Any,  # noqa: ANN401 (as jinja2 has them)
) -> Environment:
    """Open the templates of a folder: what they print is escaped, and a name that is not defined is an error.

    Compiling one takes longer than most pages, so keep what this returns.

    Parameters
    ----------
    filters
        Functions that they use, by name.
    options
        Other options of jinja2's ``Environment``.

    Returns
    -------
    Environment
        Gives the templates by the names of their files.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    environment.filters |= filters
    return environment
