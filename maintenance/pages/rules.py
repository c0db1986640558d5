"""The reference page of AWS's managed rules: ``python -m maintenance.pages.rules`` prints it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import managed_rules

if TYPE_CHECKING:
    from compliance_tf.catalog.managed_rules import ManagedRuleFacts, ManagedRuleParameter

_INTRODUCTION = """\
# Managed rules

The {number} rules that AWS manages, as of {as_of}. Give the identifier to a `ManagedRule`; links lead to AWS's pages. A
parameter with `!` is required, and one with a value has it as AWS's default. The severity is a community's rating,
medium where there is none. `compliance-tf rules search TEXT` searches here.

This page is made of the catalogue by `python -m maintenance.pages.rules`.

| Rule | Trigger | Types | Parameters | Severity | Packs | Not in |
|---|---|---|---|---|---|---|
"""


def reference() -> str:
    """Write the page, in Markdown."""
    catalog = managed_rules()
    packs = Counter(rule.identifier for pack in conformance_packs().packs.values() for rule in pack.rules)
    rows = [_row(facts, packs[facts.identifier]) for facts in catalog.rules.values()]
    return _INTRODUCTION.format(number=len(rows), as_of=catalog.as_of) + "\n".join(rows) + "\n"


def _row(facts: ManagedRuleFacts, packs: int) -> str:
    triggers = {"change": facts.change_triggered, "periodic": facts.periodic}
    cells = (
        f"[`{facts.identifier}`]({facts.documentation_url})",
        ", ".join(trigger for trigger, applies in triggers.items() if applies),
        ", ".join(f"`{one}`" for one in facts.resource_types),
        ", ".join(_parameter(one) for one in facts.parameters),
        facts.severity.value.lower(),
        str(packs or ""),
        _missing_regions(facts),
    )
    return f"| {' | '.join(cells)} |"


def _parameter(parameter: ManagedRuleParameter) -> str:
    default = f"={parameter.default}" if parameter.default is not None else ""
    return f"`{parameter.name}{'!' if parameter.required else ''}{default}`".replace("|", "\\|")


def _missing_regions(facts: ManagedRuleFacts) -> str:
    if facts.only_regions:
        return f"all but {', '.join(facts.only_regions)}"
    return ", ".join(facts.excluded_regions)


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 for the page
