"""The group of all commands: their modules, their order in help, and the exit code of usage errors."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup
from typer.main import get_command

from compliance_tf.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator

PANELS: Final = {
    "Write": ("init", "rules", "packs", "frameworks", "checks", "new", "check"),
    "Plan": ("preflight", "plan", "review", "comment", "check-plan"),
    "Deploy": ("deploy", "apply", "destroy", "fleet"),
    "Look": ("results", "report", "cost"),
    "Maintain": ("waivers", "recover", "export-module"),
    "Try out": ("demo", "local", "verify"),
}
"""The commands in the order of work, by their heading in help."""

_PANEL_OF: Final = {name: heading for heading, names in PANELS.items() for name in names}

_MODULES: Final = {
    "rules": "catalog",
    "packs": "catalog",
    "new": "checks",
    "check": "checks",
    "comment": "review",
    "plan": "lifecycle",
    "deploy": "lifecycle",
    "apply": "lifecycle",
    "destroy": "lifecycle",
    "recover": "lifecycle",
    "demo": "local",
}
"""The modules in ``cli`` of the commands that do not stand in one of their own name."""


@cache
def _parser(name: str) -> Any:  # noqa: ANN401 (Typer's types are private)
    """Import a command, or the Typer app of a group, by its name, and return its parser."""
    attribute = name.replace("-", "_")
    command = getattr(import_module(f"compliance_tf.cli.{_MODULES.get(name, attribute)}"), attribute)
    # A command knows its panel only below a group, and an app with a callback is always one.
    above = typer.Typer(callback=lambda: None)
    if isinstance(command, typer.Typer):
        above.add_typer(command, name=name, rich_help_panel=_PANEL_OF[name])
    else:
        above.command(name, rich_help_panel=_PANEL_OF[name])(command)
    parser: Any = get_command(above)
    return parser.commands[name]


class _OnDemand(Mapping[str, Any]):
    """The parsers of all commands by name, in the order of work: importing them all takes longer than most run."""

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 (Typer's types are private)
        if name not in _PANEL_OF:
            raise KeyError(name)
        return _parser(name)

    def __iter__(self) -> Iterator[str]:
        return iter(_PANEL_OF)

    def __len__(self) -> int:
        return len(_PANEL_OF)


class Commands(TyperGroup):
    """The group of all commands."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 (Typer's)
        """Take Typer's settings of a group."""
        super().__init__(**settings | {"commands": _OnDemand()})

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 (Typer's types are private)
        """List them in the order of work, without importing them."""
        del ctx
        return [*self.commands]

    def make_context(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 (Typer's types are private)
        """Parse the options before the command's name."""
        with _wrong_calls_are_errors():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 (Typer's types are private)
        """Parse the command's own arguments, and run it."""
        with _wrong_calls_are_errors():
            return super().invoke(ctx)


@contextmanager
def _wrong_calls_are_errors() -> Iterator[None]:
    """Exit with the code of errors after a usage error: Typer's own 2 means findings here."""
    try:
        yield
    except typer.Exit:
        raise
    except Exception as error:
        if hasattr(error, "exit_code"):
            error.exit_code = ExitCode.ERROR
        raise
