"""The reference page of planned resources: ``python -m maintenance.pages.planned``.

Which check judges which type is not listed anywhere: every check is asked about the real plan of a stack that has all
types, and the page says what came of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from compliance_runtime.checks import check_ids, ec2_approved_images, load_check, required_tags
from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.review.resources.configuration import Configuration
from compliance_tf.review.resources.items import TABLES, Translator
from compliance_tf.review.resources.judgement import Outcome, Rule, RuleSet, judge_plan
from compliance_tf.review.resources.rules import every_check

if TYPE_CHECKING:
    from compliance_runtime.check import Check
    from compliance_tf.review.resources.judgement import Judged
    from compliance_tf.review.resources.translation import Table

_TESTS: Final = Path(__file__).parents[2] / "tests"
_PLAN: Final = _TESTS / "unit" / "review" / "resources" / "plans" / "stack.json"
_STACK: Final = _TESTS / "deploy" / "planned"

_PARAMETERS: Final = {
    "required-tags": required_tags.Parameters(tags={"owner": ()}),
    "ec2-approved-images": ec2_approved_images.Parameters(allowed_images=("ami-0c55b159cbfafe1f0",)),
}
"""For checks that have none by default."""

_INTRODUCTION = """\
# Planned resources

`compliance-tf check-plan` translates planned resources into the items that AWS Config would record of them, and has the
checks judge those ([how to](../how-to/check-plans.md)). This page is made by `make docs`: every check is asked about a
real plan that has all types.
"""

_MATRIX = """
## Which check judges which planned types

A check that is not asked about a type that it judges in an account says so: what decides it is never in a plan.

| Check | Judges in a plan | Does not, because |
|---|---|---|"""

_TYPES = """
## Types

What is not in these tables is not known to a check: reading it makes the judgement undecided.
"""


def reference() -> str:
    """Write the page, in Markdown."""
    found = _judged()
    rows = [_row(load_check(check_id), found) for check_id in check_ids()]
    return "\n".join([_INTRODUCTION, _MATRIX.strip("\n"), *rows, _TYPES, *map(_table, TABLES)]).rstrip("\n") + "\n"


def _judged() -> Judged:
    plan = any_plan(_PLAN.read_bytes(), _PLAN.name)
    translator = Translator(plan, Configuration(_STACK, plan), account=None, region=None)
    given = tuple(
        Rule(name, load_check(name), parameters, load_check(name).severity) for name, parameters in _PARAMETERS.items()
    )
    return judge_plan(plan, translator, RuleSet((*every_check(None).rules, *given)))


def _row(check: Check[Any], found: Judged) -> str:
    if check.id in found.account_rules:
        return f"| [{check.id}](checks.md#{check.id}) | | It looks at the account. |"
    own = [one for one in found.judgements if one.rule.check.id == check.id]
    types = {_terraform_type(one.address) for one in own}
    decided = {_terraform_type(one.address) for one in own if one.outcome is not Outcome.UNDECIDED}
    reasons = [one.reason for one in own if _terraform_type(one.address) in types - decided]
    others = sorted(set(check.resource_types) - {table.type for table in TABLES})
    said = [f"`{one}` is not translated." for one in others] + sorted(set(reasons))[:1]
    if not own and not said:
        said = ["It needs parameters, or the plan has none of its types."]
    return f"| [{check.id}](checks.md#{check.id}) | {_codes(decided)} | {' '.join(said)} |"


def _terraform_type(address: str) -> str:
    return address.split("[", maxsplit=1)[0].rsplit(".", 2)[-2] if "module." not in address else _in_module(address)


def _in_module(address: str) -> str:
    return next(part for part in address.replace('"]', "").split(".") if part.startswith("aws_"))


def _table(table: Table) -> str:
    lines = [f"\n### {table.type}\n", f"- Made of {_codes(table.terraform)}."]
    if table.links:
        lines.append(f"- Completed by {_codes(link.type for link in table.links)}.")
    members = [f"configuration.{name}" for name in table.configuration]
    members += [f"supplementaryConfiguration.{name}" for name in table.supplementary]
    lines.append(f"- Has {_codes(members)}, and the tags.")
    if table.notes:
        lines.append(f"- {table.notes}")
    lines.append(f"- Sources: {', '.join(f'<{source}>' for source in table.sources)}.")
    return "\n".join(lines)


def _codes(names: Any) -> str:  # noqa: ANN401 (anything to go through)
    return ", ".join(f"`{name}`" for name in sorted(set(names)))


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 the page
