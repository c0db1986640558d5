"""One tree of errors, which one ``except`` catches."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pkgutil import walk_packages

import pytest

import compliance_tf
from compliance_runtime import parameters
from compliance_tf import ComplianceError, errors


def drawn_tree() -> dict[str, str]:
    """Read from the docstring which error derives from which."""
    parents: dict[str, str] = {}
    path: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        name = line.strip()
        if line.startswith("    ") and name.endswith("Error"):
            depth = (len(line) - len(line.lstrip())) // 4 - 1
            path[depth:] = [name]
            parents[name] = path[depth - 1] if depth else "Exception"
    return parents


def test_the_drawn_tree_is_the_tree() -> None:
    for name, parent in drawn_tree().items():
        bases = [base.__name__ for base in getattr(errors, name).__mro__[1:] if not base.__name__.startswith("_")]
        assert bases[0] == parent


def test_all_errors_are_drawn_and_exported() -> None:
    assert sorted(errors.__all__) == errors.__all__
    assert set(errors.__all__) == set(drawn_tree())


def test_no_error_is_defined_elsewhere() -> None:
    for module in walk_packages(compliance_tf.__path__, "compliance_tf."):
        if not module.name.endswith("__main__"):
            import_module(module.name)

    def below(error: type[Exception]) -> set[type[Exception]]:
        return {error}.union(*map(below, error.__subclasses__()))

    own = {error for error in below(ComplianceError) if error.__module__.startswith("compliance_tf")}
    assert {error.__module__ for error in own} == {"compliance_tf.errors"}


def test_a_parameter_that_a_check_refuses_is_caught_like_all_else() -> None:
    @dataclass(frozen=True)
    class Days:
        days: int

    with pytest.raises(ComplianceError):
        parameters.from_rule_parameters(Days, {"days": "many"})
