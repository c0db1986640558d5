"""Tables of the sources of a configuration item's members in a plan.

A table is data: members with their fields. A field is built by one of the functions here, such as
``attribute("storage_encrypted")``, and returns a value, :class:`Unknown` or :class:`Assumed`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

from compliance_tf.review.plan.values import Hidden
from compliance_tf.review.resources.planned_values import Assumed, Complete, Unknown, revealed

if TYPE_CHECKING:
    from compliance_tf.review.resources.any_plan import AnyPlan, Instance
    from compliance_tf.review.resources.configuration import Block
    from compliance_tf.review.resources.joins import Joined, Link
    from compliance_tf.review.resources.place import Place
    from compliance_tf.review.resources.references import References

Field: TypeAlias = "Callable[[Scope], object]"
Members: TypeAlias = "Mapping[str, Field | Members | str | int | bool | None]"


@dataclass(frozen=True)
class Source:
    """A planned resource with its context.

    Parameters
    ----------
    plan
        The plan.
    instance
        The resource.
    place
        Its account and region.
    joined
        Its parts.
    references
        The references of attributes.
    block
        Its block in the configuration's files; None where they are not available.
    arn_of
        Returns the ARN of another resource of the plan.
    """

    plan: AnyPlan
    instance: Instance
    place: Place
    joined: Joined
    references: References
    block: Block | None
    arn_of: Callable[[Instance], object]


@dataclass(frozen=True)
class Scope:
    """Attributes for a field: of the resource, of a block in it, or of one of its parts.

    Parameters
    ----------
    source
        The resource of the item.
    values
        The attributes.
    place
        Their name in messages.
    instance
        The resource with the attributes.
    is_top
        Whether they are all attributes of it, not of a block.
    """

    source: Source
    values: Mapping[str, object]
    place: str
    instance: Instance
    is_top: bool = True

    @classmethod
    def of(cls, source: Source) -> Scope:
        """Build the scope of the resource itself."""
        return cls(source, source.instance.after, source.instance.address, source.instance)

    def get(self, name: str) -> object:
        """Read an attribute; null is None."""
        return revealed(self.values.get(name), f"{self.place}.{name}")

    def is_unset(self, name: str) -> bool:
        """Return whether the configuration leaves an attribute of a new resource to the provider or AWS."""
        configured = self.instance.configured
        return (
            self.is_top
            and not self.instance.exists
            and self.values.get(name) is Hidden.UNKNOWN
            and configured is not None
            and name not in (configured.expressions or {})
        )

    def blocks(self, name: str) -> list[Scope] | Unknown:
        """Read the blocks of a name."""
        value = self.values.get(name)
        if isinstance(value, Hidden):
            unknown = revealed(value, f"{self.place}.{name}")
            return unknown if isinstance(unknown, Unknown) else Unknown(self.place)
        found = value if isinstance(value, list) else []
        if any(isinstance(one, Hidden) for one in found):
            return Unknown(f"{self.place}.{name} is known only after the apply")
        return [
            Scope(self.source, one, f"{self.place}.{name}[{index}]", self.instance, is_top=False)
            for index, one in enumerate(found)
            if isinstance(one, Mapping)
        ]

    def parts(self, *types: str) -> list[Scope]:
        """List the resource's parts of some types after the apply."""
        joined = self.source.joined.parts
        return [_scope(self.source, one.instance) for one in joined if one.link.type in types and one.instance.stays]

    def removed_parts(self, *types: str) -> list[Scope]:
        """List the resource's parts of some types before the apply, which changes or removes them."""
        joined = self.source.joined.parts
        return [
            Scope(self.source, one.instance.before, one.instance.address, one.instance)
            for one in joined
            if one.link.type in types and one.instance.changes and one.instance.before
        ]

    def possible(self, *types: str) -> Unknown | None:
        """Return why a part of some types may belong to this resource; None where none may."""
        for one in self.source.joined.possible:
            if one.link.type in types:
                what = f"{one.instance.address}.{one.link.attribute}"
                return Unknown(f"the plan does not say which resource {what} names, which may be this one")
        return None


def _scope(source: Source, instance: Instance) -> Scope:
    return Scope(source, instance.after, instance.address, instance)


_STAYS_UNKNOWN: Final = object()


def attribute(name: str, *, absent: object = None, unset: object = _STAYS_UNKNOWN) -> Field:
    """Use an attribute.

    Parameters
    ----------
    name
        Its name.
    absent
        The value for null: AWS's default.
    unset
        The value for a new resource whose configuration does not have the attribute while the provider says "known
        after apply": AWS's default. Unknown unless given. Only for attributes, not for blocks.

    Returns
    -------
    Field
        A function from a scope to the attribute's value, or to an unknown one.
    """

    def field_(scope: Scope) -> object:
        value = scope.get(name)
        if isinstance(value, Unknown) and unset is not _STAYS_UNKNOWN and scope.is_unset(name):
            return unset
        return absent if value is None else value

    return field_


def block(name: str, members: Members, *, absent: object = None, unset: object = _STAYS_UNKNOWN) -> Field:
    """Use a block that occurs at most once.

    Parameters
    ----------
    name
        Its name.
    members
        The members from its attributes.
    absent
        The value without the block.
    unset
        As for :func:`attribute`. A plan does not show a ``dynamic`` block of which it does not know whether there is
        one, so the value is only assumed unless the configuration's files are at hand.

    Returns
    -------
    Field
        A function from a scope to an object of ``members``, or to an unknown value.
    """

    def field_(scope: Scope) -> object:
        found = scope.blocks(name)
        if isinstance(found, Unknown):
            return found if unset is _STAYS_UNKNOWN else unset_block(scope, name, unset)
        return filled(members, found[0]) if found else absent

    return field_


