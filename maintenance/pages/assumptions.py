"""The page of what the code assumes of AWS: ``python -m maintenance.pages.assumptions`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.verify.assumptions import assumptions

if TYPE_CHECKING:
    from compliance_tf.verify.assumptions import Assumption

_INTRODUCTION = """\
# What is assumed of AWS

The tests run on [a stand-in for AWS](../reference/local-aws.md), which does what the code hopes. These are the facts
about AWS that the code relies on and that no test of this repository can check, each with what follows if it does not
hold. [`compliance-tf verify`](../how-to/verify.md) checks those with a probe in a sandbox account.

This page is made of `compliance_tf/verify/assumptions.json` by `make docs`.

| Assumption | Checked by `verify` |
|---|---|\
"""


def page() -> str:
    """Write the page, in Markdown."""
    rows = [f"| [{one.id}](#{one.id}) | {'yes' if one.probe else 'no'} |" for one in assumptions()]
    return "\n".join([_INTRODUCTION, *rows, *map(_section, assumptions())]) + "\n"


def _section(one: Assumption) -> str:
    files = ", ".join(f"[{path}](../../{path})" for path in one.relied_on)
    return "\n".join(
        [
            f"\n## {one.id}\n",
            f"{one.sentence}\n",
            f"- If it does not hold: {one.consequence}",
            f"- Source: {one.source} (read {one.date})",
            f"- Relied on by: {files}",
            f"- Probe: {f'`{one.probe}`' if one.probe else 'none'}",
        ]
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 for the page
