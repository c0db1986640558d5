"""The provider's checksums in a folder's dependency lock file: each run of Terraform reads 700 MB to compare them.

A command that plans and applies has them compared once, when it initializes the folder. A plan that is kept for another
command has them: Terraform applies it with the same provider alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

LOCK: Final = ".terraform.lock.hcl"
_KEPT: Final = ".terraform/checksums.lock.hcl"
_CHECKSUMS: Final = re.compile(r"^ *hashes = \[.*?\]\n", re.MULTILINE | re.DOTALL)


def forget(folder: Path) -> None:
    """Take the checksums out of the lock file of an initialized folder, and keep them for :func:`restore`."""
    lock = folder / LOCK
    if lock.is_file():
        text = lock.read_text(encoding="utf-8")
        (folder / _KEPT).write_text(text, encoding="utf-8")
        lock.write_text(_without(text), encoding="utf-8")


def are_forgotten(folder: Path) -> bool:
    """Return whether :func:`forget` took them out, and nothing has put them back."""
    return (folder / _KEPT).is_file()


def restore(folder: Path) -> None:
    """Put back what :func:`forget` took out, unless the lock file is another one since."""
    lock, kept = folder / LOCK, folder / _KEPT
    if lock.is_file() and kept.is_file():
        text = kept.read_text(encoding="utf-8")
        if lock.read_text(encoding="utf-8") == _without(text):
            lock.write_text(text, encoding="utf-8")
        kept.unlink()


def _without(text: str) -> str:
    return _CHECKSUMS.sub("", text)
