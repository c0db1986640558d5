"""``compliance-tf packs`` and ``compliance-tf rules``: the catalogue of packs and managed rules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from compliance_runtime.check import PeriodicCheck, Severity
from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.catalog.managed_rules import kebab_case, managed_rule, managed_rules
from compliance_tf.catalog.parameters import check_parameters
from compliance_tf.checks.use import parameter_texts
from compliance_tf.cli.exit_codes import ExitCode
from compliance_tf.cli.options import TableFormat, TableOrJson
from compliance_tf.output.sanitize import json_text
from compliance_tf.output.terminal_table import print_table
from compliance_tf.packs.difference import difference
from compliance_tf.packs.pack import (
    PACK_FILE_ENDINGS,
    CheckPackRule,
    ManagedPackRule,
    Pack,
    PolicyPackRule,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from compliance_tf.catalog.managed_rules import ManagedRuleFacts
    from compliance_tf.packs.pack import PackRule

packs = typer.Typer(help="AWS's conformance packs, and your own packs: list, show and compare them.")
rules = typer.Typer(help="AWS managed rules.", no_args_is_help=True)

PackArgument = Annotated[
    str, typer.Argument(metavar="PACK", help="A pack's short name, AWS's name, or your own YAML file.")
]
Checks = Annotated[Path | None, typer.Option("--checks", help="The folder of your own checks.")]


@packs.callback(invoke_without_command=True)
def list_packs(context: typer.Context, *, output: TableOrJson = TableFormat.TABLE) -> None:
    """List AWS's conformance packs; `show` and `diff` print their rules."""
    if context.invoked_subcommand is None:
        list_all(output=output)


@packs.command("list")
def list_all(*, output: TableOrJson = TableFormat.TABLE) -> None:
    """List AWS's conformance packs."""
    known = conformance_packs().packs.values()
    if output is TableFormat.JSON:
        _print_json(
            [
                {
                    "name": pack.name,
                    "awsName": pack.aws_name,
                    "title": pack.title,
                    "rules": len(pack.rules),
                    "processChecks": pack.process_checks,
                }
                for pack in known
            ]
        )
        return
    print_table(
        ("Pack", "Rules", "Title"),
        [(pack.name, str(len(pack.rules)), pack.title) for pack in known],
        whole=("Pack", "Rules"),
    )


@packs.command()
def show(name: PackArgument, *, checks: Checks = None, output: TableOrJson = TableFormat.TABLE) -> None:
    """Show a pack's rules: severity, triggers (changes, a period, or both), and the pack's settings."""
    pack = _pack(name, checks)
    shown = [_Shown.of(rule) for rule in pack.rules]
    if output is TableFormat.JSON:
        head = {"name": pack.name, "title": pack.title, "processChecks": pack.process_checks}
        _print_json({**head, "rules": [rule.to_json() for rule in shown]})
        return
    typer.echo(f"{pack.name}: {pack.title}, {_counted(len(pack.rules))}", err=True)
    if pack.process_checks:
        typer.echo("It also has process checks, which people answer and no rule evaluates.", err=True)
    print_table(
        ("Rule", "Severity", "Trigger", "Settings"),
        [(rule.id, rule.severity.value.lower(), rule.trigger, rule.settings) for rule in shown],
        whole=("Rule", "Severity", "Trigger"),
    )


@packs.command()
def diff(
    first: PackArgument, second: PackArgument, *, checks: Checks = None, output: TableOrJson = TableFormat.TABLE
) -> None:
    """Compare two packs rule by rule; exit with 2 when they differ."""
    left, right = _pack(first, checks), _pack(second, checks)
    found = difference(left, right)
    if output is TableFormat.JSON:
        _print_json(
            {
                "onlyFirst": [_Shown.of(rule).to_json() for rule in found.only_first],
                "onlySecond": [_Shown.of(rule).to_json() for rule in found.only_second],
                "changed": [[_Shown.of(rule).to_json() for rule in pair] for pair in found.changed],
                "shared": found.shared,
            }
        )
    else:
        rows = [("-", rule.id, _Shown.of(rule).settings) for rule in found.only_first]
        rows += [("+", rule.id, _Shown.of(rule).settings) for rule in found.only_second]
        rows += [("~", one.id, f"{_Shown.of(one)} -> {_Shown.of(other)}") for one, other in found.changed]
        typer.echo(
            f"- only {left.name}: {len(found.only_first)}, + only {right.name}: {len(found.only_second)}, "
            f"~ other settings: {len(found.changed)}, the same: {found.shared - len(found.changed)}",
            err=True,
        )
        print_table(("", "Rule", "Settings"), sorted(rows, key=lambda row: row[1]), whole=("Rule",))
    raise typer.Exit(ExitCode.FOUND if found else ExitCode.FINE)


