"""The reference page of the review's policies: ``python -m maintenance.pages.policies`` prints it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from compliance_tf.review.policies import POLICIES

if TYPE_CHECKING:
    from compliance_tf.review.policies import Policy

_INTRODUCTION = """\
# Policies of the plan review

`compliance-tf review` holds a plan against these, the gravest first; the [how-to](../how-to/review.md) says how a
project sets them. What cannot be seen before the apply, in a place that a policy depends on, counts as against it.

This page is made of the policies' declarations by `make docs`.

| Policy | Demands | A plan against it |
|---|---|---|\
"""


def reference() -> str:
    """Write the page, in Markdown."""
    rows = [f"| [{policy.id}](#{policy.id}) | {policy.title} | {policy.verdict.words} |" for policy in POLICIES]
    return "\n".join([_INTRODUCTION, *rows, *map(_section, POLICIES)]) + "\n"


def _section(policy: Policy) -> str:
    settable = (
        "No setting weakens it, and it cannot be acknowledged."
        if policy.is_fixed
        else "A project may set another verdict, and it can be acknowledged for one plan."
    )
    return f"\n## {policy.id}\n\n{policy.title}. {policy.why}\n\nA plan against it: {policy.verdict.words}. {settable}"


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 for the page
