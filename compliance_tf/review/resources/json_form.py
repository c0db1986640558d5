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
"""Changes when a member changes its meaning or goes away."""

Count: TypeAlias = Annotated[int, Meta(ge=0)]
Line: TypeAlias = Annotated[int, Meta(ge=1)]


class RecorderForm(Struct):
    """AWS Config's recorder, delivery channel or retention, which the plan declares.

    Parameters
    ----------
    address
        Terraform's address of it.
    type
        Its type.
    file
        Where it stands, if that is at hand.
    line
        In which line of the file.
    """

    address: str
    type: str
    file: str | None
    line: Line | None


class JudgementForm(Struct, rename="camel"):
    """What a rule says of a planned resource.

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
        What came of it.
    reason
        The check's reason, or what is not known.
    file
        Where the resource stands, if that is at hand.
    line
        In which line of the file.
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
    """What completes a resource that was not judged.

    Parameters
    ----------
    address
        Terraform's address of it.
    reason
        Why it was not.
    """

    address: str
    reason: str


class PlanForm(Struct, rename="camel"):
    """What is said of a plan's resources.

    Parameters
    ----------
    name
        How messages call the plan.
    resources
        How many resources were judged.
    unchanged_resources
        How many the apply leaves as they are.
    recorders
        Where the plan declares AWS Config's recorder, delivery channel or retention.
    judgements
        What rules say, compliant or not.
    not_judged
        What completes resources that were not judged.
    other_types
        How many resources are of types that cannot be judged, by type.
    account_rules
        The ids of rules that look at the account, and judge no plan.
    rules_of_aws
        The ids of rules that AWS Config or Guard evaluates, and that judge no plan.
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
    """Planned resources, judged: what `compliance-tf check-plan --format json` prints.

    Parameters
    ----------
    version
        The version of this form.
    commit
        The commit that was given with --commit.
    plans
        What is said of each plan. New members may come with any version.
    """

    version: Literal[1] = VERSION
    commit: str | None
    plans: tuple[PlanForm, ...]


def as_json(plans: Sequence[Judged], commit: str | None = None) -> str:
    """Write all judgements of plans, compliant ones included."""
    form = CheckPlanForm(commit=commit, plans=tuple(map(_plan, plans)))
    return json_text(msgspec.to_builtins(form), indent=2) + "\n"


def _plan(judged: Judged) -> PlanForm:
    return PlanForm(
        name=judged.name,
        resources=judged.resources,
        unchanged_resources=judged.unchanged,
        recorders=tuple(RecorderForm(one.address, one.type, *_place(one.block)) for one in judged.recorders),
        judgements=tuple(map(_judgement, judged.judgements)),
        not_judged=tuple(NotJudgedForm(address, reason) for address, reason in judged.strays),
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
