"""``compliance-tf comment``, against a forge on the loopback interface."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from compliance_tf.cli.main import app
from tests.runtime.review.fake_forges import FakeForge, running
from tests.unit.review.builders import plan_json

if TYPE_CHECKING:
    from click.testing import Result


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("kind", ["github", "gitlab"])
def test_reviews_are_put_into_the_pull_request(kind: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_REPOSITORY", "CI_API_V4_URL"):
        monkeypatch.delenv(name, raising=False)
    dev = json.dumps(plan_json())
    Path("dev.json").write_text(dev)
    Path("prod.json").write_text(dev.replace('"dev"', '"prod"').replace("acme-dev-", "acme-prod-"))
    run("review", "dev.json", "prod.json", "--format", "markdown", "-o", "out")
    files = sorted(map(str, Path("out").iterdir()))
    with running(FakeForge(kind)) as fake:
        for name, value in fake.environment.items():
            monkeypatch.setenv(name, value)
        first, second = run("comment", *files), run("comment", *files, "--pull-request", "5")
    done = [line.split()[0] for line in (first.stdout + second.stdout).splitlines()]
    assert done == ["created", "created", "updated", "updated"]
    assert [one["body"] for one in fake.comments] == [Path(file).read_text() for file in files]
