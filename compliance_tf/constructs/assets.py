"""Files that a configuration names, beside it."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from compliance_tf.constructs.blocks import unique_id

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Asset:
    """A file beside the configuration, at the place where CDKTF's TerraformAsset would copy it.

    Parameters
    ----------
    place
        Its path below the stack: see :func:`~compliance_tf.constructs.blocks.unique_id`.
    name
        The file's name.
    content
        What is in it.
    """

    place: tuple[str, ...]
    name: str
    content: bytes

    @cached_property
    def path(self) -> str:
        """The file's path in the stack's folder, another one for another content."""
        digest = hashlib.md5(self.content, usedforsecurity=False).hexdigest().upper()
        return f"{self._folder}/{digest}/{self.name}"

    def write(self, stack: Path) -> None:
        """Write it into the stack's folder, in the place of what an earlier synthesis left there."""
        shutil.rmtree(stack / self._folder, ignore_errors=True)
        path = stack / self.path
        path.parent.mkdir(parents=True)
        path.write_bytes(self.content)

    @property
    def _folder(self) -> str:
        return f"assets/{unique_id(*self.place)}"
