"""References of attributes whose values are known only after the apply.

A plan has, for each attribute of the configuration, the list of what its expression refers to, such as
``["aws_s3_bucket.logs.id", "aws_s3_bucket.logs"]``, but not the expression itself: an attribute that refers to one
resource of the right type is assumed to be the id of that resource. Variables and outputs of modules are followed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.review.resources.any_plan import ConfiguredModule, ModuleCall, module_path, module_steps

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance

_MAX_DEPTH: Final = 20
"""Maximum steps through variables, outputs and other resources."""

_RESOURCE: Final = re.compile(
    r"""(?P<type>awscc_\w+|aws_\w+)\.(?P<name>[\w-]+)(?P<key>\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.(?P<attribute>\w+))?"""
)
_OUTPUT: Final = re.compile(
    r"""module\.(?P<name>[\w-]+)(?P<key>\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.(?P<output>[\w-]+))?"""
)
_SAME_KEY: Final = frozenset({"each.key", "each.value", "count.index"})


@dataclass(frozen=True)
class _Place:
    """The place of an expression.

    Parameters
    ----------
    module
        The address of its module's instance.
    key
        The key of the instance of the resource, or of the module, that it belongs to.
    """

    module: str
    key: str | int | None


class References:
    """The references of a plan's attributes."""

    def __init__(self, plan: AnyPlan) -> None:
        self._plan = plan
        self._modules = sorted({module for module, _, _ in plan.by_block})

    def targets(self, instance: Instance, attribute: str, types: Collection[str]) -> tuple[Instance, ...]:
        """List the resources of some types that an attribute may refer to; none where that is unknown."""
        return self.of_expression(instance, instance.expression(attribute), types)

    def are_found(self, instance: Instance, attribute: str, types: Collection[str]) -> bool:
        """Return whether all that an attribute refers to leads to resources of some types, and that is something."""
        references = _references(instance.expression(attribute))
        wanted = [one for one in _whole(references) if one not in _SAME_KEY]
        return bool(wanted) and all(
            self.of_expression(instance, {"references": [one, *(_SAME_KEY & {*references})]}, types) for one in wanted
        )

    def of_expression(self, instance: Instance, expression: object, types: Collection[str]) -> tuple[Instance, ...]:
        """List the resources of some types that an expression may refer to, as of a block's attribute."""
        found = self._follow(expression, _Place(instance.module, instance.key), instance, types, 0)
        return tuple({one.address: one for one in found}.values())

    def _follow(
        self, expression: object, place: _Place, owner: Instance | None, types: Collection[str], depth: int
    ) -> Iterator[Instance]:
        if depth > _MAX_DEPTH:
            return
        references = _references(expression)
        for reference in _whole(references):
            same_key = bool(_SAME_KEY & {".".join(one.split(".")[:2]) for one in references})
            if found := _RESOURCE.fullmatch(reference):
                yield from self._resource(found, place, types, depth, same_key=same_key)
            elif found := _OUTPUT.fullmatch(reference):
                yield from self._output(found, place, types, depth, same_key=same_key)
            elif reference.startswith("var."):
                yield from self._variable(reference.split(".")[1], place, types, depth)
            elif reference.startswith("each.value") and owner and owner.configured:
                each = owner.configured.for_each_expression
                yield from self._each(each, place, types, depth)

    def _resource(
        self, found: re.Match[str], place: _Place, types: Collection[str], depth: int, *, same_key: bool
    ) -> Iterator[Instance]:
        instances = self._plan.by_block.get((place.module, found["type"], found["name"]), ())
        chosen = _of_key(instances, found["key"], place.key if same_key else None)
        if found["type"] in types:
            yield from chosen
            return
        # Of a part, such as a bucket's public access block: follow its reference.
        for one in chosen:
            names = _ABOUT if found["attribute"] in {None, "id"} else (found["attribute"],)
            for name in names:
                yield from self._follow(one.expression(name), _Place(one.module, one.key), one, types, depth + 1)

    def _output(
        self, found: re.Match[str], place: _Place, types: Collection[str], depth: int, *, same_key: bool
    ) -> Iterator[Instance]:
        path = (*module_path(place.module), found["name"])
        module = self._plan.modules.get(path, ConfiguredModule())
        # `module.a[each.key].id` is listed as `module.a` and `each.key`, without the output's name: any may be meant.
        known = module.outputs or {}
        outputs = [known[name] for name in ([found["output"]] if found["output"] else known) if name in known]
        for address in self._module_instances(place, found["name"], found["key"], same_key=same_key):
            for output in outputs:
                yield from self._follow(output.expression, _Place(address, None), None, types, depth + 1)

    def _module_instances(self, place: _Place, name: str, key: str | None, *, same_key: bool) -> Iterator[str]:
        prefix = f"{place.module}." if place.module else ""
        wanted = f"{prefix}module.{name}"
        addresses = [address for address in self._modules if _is_module(address, wanted)]
        for address in addresses:
            if key is not None and address != f"{wanted}{key}":
                continue
            if key is None and same_key and _read_key(address.removeprefix(wanted)) != place.key:
                continue
            yield address

    def _variable(self, name: str, place: _Place, types: Collection[str], depth: int) -> Iterator[Instance]:
        path = module_path(place.module)
        call = self._plan.calls.get(path, ModuleCall())
        if not path:
            return
        *outer, (_, key) = module_steps(place.module)
        parent = ".".join(f"module.{step}{step_key}" for step, step_key in outer)
        expression = (call.expressions or {}).get(name)
        yield from self._follow(expression, _Place(parent, _read_key(key)), None, types, depth + 1)

    def _each(self, expression: object, place: _Place, types: Collection[str], depth: int) -> Iterator[Instance]:
        # `for_each = aws_s3_bucket.this`: the instance of the same key.
        for one in self._follow(expression, place, None, types, depth + 1):
            if one.key == place.key:
                yield one


