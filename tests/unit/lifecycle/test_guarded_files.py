"""A command looks at what the app wrote before Terraform does: the guard of the app may have been replaced."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from compliance_tf.errors import ComplianceError, GuardError
from compliance_tf.terraform import read_recorder
from tests.unit.lifecycle.builders import configuration

if TYPE_CHECKING:
    from tests.unit.lifecycle.builders import FakeProject


@pytest.mark.parametrize(
    ("added", "reason"),
    [
        ({"resource": {"aws_config_delivery_channel": {"d": {}}}}, r"aws_config_delivery_channel\.d: .*AWS allows one"),
        ({"resource": {"aws_iam_role": {"r": {"name": "acme-prod-r"}}}}, "the name 'acme-prod-r' is refused"),
        ({"data": {"external": {"e": {"program": ["sh"]}}}}, "a program is refused"),
        ({"terraform": {"required_providers": {"aws": {"source": "evil/aws"}}}}, "the provider is refused"),
        ({"output": configuration("a-b")["output"]}, "project='a-b' is not a name part"),
    ],
)
@pytest.mark.parametrize("command", ["plan", "deploy", "destroy"])
def test_terraform_does_not_see_what_an_app_wrote_past_its_guard(
    fake: FakeProject, command: str, added: dict[str, Any], reason: str
) -> None:
    fake.synthesizes({"compliance": configuration() | added})
    with pytest.raises(ComplianceError, match=reason):
        getattr(fake.project(), command)()
    assert fake.asked("init", "plan") == []


def test_the_program_that_reads_the_recorder_is_known_by_its_content(fake: FakeProject) -> None:
    written, asset = configuration(), "assets/recorder_program/0A1B/read_recorder.py"
    written["data"] = {"external": {"existing_recorder": {"program": ["python3", f"${{path.module}}/{asset}"]}}}
    fake.synthesizes({"compliance": written})
    file = fake.path / "synthesized" / "stacks" / "compliance" / asset
    file.parent.mkdir(parents=True)
    file.write_bytes(Path(read_recorder.__file__).read_bytes())
    fake.project().plan()
    file.write_text("print('{}')")
    with pytest.raises(GuardError, match="a program is refused"):
        fake.project().plan()
