"""Terraform's own description of a plan, and the plan that the review makes of it.

The format: https://developer.hashicorp.com/terraform/internals/json-format. Minor versions only add to it; what they
add is not ignored but told, for it may be the very thing that a policy should have seen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING, Any, Final

import msgspec

from compliance_tf.errors import ReviewError
from compliance_tf.model.output_names import DEPLOYMENT, WAIVERS_EXPIRING_SOON
from compliance_tf.review.plan.fingerprint import fingerprint
from compliance_tf.review.plan.plan import Action, Identity, OutputChange, Plan, ProviderSettings, ResourceChange
from compliance_tf.review.plan.values import Hidden, is_hidden, with_unknowns, without_secrets
from compliance_tf.terraform.machine import AWS_PROVIDER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.values import Attributes, Value

FORMAT_MAJOR: Final = "1"

_ACTIONS: Final = {
    ("no-op",): Action.NO_OP,
    ("read",): Action.READ,
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.REPLACE,
}

_REASONS: Final = {
    "replace_because_tainted": "it is tainted: an earlier apply failed in the middle",
    "replace_because_cannot_update": "these cannot be changed in place: {paths}",
    "replace_by_request": "somebody asked for it with -replace",
    "replace_by_triggers": "its replace_triggered_by says so",
    "delete_because_no_resource_config": "the configuration has it no longer",
    "delete_because_wrong_repetition": "the configuration has it with another kind of count or for_each",
    "delete_because_count_index": "its count is smaller",
    "delete_because_each_key": "its for_each has no such key any more",
    "delete_because_no_module": "the configuration has no such module any more",
    "delete_because_no_move_target": "it has moved to where the configuration has nothing",
}
"""Terraform's ``action_reason`` in words."""

_KNOWN_MEMBERS: Final = frozenset(
    {
        *("format_version", "terraform_version", "timestamp", "variables", "planned_values", "prior_state"),
        *("resource_changes", "resource_drift", "output_changes", "configuration", "relevant_attributes", "checks"),
        *("complete", "applyable", "errored"),
    }
)


class _Importing(msgspec.Struct):
    id: Any = None
    unknown: bool = False


class _Change(msgspec.Struct):
    actions: tuple[str, ...]
    before: Any = None
    after: Any = None
    after_unknown: Any = False
    before_sensitive: Any = False
    after_sensitive: Any = False
    replace_paths: list[list[str | int]] = []
    importing: _Importing | None = None


class _ResourceChange(msgspec.Struct):
    address: str
    mode: str
    type: str
    change: _Change
    provider_name: str = ""
    action_reason: str = ""
    previous_address: str | None = None
    deposed: str | None = None


class _Provisioner(msgspec.Struct):
    type: str = ""


class _ConfiguredResource(msgspec.Struct):
    address: str
    expressions: dict[str, msgspec.Raw] = {}
    provisioners: list[_Provisioner] = []


class _ModuleCall(msgspec.Struct):
    module: _Module | None = None


class _Module(msgspec.Struct):
    resources: list[_ConfiguredResource] = []
    module_calls: dict[str, _ModuleCall] = {}


class _ProviderConfig(msgspec.Struct):
    full_name: str = ""
    expressions: dict[str, Any] = {}


class _Configuration(msgspec.Struct):
    root_module: _Module = msgspec.field(default_factory=_Module)
    provider_config: dict[str, _ProviderConfig] = {}


class _StateOutput(msgspec.Struct):
    value: Any = None
    sensitive: bool = False


class _StateValues(msgspec.Struct):
    outputs: dict[str, _StateOutput] = {}


class _State(msgspec.Struct):
    values: _StateValues = msgspec.field(default_factory=_StateValues)


class _Plan(msgspec.Struct):
    format_version: str
    terraform_version: str = ""
    resource_changes: list[_ResourceChange] | None = None
    resource_drift: list[_ResourceChange] = []
    output_changes: dict[str, _Change] = {}
    configuration: _Configuration | None = None
    prior_state: _State = msgspec.field(default_factory=_State)
    complete: bool = True
    errored: bool = False


