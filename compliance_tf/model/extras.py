"""The extras of the package, which are installed only where they are needed."""

from __future__ import annotations

from enum import Enum
from importlib.util import find_spec

from compliance_tf.errors import MissingExtraError


class Extra(Enum):
    """An extra, with what needs it and the packages by which it is recognized."""

    SYNTH = ("synth", "Synthesis", ("cdktf", "cdktf_cdktf_provider_aws", "constructs", "jsii"))
    LOCAL = ("local", "The local AWS", ("hypercorn", "ministack"))
    ANALYTICS = ("analytics", "Analysis of exported results", ("duckdb", "pyarrow"))

    def __init__(self, label: str, user: str, packages: tuple[str, ...]) -> None:
        self.label = label
        self.user = user
        self.packages = packages

    @property
    def advice(self) -> str:
        """The command that installs it, worded to end a sentence."""
        return f"run pip install 'compliance-tf[{self.label}]'"

    def require(self) -> None:
        """Check that it is installed, without importing it.

        Raises
        ------
        MissingExtraError
            When one of its packages is not installed.
        """
        missing = [name for name in self.packages if not _is_installed(name)]
        if missing:
            names = " and ".join([", ".join(missing[:-1]), missing[-1]] if missing[1:] else missing)
            verb = "are" if missing[1:] else "is"
            raise MissingExtraError(f"{self.user} needs {names}, which {verb} not installed: {self.advice}.")


def _is_installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ValueError:
        # A module that a program made itself, without a spec, is loaded already.
        return True
