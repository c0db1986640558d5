"""The same Terraform configuration in other forms of the JSON syntax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

LABELS = {"resource": 2, "data": 2, "provider": 1, "output": 1, "variable": 1, "module": 1, "ephemeral": 2, "check": 1}
"""How many labels the blocks at the top have; none where a kind is not listed."""

NESTED = {"lifecycle": 0, "provisioner": 1, "connection": 0, "backend": 1, "cloud": 0}
"""The blocks that may stand in another one, with their labels."""


def in_another_form(configuration: dict[str, Any], random: Random) -> Any:
    """Write a configuration, whose blocks are plain objects, in another form that Terraform reads alike."""
    blocks = {
        # A block of any names, as locals, is one object.
        kind: random.choice([value, [value]]) if kind == "locals" else _labelled(value, LABELS.get(kind, 0), random)
        for kind, value in configuration.items()
    }
    return _in_parts(_commented(blocks, random), random)


def _labelled(value: Any, labels: int, random: Random) -> Any:
    if not isinstance(value, dict):
        return value
    if labels:
        return _in_parts({label: _labelled(inner, labels - 1, random) for label, inner in value.items()}, random)
    body = {
        name: _labelled(inner, NESTED[name], random) if name in NESTED else inner
        for name, inner in _commented(value, random).items()
    }
    return random.choice([body, [body], [_in_parts(body, random)]])


def _commented(body: dict[str, Any], random: Random) -> dict[str, Any]:
    return (
        {**body, "//": random.choice(["a comment", None, {"metadata": {"path": 1}}])} if random.random() < 0.3 else body
    )


def _in_parts(members: dict[str, Any], random: Random) -> Any:
    """Write an object as it is, or as a list of objects that hold its members between them."""
    if random.random() < 0.4:
        return members
    parts: list[dict[str, Any]] = [{} for _ in range(random.randint(1, 3))]
    for name, value in members.items():
        random.choice(parts)[name] = value
    return parts
