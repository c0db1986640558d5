"""Resources that complete others, such as a bucket's policy: which one belongs to which."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from compliance_tf.review.plan.values import Hidden
from compliance_tf.review.resources.references import References, shown

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance_tf.review.resources.any_plan import AnyPlan, Instance

IDENTITIES: Final = ("id", "arn", "name", "bucket", "key_id", "url", "function_name")
"""The attributes by which other resources name one."""


@dataclass(frozen=True)
class Link:
    """How a resource says which other one it completes.

    Parameters
    ----------
    type
        Its own type, such as ``aws_s3_bucket_policy``.
    attribute
        Its attribute that names the other, such as ``bucket``: one name, or a list of names.
    """

    type: str
    attribute: str


@dataclass
class Part:
    """A resource that completes another one.

    Parameters
    ----------
    link
        By which attribute.
    instance
        The resource.
    """

    link: Link
    instance: Instance


@dataclass
class Joined:
    """What completes a resource.

    Parameters
    ----------
    parts
        Those that surely do.
    possible
        Those that may, because the plan does not tell which resource they are about.
    """

    parts: list[Part] = field(default_factory=list)
    possible: list[Part] = field(default_factory=list)


@dataclass(frozen=True)
class Stray:
    """A resource that completes one that is not judged.

    Parameters
    ----------
    instance
        The resource.
    reason
        Why the one that it completes is not judged: a sentence.
    """

    instance: Instance
    reason: str


class Joins:
    """All that completes the resources of a plan.

    Parameters
    ----------
    plan
        The plan.
    links
        By the types of the resources that are completed: what completes them.
    """

    def __init__(self, plan: AnyPlan, links: Mapping[tuple[str, ...], Sequence[Link]]) -> None:
        self._references = References(plan)
        self._by_address: dict[str, Joined] = {}
        self.strays: list[Stray] = []
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
        """The addresses of all that surely completes a resource."""
        return frozenset(part.instance.address for one in self._by_address.values() for part in one.parts)

    def of(self, instance: Instance) -> Joined:
        """Return what completes a resource."""
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
            # The name may be hidden on the other side, as what is sensitive is.
            found += self._references.targets(instance, part.link.attribute, types)
        if texts and not found:
            said = f"{part.link.attribute} names {texts[0]!r:.100}, which this plan does not have"
            self.strays.append(Stray(instance, f"Its {said}."))
        for owner in {one.address: one for one in found}.values():
            self._by_address.setdefault(owner.address, Joined()).parts.append(part)

    def _may_complete(self, part: Part, owners: list[Instance]) -> None:
        refers = shown(part.instance.expression(part.link.attribute))
        about = f", which refers to {refers}" if refers else ""
        self.strays.append(
            Stray(part.instance, f"The plan does not tell which resource its {part.link.attribute}{about} names.")
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
    """Prefer those of the same provider: two accounts may have resources of one name."""
    return [owner for owner in owners if owner.provider == instance.provider] or owners
