"""The console for everything that is printed to a terminal."""

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
    """A console that escapes invisible characters of what is printed; rich's own styles are added afterwards.

    It cannot distinguish a line break in a name from one that ends a line: callers pass names through
    :func:`~compliance_tf.output.sanitize.visible` first.
    """

    def __init__(self, **options: Any) -> None:  # noqa: ANN401 (those of rich's Console)
        super().__init__(highlight=False, markup=False, emoji=False, **options)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render to segments of text, each sanitized."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                lines = segment.text.split("\n")
                yield Segment("\n".join(map(visible, lines)), segment.style)