def plan_of_json(content: bytes, name: str) -> Plan:
    """Read what ``terraform show -json`` prints of a plan.

    Parameters
    ----------
    content
        The whole of it.
    name
        What to call it in messages.

    Raises
    ------
    ReviewError
        When it is something else, cut off, of a version that is not known, or not of a ComplianceStack.
    """
    members = _members(content, name)
    major = _format_version(members, name).partition(".")[0]
    if major != FORMAT_MAJOR:
        raise ReviewError(
            f"{name} has format version {_format_version(members, name)}, and {FORMAT_MAJOR}.x is understood: it is of "
            "a newer Terraform. Use a newer compliance_tf, or plan with Terraform 1."
        )
    try:
        plan = msgspec.json.decode(content, type=_Plan)
        return _plan(plan, members, name)
    except msgspec.DecodeError as cause:
        raise ReviewError(f"{name} is no plan of Terraform's: {cause}. {_HOW}") from cause
    except RecursionError as cause:
        raise ReviewError(f"{name} is nested too deeply to be a plan of Terraform's. {_HOW}") from cause


def _members(content: bytes, name: str) -> dict[str, msgspec.Raw]:
    try:
        content.decode()  # msgspec looks only at the texts that it makes
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.ValidationError as cause:
        raise ReviewError(f"{name} is JSON, but no plan of Terraform's: it must be an object. {_HOW}") from cause
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        if b'"@level"' in content[:1000]:
            raise ReviewError(f"{name} is the log of `terraform plan -json`, which is not the plan. {_HOW}") from cause
        raise ReviewError(f"{name} is no JSON, or was cut off: {cause}. {_HOW}") from cause


_HOW: Final = "Give a plan that `terraform plan -out=FILE` saved, or what `terraform show -json FILE` prints of it."


def _format_version(members: Mapping[str, msgspec.Raw], name: str) -> str:
    if "format_version" not in members or not members.keys() & {"resource_changes", "planned_values"}:
        what = "Terraform's state" if members.keys() & {"lineage", "values"} else "something else"
        raise ReviewError(f"{name} is {what}, not a plan. {_HOW}")
    return str(msgspec.json.decode(members["format_version"]))[:20]


def _plan(plan: _Plan, members: Mapping[str, msgspec.Raw], name: str) -> Plan:
    outputs = {key: _output(change) for key, change in plan.output_changes.items()}
    # A plan of some targets leaves the outputs out; which deployment it is of, its state knows.
    deployment = outputs.get(DEPLOYMENT) or _output_of_state(plan.prior_state.values.outputs.get(DEPLOYMENT))
    was = _identity(deployment.before)
    identity = was if deployment.after is None else _identity(deployment.after)
    if identity is None or _UNSEEN in astuple(identity):
        raise ReviewError(
            f"{name} is a plan, but not of a ComplianceStack of this version: it has no output '{DEPLOYMENT}' that "
            "says, for everybody to read, which project, region and workspace it is for."
        )
    configuration = plan.configuration or _Configuration()
    configured = {
        address: frozenset(resource.expressions) for address, resource in _resources(configuration.root_module)
    }
    return Plan(
        identity=identity,
        was=was,
        resources=tuple(_resource(change, name, configured) for change in plan.resource_changes or ()),
        drift=tuple(_resource(change, name, configured) for change in plan.resource_drift),
        outputs=outputs,
        providers=tuple(_providers(configuration)),
        programs=tuple(address for address, resource in _resources(configuration.root_module) if resource.provisioners),
        not_understood=tuple(sorted(_not_understood(members))),
        is_complete=plan.complete,
        errored=plan.errored,
        fingerprint=fingerprint(
            [
                ("", [identity.project, identity.region, identity.workspace], None),
                _provider_material(configuration),
                *_material(plan),
            ]
        ),
    )


def _material(plan: _Plan) -> Iterator[tuple[str, object, object]]:
    """List what the fingerprint is made of: for each change its address, the public values, and the secret ones."""
    for resource in plan.resource_changes or ():
        change = resource.change
        moves = (resource.previous_address, resource.deposed, resource.action_reason)
        if change.actions in {("no-op",), ("read",)} and not any(moves) and change.importing is None:
            continue
        importing = change.importing and [change.importing.id, change.importing.unknown]
        yield resource.address, [change.actions, _public(change), moves, importing], _secret(change)
    for name, change in plan.output_changes.items():
        # What expires soon depends on the day, and is nothing that an apply does.
        if change.actions != ("no-op",) and name != WAIVERS_EXPIRING_SOON:
            yield f"output.{name}", [change.actions, _public(change)], _secret(change)


def _public(change: _Change) -> list[object]:
    before = without_secrets(change.before, change.before_sensitive)
    return [before, without_secrets(change.after, change.after_sensitive), change.after_unknown]


def _secret(change: _Change) -> list[object] | None:
    if is_hidden(_public(change)):
        return [change.before, change.after]
    return None


