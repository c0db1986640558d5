"""Any plan of Terraform or OpenTofu, as far as checks need it: instances, references and provider places.

The format: https://developer.hashicorp.com/terraform/internals/json-format. Sensitive values are removed
when a plan is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.errors import ReviewError
from compliance_tf.review.plan.json_format import Change, ProviderConfig
from compliance_tf.review.plan.plan_json import plan_members, without_mark
from compliance_tf.review.plan.values import Hidden, with_unknowns, without_secrets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from compliance_tf.review.plan.values import Attributes

_AWS_TYPES: Final = ("aws_", "awscc_")
"""Prefixes of the AWS providers' resource types, whatever the source of the provider."""


class _ResourceChange(msgspec.Struct):
    address: str
    type: str
    change: Change
    name: str = ""
    mode: str = "managed"
    module_address: str = ""
    index: str | int | None = None
    deposed: str | None = None


class ConfiguredResource(msgspec.Struct):
    """A resource of the configuration, with the expressions of its attributes."""

    type: str
    name: str
    mode: str = "managed"
    provider_config_key: str = ""
    expressions: dict[str, Any] | None = None
    for_each_expression: Any = None


class _Output(msgspec.Struct):
    expression: Any = None


class ModuleCall(msgspec.Struct):
    """A call of a module, with its arguments and its content."""

    source: str = ""
    expressions: dict[str, Any] | None = None
    module: ConfiguredModule | None = None


class ConfiguredModule(msgspec.Struct):
    """A module of the configuration."""

    resources: list[ConfiguredResource] | None = None
    module_calls: dict[str, ModuleCall] | None = None
    outputs: dict[str, _Output] | None = None


class _Configuration(msgspec.Struct):
    root_module: ConfiguredModule | None = None
    provider_config: dict[str, ProviderConfig] | None = None


class _Variable(msgspec.Struct):
    value: Any = None


class _StateResource(msgspec.Struct):
    type: str
    address: str = ""
    mode: str = "managed"
    name: str = ""
    values: dict[str, Any] | None = None


class _StateModule(msgspec.Struct):
    resources: list[_StateResource] | None = None
    child_modules: list[_StateModule] | None = None
    address: str = ""


class _StateValues(msgspec.Struct):
    root_module: _StateModule | None = None


class _State(msgspec.Struct):
    values: _StateValues | None = None


class _Plan(msgspec.Struct):
    resource_changes: list[_ResourceChange] | None = None
    configuration: _Configuration | None = None
    variables: dict[str, _Variable] | None = None
    prior_state: _State | None = None
    timestamp: str = ""
    complete: bool | None = None
    errored: bool | None = None


@dataclass(frozen=True)
class Instance:
    """A resource or a data source of a plan.

    Parameters
    ----------
    address
        Its address, with module and key.
    module
        The address of its module's instance; empty for the root module.
    type
        Its type, such as ``aws_s3_bucket``.
    name
        Its name in its module.
    key
        Its key under ``for_each``, its number under ``count``, or None.
    managed
        Whether it is a resource.
    provider
        The key of its provider's configuration, alias included.
    actions
        The actions of Terraform.
    before
        Its attributes before; empty where it does not exist.
    after
        Its attributes after, with markers for hidden ones; empty where it is removed.
    configured
        The resource in the configuration; None where that is missing.
    """

    address: str
    module: str
    type: str
    name: str
    key: str | int | None
    managed: bool
    provider: str
    actions: tuple[str, ...]
    before: Attributes
    after: Attributes
    configured: ConfiguredResource | None

    @property
    def exists(self) -> bool:
        """Return whether it exists before the apply, and is the same one afterwards."""
        return bool(self.before) and "create" not in self.actions

    @property
    def changes(self) -> bool:
        """Return whether the apply creates, changes or destroys it."""
        return self.actions not in {("no-op",), ("read",)}

    @property
    def stays(self) -> bool:
        """Return whether it exists after the apply."""
        return bool(self.after)

    def expression(self, attribute: str) -> Any:  # noqa: ANN401 (Terraform's own form)
        """Return the configuration's expression for an attribute; None where it has none."""
        return (self.configured.expressions or {}).get(attribute) if self.configured else None


@dataclass(frozen=True)
class AnyPlan:
    """A plan.

    Parameters
    ----------
    name
        Its name in messages.
    instances
        All resources and data sources, unchanged ones included.
    known_data
        The data sources that were read during planning: address, type and attributes.
    modules
        The configuration's modules by their path of names; the root module's is empty.
    calls
        The calls of modules, by the same path.
    providers
        The configurations of providers, by their key.
    variables
        The values of the root module's variables.
    time
        The creation time, in UTC.
    gap
        Why resources of the configuration may be missing, a sentence; empty where the plan is whole.
    """

    name: str
    instances: tuple[Instance, ...]
    known_data: tuple[tuple[str, str, Mapping[str, Any]], ...]
    modules: Mapping[tuple[str, ...], ConfiguredModule]
    calls: Mapping[tuple[str, ...], ModuleCall]
    providers: Mapping[str, ProviderConfig]
    variables: Mapping[str, object]
    time: datetime
    gap: str = ""
    by_block: Mapping[tuple[str, str, str], tuple[Instance, ...]] = field(default_factory=dict)
    """The instances of each block: by its module's instance, type and name."""


