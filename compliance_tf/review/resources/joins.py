"""Parts of resources, such as a bucket's policy, and the resources that they belong to."""

from __future__ import annotations

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
    """

    type: str
    attribute: str


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
            named = _by_identity(owners)
            for link in own_links:
                for instance in by_type.get(link.type, ()):
                    self._join(Part(link, instance), owners, named, types)

    @property
    def joined(self) -> frozenset[str]:
        """The addresses of all parts with a known resource."""
        return frozenset(part.instance.address for one in self._by_address.values() for part in one.parts)

    def of(self, instance: Instance) -> Joined:
        """Return the parts of a resource."""
        return self._by_address.get(instance.address, Joined())

    def _join(
        self, part: Part, owners: list[Instance], named: Mapping[str, list[Instance]], types: tuple[str, ...]
    ) -> None:
        instance = part.instance
        value = (instance.after or instance.before).get(part.link.attribute)
        values = value if isinstance(value, list) else [value]
        texts = [one for one in values if isinstance(one, str)]
        found = [owner for text in texts for owner in _nearest(named.get(text, ()), instance)]
        if any(isinstance(one, Hidden) for one in values):
            referred = self._references.targets(instance, part.link.attribute, types)
            if not referred or (len(referred) > 1 and not isinstance(value, list)):
                self._may_complete(part, list(referred) or owners)
                return
            found += referred
        elif texts and not found:
            # The resource's own name may be hidden, for example if it is sensitive.
            found += self._references.targets(instance, part.link.attribute, types)
        if texts and not found:
            said = f"{part.link.attribute} names {texts[0]!r:.100}, which this plan does not have"
            self.unresolved_parts.append(UnresolvedPart(instance, f"Its {said}."))
        for owner in {one.address: one for one in found}.values():
            self._by_address.setdefault(owner.address, Joined()).parts.append(part)

    def _may_complete(self, part: Part, owners: list[Instance]) -> None:
        refers = shown(part.instance.expression(part.link.attribute))
        about = f", which refers to {refers}" if refers else ""
        self.unresolved_parts.append(
            UnresolvedPart(
                part.instance, f"The plan does not tell which resource its {part.link.attribute}{about} names."
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


def _nearest(owners: Sequence[Instance], instance: Instance) -> Sequence[Instance]:
    """Prefer resources of the same provider: two accounts may have resources of one name."""
    return [owner for owner in owners if owner.provider == instance.provider] or owners