def unset_block(scope: Scope, name: str, value: object) -> object:
    """Return AWS's behaviour without a block; :class:`Unknown` or :class:`Assumed` where there may be one."""
    where = f"{scope.place}.{name}"
    found = scope.source.block if scope.instance is scope.source.instance else None
    if not scope.is_unset(name) or (found and name in found.dynamic_blocks):
        return Unknown(f"{where} is known only after the apply")
    if found:
        return value
    return Assumed(
        value, f"the plan does not show whether a dynamic block gives {where}, nor is the configuration here"
    )


def blocks(name: str, members: Members) -> Field:
    """Use all blocks of a name, as a list."""

    def field_(scope: Scope) -> object:
        found = scope.blocks(name)
        return found if isinstance(found, Unknown) else [filled(members, one) for one in found]

    return field_


def part(type_: str, inner: Field, *, otherwise: Field, removed: object = None) -> Field:
    """Use a part of the resource, such as a bucket's policy.

    Parameters
    ----------
    type_
        Its type.
    inner
        The field of the part.
    otherwise
        The field without such a part.
    removed
        The field where the apply removes the part.

    Returns
    -------
    Field
        A function from a scope to the value of one of these fields; unknown where two parts say the same thing, or it
        is unknown whose part one is.
    """

    def field_(scope: Scope) -> object:
        found = scope.parts(type_)
        if len(found) > 1:
            return Unknown(f"{' and '.join(one.place for one in found)} say the same thing of one resource")
        if found:
            return inner(found[0])
        if unsure := scope.possible(type_):
            return unsure
        return removed if scope.removed_parts(type_) else otherwise(scope)

    return field_


def constant(value: object) -> Field:
    """Use a constant."""
    return lambda _: value


def unknown(reason: str) -> Field:
    """Use a value that a plan never shows."""
    return lambda scope: Unknown(f"{scope.place}: {reason}")


def mapped(inner: Field, values: Mapping[object, object]) -> Field:
    """Map values to others; unlisted ones stay as they are."""

    def field_(scope: Scope) -> object:
        value = inner(scope)
        return value if isinstance(value, Unknown | list | Mapping) else values.get(value, value)

    return field_


def template(text: str, *names: str) -> Field:
    """Insert attributes into a text, such as ``arn:{partition}:s3:::{bucket}``.

    Parameters
    ----------
    text
        The text, with the names of attributes, or partition, region and account, in braces.
    names
        The attributes in it.

    Returns
    -------
    Field
        A function from a scope to the text; unknown where an attribute is unknown or not a text.
    """

    def field_(scope: Scope) -> object:
        place = scope.source.place
        values = {"partition": place.partition, "region": place.region, "account": place.account}
        known: dict[str, str] = {}
        for name in [*(one for one in values if f"{{{one}}}" in text), *names]:
            value = values[name] if name in values else scope.get(name)
            if not isinstance(value, str):
                return value if isinstance(value, Unknown) else Unknown(f"{scope.place}.{name} is not known")
            known[name] = value
        return text.format(**known)

    return field_


def first_known(*fields: Field) -> Field:
    """Use the first of several fields that is known and not None; else the reason of the last one."""

    def field_(scope: Scope) -> object:
        found = [value for one in fields if (value := one(scope)) is not None]
        known = (value for value in found if not isinstance(value, Unknown))
        return next(known, found[-1] if found else None)

    return field_


def tags(scope: Scope) -> object:
    """Return the tags of a resource, the provider's default tags included."""
    every, own = scope.get("tags_all"), scope.get("tags")
    if isinstance(every, Mapping):
        return Complete({key: value for key, value in every.items() if value is not None})
    if every is None and own is None:
        return Complete({})
    shared = scope.source.place.default_tags
    if isinstance(own, Unknown):
        return own
    if isinstance(shared, Unknown):
        return shared
    merged = {**shared, **(own if isinstance(own, Mapping) else {})}
    return Complete({key: value for key, value in merged.items() if value is not None})


def filled(members: Members, scope: Scope) -> dict[str, object]:
    """Evaluate the fields of a table's members."""
    return {name: _value(member, scope) for name, member in members.items()}


def _value(member: object, scope: Scope) -> object:
    if callable(member):
        return member(scope)
    return filled(member, scope) if isinstance(member, Mapping) else member


@dataclass(frozen=True, kw_only=True)
class Table:
    """The translation of a type.

    Parameters
    ----------
    type
        AWS Config's name of the type.
    terraform
        The provider's types of the resource.
    sources
        The documentation of the members: AWS Config's, and the provider's.
    id
        AWS Config's id.
    name
        Its name.
    arn
        Its ARN.
    configuration, supplementary
        The translated members; others are unknown to a check.
    links
        Its parts.
    region
        The recorded region: ``global`` for IAM.
    notes
        Limits of the translation, for the reference page.
    """

    type: str
    terraform: tuple[str, ...]
    sources: tuple[str, ...]
    id: Field
    name: Field
    arn: Field
    configuration: Members
    supplementary: Members = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    region: str | None = None
    notes: str = ""
