"""The reference page of what a deployment offers to others: ``python -m maintenance.pages.deployment``."""

from __future__ import annotations

import ast
import sys
from inspect import getsource
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from compliance_runtime.recording import table_schema
from compliance_tf.model import output_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTRODUCTION: Final = """\
# Outputs and the results table

What other programs may rely on. This page is made of the code by `make docs`.

## Outputs

`terraform output -json` in the folder of the synthesized stack has them, and so has the state that another
configuration reads.

| Output | What it holds |
|---|---|
"""

_TABLE: Final = """
## The results table

One DynamoDB table for each deployment, called `<project>-<workspace>-results`. The output `deployment` has its name.
`compliance-tf results` and its [exports](../how-to/exports.md) read it; a program that reads it by itself needs
[this policy](results-policy.json), and should ask the indexes: a scan of a large account takes minutes and is paid for.

"""


def reference() -> str:
    """Write the page, in Markdown."""
    rows = [f"| `{name}` | {meaning} |\n" for name, meaning in _documented_constants(getsource(output_names))]
    keys = (table_schema.__doc__ or "").partition("\n\n")[2].strip()
    # Its tables are indented, which is code in Markdown as well.
    return _INTRODUCTION + "".join(rows) + _TABLE + keys.replace("``", "`") + "\n"


def _documented_constants(source: str) -> Iterator[tuple[str, str]]:
    """Yield the value of each constant that has a text below it, and the text in Markdown."""
    body = ast.parse(source).body
    for constant, text in pairwise(body):
        if isinstance(constant, ast.AnnAssign) and constant.value and isinstance(text, ast.Expr):
            yield ast.literal_eval(constant.value), str(ast.literal_eval(text.value)).replace("``", "`")


if __name__ == "__main__":
    sys.stdout.write(reference())
