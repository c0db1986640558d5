"""Plans of other people's stacks, as ``terraform show -json`` prints them: as small as a test needs them.

The plans in ``plans`` are real ones, of Terraform 1.11 and the AWS provider 5.100: ``stack`` is that of
``tests/deploy/planned``; ``unknown`` and ``dynamic`` have in them what is known only after the apply.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.review.resources.configuration import Configuration
from compliance_tf.review.resources.items import Translator
from compliance_tf.review.resources.judgement import Judged, Outcome, judge_plan
from compliance_tf.review.resources.rules import every_check

if TYPE_CHECKING:
    from compliance_tf.review.resources.judgement import RuleSet

PLANS = Path(__file__).parent / "plans"
ACCOUNT = "111122223333"
PROVIDER = "registry.terraform.io/hashicorp/aws"

PlanJson = dict[str, Any]


def real_plan(name: str) -> PlanJson:
    plan: PlanJson = json.loads((PLANS / f"{name}.json").read_text())
    return plan


def change(
    address: str,
    after: dict[str, Any] | None,
    *,
    unknown: Any = None,
    before: dict[str, Any] | None = None,
    actions: tuple[str, ...] = ("create",),
    sensitive: Any = None,
) -> dict[str, Any]:
    """A resource of a plan; its address may have a module and a key."""
    module, _, rest = address.rpartition("module.")
    if module or address.startswith("module."):
        name, _, rest = rest.partition(".")
        module_address = f"{module}module.{name}"
    else:
        module_address, rest = "", address
    type_, _, named = rest.partition(".")
    name, _, key = named.partition("[")
    one = {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_name": PROVIDER,
        "change": {
            "actions": list(actions),
            "before": before,
            "after": after,
            "after_unknown": unknown or {},
            "before_sensitive": False,
            "after_sensitive": sensitive or False,
        },
    }
    if module_address:
        one["module_address"] = module_address
    if key:
        one["index"] = json.loads(key.removesuffix("]"))
    return one


def configured(address: str, **expressions: Any) -> dict[str, Any]:
    """A resource of the configuration; a text stands for a reference."""
    type_, name = address.split(".")
    return {
        "address": address,
        "mode": "managed",
        "type": type_,
        "name": name,
        "provider_config_key": "aws",
        "expressions": {key: reference(value) for key, value in expressions.items()},
    }


def reference(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    whole, _, _ = value.rpartition(".")
    return {"references": [value, whole] if whole.count(".") else [value]}


def plan_json(
    changes: list[dict[str, Any]], resources: list[dict[str, Any]], modules: dict[str, Any] | None = None
) -> PlanJson:
    return {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": changes,
        "configuration": {
            "provider_config": {
                "aws": {
                    "name": "aws",
                    "full_name": PROVIDER,
                    "expressions": {"region": {"constant_value": "eu-west-1"}},
                }
            },
            "root_module": {"resources": resources, "module_calls": modules or {}},
        },
    }


def judged(
    plan: PlanJson,
    *,
    rules: RuleSet | None = None,
    folder: Path | None = None,
    account: str | None = ACCOUNT,
    **options: Any,
) -> Judged:
    read = any_plan(json.dumps(plan).encode(), "plan.json")
    configuration = None if folder is None else Configuration(folder, read)
    translator = Translator(read, configuration, account=account, region=None)
    return judge_plan(read, translator, rules or every_check(None), **options)


def outcomes(found: Judged) -> dict[tuple[str, str], Outcome]:
    """What came of each rule and resource."""
    return {(one.rule.id, one.address): one.outcome for one in found.judgements}


def reasons(found: Judged, rule: str, address: str) -> str:
    [one] = [one for one in found.judgements if (one.rule.id, one.address) == (rule, address)]
    return f"{one.outcome.words}: {one.reason}"
