"""Atomic writes: a reader of the file sees the old content or the new one, never a part."""

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
    """Open a UTF-8 file for writing that replaces the target when the block ends without an error.

    What is no file, such as ``/dev/stdout`` or a named pipe, is written to as it is, and never replaced.

    Parameters
    ----------
    path
        The file. Of a symbolic link the file to which it leads is replaced, and the link stays.
    newline
        The translation of line ends, as in :func:`open`. None unless given.

    Yields
    ------
    TextIO
        The stream to write to.

    Raises
    ------
    OSError
        When it cannot be written, or is a folder.
    """
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8", newline=newline) as stream:
            yield stream
        return
    path = path.resolve()
    # A unique name: of two concurrent writers the later one wins, and neither removes the other's file.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline=newline) as stream:
            yield stream
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
