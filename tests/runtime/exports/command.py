"""Running ``compliance-tf`` on the deployment of these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typer.testing import CliRunner

from compliance_tf.cli.main import app
from compliance_tf.errors import ComplianceError
from tests.runtime.results.builders import REGION

if TYPE_CHECKING:
    from typer.testing import Result as Run

DEPLOYMENT = ("--workspace", "dev", "--project", "acme", "--region", REGION)


def run(*arguments: str, code: int = 0) -> Run:
    ran = CliRunner().invoke(app, [*arguments])
    if isinstance(ran.exception, ComplianceError):
        raise ran.exception
    assert ran.exit_code == code, (ran.output, ran.exception)
    return ran
