"""Damages inputs at random: what the quick form of the fuzzing does, and half of what its long form does.

Bytes that are changed anywhere make hardly any JSON that a reader gets further than the first brace with. So what is
JSON is mostly changed as such: a member goes, another value of the input or of another one takes its place, or a
strange one does.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

_WORDS = (b"", b"\\ud800", b"null", b"[]", b"{}", b"1e999", b"-1", b"*", b"?", b"${", b"[" * 200)
_BYTES = (b"\x00", b"\xff", b'"', b"\n")

_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 0.5, 2**63, 10**400, float("nan"), float("inf")),
    *("", " ", "*", "?", "${a}", "\ud800", "\x00", "\u202e", "=1+1", "a" * 300, "2026-02-30T25:00:00Z", "[" * 50),
    *([], {}, [None], [[]], {"": None}, [{}], {"a": {"a": {"a": []}}}),
    *("true", "null", "{}", "[]", '{"Statement": 1}', "%7B%7D", "%", "arn:aws:iam::123456789012:root", "arn:::::"),
)
"""What stands where something else is expected."""


def mutations(corpus: Sequence[bytes], random: Random, count: int) -> Iterator[bytes]:
    """Damage an input of a corpus, again and again."""
    for _ in range(count):
        yield mutation(random.choice(corpus), corpus, random)


def mutation(data: bytes, corpus: Sequence[bytes], random: Random) -> bytes:
    """Damage an input: as JSON, where it is some, and seldom as bytes."""
    if random.random() < 0.9:
        try:
            values = [json.loads(one) for one in (data, random.choice(corpus))]
        except (ValueError, RecursionError):
            pass
        else:
            return _json_mutation(*values, random)
    return _bytes_mutation(data, random.choice(corpus), random)


def _json_mutation(value: Any, other: Any, random: Random) -> bytes:
    holder = [value]
    for _ in range(random.randint(1, 3)):
        container, key = random.choice([*_places(holder)])
        here = container[key]
        way = random.randrange(8)
        if way == 0 and container is not holder:
            del container[key]
        elif way == 1:
            container[key] = [here]
        elif way == 2 and isinstance(here, list) and here:
            container[key] = random.choice((here[0], here * 2, here[::-1]))
        elif way == 3 and isinstance(here, dict | list) and not isinstance(here, str):
            container[key] = json.dumps(here)
        elif way == 4 and isinstance(container, dict):
            container[random.choice(("", "a", key.upper(), f"{key}s"))] = deepcopy(here)
        elif way <= 5:
            taken, taken_key = random.choice([*_places(random.choice((holder, [other])))])
            container[key] = deepcopy(taken[taken_key])
        else:
            container[key] = deepcopy(random.choice(_VALUES))
    return json.dumps(holder[0]).encode()


def _places(holder: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the containers in a value, each with the key or the index of what is in it."""
    front = [holder]
    while front:
        container = front.pop()
        for key, value in container.items() if isinstance(container, dict) else enumerate(container):
            yield container, key
            if isinstance(value, dict | list):
                front.append(value)


def _bytes_mutation(data: bytes, other: bytes, random: Random) -> bytes:
    for _ in range(random.randint(1, 4)):
        start = random.randint(0, len(data))
        end = min(len(data), start + random.choice((0, 1, 2, 8, 64)))
        cut = random.randint(0, len(other))
        known = (*_WORDS, *_BYTES, bytes([random.randrange(256)]))
        piece = random.choice((*known, other[cut : cut + 16], data[start:end] * 3))
        data = data[:start] + piece + data[end:]
    return data
