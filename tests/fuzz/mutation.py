"""Damages inputs at random, without a fuzzer: what the quick form of the fuzzing does."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

_WORDS = (b"", b"\\ud800", b"null", b"[]", b"{}", b"1e999", b"-1", b"*", b"?", b"${", b"[" * 200)
_BYTES = (b"\x00", b"\xff", b'"', b"\n")


def mutations(corpus: tuple[bytes, ...], random: Random, count: int) -> Iterator[bytes]:
    """Damage an input of a corpus in one to four places, again and again."""
    for _ in range(count):
        data = random.choice(corpus)
        for _ in range(random.randint(1, 4)):
            start = random.randint(0, len(data))
            end = min(len(data), start + random.choice((0, 1, 2, 8, 64)))
            other = random.choice(corpus)
            cut = random.randint(0, len(other))
            known = (*_WORDS, *_BYTES, bytes([random.randrange(256)]))
            piece = random.choice((*known, other[cut : cut + 16], data[start:end] * 3))
            data = data[:start] + piece + data[end:]
        yield data