_ABOUT: Final = ("bucket", "security_group_id", "role", "user", "group", "queue_url", "arn", "key_id", "function_name")
"""The attributes by which parts refer to their resource."""


def _references(expression: object) -> list[str]:
    if not isinstance(expression, dict):
        return []
    found = expression.get("references", [])
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def _whole(references: list[str]) -> Iterator[str]:
    """Leave out prefixes of other references: Terraform lists ``a.b.id`` together with ``a.b``."""
    for reference in references:
        if not any(other.startswith((f"{reference}.", f"{reference}[")) for other in references):
            yield reference


def _of_key(instances: tuple[Instance, ...], key: str | None, own: str | int | None) -> tuple[Instance, ...]:
    if key is not None:
        return tuple(one for one in instances if one.key == _read_key(key))
    if own is not None and any(one.key == own for one in instances):
        return tuple(one for one in instances if one.key == own)
    return instances


def _read_key(text: str) -> str | int | None:
    inner = text[1:-1]
    if not inner:
        return None
    return _ESCAPE.sub(_unescaped, inner[1:-1]) if inner.startswith('"') else int(inner)


_ESCAPE: Final = re.compile(r"""\\(?:u([0-9a-f]{4})|U([0-9a-f]{8})|([nrt"\\]))|([$%])\4(?=\{)""")
"""An escape in a key: those of Terraform's ``addrs.toHCLQuotedString``."""


def _unescaped(match: re.Match[str]) -> str:
    short, long, character, mark = match.groups()
    if short or long:
        return chr(int(short or long, 16))
    return mark or {"n": "\n", "r": "\r", "t": "\t"}.get(character, character)


def _is_module(address: str, wanted: str) -> bool:
    rest = address.removeprefix(wanted)
    return rest != address and (not rest or (rest.startswith("[") and _ends_here(rest)))


def _ends_here(rest: str) -> bool:
    return len(module_steps(f"module.x{rest}")) == 1


def shown(expression: Any) -> str:  # noqa: ANN401 (Terraform's own form)
    """Format the references of an expression for messages; empty for none."""
    return ", ".join(_whole(_references(expression)))
