"""Two people with the same fleet and the same states, each in a checkout of their own, at the same time."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

import pytest

from tests.deploy.fleet.accounts import APP, ROLE, FleetProject, make_recorder, make_role, rules
from tests.deploy.lifecycle.commands import S3_VARIABLES, Running, start

if TYPE_CHECKING:
    from compliance_tf.local import LocalAws
pytestmark = pytest.mark.long

REGION: Final = "eu-west-1"
OF_THE_STATES: Final = "us-east-2"
ACCOUNTS: Final = ("111111111111", "222222222222")
RULES: Final = {"acme-dev-trail", "acme-dev-root"}

REFUSALS: Final = (
    "The state is locked by",
    "Saved plan is stale",
    "Where another command is deploying it, wait for its end",
    "Where another command is deploying them, wait for its end",
)
"""Why a cell is not worked on, in the words of its line."""

DONE: Final = re.compile(r"^\[\d/2\] (\d{12}) eu-west-1 dev: done \(\d+ s\): deployed$", re.MULTILINE)
FAILED: Final = re.compile(r"^\[\d/2\] (\d{12}) eu-west-1 dev: failed \(\d+ s\): (.*)$", re.MULTILINE)


@pytest.fixture(scope="module")
def checkouts(local_aws: LocalAws, tmp_path_factory: pytest.TempPathFactory) -> tuple[FleetProject, FleetProject]:
    """A fleet of two cells, twice: the states are in a bucket of each account, in another region."""
    for account in ACCOUNTS:
        make_role(local_aws, account)
        make_recorder(local_aws, account, REGION)
        local_aws.client("s3", account=account, region=OF_THE_STATES).create_bucket(
            Bucket=f"state-{account}", CreateBucketConfiguration={"LocationConstraint": OF_THE_STATES}
        )
    group = {"name": "all", "workspace": "dev", "regions": [REGION], "accounts": ACCOUNTS}
    fleet = {"role": ROLE, "state_bucket": "state-{account}", "groups": [group]}
    folder = tmp_path_factory.mktemp("checkouts")
    one, two = (FleetProject.create(local_aws, folder / name, fleet) for name in ("one", "two"))
    app = APP.replace("LocalState", "S3State").replace(
        'region="eu-west-1",', f'region="eu-west-1", state=S3State("state", "{OF_THE_STATES}"),'
    )
    for checkout in (one, two):
        (checkout.project.folder / "main.py").write_text(app)
        checkout.project.variables.update(S3_VARIABLES)
    return one, two


def ended(*running: Running) -> list[tuple[str, dict[str, str]]]:
    """Wait for commands, each of which ends with 0, or with 1 and the reason of each cell; give those beside all."""
    outputs = [one.end() for one in running]
    failures = [dict(FAILED.findall(output)) for output in outputs]
    for output, failed in zip(outputs, failures, strict=True):
        assert output.endswith(f"exit code {1 if failed else 0}"), output
        assert all(any(words in said for words in REFUSALS) for said in failed.values()), failed
    return list(zip(outputs, failures, strict=True))


def test_of_two_commands_at_once_one_works_on_a_cell_and_the_other_waits_or_is_refused(
    checkouts: tuple[FleetProject, FleetProject], local_aws: LocalAws
) -> None:
    one, two = checkouts
    first, second = (start(each.project, "fleet", "deploy", "--auto-approve") for each in checkouts)
    (output, _), (other, _) = ended(first, second)
    deployed = DONE.findall(output) + DONE.findall(other)
    assert sorted(deployed) == sorted(ACCOUNTS), "a cell was deployed by none, or by both"
    assert all(rules(local_aws, account, REGION) == RULES for account in ACCOUNTS)
    code, output = one.run("fleet", "plan")
    assert (code, "2 cells: 2 unchanged." in output) == (0, True), output

    first = start(one.project, "fleet", "destroy", "--auto-approve")
    second = start(two.project, "fleet", "deploy", "--auto-approve")
    (_, not_destroyed), _ = ended(first, second)
    left = {account: rules(local_aws, account, REGION) for account in ACCOUNTS}
    # A deployment that came first had nothing to change, and one that came second made all again.
    assert all(found in (RULES, set()) for found in left.values()), left
    assert all(left[account] == RULES for account in not_destroyed)
    code, output = two.run("fleet", "deploy", "--auto-approve")
    assert code == 0, output
    assert all(rules(local_aws, account, REGION) == RULES for account in ACCOUNTS)


def test_the_lock_of_a_killed_command_is_released_by_the_command_that_the_refusal_names(
    checkouts: tuple[FleetProject, FleetProject], local_aws: LocalAws
) -> None:
    one, two = checkouts
    killed, other = ACCOUNTS

    def locked() -> bool:
        bucket = local_aws.client("s3", account=killed, region=OF_THE_STATES)
        return any(
            found["Key"].endswith(".tflock")
            for found in bucket.list_objects_v2(Bucket=f"state-{killed}").get("Contents", [])
        )

    running = start(one.project, "fleet", "destroy", "--auto-approve", "--account", killed)
    running.wait_until(locked)
    running.kill_terraform()
    assert locked(), "the kill came too late to prove anything"

    code, output = two.run("fleet", "deploy", "--auto-approve")
    failed = dict(FAILED.findall(output))
    assert (code, [*failed]) == (1, [killed]), output
    (advised,) = re.findall(r"release the lock by `compliance-tf ([^`]*)`", failed[killed])
    code, output = two.run(*shlex.split(advised), "--auto-approve")
    assert code == 0, output
    code, output = two.run("fleet", "deploy", "--auto-approve")
    assert code == 0, output
    assert rules(local_aws, killed, REGION) == rules(local_aws, other, REGION) == RULES
