"""The group of all commands: their order in help, and the exit code of usage errors."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import typer
from typer.core import TyperGroup

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

_ORDER: Final = [name for names in PANELS.values() for name in names]


def panel(command: str) -> str:
    """Return the heading under which help lists a command."""
    return next(heading for heading, names in PANELS.items() if command in names)


class Commands(TyperGroup):
    """The group of all commands."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 (Typer's types are private)
        """List them in the order of work."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)

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
