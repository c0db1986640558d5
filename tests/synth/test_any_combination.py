"""Whatever packs, changes and waivers are put together: unique names, no dangling reference, and no order."""

from __future__ import annotations

import json
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from cdktf import App
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from compliance_tf import Change, ComplianceStack, Packs, Severity, Waiver
from compliance_tf.errors import PackConflictError
from compliance_tf.packs.pack import Pack
from compliance_tf.packs.resolution import resolve

SMALL = ("api-gateway", "iam", "s3", "ecs-security", "serverless", "rds-security", "asset-management")
GRANTED, EXPIRES = date(2026, 11, 1), date(2027, 3, 1)


@st.composite
def deployments(draw: st.DrawFn) -> dict[str, Any]:
    """Some packs, what is left out and changed of them, and waivers of their rules."""
    packs = draw(st.lists(st.sampled_from(SMALL), min_size=1, max_size=4, unique=True))
    given = [Pack.named(name) for name in packs]
    ids = sorted({rule.id for pack in given for rule in pack.rules})
    left_out = draw(st.lists(st.sampled_from(ids), max_size=3, unique=True))
    changed = draw(st.lists(st.sampled_from(ids), max_size=3, unique=True))
    change = {rule: Change(severity=Severity.HIGH) for rule in changed if rule not in left_out}
    try:
        rules = [rule.rule.id for rule in resolve(given, leave_out=left_out, change=change)]
    except PackConflictError:
        reject()
    kept = draw(st.lists(st.sampled_from(rules), max_size=3, unique=True)) if rules else []
    waivers = [waiver(rule=rule) for rule in kept]
    if draw(st.booleans()) and rules:
        waivers.append(waiver(pack=packs[0]))
    return {"packs": packs, "leave_out": left_out, "change": change, "waivers": waivers}


def waiver(**what: str) -> Waiver:
    return Waiver(
        **what,  # type: ignore[arg-type]  # rule or pack
        resource_id="acme-website",
        reason="moves in March",
        owner="web",
        ticket="WEB-7",
        granted=GRANTED,
        expires=EXPIRES,
    )


def synthesized(packs: list[str], leave_out: list[str], change: dict[str, Change], waivers: list[Waiver]) -> str:
    """The Terraform JSON of a stack with all of that."""
    with tempfile.TemporaryDirectory() as folder:
        app = App(outdir=folder)
        stack = ComplianceStack(app, "stack", project="acme", region="us-east-1", waivers=waivers)
        Packs(stack, "packs", packs=packs, leave_out=leave_out, change=change, skip_unavailable=True)  # type: ignore[arg-type]  # drawn
        app.synth()
        return (Path(folder) / "stacks" / "stack" / "cdk.tf.json").read_text()


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(deployments(), st.randoms(use_true_random=False))
def test_any_combination_gives_unique_names_no_dangling_reference_and_no_order(
    deployment: dict[str, Any], random: Any
) -> None:
    text = synthesized(**deployment)

    configuration = json.loads(text)
    names = [rule["name"] for rule in configuration["resource"].get("aws_config_config_rule", {}).values()]
    assert len(names) == len(set(names))
    assert not {f"acme-${{terraform.workspace}}-{rule}" for rule in deployment["leave_out"]} & set(names)
    declared = {f"{kind}.{name}" for kind, named in configuration["resource"].items() for name in named}
    referred = set(re.findall(r"\b(aws_[a-z_]+\.[A-Za-z0-9_-]+)", text.replace("data.aws_", "data_")))
    assert referred
    assert referred <= declared

    shuffled = {
        "packs": random.sample(deployment["packs"], len(deployment["packs"])),
        "leave_out": deployment["leave_out"][::-1],
        "change": dict(reversed(deployment["change"].items())),
        "waivers": random.sample(deployment["waivers"], len(deployment["waivers"])),
    }
    assert synthesized(**shuffled) == text
