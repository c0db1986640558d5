"""Parts of resources, such as a bucket's policy, and the resources that they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.values import Hidden
from compliance_tf.review.resources.references import References, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance

IDENTITIES: Final = ("id", "arn", "name", "bucket", "key_id", "url", "function_name")
"""The attributes by which other resources refer to one."""


@dataclass(frozen=True)
class Link:
    """A type of parts, with the attribute that names the resource.

    Parameters
    ----------
    type
        The type of the part, such as ``aws_s3_bucket_policy``.
    attribute
        The attribute that names the resource, such as ``bucket``: one name, or a list of names.
    is_list
        Whether it is a list of names.
    """

    type: str
    attribute: str
    is_list: bool = False


@dataclass
class Part:
    """A part of a resource.

    Parameters
    ----------
    link
        The link to the resource.
    instance
        The resource.
    """

    link: Link
    instance: Instance


@dataclass
class Joined:
    """The parts of a resource.

    Parameters
    ----------
    parts
        Those that certainly belong to it.
    possible
        Those that may belong to it, because the plan does not show their resource.
    """

    parts: list[Part] = field(default_factory=list)
    possible: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class UnresolvedPart:
    """A part of a resource that is not judged.

    Parameters
    ----------
    instance
        The resource.
    reason
        The reason: a sentence.
    """

    instance: Instance
    reason: str


class Joins:
    """All parts of a plan's resources.

    Parameters
    ----------
    plan
        The plan.
    links
        The types of parts, by the type of the resource.
    """

    def __init__(self, plan: AnyPlan, links: Mapping[tuple[str, ...], Sequence[Link]]) -> None:
        self._references = References(plan)
        self._by_address: dict[str, Joined] = {}
        self.unresolved_parts: list[UnresolvedPart] = []
        by_type: dict[str, list[Instance]] = {}
        for instance in plan.instances:
            if instance.managed:
                by_type.setdefault(instance.type, []).append(instance)
        for types, own_links in links.items():
            owners = [one for type_ in types for one in by_type.get(type_, ())]
            named, alike = _by_identity(owners), _by_likeness(owners)
            for link in own_links:
                for instance in by_type.get(link.type, ()):
                    self._join(Part(link, instance), owners, named, alike, types)

    @property
    def joined(self) -> frozenset[str]:
        """The addresses of all parts with a known resource."""
        return frozenset(part.instance.address for one in self._by_address.values() for part in one.parts)

    def of(self, instance: Instance) -> Joined:
        """Return the parts of a resource."""
        return self._by_address.get(instance.address, Joined())

    def _join(
        self,
        part: Part,
        owners: list[Instance],
        named: Mapping[str, list[Instance]],
        alike: Mapping[str, list[Instance]],
        types: tuple[str, ...],
    ) -> None:
        instance, link = part.instance, part.link
        value = (instance.after or instance.before).get(link.attribute)
        values = value if isinstance(value, list) else [value]
        texts = [one for one in values if isinstance(one, str)]
        found = {owner.address: owner for text in texts for owner in _nearest(named.get(text, ()), instance)}
        is_hidden = any(isinstance(one, Hidden) for one in values)
        possible: list[Instance] = []
        if is_hidden or (texts and not found):
            # The resource's own name may be hidden, for example if it is sensitive.
            referred = self._references.targets(instance, link.attribute, types)
            if is_hidden and not link.is_list and len(referred) != 1:
                possible = list(referred) or owners
            else:
                found |= {one.address: one for one in referred}
            if is_hidden and link.is_list and not self._references.are_found(instance, link.attribute, types):
                possible = owners
        if not found and not is_hidden:
            words = {word for text in texts for word in (*re.split(r"[:/]", text.lower()), _ANY)} - {""}
            possible = [one for word in sorted(words) for one in alike.get(word, ())]
            if texts and not possible:
                said = f"{link.attribute} names {texts[0]!r:.100}, which this plan does not have"
                self.unresolved_parts.append(UnresolvedPart(instance, f"Its {said}."))
        for owner in found.values():
            self._by_address.setdefault(owner.address, Joined()).parts.append(part)
        if possible or (is_hidden and not found):
            self._may_complete(part, [one for one in possible if one.address not in found])

    def _may_complete(self, part: Part, owners: list[Instance]) -> None:
        refers = shown(part.instance.expression(part.link.attribute))
        about = f", which refers to {refers}" if refers else ""
        self.unresolved_parts.append(
            UnresolvedPart(
                part.instance, f"The plan does not say which resource its {part.link.attribute}{about} names."
            )
        )
        for owner in owners:
            self._by_address.setdefault(owner.address, Joined()).possible.append(part)


def _by_identity(owners: list[Instance]) -> Mapping[str, list[Instance]]:
    named: dict[str, list[Instance]] = {}
    for owner in owners:
        values = owner.after or owner.before
        texts = {text for name in IDENTITIES if isinstance(text := values.get(name), str) and text}
        for text in texts:
            named.setdefault(text, []).append(owner)
    return named


_ANY: Final = " "
"""The word of resources whose name is sensitive: it may be any."""


def _by_likeness(owners: list[Instance]) -> Mapping[str, list[Instance]]:
    """Index resources by words of texts that may name them, though they cannot be found by these texts.

    Returns
    -------
    Mapping[str, list[Instance]]
        The resources by each of their names in lower case, as it is in an ARN or a URL that AWS has yet to give them,
        in a part of an ARN, or in other case.
    """
    alike: dict[str, list[Instance]] = {}
    for owner in owners:
        values = [(owner.after or owner.before).get(name) for name in IDENTITIES]
        words = {value.lower() for value in values if isinstance(value, str)}
        for word in words | ({_ANY} if Hidden.SENSITIVE in values else set()):
            alike.setdefault(word, []).append(owner)
    return alike


def _nearest(owners: Sequence[Instance], instance: Instance) -> Sequence[Instance]:
    """Prefer resources of the same provider and region: two accounts, or regions, may have resources of one name."""
    same = [owner for owner in owners if owner.provider == instance.provider] or owners
    return [owner for owner in same if _region(owner) == _region(instance)] or same


def _region(instance: Instance) -> object:
    """Return a resource's own region, which it has since version 6 of the provider."""
    return (instance.after or instance.before).get("region")
