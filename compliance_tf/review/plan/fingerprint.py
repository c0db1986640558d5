"""A plan's fingerprint: two plans have the same one if, and only if, their reviews and their applies are the same.

It covers the whole plan, also what stays as it is, but for what is named here: when and by which program it was made,
what Terraform derives from the rest (``planned_values``, ``relevant_attributes``, ``checks``), the state, whose values
stand in the changes, and the output with the waivers that expire soon, which is another one each day.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.model.output_names import WAIVERS_EXPIRING_SOON
from compliance_tf.review.plan.values import is_hidden, without_secrets

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
        Its deployment, before and after.
    not_understood
        The members that this version does not know. They may be secret.

    Returns
    -------
    str
        32 hexadecimal digits: the same for plans that would do the same.
    """
    flags = [msgspec.json.decode(members.get(name, default)) for name, default in _FLAGS.items()]
    return fingerprint(
        [
            ("deployment", [deployment, flags], None),
            *_of_resources(members),
            *_of_outputs(members),
            *_of_configuration(configuration),
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


def _of_resources(members: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, object, object]]:
    for name in _CHANGES:
        for resource in msgspec.json.decode(members.get(name, b"null")) or ():
            public, secret = _divided(resource["change"])
            yield f"{name}: {resource['address']}", {**resource, "change": public}, secret


def _of_outputs(members: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, object, object]]:
    for name, change in (msgspec.json.decode(members.get("output_changes", b"null")) or {}).items():
        if name != WAIVERS_EXPIRING_SOON:
            yield (f"output: {name}", *_divided(change))


def _divided(change: dict[str, Any]) -> tuple[object, object]:
    """Split a change into its public part, and all of it where something is secret."""
    shown = {name: without_secrets(change.get(name), change.get(f"{name}_sensitive")) for name in _SECRETS}
    secret = [change.get(name) for name in _SECRETS] if is_hidden(list(shown.values())) else None
    return {**change, **shown}, secret


def _of_configuration(configuration: Configuration) -> Iterator[tuple[str, object, object]]:
    """List the providers, their credentials, the programs and the configured values."""
    for address, provider in (configuration.provider_config or {}).items():
        settings = provider.expressions or {}
        # Settings of a ComplianceStack are not secret; added ones may be, such as an access key.
        is_plain = settings.keys() <= _PLAIN
        public = [provider.full_name, settings if is_plain else None]
        yield f"provider: {address}", public, None if is_plain else settings
    for address, resource in configuration.root_module.all_resources():
        yield f"configured: {address}", sorted(resource.expressions or ()), resource.provisioners or None


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value, order="sorted")