@rules.command()
def search(
    text: Annotated[
        list[str],
        typer.Argument(
            metavar="WORD...", help="Words that must all occur in the rule's identifier, name or resource types."
        ),
    ],
    *,
    output: TableOrJson = TableFormat.TABLE,
) -> None:
    """Find AWS managed rules; exit with 1 when there is none."""
    words = " ".join(text).casefold().split()
    found = [facts for facts in managed_rules().rules.values() if all(word in _searched(facts) for word in words)]
    if output is TableFormat.JSON:
        _print_json([_facts_json(facts) for facts in found])
    else:
        print_table(
            ("Identifier", "Trigger", "Types", "Called"),
            [
                (facts.identifier, _trigger(facts), ", ".join(facts.resource_types), _other_name(facts))
                for facts in found
            ],
            whole=("Identifier", "Trigger"),
        )
        typer.echo(_counted(len(found)), err=True)
    raise typer.Exit(ExitCode.FINE if found else ExitCode.ERROR)


@rules.command("show")
def show_rule(
    identifier: Annotated[
        str, typer.Argument(metavar="RULE", help="The rule's identifier, such as ENCRYPTED_VOLUMES, or its name.")
    ],
    *,
    output: TableOrJson = TableFormat.TABLE,
) -> None:
    """Show the facts of an AWS managed rule: its trigger, types, parameters and documentation."""
    by_name = {facts.name: facts for facts in managed_rules().rules.values()}
    facts = by_name.get(identifier) or managed_rule(identifier.upper().replace("-", "_"))
    if output is TableFormat.JSON:
        _print_json(_facts_json(facts))
        return
    typer.echo(
        f"{facts.identifier} ({facts.name})\n"
        f"severity  {facts.severity.value.lower()}\n"
        f"trigger   {_trigger(facts)}\n"
        f"types     {', '.join(facts.resource_types) or 'none of its own'}\n"
        f"more      {facts.documentation_url}"
    )
    if facts.parameters:
        typer.echo()
        print_table(
            ("Parameter", "Type", "Required", "Default"),
            [
                (one.name, one.type.value, "yes" if one.required else "no", "" if one.default is None else one.default)
                for one in facts.parameters
            ],
        )


@dataclass(frozen=True)
class _Shown:
    """A rule of a pack, for printing."""

    id: str
    kind: str
    severity: Severity
    trigger: str
    parameters: Mapping[str, str]
    frequency: str | None
    resource_types: Sequence[str]

    @classmethod
    def of(cls, rule: PackRule) -> _Shown:
        match rule:
            case ManagedPackRule():
                facts = managed_rule(rule.identifier)
                texts = check_parameters(facts, rule.parameters)
                severity, kind, trigger = facts.severity, facts.identifier, _trigger(facts)
            case CheckPackRule():
                texts = parameter_texts(rule.check, rule.parameters)
                severity, kind = rule.check.severity, f"check {rule.check.id}"
                trigger = "periodic" if isinstance(rule.check, PeriodicCheck) else "change"
            case _:
                texts, severity, kind, trigger = {}, Severity.MEDIUM, "policy", "change"
        frequency = None if isinstance(rule, PolicyPackRule) else rule.frequency
        return cls(rule.id, kind, rule.severity or severity, trigger, texts, frequency, rule.resource_types)

    @property
    def settings(self) -> str:
        """The settings that the pack gives beside the severity."""
        texts = [f"{name}={text}" for name, text in self.parameters.items()]
        texts += [self.frequency] if self.frequency else []
        return ", ".join([*texts, *self.resource_types])

    def __str__(self) -> str:
        return self.settings or "defaults"

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "rule": self.kind,
            "severity": self.severity.value,
            "trigger": self.trigger,
            "parameters": dict(self.parameters),
            "frequency": self.frequency,
            "resourceTypes": list(self.resource_types),
        }


def _pack(name: str, checks: Path | None) -> Pack:
    if name.endswith(PACK_FILE_ENDINGS):
        return Pack.from_file(name, checks=checks)
    return Pack.named(name)  # type: ignore[arg-type]  # unknown names are refused with the nearest one


def _searched(facts: ManagedRuleFacts) -> str:
    return " ".join((facts.identifier, facts.name, *facts.resource_types)).casefold()


def _other_name(facts: ManagedRuleFacts) -> str:
    """Return AWS's documented name of a rule, where that is not its identifier in kebab case."""
    return "" if facts.name == kebab_case(facts.identifier) else facts.name


def _trigger(facts: ManagedRuleFacts) -> str:
    if facts.change_triggered and facts.periodic:
        return "both"
    return "change" if facts.change_triggered else "periodic"


def _facts_json(facts: ManagedRuleFacts) -> dict[str, Any]:
    return {
        "identifier": facts.identifier,
        "name": facts.name,
        "severity": facts.severity.value,
        "trigger": _trigger(facts),
        "resourceTypes": list(facts.resource_types),
        "parameters": [
            {
                "name": known.name,
                "type": known.type.value,
                "required": known.required,
                "default": known.default,
            }
            for known in facts.parameters
        ],
        "documentation": facts.documentation_url,
    }


def _counted(number: int) -> str:
    return "1 rule" if number == 1 else f"{number} rules"


def _print_json(value: object) -> None:
    typer.echo(json_text(value, indent=2))
