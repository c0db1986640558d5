"""The guard's rules: find what a synthesized configuration declares and must not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from compliance_tf.errors import GuardError
from compliance_tf.model.allow_list import (
    ALLOWED_TYPES,
    BACKENDS,
    BLOCK_REASONS,
    BLOCKS,
    DATA_TYPES,
    LIFECYCLE,
    NAMES,
    ONE_TABLE,
    PROVIDER_SETTINGS,
    PROVIDER_SOURCES,
    RECORDER_TYPE,
    REFUSED_ARGUMENTS,
    refusal,
)
from compliance_tf.model.setting_values import is_provider_version
from compliance_tf.model.terraform_json import Block, Body, root

_TABLE: Final = "aws_dynamodb_table"
_REFERENCE: Final = re.compile(r"\$\{(?P<type>aws_[a-z0-9_]+)\.[A-Za-z0-9_-]+(\[[^]]*\])?\.(?P<attribute>[a-z_]+)\}")
"""A reference to an attribute of a resource of the configuration."""

_EXTERNAL: Final = {"program", "query", "for_each", "depends_on", "lifecycle"}
_ARGUMENTS: Final = {
    "output": {"value", "description", "sensitive", "depends_on", "precondition"},
    "variable": {"type", "default", "description", "sensitive", "nullable", "validation"},
    "moved": {"from", "to"},
}
_BESIDE: Final = {"output": {"description"}, "terraform": {"required_version", "required_providers"}}
"""Arguments that may stand beside what is fixed of a block."""


@dataclass(frozen=True)
class Violation:
    """Something that a stack must not declare.

    Parameters
    ----------
    path
        The construct's path, or the address in the configuration of what was added by an override.
    reason
        The kind of thing, and why it is refused.
    """

    path: str
    reason: str

    def __str__(self) -> str:
        """Write it as an error message."""
        return f"{self.path}: {self.reason}"


def violations(
    configuration: object, *, prefix: str = "", program: Sequence[str] = (), fixed: object = None
) -> Iterator[Violation]:
    """Find what a synthesized configuration declares and must not.

    Parameters
    ----------
    configuration
        The Terraform JSON of a stack as it was written, overrides included.
    prefix
        What every name begins with, with ``${terraform.workspace}`` in it. Any name is allowed unless given.
    program
        The command that ``data.external`` may run: none by default.
    fixed
        Terraform JSON of blocks that must be in it exactly so: those that keep a plan to its workspace and state.

    Yields
    ------
    Violation
        Each thing that is not on the allow-list, by the kind of its block; nothing where the stack may be deployed.
    """
    try:
        top = root(configuration)
    except GuardError as error:
        yield Violation("the configuration", str(error))
        return
    for kind in sorted(top.members):
        if kind not in BLOCKS:
            yield from _unknown_block(kind, top)
            continue
        try:
            blocks = list(top.blocks(kind, BLOCKS[kind]))
            yield from _check(kind, blocks, prefix, program)
        except GuardError as error:
            yield Violation(kind, str(error))
    yield from _changed(top, root(fixed))


def _changed(top: Body, fixed: Body) -> Iterator[Violation]:
    """Compare whole blocks: what weakens a condition may stand beside it, as a ``for_each`` without members does."""
    for kind in sorted(fixed.members):
        for expected in fixed.blocks(kind, BLOCKS[kind]):
            blocks = [one.body.members for one in _readable(top, kind) if one.labels == expected.labels]
            fewer = [{name: one[name] for name in one if name not in _BESIDE.get(kind, ())} for one in blocks]
            if fewer != [expected.body.members]:
                yield Violation(
                    _path(expected),
                    "it is not as the stack declares it, and it says what is deployed, or keeps a plan to its "
                    "workspace, region and state, beside a recorder that records: take out what overrides it.",
                )


def _readable(top: Body, kind: str) -> list[Block]:
    try:
        return list(top.blocks(kind, BLOCKS[kind]))
    except GuardError:
        return []  # it is a violation already


def _check(kind: str, blocks: Sequence[Block], prefix: str, program: Sequence[str]) -> Iterator[Violation]:
    if kind == "resource":
        yield from _resources(blocks)
        for block in blocks:
            yield from _name(block, prefix)
    elif kind == "data":
        for block in blocks:
            yield from _data(block, program)
    elif kind == "provider":
        yield from _providers(blocks)
    elif kind == "terraform":
        for block in blocks:
            yield from _settings(block.body)
    elif kind in _ARGUMENTS:
        for block in blocks:
            yield from _unknown(block.address, block.body, _ARGUMENTS[kind], f"of {kind} blocks")


def _unknown_block(kind: str, top: Body) -> Iterator[Violation]:
    reason = BLOCK_REASONS.get(kind, f"a deployment consists of {', '.join(BLOCKS)} blocks")
    names = {name for value in top.members[kind] for name in _names(value)} or {""}
    article = "an" if kind[:1].lower() in {*"aeiou"} else "a"
    for name in sorted(names):
        yield Violation(f"{kind}.{name}".strip("."), f"{article} {kind} block is refused: {reason}.")


def _names(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Mapping):
            yield from map(str, one)


def _resources(blocks: Sequence[Block]) -> Iterator[Violation]:
    tables = []
    for block in sorted(blocks, key=lambda block: block.labels):
        resource_type, path = block.labels[0], _path(block)
        if resource_type not in ALLOWED_TYPES:
            yield Violation(path, f"{refusal(resource_type)}.")
        yield from _language_arguments(block)
        if resource_type == _TABLE:
            tables.append(path)
            for name in sorted(ONE_TABLE & block.body.members.keys()):
                yield Violation(path, f"{name} is refused on a table: a deployment keeps its results in one.")
    if len(tables) > 1:
        paths = ", ".join(sorted(tables))
        yield Violation(paths, f"{len(tables)} tables are refused: a deployment keeps its results in one.")


def _name(block: Block, prefix: str) -> Iterator[Violation]:
    attribute, before = NAMES.get(block.labels[0], ("", ""))
    for name in block.body.members.get(attribute, (None,)) if prefix and attribute else ():
        if not (isinstance(name, str) and (name.startswith(before + prefix) or _is_held(name))):
            yield Violation(
                _path(block),
                f"the {attribute} {name!r} is refused: AWS goes by names, so another workspace or project would "
                f"overwrite it or be overwritten. It must begin with '{before}{prefix}', or refer to a name "
                "of a resource here.",
            )


def _is_held(name: str) -> bool:
    """Return whether a name is that of another resource here, by the very attribute that :func:`_name` looks at."""
    found = _REFERENCE.fullmatch(name)
    return found is not None and NAMES.get(found["type"], ("", ""))[0] == found["attribute"]


def _data(block: Block, program: Sequence[str]) -> Iterator[Violation]:
    data_type, path, members = block.labels[0], _path(block), block.body.members
    if data_type not in DATA_TYPES:
        yield Violation(
            path,
            f"a data source of type {data_type} is refused: a deployment reads where it goes, the recorder, and the "
            f"ARNs of what exists ({', '.join(sorted(DATA_TYPES))}).",
        )
    yield from _language_arguments(block)
    if data_type == "external":
        yield from _unknown(
            path, block.body, {"program", "query", "for_each", "depends_on", "lifecycle"}, "of external"
        )
        if members.get("program") != (list(program),) or not program:
            yield Violation(path, "a program is refused: only the one that reads the recorder is allowed.")
    if data_type == "aws_cloudcontrolapi_resource":
        if members.get("type_name") != (RECORDER_TYPE,):
            yield Violation(path, f"Cloud Control reads nothing but {RECORDER_TYPE}: else it may bring secrets.")
        if "role_arn" in members:
            yield Violation(path, "role_arn is refused: the recorder is read with the permissions of who deploys.")


def _language_arguments(block: Block) -> Iterator[Violation]:
    """Check what the language offers inside any resource and data source."""
    path, members = _path(block), block.body.members
    for name in sorted(REFUSED_ARGUMENTS.keys() & members.keys()):
        if any(value is not None for value in members[name]):
            yield Violation(path, f"a {name} is refused: {REFUSED_ARGUMENTS[name]}.")
    if any(_text(value) not in {"aws", ""} for value in members.get("provider", ())):
        yield Violation(path, "another provider configuration is refused: a deployment goes to one account and region.")
    for lifecycle in block.body.blocks("lifecycle"):
        yield from _unknown(f"{path}.lifecycle", lifecycle.body, LIFECYCLE, "of lifecycle blocks")
        if any(_text(value) not in {"false", ""} for value in lifecycle.body.members.get("create_before_destroy", ())):
            yield Violation(
                path,
                "create_before_destroy is refused: AWS identifies it by its name, so the new one would overwrite the "
                "old one, and destroying the old one would remove both.",
            )


def _providers(blocks: Sequence[Block]) -> Iterator[Violation]:
    for block in blocks:
        if block.labels != ("aws",):
            yield Violation(block.address, "a provider is refused: a deployment is set up with the AWS provider alone.")
        else:
            yield from _unknown(
                block.address,
                block.body,
                PROVIDER_SETTINGS,
                "of a deployment's provider; credentials, roles and endpoints come from the environment",
            )
    if len(blocks) > 1:
        yield Violation("provider", f"{len(blocks)} providers are refused: a deployment goes to one account.")


def _settings(body: Body) -> Iterator[Violation]:
    yield from _unknown("terraform", body, {"required_version", "required_providers", "backend"}, "of terraform blocks")
    for providers in body.blocks("required_providers"):
        for name, values in providers.body.members.items():
            for value in values:
                yield from _required_provider(name, value)
    for backend in body.blocks("backend", 1):
        (name,) = backend.labels
        place = f"terraform.backend.{name}"
        if name not in BACKENDS:
            yield Violation(place, f"this backend is refused: a state is kept by one of {', '.join(sorted(BACKENDS))}.")
        else:
            yield from _unknown(place, backend.body, BACKENDS[name], "that LocalState and S3State write")


def _required_provider(name: str, value: object) -> Iterator[Violation]:
    place = f"terraform.required_providers.{name}"
    requirement = value if isinstance(value, Mapping) else {"version": value}
    source = requirement.get("source", f"hashicorp/{name}")
    if not isinstance(source, str) or source not in PROVIDER_SOURCES.get(name, ()):
        yield Violation(place, f"the provider is refused: only {_list(PROVIDER_SOURCES)} of hashicorp are known.")
    if not isinstance(requirement.get("version", ""), str) or requirement.keys() - {"source", "version", "//"}:
        yield Violation(place, "it is refused: a requirement consists of a source and a version.")
    elif name == "aws" and not is_provider_version(requirement.get("version")):
        yield Violation(place, "the version is refused: it must be one exact version from 5.100.0 to below 7.")


def _unknown(path: str, body: Body, known: Iterable[str], whose: str) -> Iterator[Violation]:
    for name in sorted(body.members.keys() - set(known)):
        yield Violation(path, f"{name} is refused: it is none {whose} ({_list(known)}).")


def _path(block: Block) -> str:
    """Return the construct's path, where CDKTF wrote it into the comments, else the address."""
    for comment in block.body.comments:
        metadata = comment.get("metadata") if isinstance(comment, Mapping) else None
        if isinstance(metadata, Mapping) and isinstance(metadata.get("path"), str):
            return str(metadata["path"])
    return block.address


def _text(value: object) -> str:
    """Write a value as Terraform converts it to a text."""
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _list(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
