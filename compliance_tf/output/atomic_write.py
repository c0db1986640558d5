"""A file that is there as a whole, or as it was before: whoever waits for it never sees half of one."""

from __future__ import annotations

import secrets
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import TextIO


@contextmanager
def atomic_write(path: Path, *, newline: str = "") -> Iterator[TextIO]:
    """Open a file to write UTF-8, which takes its place when the block has ended well.

    Parameters
    ----------
    newline
        What line ends become: see :func:`open`. They are left as they are unless given.

    Raises
    ------
    OSError
        When it cannot be written.
    """
    # A name of its own: of two writers at once the later one wins, and neither takes the other's file away.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline=newline) as stream:
            yield stream
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
