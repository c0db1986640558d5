"""The commands of the how-to pages are run as they stand there, in a project's folder, with an account of results.

What would take an account of AWS, another program or minutes has a comment above it in its page, which says so.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from markdown_it import MarkdownIt
from typer.testing import CliRunner

from compliance_runtime.check import Compliance, Severity
from compliance_tf.cli.main import app
from compliance_tf.results.place import ResultsPlace
from compliance_tf.scaffold.project import NewProject
from compliance_tf.testing import event_item
from tests.repository import DOCS
from tests.runtime.fleet.conftest import ROLE, make_role
from tests.runtime.local.accounts import Account, eventually
from tests.runtime.results.builders import ACCOUNT, REGION, bucket, counts, result, rule
from tests.runtime.results.table import WrittenTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.local import LocalAws

PAGES = sorted((DOCS / "how-to").glob("*.md"))
PROGRAMS = ("aws", "cdktf", "compliance-tf", "make", "pip", "python", "terraform", "tofu")
NOT_RUN = re.compile(r"<!-- not run: (.+) -->\s*")


def commands(page: Path) -> Iterator[tuple[str, str | None]]:
    """Yield the commands of a page, each with the reason for which it is not run."""
    above = ""
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        if token.type == "code_block" or (token.type == "fence" and token.info in {"sh", "console"}):
            said = NOT_RUN.fullmatch(above)
            for line in token.content.replace("\\\n", "").splitlines():
                command = line.removeprefix("$ ").strip()
                if command.split(maxsplit=1)[:1] and command.split()[0].lstrip("(") in PROGRAMS:
                    yield command, said and said[1]
        above = token.content if token.type == "html_block" else ""


RUN = [page for page in PAGES if any(why is None for _, why in commands(page))]


@pytest.fixture(scope="module")
def folder(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new project, synthesized, with results of its workspace prod in an account that has a recorder."""
    account = Account(local_aws, REGION, ACCOUNT).with_recorder()
    account.bucket("my-bucket")
    account.config.put_configuration_aggregator(
        ConfigurationAggregatorName="all",
        AccountAggregationSources=[{"AccountIds": [ACCOUNT], "AwsRegions": [REGION]}],
    )
    make_role(local_aws, ACCOUNT, trusts=ACCOUNT)
    client = account.client("dynamodb")
    table = WrittenTable.create(client, ResultsPlace("acme", "prod", REGION, "acme-prod-results"))
    present = [result("tls", bucket("bucket-000782")), result("tls", bucket("tidy"), Compliance.COMPLIANT)]
    entry = rule("tls", Severity.HIGH, "hipaa-security", identifier="S3_BUCKET_SSL_REQUESTS_ONLY")
    today = replace(counts(0, 1, compliant=1), day=datetime.now(UTC).date(), compared_at=datetime.now(UTC))
    table.put(
        [replace(one, rule_name="acme-prod-tls") for one in present],
        rules=[replace(entry, name="acme-prod-tls")],
        days=[replace(today, rule_name="acme-prod-tls")],
    )
    project = tmp_path_factory.mktemp("how-to") / "acme"
    NewProject("acme", REGION).write(project)
    (project / "fleet.yaml").write_text(
        f'role: {ROLE}\ngroups: [{{name: all, workspace: prod, regions: [{REGION}], accounts: ["{ACCOUNT}"]}}]\n'
    )
    (project / "parameters.json").write_text('{"minDays": 30}')
    (project / "snapshots").mkdir()
    for item in ("item.json", "snapshots/item.json"):
        (project / item).write_text(json.dumps(event_item("AWS::S3::Bucket", "acme-orders")))
    subprocess.run([sys.executable, "main.py"], cwd=project, check=True)
    eventually("the bucket is recorded", lambda: account.items("AWS::S3::Bucket", "my-bucket"))
    return project


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_the_commands_of_a_page_do_what_it_says(
    page: Path, folder: Path, local_aws: LocalAws, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = tmp_path / "acme"
    shutil.copytree(folder, work)
    if page.name == "add-a-check.md":
        # Which writes it.
        shutil.rmtree(work / "checks")
        shutil.rmtree(work / "tests")
    monkeypatch.chdir(work)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    for name, value in local_aws.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    ended = {command: run(command) for command, why in commands(page) if why is None}
    # 2: something was found.
    assert {command: said for command, (code, said) in ended.items() if code not in {0, 2}} == {}


def run(command: str) -> tuple[int, str]:
    """Run a command; ours in this process, for most of what each takes is to start it."""
    program, *arguments = shlex.split(command, comments=True)
    # Other processes write to this one's standard error, so that has to be a file.
    if program == "compliance-tf" and arguments[0] != "cost":
        result = CliRunner().invoke(app, arguments)
        return result.exit_code, f"{result.output}{result.exception}"
    done = subprocess.run(
        ["bash", "-c", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.returncode, done.stdout


def test_what_is_not_run_is_known() -> None:
    """No command is left out unseen: one more takes a comment in its page, and a number here."""
    assert dict(Counter(page.name for page in PAGES for _, why in commands(page) if why)) == {
        "check-plans.md": 3,
        "evaluate-again.md": 1,
        "exports.md": 2,
        "fleet.md": 9,
        "notifications.md": 1,
        "opentofu.md": 1,
        "permissions.md": 1,
        "remove.md": 1,
        "results.md": 2,
        "review.md": 5,
        "verify.md": 1,
        "waivers.md": 1,
        "workspaces.md": 6,
    }
