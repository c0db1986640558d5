"""The console that everything for a terminal is printed with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

from compliance_tf.output.sanitize import visible

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from rich.console import ConsoleOptions, RenderableType


class Terminal(Console):
    """A console that lets nothing through but what can be seen: rich's own styles are added behind it.

    It cannot tell a line break in a name from one that ends a line: whoever prints a name makes it
    :func:`~compliance_tf.output.sanitize.visible` first.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (those of rich's Console)
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Turn what is printed into pieces of text, each cleaned."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                lines = segment.text.split("\n")
                yield Segment("\n".join(map(visible, lines)), segment.style)
