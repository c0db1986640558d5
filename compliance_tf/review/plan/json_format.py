"""Terraform's JSON format of a plan, as far as the review reads it.

The format: https://developer.hashicorp.com/terraform/internals/json-format; OpenTofu's has the same major version and
no ``complete`` and ``applyable``: https://opentofu.org/docs/internals/json-format. Minor versions only add to it; what
they add is not ignored but reported, because a policy may need it. A null list or object is an empty one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT_MAJOR: Final = "1"

_KNOWN_MEMBERS: Final = frozenset(
    {
        *("format_version", "terraform_version", "timestamp", "variables", "planned_values", "prior_state"),
        *("resource_changes", "resource_drift", "output_changes", "configuration", "relevant_attributes", "checks"),
        *("complete", "applyable", "errored"),
    }
)


class Importing(msgspec.Struct):
    """The id of an import, or its identity of several members."""

    id: Any = None
    identity: Any = None
    unknown: bool = False


class Change(msgspec.Struct):
    """The change of a resource or an output."""

    actions: tuple[str, ...]
    before: Any = None
    after: Any = None
    after_unknown: Any = False
    before_sensitive: Any = False
    after_sensitive: Any = False
    replace_paths: list[list[Any]] | None = None
    importing: Importing | None = None


class ResourceChange(msgspec.Struct):
    """A resource with its change."""

    address: str
    mode: str
    type: str
    change: Change
    provider_name: str = ""
    action_reason: str = ""
    previous_address: str | None = None
    deposed: str | None = None


class ConfiguredResource(msgspec.Struct):
    """A resource in the configuration."""

    address: str
    mode: str = ""
    type: str = ""
    provider_config_key: str = ""
    expressions: dict[str, msgspec.Raw] | None = None
    count_expression: Any = None
    for_each_expression: Any = None
    provisioners: list[Any] | None = None


class ModuleCall(msgspec.Struct):
    """A call of a module."""

    module: Module | None = None


class Module(msgspec.Struct):
    """A module of the configuration."""

    resources: list[ConfiguredResource] | None = None
    module_calls: dict[str, ModuleCall] | None = None

    def all_resources(self) -> Iterator[tuple[str, ConfiguredResource]]:
        """List its resources and those of its child modules, with their addresses, without indices."""
        for resource in self.resources or ():
            yield resource.address, resource
        for name, call in (self.module_calls or {}).items():
            if call.module:
                below = call.module.all_resources()
                yield from ((f"module.{name}.{address}", resource) for address, resource in below)


class ProviderConfig(msgspec.Struct):
    """The configuration of a provider."""

    full_name: str = ""
    expressions: dict[str, Any] | None = None


class Configuration(msgspec.Struct):
    """The configuration of the plan."""

    root_module: Module = msgspec.field(default_factory=Module)
    provider_config: dict[str, ProviderConfig] | None = None


class StateOutput(msgspec.Struct):
    """An output in the state."""

    value: Any = None
    sensitive: bool = False


class StateResource(msgspec.Struct):
    """A resource in the state, or what a data source has read."""

    mode: str = ""
    type: str = ""
    values: msgspec.Raw = msgspec.Raw(b"null")


class StateModule(msgspec.Struct):
    """The root module in the state."""

    resources: list[StateResource] | None = None


class StateValues(msgspec.Struct):
    """The values of the state."""

    outputs: dict[str, StateOutput] | None = None
    root_module: StateModule | None = None


class State(msgspec.Struct):
    """The state before the plan."""

    values: StateValues | None = None


class PlanFormat(msgspec.Struct):
    """A plan."""

    format_version: str
    resource_changes: list[ResourceChange] | None = None
    resource_drift: list[ResourceChange] | None = None
    output_changes: dict[str, Change] | None = None
    configuration: Configuration | None = None
    prior_state: State | None = None
    complete: bool | None = None
    errored: bool = False

    def data(self, type_: str) -> Iterator[Any]:
        """List what the data sources of a type have read while Terraform planned."""
        module = self.prior_state and self.prior_state.values and self.prior_state.values.root_module
        for resource in (module and module.resources) or ():
            if (resource.mode, resource.type) == ("data", type_):
                yield msgspec.json.decode(resource.values)

    def output_of_state(self, name: str) -> StateOutput | None:
        """Return an output of the state; None where there is no such output."""
        values = self.prior_state and self.prior_state.values
        return ((values and values.outputs) or {}).get(name)


_INDEX: Final = re.compile(r'\["(?:[^"\\]|\\.)*"\]|\[\d+\]')


def configured_address(address: str) -> str:
    """Return the address of a resource in the configuration: that of an instance without its indices."""
    return _INDEX.sub("", address)


_LISTS: Final = ("resource_changes", "resource_drift")

_OF_A_RESOURCE: Final = frozenset(ResourceChange.__struct_fields__) | {"module_address", "name", "index"}
_OF_A_CHANGE: Final = frozenset(Change.__struct_fields__) | {"generated_config", "before_identity", "after_identity"}
"""Identities repeat attributes; an import by one is read above. Generated configuration is written to a file."""

_NOTHING: Final = frozenset({b"[]", b"{}", b"null", b"false", b'""'})


def unknown_members(members: Mapping[str, msgspec.Raw]) -> Iterator[tuple[str, Any]]:
    """List the members of a plan that this version does not know, and that are not empty.

    Parameters
    ----------
    members
        The plan's members.

    Yields
    ------
    tuple[str, Any]
        The name of each, such as ``action_invocations`` or ``resource_changes.change.something``, and its value.
    """
    yield from _unknown("", members, _KNOWN_MEMBERS)
    for name in _LISTS:
        for resource in msgspec.json.decode(members.get(name, b"null"), type=list[dict[str, msgspec.Raw]] | None) or ():
            yield from _unknown(f"{name}.", resource, _OF_A_RESOURCE)
            change = msgspec.json.decode(resource.get("change", b"{}"), type=dict[str, msgspec.Raw])
            yield from _unknown(f"{name}.change.", change, _OF_A_CHANGE)


def _unknown(place: str, members: Mapping[str, msgspec.Raw], known: frozenset[str]) -> Iterator[tuple[str, Any]]:
    for name, raw in members.items():
        if name not in known and bytes(raw) not in _NOTHING:
            yield f"{place}{name}", msgspec.json.decode(raw)
