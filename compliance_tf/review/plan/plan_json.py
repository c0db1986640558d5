"""The conversion of Terraform's JSON of a plan to the review's plan model."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import astuple
from typing import TYPE_CHECKING, Final

import msgspec

from compliance_tf.errors import ReviewError
from compliance_tf.model.output_names import DEPLOYMENT
from compliance_tf.review.plan.fingerprint import plan_fingerprint
from compliance_tf.review.plan.json_format import (
    FORMAT_MAJOR,
    Configuration,
    PlanFormat,
    configured_address,
    unknown_members,
)
from compliance_tf.review.plan.plan import Action, Identity, OutputChange, Plan, ProviderSettings, ResourceChange
from compliance_tf.review.plan.values import Hidden, with_unknowns, without_secrets
from compliance_tf.terraform.machine import AWS_PROVIDERS, engine_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.review.plan.json_format import Change, Importing, StateOutput
    from compliance_tf.review.plan.json_format import ResourceChange as ResourceFormat
    from compliance_tf.review.plan.values import Attributes, Value

_ACTIONS: Final = {
    ("no-op",): Action.NO_OP,
    ("read",): Action.READ,
    ("open",): Action.READ,
    ("create",): Action.CREATE,
    ("update",): Action.UPDATE,
    ("delete",): Action.DELETE,
    ("delete", "create"): Action.REPLACE,
    ("create", "delete"): Action.REPLACE,
    ("forget",): Action.FORGET,
    ("create", "forget"): Action.REPLACE,
    ("forget", "create"): Action.REPLACE,
}

_REASONS: Final = {
    "replace_because_tainted": "it is tainted: an earlier apply failed in the middle",
    "replace_because_cannot_update": "these cannot be changed in place: {paths}",
    "replace_by_request": "it was requested with -replace",
    "replace_by_triggers": "its replace_triggered_by says so",
    "delete_because_no_resource_config": "it is no longer in the configuration",
    "delete_because_wrong_repetition": "the configuration has it with another kind of count or for_each",
    "delete_because_count_index": "its count is smaller",
    "delete_because_enabled_false": "it is not enabled any more",
    "delete_because_each_key": "its for_each has no such key any more",
    "delete_because_no_module": "the configuration has no such module any more",
    "delete_because_no_move_target": "it has moved to where the configuration has nothing",
    "forgot_because_lifecycle_destroy_in_state": "its lifecycle had destroy = false when it was applied",
    "forgot_because_lifecycle_destroy_in_config": "its lifecycle has destroy = false",
}
"""Terraform's and OpenTofu's ``action_reason`` in words."""


def plan_of_json(content: bytes, name: str, unless_said: Identity | None = None) -> Plan:
    """Parse the output of ``terraform show -json`` for a plan.

    Parameters
    ----------
    content
        The output.
    name
        Its name in messages.
    unless_said
        The deployment to assume where neither the plan nor the state has it: after a killed apply a state has no
        outputs. Without it, such a plan is refused.

    Returns
    -------
    Plan
        The plan, with placeholders for values that are secret or unknown before the apply.

    Raises
    ------
    ReviewError
        When it is not a plan, truncated, of an unknown version, or not of a ComplianceStack.
    """
    content = without_mark(content)
    members = plan_members(content, name)
    try:
        plan = msgspec.json.decode(content, type=PlanFormat)
        return _plan(plan, members, name, unless_said)
    except msgspec.DecodeError as cause:
        raise ReviewError(f"{name} is not a plan of Terraform: {cause}. {_advice()}") from cause
    except RecursionError as cause:
        raise ReviewError(f"{name} is nested too deeply to be a plan of Terraform. {_advice()}") from cause


def without_mark(content: bytes) -> bytes:
    """Remove the byte order mark that programs of Windows write before UTF-8."""
    return content.removeprefix(codecs.BOM_UTF8)


def plan_members(content: bytes, name: str) -> dict[str, msgspec.Raw]:
    """Parse the members of ``terraform show -json`` for any plan, as raw JSON.

    Returns
    -------
    dict[str, msgspec.Raw]
        The JSON of each member by its name, secrets included.

    Raises
    ------
    ReviewError
        When it is not a plan, truncated, or of an unknown version.
    """
    members = _members(content, name)
    _check_format_version(members, name)
    return members


def _members(content: bytes, name: str) -> dict[str, msgspec.Raw]:
    try:
        content.decode()  # msgspec validates only the texts that it decodes
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        for sign, what in _NOT_JSON.items():
            if sign in content[:1000]:
                raise ReviewError(f"{name} is {what} {_advice()}") from cause
        if isinstance(cause, msgspec.ValidationError):
            raise ReviewError(
                f"{name} is JSON, but not a plan of Terraform: it must be an object. {_advice()}"
            ) from cause
        raise ReviewError(f"{name} is not JSON, or is truncated: {cause}. {_advice()}") from cause


_UTF_16: Final = "UTF-16, which is not JSON: PowerShell's `>` writes it. Use `| Out-File -Encoding utf8`, or from cmd."

_NOT_JSON: Final = {
    b'"@level"': "the log of a plan with -json, which is not the plan.",
    b"[command]": "not JSON, because its first line is from the wrapper of hashicorp/setup-terraform: set "
    "`terraform_wrapper: false` in that step.",
    codecs.BOM_UTF16_LE: _UTF_16,
    codecs.BOM_UTF16_BE: _UTF_16,
}
"""Descriptions of other content, by bytes that identify it."""


def _advice() -> str:
    name = engine_name()
    return f"Give a plan that `{name} plan -out=FILE` saved, or the output of `{name} show -json FILE`."


def _check_format_version(members: Mapping[str, msgspec.Raw], name: str) -> None:
    if "format_version" not in members or not members.keys() & {"resource_changes", "planned_values"}:
        what = "Terraform's state" if members.keys() & {"lineage", "values"} else "something else"
        what = "a file that OpenTofu encrypted" if "encryption_version" in members else what
        raise ReviewError(f"{name} is {what}, not a plan. {_advice()}")
    version = bytes(members["format_version"]).decode().strip('"')[:20]
    major = version.partition(".")[0]
    if major != FORMAT_MAJOR:
        of = "that of another program"
        if major.isdecimal():
            of = "that of an older Terraform" if int(major) < int(FORMAT_MAJOR) else "that of a newer Terraform"
        newer = "" if of.endswith("older Terraform") else "use a newer compliance_tf, or "
        raise ReviewError(
            f"{name} has format version {version}, {of}, and {FORMAT_MAJOR}.x is understood: {newer}plan with a "
            "Terraform from 1.1 on."
        )


def _plan(plan: PlanFormat, members: Mapping[str, msgspec.Raw], name: str, unless_said: Identity | None) -> Plan:
    outputs = {key: _output(change) for key, change in (plan.output_changes or {}).items()}
    # A plan of some targets leaves the outputs out; which deployment it is of, its state knows.
    deployment = outputs.get(DEPLOYMENT) or _output_of_state(plan.output_of_state(DEPLOYMENT))
    identity_before = _identity(deployment.before)
    identity = (identity_before if deployment.after is None else _identity(deployment.after)) or unless_said
    if identity is None or _UNSEEN in astuple(identity):
        failed = " Terraform failed while it planned, which may be why: see what it printed." if plan.errored else ""
        raise ReviewError(
            f"{name} is a plan, but not of a ComplianceStack of this version: it has no output '{DEPLOYMENT}' that "
            f"says, for everybody to read, which project, region and workspace it is for.{failed}"
        )
    configuration = plan.configuration or Configuration()
    configured = {
        address: frozenset(resource.expressions or ())
        for address, resource in configuration.root_module.all_resources()
    }
    programs = (address for address, resource in configuration.root_module.all_resources() if resource.provisioners)
    data_types = {
        address: resource.type
        for address, resource in configuration.root_module.all_resources()
        if resource.mode in _ONLY_READ
    }
    not_understood = [*unknown_members(members)]
    account = next((_member(read, "account_id") for read in plan.data("aws_caller_identity")), None)
    account_before = _member(deployment.before, "account")
    moves = [account_before, account] if None not in {account_before, account} and account_before != account else None
    return Plan(
        identity=identity,
        identity_before=identity_before,
        resources=tuple(_resource(change, name, configured) for change in plan.resource_changes or ()),
        drift=tuple(_resource(change, name, configured) for change in plan.resource_drift or ()),
        outputs=outputs,
        account=account,
        account_before=account_before,
        providers=tuple(_providers(configuration)),
        programs=tuple(programs),
        data_types=data_types,
        not_understood=tuple(sorted({member for member, _ in not_understood})),
        is_complete=not _leaves_out(plan, configuration) if plan.complete is None else plan.complete,
        errored=plan.errored,
        fingerprint=plan_fingerprint(
            members,
            configuration,
            [astuple(identity), identity_before and astuple(identity_before), moves],
            not_understood,
        ),
    )


def _leaves_out(plan: PlanFormat, configuration: Configuration) -> bool:
    """Compare a plan without a member ``complete`` with its configuration.

    OpenTofu and Terraform before 1.8 do not say it, and a plan with ``-target`` lists what it is for. One that only
    removes, or only refreshes, lists what the state has.

    Returns
    -------
    bool
        Whether it leaves out a resource that is not in a module and has neither ``count`` nor ``for_each``.
    """
    managed = [change for change in plan.resource_changes or () if change.mode == "managed"]
    if all(_ACTIONS.get(change.change.actions) in {Action.DELETE, Action.FORGET} for change in managed):
        return False
    planned = {configured_address(change.address) for change in managed}
    return any(
        resource.mode == "managed"
        and resource.count_expression is None
        and resource.for_each_expression is None
        and resource.address not in planned
        for resource in configuration.root_module.resources or ()
    )


def _resource(resource: ResourceFormat, name: str, configured: Mapping[str, frozenset[str]]) -> ResourceChange:
    change = resource.change
    action = _ACTIONS.get(change.actions)
    if action is None:
        raise ReviewError(
            f"{name}: Terraform will do {'+'.join(change.actions)!r:.80} to {resource.address}, which this version "
            "does not know: use a newer compliance_tf."
        )
    paths = ", ".join(".".join(map(str, path)) for path in change.replace_paths or ())
    reason = _REASONS.get(resource.action_reason, resource.action_reason.replace("_", " "))
    where = f"{name}: {resource.address}"
    # A deposed object that does not exist any more has no action and no attributes.
    is_there = change.after is not None or (action is Action.NO_OP and change.before is None)
    if is_there == (action in {Action.DELETE, Action.FORGET}):
        raise ReviewError(
            f"{where} {action.words}, which does not fit its attributes: that is not a plan of Terraform."
        )
    return ResourceChange(
        address=resource.address,
        type=resource.type,
        provider=resource.provider_name,
        managed=resource.mode not in _ONLY_READ,
        action=action,
        creates_first=change.actions == ("create", "delete"),
        forgets="forget" in change.actions,
        before=_attributes(_before(change), change.before, where),
        after=_attributes(_after(change), change.after, where),
        reason=reason.replace("{paths}", paths or "attributes that Terraform does not name"),
        moved_from=resource.previous_address,
        imported_by=None if change.importing is None else _import_key(change.importing),
        deposed=resource.deposed is not None,
        is_tainted=resource.action_reason == "replace_because_tainted",
        configured=configured.get(configured_address(resource.address)),
    )


_ONLY_READ: Final = frozenset({"data", "ephemeral"})
"""Modes of what is no resource: it is read, and nothing of it stays."""


def _import_key(importing: Importing) -> str:
    if isinstance(importing.identity, Mapping) and importing.identity:
        return f"the identity {', '.join(f'{name} {value}' for name, value in sorted(importing.identity.items()))}"
    return f"the id {importing.id}" if importing.id else "an id that is not known yet"


def _attributes(value: Value, raw: object, where: str) -> Attributes:
    if not isinstance(value, Mapping | Hidden | None) or (isinstance(value, Hidden) and not isinstance(raw, Mapping)):
        raise ReviewError(
            f"{where} has no attributes that could be reviewed: that is not a plan of Terraform. {_advice()}"
        )
    # If the whole is hidden, each attribute is.
    hidden: Attributes = dict.fromkeys(raw, value) if isinstance(raw, Mapping) else {}
    return hidden if isinstance(value, Hidden) else value or {}


def _output(change: Change) -> OutputChange:
    return OutputChange(_before(change), _after(change), is_kept=change.actions == ("no-op",))


def _output_of_state(output: StateOutput | None) -> OutputChange:
    value = None if output is None else without_secrets(output.value, output.sensitive)
    return OutputChange(value, value, is_kept=True)


def _before(change: Change) -> Value:
    return without_secrets(change.before, change.before_sensitive)


def _after(change: Change) -> Value:
    # The markers of secrets come first: they follow the structure of the value without unknown parts.
    return with_unknowns(without_secrets(change.after, change.after_sensitive), change.after_unknown)


def _identity(value: Value) -> Identity | None:
    if value is None:
        return None
    members = value if isinstance(value, dict) else {}
    texts = (members.get(name) for name in ("project", "region", "workspace", "state"))
    return Identity(*(text if isinstance(text, str) and text else _UNSEEN for text in texts))


def _member(value: object, name: str) -> str | None:
    text = value.get(name) if isinstance(value, Mapping) else None
    return text if isinstance(text, str) and text else None


_UNSEEN: Final = "something that the plan does not show"


def _providers(configuration: Configuration) -> Iterator[ProviderSettings]:
    for address, provider in (configuration.provider_config or {}).items():
        if provider.full_name in AWS_PROVIDERS:
            settings = provider.expressions or {}
            region = settings.get("region")
            constant = region.get("constant_value") if isinstance(region, dict) and len(region) == 1 else None
            names = frozenset(settings) - {"region"}
            yield ProviderSettings(address, constant if isinstance(constant, str) else None, names)
