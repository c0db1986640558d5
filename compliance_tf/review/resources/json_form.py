"""Judgements of planned resources as JSON, in the shape that ``docs/reference/check-plan.schema.json`` describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from compliance_runtime.check import Severity
from compliance_runtime.waivers.waiver import WaiverNote
from compliance_tf.output.sanitize import json_text
from compliance_tf.review.resources.judgement import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from compliance_tf.review.resources.configuration import Block
    from compliance_tf.review.resources.judgement import Judged, Judgement

VERSION: Final = 1
"""Increased when a member is removed or changes its meaning."""

Count: TypeAlias = Annotated[int, Meta(ge=0)]
Line: TypeAlias = Annotated[int, Meta(ge=1)]


class RecorderForm(Struct):
    """A recorder, delivery channel or retention of AWS Config that the plan declares.

    Parameters
    ----------
    address
        Terraform's address of it.
    type
        Its type.
    file
        Its file, if available.
    line
        The line in the file.
    """

    address: str
    type: str
    file: str | None
    line: Line | None


class JudgementForm(Struct, rename="camel"):
    """The judgement of a planned resource by a rule.

    Parameters
    ----------
    rule
        The rule's id.
    check
        The id of its check.
    severity
        The severity of a violation.
    address
        Terraform's address of the resource.
    resource_type
        AWS Config's name of its type.
    outcome
        The outcome.
    reason
        The check's reason, or the unknown value.
    file
        The resource's file, if available.
    line
        The line in the file.
    waiver
        The waiver that covers the violation.
    """

    rule: str
    check: str
    severity: Severity
    address: str
    resource_type: str
    outcome: Outcome
    reason: str
    file: str | None
    line: Line | None
    waiver: WaiverNote | None


class NotJudgedForm(Struct):
    """A part of a resource, or of the plan, that was not judged.

    Parameters
    ----------
    address
        Terraform's address of it; `plan` for the plan.
    reason
        The reason.
    """

    address: str
    reason: str


class PlanForm(Struct, rename="camel"):
    """The judgements of a plan's resources.

    Parameters
    ----------
    name
        The plan's name in messages.
    resources
        The number of judged resources.
    unchanged_resources
        The number of unchanged resources.
    recorders
        Declarations of AWS Config's recorder, delivery channel or retention.
    judgements
        The judgements, compliant or not.
    not_judged
        Parts of resources that were not judged.
    other_types
        The number of resources of types that cannot be judged, by type.
    account_rules
        The ids of rules that evaluate the account, not plans.
    rules_of_aws
        The ids of rules that AWS Config or Guard evaluates, which cannot judge plans.
    """

    name: str
    resources: Count
    unchanged_resources: Count
    recorders: tuple[RecorderForm, ...]
    judgements: tuple[JudgementForm, ...]
    not_judged: tuple[NotJudgedForm, ...]
    other_types: dict[str, Count]
    account_rules: tuple[str, ...]
    rules_of_aws: tuple[str, ...]


class CheckPlanForm(Struct, kw_only=True):
    """Judgements of planned resources: the output of `compliance-tf check-plan --format json`.

    Parameters
    ----------
    version
        The version of this form.
    commit
        The commit that was given with --commit.
    plans
        The plans. Any version may add members.
    """

    version: Literal[1] = VERSION
    commit: str | None
    plans: tuple[PlanForm, ...]


def as_json(plans: Sequence[Judged], commit: str | None = None) -> str:
    """Render all judgements of plans, compliant ones included."""
    form = CheckPlanForm(commit=commit, plans=tuple(map(_plan, plans)))
    return json_text(msgspec.to_builtins(form), indent=2) + "\n"


def _plan(judged: Judged) -> PlanForm:
    return PlanForm(
        name=judged.name,
        resources=judged.resources,
        unchanged_resources=judged.unchanged,
        recorders=tuple(RecorderForm(one.address, one.type, *_place(one.block)) for one in judged.recorders),
        judgements=tuple(map(_judgement, judged.judgements)),
        not_judged=tuple(NotJudgedForm(address, reason) for address, reason in judged.unresolved_parts),
        other_types=dict(judged.other_types),
        account_rules=judged.account_rules,
        rules_of_aws=judged.elsewhere,
    )


def _judgement(one: Judgement) -> JudgementForm:
    file, line = _place(one.block)
    return JudgementForm(
        rule=one.rule.id,
        check=one.rule.check.id,
        severity=one.rule.severity,
        address=one.address,
        resource_type=one.resource_type,
        outcome=one.outcome,
        reason=one.reason,
        file=file,
        line=line,
        waiver=one.waiver.note if one.waiver else None,
    )


def _place(block: Block | None) -> tuple[str | None, int | None]:
    return (block.file, block.line) if block else (None, None)