def _resource(resource: _ResourceChange, name: str, configured: Mapping[str, frozenset[str]]) -> ResourceChange:
    change = resource.change
    action = _ACTIONS.get(change.actions)
    if action is None:
        raise ReviewError(
            f"{name}: Terraform will do {'+'.join(change.actions)!r:.80} to {resource.address}, which this version "
            "does not know: use a newer compliance_tf."
        )
    paths = ", ".join(".".join(map(str, path)) for path in change.replace_paths)
    reason = _REASONS.get(resource.action_reason, resource.action_reason.replace("_", " "))
    importing = None
    if change.importing:
        importing = change.importing.id or "an id that is not known yet"
    where = f"{name}: {resource.address}"
    if (change.after is None) != (action in {Action.DELETE, Action.FORGET}):
        raise ReviewError(f"{where} {action.value}, which does not fit its attributes: that is no plan of Terraform's.")
    return ResourceChange(
        address=resource.address,
        type=resource.type,
        provider=resource.provider_name,
        managed=resource.mode != "data",
        action=action,
        before=_attributes(_before(change), change.before, where),
        after=_attributes(_after(change), change.after, where),
        reason=reason.format(paths=paths or "attributes that Terraform does not name"),
        moved_from=resource.previous_address,
        import_id=importing,
        deposed=resource.deposed is not None,
        configured=configured.get(_INDEX.sub("", resource.address)),
    )


_INDEX: Final = re.compile(r'\["[^"]*"\]|\[\d+\]')


def _attributes(value: Value, raw: object, where: str) -> Attributes:
    if not isinstance(value, Mapping | Hidden | None) or (isinstance(value, Hidden) and not isinstance(raw, Mapping)):
        raise ReviewError(f"{where} has no attributes that could be reviewed: that is no plan of Terraform's. {_HOW}")
    # Where all of it is hidden, each attribute is.
    hidden: Attributes = dict.fromkeys(raw, value) if isinstance(raw, Mapping) else {}
    return hidden if isinstance(value, Hidden) else value or {}


def _output(change: _Change) -> OutputChange:
    return OutputChange(_before(change), _after(change), is_kept=change.actions == ("no-op",))


def _output_of_state(output: _StateOutput | None) -> OutputChange:
    value = None if output is None else without_secrets(output.value, output.sensitive)
    return OutputChange(value, value, is_kept=True)


def _before(change: _Change) -> Value:
    return without_secrets(change.before, change.before_sensitive)


def _after(change: _Change) -> Value:
    # The marks of what is secret go first: they follow the structure that the value has without unknown parts.
    return with_unknowns(without_secrets(change.after, change.after_sensitive), change.after_unknown)


def _identity(value: Value) -> Identity | None:
    if value is None:
        return None
    members = value if isinstance(value, dict) else {}
    texts = (members.get(name) for name in ("project", "region", "workspace", "state"))
    return Identity(*(text if isinstance(text, str) and text else _UNSEEN for text in texts))


_UNSEEN: Final = "something that the plan does not show"


def _resources(module: _Module) -> Iterator[tuple[str, _ConfiguredResource]]:
    for resource in module.resources:
        yield resource.address, resource
    for name, call in module.module_calls.items():
        if call.module:
            yield from ((f"module.{name}.{address}", resource) for address, resource in _resources(call.module))


def _provider_material(configuration: _Configuration) -> tuple[str, object, object]:
    """Where an apply works, and with whose credentials: nothing of that is a change, and all of it matters."""
    material = {
        address: [provider.full_name, provider.expressions]
        for address, provider in configuration.provider_config.items()
    }
    # What a ComplianceStack sets is no secret; what somebody adds may be, such as an access key.
    is_plain = all(provider.expressions.keys() <= _PLAIN for provider in configuration.provider_config.values())
    return (" providers", material, None) if is_plain else (" providers", None, material)


_PLAIN: Final = frozenset({"default_tags", "region"})


def _providers(configuration: _Configuration) -> Iterator[ProviderSettings]:
    for address, provider in configuration.provider_config.items():
        if provider.full_name == AWS_PROVIDER:
            region = provider.expressions.get("region")
            constant = region.get("constant_value") if isinstance(region, dict) and len(region) == 1 else None
            names = frozenset(provider.expressions) - {"region"}
            yield ProviderSettings(address, constant if isinstance(constant, str) else None, names)


def _not_understood(members: Mapping[str, msgspec.Raw]) -> Iterator[str]:
    for name, raw in members.items():
        if name not in _KNOWN_MEMBERS and bytes(raw) not in {b"[]", b"{}", b"null"}:
            yield name