def any_plan(content: bytes, name: str) -> AnyPlan:
    """Parse the output of ``terraform show -json`` or ``tofu show -json`` for a plan.

    Parameters
    ----------
    content
        The output.
    name
        Its name in messages.

    Returns
    -------
    AnyPlan
        The AWS resources of all modules with their configuration; deposed objects are left out.

    Raises
    ------
    ReviewError
        When it is not a plan, truncated, or of an unknown version.
    """
    content = without_mark(content)
    plan_members(content, name)
    try:
        plan = msgspec.json.decode(content, type=_Plan)
    except (msgspec.DecodeError, RecursionError) as cause:
        raise ReviewError(f"{name} is not a plan of Terraform: {cause}.") from cause
    configuration = plan.configuration or _Configuration()
    root = configuration.root_module or ConfiguredModule()
    modules = dict(_modules((), root))
    blocks = {
        (path, resource.mode, resource.type, resource.name): resource
        for path, module in modules.items()
        for resource in module.resources or ()
    }
    instances = tuple(
        _instance(change, blocks)
        for change in plan.resource_changes or ()
        if change.deposed is None and change.type.startswith(_AWS_TYPES)
    )
    by_block: dict[tuple[str, str, str], list[Instance]] = {}
    for one in instances:
        if one.managed:
            by_block.setdefault((one.module, one.type, one.name), []).append(one)
    state = plan.prior_state.values if plan.prior_state and plan.prior_state.values else _StateValues()
    return AnyPlan(
        name=name,
        instances=instances,
        known_data=tuple(_known_data(state.root_module or _StateModule())),
        modules=modules,
        calls=dict(_calls((), root)),
        providers=configuration.provider_config or {},
        variables={key: variable.value for key, variable in (plan.variables or {}).items()},
        time=_time(plan.timestamp),
        gap=_gap(plan),
        by_block={key: tuple(found) for key, found in by_block.items()},
    )


def _gap(plan: _Plan) -> str:
    if plan.errored:
        return "Terraform failed while it planned: what would come after the error is not in the plan."
    if plan.complete is False:
        return "The plan leaves changes for later: it was made with -target, or Terraform deferred some."
    return ""


def module_path(address: str) -> tuple[str, ...]:
    """Return the names of a module's address, without the keys of its instances: ``module.a["x"].module.b``."""
    return tuple(name for name, _ in module_steps(address))


def module_steps(address: str) -> list[tuple[str, str]]:
    """Split a module's address into names and keys: ``module.a["x"]`` is ``[("a", '["x"]')]``."""
    steps: list[tuple[str, str]] = []
    rest = address
    while rest.startswith("module."):
        rest = rest[len("module.") :]
        end = next((index for index, character in enumerate(rest) if character in ".["), len(rest))
        name, rest = rest[:end], rest[end:]
        key = rest[: _end_of_key(rest)] if rest.startswith("[") else ""
        rest = rest[len(key) :].removeprefix(".")
        steps.append((name, key))
    return steps


def _end_of_key(text: str) -> int:
    """Return the end of a key in brackets; a quoted key may contain brackets and escaped quotes."""
    quoted = escaped = False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\" and quoted:
            escaped = True
        elif character == '"':
            quoted = not quoted
        elif character == "]" and not quoted:
            return index + 1
    return len(text)


def _instance(
    change: _ResourceChange, blocks: Mapping[tuple[tuple[str, ...], str, str, str], ConfiguredResource]
) -> Instance:
    configured = blocks.get((module_path(change.module_address), change.mode, change.type, change.name))
    values = change.change
    after = with_unknowns(without_secrets(values.after, values.after_sensitive), values.after_unknown)
    return Instance(
        address=change.address,
        module=change.module_address,
        type=change.type,
        name=change.name,
        key=change.index,
        managed=change.mode == "managed",
        provider=configured.provider_config_key if configured else "",
        actions=values.actions,
        before=_attributes(without_secrets(values.before, values.before_sensitive), values.before),
        after=_attributes(after, values.after),
        configured=configured,
    )


def _attributes(value: Any, raw: object) -> Attributes:  # noqa: ANN401
    if isinstance(value, Hidden):
        return dict.fromkeys(raw, value) if isinstance(raw, dict) else {}
    return value if isinstance(value, dict) else {}


def _modules(path: tuple[str, ...], module: ConfiguredModule) -> Iterator[tuple[tuple[str, ...], ConfiguredModule]]:
    yield path, module
    for name, call in (module.module_calls or {}).items():
        yield from _modules((*path, name), call.module or ConfiguredModule())


def _calls(path: tuple[str, ...], module: ConfiguredModule) -> Iterator[tuple[tuple[str, ...], ModuleCall]]:
    for name, call in (module.module_calls or {}).items():
        yield (*path, name), call
        yield from _calls((*path, name), call.module or ConfiguredModule())


def _known_data(module: _StateModule) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for resource in module.resources or ():
        if resource.mode == "data" and resource.values:
            yield resource.address, resource.type, resource.values
    for child in module.child_modules or ():
        yield from _known_data(child)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        return datetime.now(UTC)
    return time.astimezone(UTC) if time.tzinfo else datetime.now(UTC)
