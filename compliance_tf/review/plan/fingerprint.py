"""A plan's fingerprint: two plans have the same one if, and only if, their applies would do the same."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable

_BYTES = 16
"""128 bits: nobody finds a second plan with the same ones."""

_WORK = 2**14
"""What guessing one secret costs: 16 MiB, and some 50 ms."""


def fingerprint(changes: Iterable[tuple[str, object, object]]) -> str:
    """Make the fingerprint: 32 hexadecimal digits.

    Parameters
    ----------
    changes
        For each change what it is of, its public part, and its secret part or None. The secret parts count, and yet
        cannot be guessed from the fingerprint one after another: they go through a function that is slow on purpose.
    """
    public, secret = [], []
    for subject, open_part, secret_part in sorted(changes, key=lambda change: change[0]):
        public.append([subject, open_part])
        if secret_part is not None:
            secret.append([subject, secret_part])
    digest = hashlib.sha256(_encoded(public))
    if secret:
        digest.update(hashlib.scrypt(_encoded(secret), salt=digest.digest(), n=_WORK, r=8, p=1))
    return digest.hexdigest()[: 2 * _BYTES]


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
