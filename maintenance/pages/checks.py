"""The reference page of the checks, made of what they declare: ``python -m maintenance.pages.checks``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from compliance_runtime.check import ChangeCheck, LookupCheck, PeriodicCheck
from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.parameters import declared_parameters

if TYPE_CHECKING:
    from compliance_runtime.check import Check
    from compliance_runtime.parameters import Parameter

_INTRODUCTION = """\
# Checks

These checks are shipped. Import one from `compliance_runtime.checks` and give it to a `CheckRule`:

```python
from compliance_runtime.checks import {module}

CheckRule(stack, "{id}", check={module}.CHECK, parameters={module}.Parameters(...))
```

`compliance-tf check <id> --item FILE` runs one on a saved configuration item. The names of parameters are those of
Python; a Config rule and `--parameters` also know them in camelCase. All parameters of a rule together may take 1,024
characters. IAM is global: deploy checks of IAM in one region alone.

This page is made of the checks' declarations by `make docs`.
"""


def reference() -> str:
    """Write the page, in Markdown."""
    checks = [load_check(check_id) for check_id in check_ids()]
    lines = [_INTRODUCTION.format(id="bucket-encryption", module="bucket_encryption")]
    lines += ["| Check | Judges | Evaluated | Severity |", "|---|---|---|---|"]
    lines += [
        f"| [{check.id}](#{check.id}) | {_types(check)} | {_evaluated(check)} | {check.severity.value.lower()} |"
        for check in checks
    ]
    return "\n".join([*lines, *(_section(check) for check in checks)]) + "\n"


def _section(check: Check[Any]) -> str:
    lines = [f"\n## {check.id}\n", f"{check.title}. {check.description}\n"]
    lines.append(f"- Judges {_types(check)}, {_evaluated(check)}. Severity {check.severity.value.lower()}.")
    lines.append(f"- To fix it: {check.remediation}")
    if isinstance(check, LookupCheck | PeriodicCheck):
        lines.append(f"- The function may call {', '.join(f'`{action}`' for action in check.actions)}.")
    parameters = declared_parameters(check.parameters)
    if parameters:
        lines += ["", "| Parameter | Is | Default | |", "|---|---|---|---|"]
        lines += [_row(parameter) for parameter in parameters]
    return "\n".join(lines)


def _row(parameter: Parameter) -> str:
    doc = parameter.doc.replace("|", "&#124;")
    default = "required" if parameter.required else _code(parameter.default)
    return f"| `{parameter.name}` | {parameter.meaning} | {default} | {doc} |"


def _code(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(f"`{element}`" for element in value) or "none"
    if isinstance(value, Mapping):
        return f"`{json.dumps({key: list(texts) for key, texts in value.items()})}`" if value else "none"
    return f"`{value}`" if value != "" else "none"


def _types(check: Check[Any]) -> str:
    return ", ".join(f"`{one}`" for one in check.resource_types) or "every recorded type"


def _evaluated(check: Check[Any]) -> str:
    if isinstance(check, ChangeCheck):
        return "at every change"
    return "at every change, with a lookup" if isinstance(check, LookupCheck) else "on a schedule"


if __name__ == "__main__":
    print(reference(), end="")  # noqa: T201 for the page
