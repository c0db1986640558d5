"""How a table says where the members of a configuration item come from in a plan.

A table is data: members with the fields that give them. A field is made by one of the functions here, such as
``attribute("storage_encrypted")``, and gives a value, :class:`Unknown` or :class:`Assumed`.
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
    """A planned resource with all that is known around it.

    Parameters
    ----------
    plan
        The plan.
    instance
        The resource.
    place
        Where it will be.
    joined
        What completes it.
    references
        What attributes refer to.
    block
        Where it stands in the configuration's files; None where they are not at hand.
    arn_of
        Gives the ARN of another resource of the plan.
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
    """Attributes that a field reads: those of the resource, of a block in it, or of a resource that completes it.

    Parameters
    ----------
    source
        The resource that becomes an item.
    values
        The attributes.
    place
        How messages call them.
    instance
        The resource that they are of.
    is_top
        Whether they are all attributes of it, not those of a block.
    """

    source: Source
    values: Mapping[str, object]
    place: str
    instance: Instance
    is_top: bool = True

    @classmethod
    def of(cls, source: Source) -> Scope:
        """Take the attributes of the resource itself."""
        return cls(source, source.instance.after, source.instance.address, source.instance)

    def get(self, name: str) -> object:
        """Read an attribute; null is None."""
        return revealed(self.values.get(name), f"{self.place}.{name}")

    def is_unset(self, name: str) -> bool:
        """Return whether the configuration leaves it to the provider or to AWS what a new resource gets."""
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
        """List what completes the resource after the apply, of some types."""
        joined = self.source.joined.parts
        return [_scope(self.source, one.instance) for one in joined if one.link.type in types and one.instance.stays]

    def removed_parts(self, *types: str) -> list[Scope]:
        """List what completes the resource now, of some types, as it is before the apply changes or removes it."""
        joined = self.source.joined.parts
        return [
            Scope(self.source, one.instance.before, one.instance.address, one.instance)
            for one in joined
            if one.link.type in types and one.instance.changes and one.instance.before
        ]

    def possible(self, *types: str) -> Unknown | None:
        """Say which resource of some types may complete this one; None where none may."""
        for one in self.source.joined.possible:
            if one.link.type in types:
                what = f"{one.instance.address}.{one.link.attribute}"
                return Unknown(f"the plan does not tell which resource {what} names, which may be this one")
        return None


def _scope(source: Source, instance: Instance) -> Scope:
    return Scope(source, instance.after, instance.address, instance)


_STAYS_UNKNOWN: Final = object()


def attribute(name: str, *, absent: object = None, unset: object = _STAYS_UNKNOWN) -> Field:
    """Take an attribute.

    Parameters
    ----------
    name
        Its name.
    absent
        The value for null: what AWS does where nothing is given.
    unset
        The value for a new resource whose configuration does not have the attribute while the provider says "known
        after apply": what AWS does then. Not known unless given. Only for attributes, not for blocks.
    """

    def field_(scope: Scope) -> object:
        value = scope.get(name)
        if isinstance(value, Unknown) and unset is not _STAYS_UNKNOWN and scope.is_unset(name):
            return unset
        return absent if value is None else value

    return field_


def block(name: str, members: Members, *, absent: object = None, unset: object = _STAYS_UNKNOWN) -> Field:
    """Take a block of which there is at most one.

    Parameters
    ----------
    name
        Its name.
    members
        What becomes of its attributes.
    absent
        The value where there is none.
    unset
        As for :func:`attribute`. A plan does not show a ``dynamic`` block of which it does not know whether there is
        one, so the value is only assumed unless the configuration's files are at hand.
    """

    def field_(scope: Scope) -> object:
        found = scope.blocks(name)
        if isinstance(found, Unknown):
            return found if unset is _STAYS_UNKNOWN else unset_block(scope, name, unset)
        return filled(members, found[0]) if found else absent

    return field_


def unset_block(scope: Scope, name: str, value: object) -> object:
    """Return what AWS does where a block is not configured; :class:`Unknown` or :class:`Assumed` where it may be."""
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
    """Take all blocks of a name, as a list."""

    def field_(scope: Scope) -> object:
        found = scope.blocks(name)
        return found if isinstance(found, Unknown) else [filled(members, one) for one in found]

    return field_


def part(type_: str, inner: Field, *, otherwise: Field, gone: object = None) -> Field:
    """Take something from a resource that completes this one, as a bucket's policy does.

    Parameters
    ----------
    type_
        Its type.
    inner
        What to take of it.
    otherwise
        What holds where there is no such resource.
    gone
        The value where the apply removes it.
    """

    def field_(scope: Scope) -> object:
        found = scope.parts(type_)
        if len(found) > 1:
            return Unknown(f"{' and '.join(one.place for one in found)} say the same thing of one resource")
        if found:
            return inner(found[0])
        if unsure := scope.possible(type_):
            return unsure
        return gone if scope.removed_parts(type_) else otherwise(scope)

    return field_


def constant(value: object) -> Field:
    """Return the same for all resources."""
    return lambda _: value


def unknown(reason: str) -> Field:
    """Say that a plan never shows it."""
    return lambda scope: Unknown(f"{scope.place}: {reason}")


def mapped(inner: Field, values: Mapping[object, object]) -> Field:
    """Return another value for each; what is not listed stays as it is."""

    def field_(scope: Scope) -> object:
        value = inner(scope)
        return value if isinstance(value, Unknown | list | Mapping) else values.get(value, value)

    return field_


def template(text: str, *names: str) -> Field:
    """Put attributes into a text, as ``arn:{partition}:s3:::{bucket}``; unknown where one is.

    Parameters
    ----------
    text
        The text, with the names of attributes, or partition, region and account, in braces.
    names
        The attributes that are in it.
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
    """Return the first of several that is known and not None; else why the last is not known."""

    def field_(scope: Scope) -> object:
        found = [value for one in fields if (value := one(scope)) is not None]
        known = (value for value in found if not isinstance(value, Unknown))
        return next(known, found[-1] if found else None)

    return field_


def tags(scope: Scope) -> object:
    """Return the tags of a resource, those that the provider gives to all included."""
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
    """Fill the members of a table."""
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
        The types of the provider's resources that are it.
    sources
        Where the members are documented: AWS Config's own, and the provider's.
    id
        What AWS Config identifies it by.
    name
        Its name.
    arn
        Its ARN.
    configuration, supplementary
        The members that are translated; any other is not known to a check.
    links
        The resources that complete it.
    region
        Where it is recorded: ``global`` for IAM.
    notes
        What is not translated, and why: for the reference page.
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
