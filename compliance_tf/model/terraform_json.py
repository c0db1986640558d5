"""A reader of Terraform's JSON syntax that treats its equivalent forms alike.

A block is an object or a list of objects, and so is every level of its labels; a body may be given in parts,
null is no block except in a list, where it is an empty one, and ``//`` in a body is a comment. What Terraform itself
refuses, such as lists in lists of labels, is read nevertheless.

Source: https://developer.hashicorp.com/terraform/language/syntax/json and the JSON syntax specification of HCL.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from compliance_tf.errors import GuardError

COMMENT = "//"


@dataclass(frozen=True)
class Body:
    """The inside of a block.

    Parameters
    ----------
    members
        The values of each name: more than one where the body is given in parts. Without comments.
    comments
        The values of ``//``.
    """

    members: Mapping[str, tuple[object, ...]]
    comments: tuple[object, ...] = ()

    def blocks(self, kind: str, labels: int = 0) -> Iterator[Block]:
        """Read the blocks of a kind in this body.

        Parameters
        ----------
        kind
            The kind's keyword, such as ``resource``.
        labels
            The number of labels of a block of this kind.

        Yields
        ------
        Block
            Each block with its labels, in the order of the file; none where the body has no such kind.

        Raises
        ------
        GuardError
            When a value is neither an object nor a list of objects.
        """
        for value in self.members.get(kind, ()):
            yield from _blocks(kind, (), labels, value)


@dataclass(frozen=True)
class Block:
    """A block with its labels, such as ``resource``, (``aws_iam_role``, ``mine``)."""

    kind: str
    labels: tuple[str, ...]
    body: Body

    @property
    def address(self) -> str:
        """The address as Terraform writes it, without the word ``resource``."""
        return ".".join(self.labels if self.kind == "resource" else (self.kind, *self.labels))


def read_configuration(text: str) -> object:
    """Parse the text of a file.

    Returns
    -------
    object
        The value as Python's own JSON has it.

    Raises
    ------
    GuardError
        When it is not JSON, is nested too deeply, or an object has a member twice: which of the two counts differs
        from parser to parser.
    """
    try:
        return json.loads(text, object_pairs_hook=_without_duplicates)
    except RecursionError as cause:
        raise GuardError("It is nested too deeply to be read.") from cause
    except ValueError as cause:
        raise GuardError(f"It is not JSON: {cause}.") from cause


def root(configuration: object) -> Body:
    """Read the outermost body: an object, or a list of objects.

    Returns
    -------
    Body
        The body; the members of all objects where it is a list.

    Raises
    ------
    GuardError
        When it is neither.
    """
    return _body(configuration)


def _blocks(kind: str, labels: tuple[str, ...], missing: int, value: object) -> Iterator[Block]:
    if missing:
        level = _collect(value)
        for label, inner in level.items():
            for one in inner:
                yield from _blocks(kind, (*labels, label), missing - 1, one)
    else:
        for one in value if isinstance(value, list) else [] if value is None else [value]:
            yield Block(kind, labels, _body(one))


def _body(value: object) -> Body:
    members = _collect(value)
    comments = tuple(members.pop(COMMENT, ()))
    return Body({name: tuple(values) for name, values in members.items()}, comments)


def _collect(value: object) -> dict[str, list[object]]:
    """Collect the members of an object, or of all objects in a list, however deep the lists are."""
    members: dict[str, list[object]] = {}
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            for name, inner in one.items():
                members.setdefault(str(name), []).append(inner)
        elif isinstance(one, list):
            waiting.extend(reversed(one))
        elif one is not None:
            raise GuardError(f"{json.dumps(one)[:40]} is where a block is expected: write an object.")
    return members


def _without_duplicates(members: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(members)
    if len(unique) < len(members):
        names = [name for name, _ in members]
        twice = next(name for name in names if names.count(name) > 1)
        raise GuardError(f"The member {json.dumps(twice)} occurs twice in one object: remove one.")
    return unique
