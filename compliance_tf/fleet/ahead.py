"""Iterators one after the other, of which the next ones are read ahead in threads, in bounded memory."""

from __future__ import annotations

from itertools import islice
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

T = TypeVar("T")

_BATCH: Final = 200
"""Things that are handed over at once."""

_BATCHES: Final = 2
"""Batches of each iterator that wait at most."""

_POLL_SECONDS: Final = 0.1


def in_turn(sources: Sequence[Callable[[], Iterator[T]]], *, at_once: int) -> Iterator[T]:
    """Yield the items of one iterator after the other, while others are read ahead.

    Closing the iterator ends all reading. What a source raises is raised here, in its turn.

    Parameters
    ----------
    sources
        Make the iterators, each in the thread that reads it.

    Yields
    ------
    T
        The items of the first source, then those of the next; each source's in their order.
    """
    ended = Event()
    waiting: list[Queue[list[T] | BaseException | None]] = []
    remaining = iter(sources)

    def begin() -> None:
        for source in islice(remaining, at_once - len(waiting)):
            queue: Queue[list[T] | BaseException | None] = Queue(_BATCHES)
            Thread(target=_read, args=(source, queue, ended), name="ahead", daemon=True).start()
            waiting.append(queue)

    try:
        begin()
        while waiting:
            while (batch := waiting[0].get()) is not None:
                if isinstance(batch, BaseException):
                    raise batch
                yield from batch
            waiting.pop(0)
            begin()
    finally:
        ended.set()
        for queue in waiting:
            while not queue.empty():
                try:
                    queue.get_nowait()
                except Empty:
                    break


def _read(source: Callable[[], Iterator[T]], queue: Queue[list[T] | BaseException | None], ended: Event) -> None:
    batch: list[T] = []
    last: BaseException | None = None
    try:
        for thing in source():
            batch.append(thing)
            if len(batch) == _BATCH:
                if not _put(queue, batch, ended):
                    return
                batch = []
    except BaseException as error:  # noqa: BLE001 (it is raised where the things are taken)
        last = error
    _put(queue, batch, ended)
    _put(queue, last, ended)


def _put(queue: Queue[list[T] | BaseException | None], thing: list[T] | BaseException | None, ended: Event) -> bool:
    """Hand something over; tell whether anybody still wants it."""
    while not ended.is_set():
        try:
            queue.put(thing, timeout=_POLL_SECONDS)
        except Full:
            continue
        return True
    return False
