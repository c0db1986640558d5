from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from compliance_tf.local import LocalAws, LocalAwsError, down, status, up
from compliance_tf.local.server.server import ACCOUNT
from tests.runtime.local.accounts import PRINT_EVENT, Account, eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

# Starts a local AWS with a function in it, says where, and waits to be killed.
PARENT = """
import json, sys
from compliance_tf.local import LocalAws
from tests.runtime.local.accounts import PRINT_EVENT, Account
aws = LocalAws.start()
Account(aws).function("child", PRINT_EVENT)
print(json.dumps({"pid": aws.pid, "port": aws.endpoint.port}), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def state_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    down(tmp_path)


def processes_of_group(group: int) -> list[int]:
    """The living processes of a process group."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(process_group) == group and state != "Z":
            found.append(int(stat.parent.name))
    return found


def home_of(pid: int) -> Path:
    """Where a server keeps its files."""
    variables = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    [home] = [variable.removeprefix("HOME=") for variable in variables if variable.startswith("HOME=")]
    return Path(home)


def invoke(aws: LocalAws) -> None:
    account = Account(aws)
    account.function("child", PRINT_EVENT)
    account.client("lambda").invoke(FunctionName="child")


def test_a_client_needs_nothing_but_the_environment(local_aws: LocalAws) -> None:
    program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    environment = local_aws.environment(account="123456789012", region="eu-west-1")

    answer = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )

    assert answer.stdout.strip() == "arn:aws:iam::123456789012:root"
    assert environment["AWS_ENDPOINT_URL"].startswith("http://127.0.0.1:")


def test_it_listens_on_the_loopback_interface_only(local_aws: LocalAws) -> None:
    listening = "0A"
    addresses = [
        row.split()[1]
        for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
        for row in table.read_text().splitlines()[1:]
        if row.split()[3] == listening
    ]

    port = f"{local_aws.endpoint.port:04X}"
    assert [address for address in addresses if address.endswith(f":{port}")] == [f"0100007F:{port}"]


def test_a_bucket_answers_in_its_own_region_and_says_elsewhere_which_that_is(local_aws: LocalAws) -> None:
    bucket = local_aws.client("s3", region="us-east-2")
    bucket.create_bucket(Bucket="of-ohio", CreateBucketConfiguration={"LocationConstraint": "us-east-2"})
    for method, body in (("GET", b"PermanentRedirect"), ("HEAD", b"")):
        connection = http.client.HTTPConnection("127.0.0.1", local_aws.endpoint.port)
        signature = f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20261127/eu-west-1/s3/aws4_request"
        connection.request(method, "/of-ohio", headers={"Authorization": signature})
        answer = connection.getresponse()
        assert (answer.status, answer.headers["x-amz-bucket-region"]) == (301, "us-east-2")
        assert body in answer.read()
        connection.close()
    # boto3 goes on in the bucket's region, as with AWS.
    elsewhere = local_aws.client("s3", region="eu-west-1")
    assert elsewhere.get_bucket_location(Bucket="of-ohio")["LocationConstraint"] == "us-east-2"
    elsewhere.put_object(Bucket="of-ohio", Key="a", Body=b"")
    assert [one["Key"] for one in bucket.list_objects_v2(Bucket="of-ohio")["Contents"]] == ["a"]


def test_a_connection_may_be_idle_for_longer_than_terraform_waits_between_questions(local_aws: LocalAws) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", local_aws.endpoint.port)
    for pause in (0, 5.5):
        time.sleep(pause)
        # It would open another one by itself.
        connection.auto_open = pause == 0
        connection.request("GET", "/_ministack/health")
        connection.getresponse().read()
    connection.close()


def test_stopping_ends_its_functions_too_and_leaves_no_files() -> None:
    aws = LocalAws.start()
    invoke(aws)
    home = home_of(aws.pid)
    assert len(processes_of_group(aws.pid)) >= 2
    assert home.exists()

    aws.stop()

    assert processes_of_group(aws.pid) == []
    assert not home.exists()
    assert not aws.endpoint.answers()


def test_it_ends_when_its_parent_is_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    ) as parent:
        assert parent.stdout is not None
        group = json.loads(parent.stdout.readline())["pid"]
        home = home_of(group)
        assert group in processes_of_group(group)
        assert home.exists()

        parent.kill()

    eventually("the end of the server", lambda: processes_of_group(group) == [])
    assert not home.exists()


def test_two_of_them_share_nothing() -> None:
    with LocalAws.start() as one, LocalAws.start() as other:
        Account(one, number="000000000001").bucket("mine")

        assert one.endpoint_url != other.endpoint_url
        assert other.client("s3").list_buckets()["Buckets"] == []


def test_a_port_that_is_taken_is_an_error_that_says_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(LocalAwsError, match="in use"):
        LocalAws.start(port=taken.getsockname()[1])


def test_a_detached_one_is_started_once_found_again_and_stopped(state_dir: Path) -> None:
    assert status(state_dir) is None

    started = up(state_dir)
    assert up(state_dir) == started
    assert status(state_dir) == started
    assert started.endpoint.client("s3").list_buckets()["Buckets"] == []

    assert down(state_dir) is True
    assert status(state_dir) is None
    assert processes_of_group(started.pid) == []
    assert list(state_dir.iterdir()) == []
    assert down(state_dir) is False


def test_a_detached_one_outlives_the_program_that_started_it(state_dir: Path) -> None:
    program = f"from pathlib import Path; from compliance_tf.local import up; up(Path({str(state_dir)!r}))"

    subprocess.run([sys.executable, "-c", program], check=True)

    running = status(state_dir)
    assert running is not None
    assert running.endpoint.client("sts").get_caller_identity()["Account"] == "000000000001"


def test_a_detached_one_that_was_killed_is_started_anew(state_dir: Path) -> None:
    killed = up(state_dir)
    os.kill(killed.pid, signal.SIGKILL)
    eventually("its end", lambda: status(state_dir) is None)

    again = up(state_dir)

    assert again.pid != killed.pid
    assert again.endpoint.answers()


def test_another_process_with_the_number_of_a_dead_one_is_left_alone(state_dir: Path, local_aws: LocalAws) -> None:
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:
        state = {"pid": bystander.pid, "started": "1", "port": local_aws.endpoint.port}
        (state_dir / "local-aws.json").write_text(json.dumps(state))

        assert status(state_dir) is None
        assert down(state_dir) is False
        assert bystander.poll() is None

        bystander.kill()


def test_a_broken_state_file_is_named(state_dir: Path) -> None:
    file = state_dir / "local-aws.json"
    file.write_text("{")

    with pytest.raises(LocalAwsError, match=r"local-aws\.json"):
        status(state_dir)

    file.unlink()
