"""The reference page of AWS's conformance packs: ``python -m maintenance.pages.packs`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import kebab_case

if TYPE_CHECKING:
    from compliance_tf.catalog.conformance_packs import ConformancePack, ConformancePackRule

_INTRODUCTION = """\
# Conformance packs

The packs that AWS publishes, as of {as_of}. Give the short name or AWS's own to `Packs`; the
[how-to](../how-to/packs.md) says what can be changed. A pack with process checks also asks for what only people can
answer.

This page is made of the catalogue by `python -m maintenance.pages.packs`.

| Pack | Title | Rules | Process checks |
|---|---|---|---|\
"""


def reference() -> str:
    """Write the page, in Markdown."""
    catalog = conformance_packs()
    lines = [_INTRODUCTION.format(as_of=catalog.as_of)]
    lines += [
        f"| [{pack.name}](#{pack.name.replace('.', '')}) | {pack.title} | {len(pack.rules)} | "
        f"{'yes' if pack.process_checks else ''} |"
        for pack in catalog.packs.values()
    ]
    return "\n".join([*lines, *(_section(pack) for pack in catalog.packs.values())]) + "\n"


def _section(pack: ConformancePack) -> str:
    rules = ", ".join(f"`{kebab_case(rule.identifier)}`" for rule in pack.rules)
    lines = [f"\n## {pack.name}\n", f"AWS calls it `{pack.aws_name}`.\n", rules]
    if settings := [(rule, text) for rule in pack.rules if (text := _settings(rule))]:
        lines += ["", "| Rule | Settings |", "|---|---|"]
        lines += [f"| `{kebab_case(rule.identifier)}` | {text} |" for rule, text in settings]
    return "\n".join(lines)


def _settings(rule: ConformancePackRule) -> str:
    texts = [f"`{name}={text}`" for name, text in rule.parameters.items()]
    return ", ".join([*texts, *([f"`{rule.frequency}`"] if rule.frequency else [])])


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 for the page
