"""A plan's fingerprint: two plans have the same one if, and only if, their reviews and their applies are the same.

It covers the whole plan, also what stays as it is, but for what is named here: when and by which program it was made,
what Terraform derives from the rest (``planned_values``, ``relevant_attributes``, ``checks``), the state, whose values
stand in the changes, and the output with the waivers that expire soon, which is another one each day. Of values that
are computed during the apply it covers what they refer to, and the variables among that: a plan has no more of them.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.model.output_names import WAIVERS_EXPIRING_SOON
from compliance_tf.review.plan.json_format import configured_address
from compliance_tf.review.plan.values import is_hidden, with_unknowns, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from compliance_tf.review.plan.json_format import Configuration

_BYTES = 16
"""128 bits, so that a second plan with the same ones cannot be constructed."""

_WORK = 2**14
"""The cost of guessing one secret: 16 MiB, and some 50 ms."""

_CHANGES: Final = ("resource_changes", "resource_drift")
_SECRETS: Final = ("before", "after")
_PLAIN: Final = frozenset({"default_tags", "region"})


def plan_fingerprint(
    members: Mapping[str, msgspec.Raw],
    configuration: Configuration,
    deployment: object,
    not_understood: Iterable[tuple[str, Any]],
) -> str:
    """Compute a plan's fingerprint.

    Parameters
    ----------
    members
        The members of the plan.
    configuration
        Its configuration.
    deployment
        Its deployment, before and after, and the accounts where it goes to another one.
    not_understood
        The members that this version does not know. They may be secret.

    Returns
    -------
    str
        32 hexadecimal digits: the same for plans that would do the same.
    """
    changes = {name: msgspec.json.decode(members.get(name, b"null")) or () for name in _CHANGES}
    flags = [msgspec.json.decode(members.get(name, default)) for name, default in _FLAGS.items()]
    return fingerprint(
        [
            ("deployment", [deployment, flags], None),
            *_of_resources(changes),
            *_of_outputs(members),
            *_of_configuration(configuration, _unknown_attributes(changes["resource_changes"]), members),
            *((f"not understood: {name}", None, value) for name, value in not_understood),
        ]
    )


_FLAGS: Final = {"complete": b"true", "errored": b"false"}
"""The value for a member that an older Terraform does not have."""


def fingerprint(changes: Iterable[tuple[str, object, object]]) -> str:
    """Compute the fingerprint of changes.

    Parameters
    ----------
    changes
        For each change what it is of, its public part, and its secret part or None; their order does not matter. The
        secret parts count, and yet cannot be guessed from the fingerprint one after another: they go through a
        function that is slow on purpose.

    Returns
    -------
    str
        32 hexadecimal digits.
    """
    encoded = sorted(
        (_encoded([subject, public]), b"" if secret is None else _encoded([subject, secret]))
        for subject, public, secret in changes
    )
    digest = hashlib.sha256(b"\n".join(public for public, _ in encoded))
    secrets = b"\n".join(secret for _, secret in encoded if secret)
    if secrets:
        digest.update(hashlib.scrypt(secrets, salt=digest.digest(), n=_WORK, r=8, p=1))
    return digest.hexdigest()[: 2 * _BYTES]


def _of_resources(changes: Mapping[str, Iterable[dict[str, Any]]]) -> Iterator[tuple[str, object, object]]:
    for name, resources in changes.items():
        for resource in resources:
            public, secret = _divided(resource["change"])
            yield f"{name}: {resource['address']}", {**resource, "change": public}, secret


def _of_outputs(members: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, object, object]]:
    for name, change in (msgspec.json.decode(members.get("output_changes", b"null")) or {}).items():
        if name != WAIVERS_EXPIRING_SOON:
            yield (f"output: {name}", *_divided(change))


def _divided(change: dict[str, Any]) -> tuple[object, object]:
    """Split a change into its public part, and all of it where something is secret."""
    shown = {name: without_secrets(change.get(name), change.get(f"{name}_sensitive")) for name in _SECRETS}
    # What has no marks is given back as it is: nothing in it is hidden.
    marked = [value for name, value in shown.items() if value is not change.get(name)]
    secret = [change.get(name) for name in _SECRETS] if is_hidden(marked) else None
    return {**change, **shown}, secret


def _of_configuration(
    configuration: Configuration, unknown: Mapping[str, set[str]], members: Mapping[str, msgspec.Raw]
) -> Iterator[tuple[str, object, object]]:
    """List the providers, their credentials, the programs, the configured values, and what unknown ones refer to."""
    referred: set[str] = set()
    for address, provider in (configuration.provider_config or {}).items():
        settings = provider.expressions or {}
        # Settings of a ComplianceStack are not secret; added ones may be, such as an access key.
        is_plain = settings.keys() <= _PLAIN
        public = [provider.full_name, settings if is_plain else None]
        referred.update(_references(settings))
        yield f"provider: {address}", public, None if is_plain else settings
    for address, resource in configuration.root_module.all_resources():
        expressions = resource.expressions or {}
        computed = [expressions[name] for name in unknown.get(address, ()) if name in expressions]
        references = {one for raw in computed for one in _references(msgspec.json.decode(raw))}
        referred.update(references, _references(resource.provisioners))
        shown = [sorted(expressions), sorted(references), resource.provider_config_key]
        yield f"configured: {address}", shown, resource.provisioners or None
    for name, variable in (msgspec.json.decode(members.get("variables", b"null")) or {}).items():
        # What a local value or a module's argument refers to is not in a plan.
        if any(one == f"var.{name}" or one.startswith((f"var.{name}.", f"var.{name}[", *_OPAQUE)) for one in referred):
            yield f"variable: {name}", None, variable


_OPAQUE: Final = ("local.", "module.")


def _unknown_attributes(resources: Iterable[dict[str, Any]]) -> Mapping[str, set[str]]:
    """Return, for each configured resource, the attributes that are computed during the apply."""
    found: dict[str, set[str]] = {}
    for resource in resources:
        marks = with_unknowns(None, resource["change"].get("after_unknown"))
        if isinstance(marks, dict):
            names = {name for name, mark in marks.items() if is_hidden(mark)}
            found.setdefault(configured_address(resource["address"]), set()).update(names)
    return found


def _references(expressions: object) -> Iterator[str]:
    """List what expressions refer to, at any depth."""
    if isinstance(expressions, dict):
        references = expressions.get("references")
        if isinstance(references, list):
            yield from (one for one in references if isinstance(one, str))
        expressions = list(expressions.values())
    if isinstance(expressions, list):
        for one in expressions:
            yield from _references(one)


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
