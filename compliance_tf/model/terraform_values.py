"""Conditions that Terraform checks at plan time, and the literals in their expressions."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass(frozen=True)
class Condition:
    """A precondition or postcondition.

    Parameters
    ----------
    expression
        A Terraform expression, without ``${}``, that is true when all is well.
    message
        A Terraform template: a sentence that says what is wrong and what to do.
    """

    expression: str
    message: str

    def to_terraform(self) -> dict[str, str]:
        """Return the block as Terraform JSON has it."""
        return {"condition": f"${{{self.expression}}}", "error_message": self.message}


def literal(value: object) -> str:
    """Write a text, number, boolean, list or mapping as a literal of Terraform's language, which takes JSON."""
    return escape(json.dumps(value, sort_keys=True))


def escape(text: str) -> str:
    """Escape a text so that Terraform does not read it as a template."""
    return text.replace("${", "$${").replace("%{", "%%{")
