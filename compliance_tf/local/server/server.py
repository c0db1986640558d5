"""The local AWS's server: started and stopped as a process of its own, on the loopback interface."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Self

from compliance_tf.errors import LocalAwsError
from compliance_tf.local.server.authorization import USED_ACTIONS, UsedAction
from compliance_tf.local.server.behaviour import Behaviour
from compliance_tf.model.extras import Extra

if TYPE_CHECKING:
    from types import TracebackType

    import boto3

ACCOUNT = "000000000001"
REGION = "eu-central-1"

_SECRET = "test"  # noqa: S105 -- MiniStack's fixed secret of every account's root key
_START_SECONDS = 30.0
_STOP_SECONDS = 5.0
_DYING_SECONDS = 0.5

_CREATING = Lock()
"""Held while a client is created: boto3's sessions are not for several threads."""


@cache
def _session() -> boto3.Session:
    """Return one session for all accounts: each keeps AWS's models, whose reading takes 0.1 seconds a client."""
    import boto3  # Slow, and not needed to start or stop a server.

    return boto3.Session()


@dataclass(frozen=True)
class Endpoint:
    """The endpoint of a local AWS."""

    port: int

    @property
    def url(self) -> str:
        """The URL of all services."""
        return f"http://127.0.0.1:{self.port}"

    def environment(self, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
        """Build the environment of AWS clients, Terraform included, that use only the local AWS.

        Parameters
        ----------
        account
            The account number: twelve digits; each account is empty at first.

        Returns
        -------
        dict[str, str]
            The variables by name, to be added to an environment; the account is the access key.
        """
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": account,
            "AWS_SECRET_ACCESS_KEY": _SECRET,
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    # boto3 makes the classes of its clients at run time: they have no type to name here.
    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any:  # noqa: ANN401
        """Return a boto3 client of a service, as the root of an account."""
        with _CREATING:
            return _session().client(  # type: ignore[call-overload]
                service,
                region_name=region,
                endpoint_url=self.url,
                aws_access_key_id=account,
                aws_secret_access_key=_SECRET,
            )

    def answers(self) -> bool:
        """Return whether a server answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/_ministack/health", timeout=2):  # noqa: S310 -- loopback
                return True
        except (urllib.error.URLError, OSError):
            return False


def start_server(
    home: Path, *, port: int = 0, behaviour: Behaviour | None = None, outlive_parent: bool = False
) -> subprocess.Popen[bytes]:
    """Start a server that does not inherit the environment.

    Parameters
    ----------
    home
        An empty directory for it; its log is ``server.log`` there.
    port
        The port; 0 for a free one.
    outlive_parent
        Whether it keeps running when this process ends.

    Returns
    -------
    subprocess.Popen[bytes]
        The process, which announces itself on its standard output: see :func:`wait_until_ready`.

    Raises
    ------
    MissingExtraError
        When the extra ``local`` is not installed.
    """
    Extra.LOCAL.require()
    home = home.absolute()  # the server runs in it
    home.mkdir(parents=True, exist_ok=True)
    (home / "tmp").mkdir(exist_ok=True)
    arguments = [sys.executable, "-m", "compliance_tf.local", "--port", str(port)]
    arguments += (behaviour or Behaviour()).arguments()
    if outlive_parent:
        arguments.append("--outlive-parent")
    with (home / "server.log").open("wb") as log:
        return subprocess.Popen(  # noqa: S603 -- our own interpreter and module
            arguments,
            env=_server_environment(home),
            cwd=home,
            stdin=subprocess.DEVNULL if outlive_parent else subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )


@dataclass(frozen=True)
class StartedServer:
    """A started server, whose process leads a process group of itself and its functions."""

    pid: int
    endpoint: Endpoint


def wait_until_ready(process: subprocess.Popen[bytes], home: Path) -> StartedServer:
    """Wait until a started server answers.

    Returns
    -------
    StartedServer
        Its process id and its endpoint, which answers.

    Raises
    ------
    LocalAwsError
        When it exits, or does not answer in time; the message has the end of its log, or its path.
    """
    if process.stdout is None:
        raise LocalAwsError("The local AWS's server was started without a pipe from it.")
    with process.stdout as pipe:
        announced = pipe.readline()
    if not announced:
        process.wait()
        tail = (home / "server.log").read_text(errors="replace").strip().splitlines()[-8:]
        raise LocalAwsError("The local AWS did not start. Its log ends with:\n  " + "\n  ".join(tail))
    started = json.loads(announced)
    endpoint = Endpoint(started["port"])
    deadline = time.monotonic() + _START_SECONDS
    while not endpoint.answers():
        if time.monotonic() > deadline:
            raise LocalAwsError(f"The local AWS does not answer at {endpoint.url}: see {home / 'server.log'}.")
        time.sleep(0.02)
    return StartedServer(started["pid"], endpoint)


def stop_group(pid: int) -> None:
    """End a server's process group: itself, and the functions it runs."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _wait_for_group(pid: int) -> None:
    """Wait until the functions have ended too: a dying one may write into files that are about to be removed.

    Not for long: where nothing reaps orphans, they stay in the group.
    """
    deadline = time.monotonic() + _DYING_SECONDS
    while time.monotonic() < deadline:
        try:
            os.killpg(pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)


def _end(process: subprocess.Popen[bytes], home: Path) -> None:
    """End a server of this process, however far it got, and remove its files."""
    stop_group(process.pid)
    process.wait()
    _wait_for_group(process.pid)
    if process.stdin:
        process.stdin.close()
    shutil.rmtree(home, ignore_errors=True)


def _server_environment(home: Path) -> dict[str, str]:
    """Build the environment of the server and its functions.

    The settings are MiniStack's: https://github.com/ministackorg/ministack, configuration.

    Returns
    -------
    dict[str, str]
        All of their variables: nothing is inherited.
    """
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "TMPDIR": str(home / "tmp"),
        "LANG": "C.UTF-8",
        "MINISTACK_ACCOUNT_ID": ACCOUNT,
        "MINISTACK_REGION": REGION,
        "AUTH": "true",  # IAM policies are enforced, so that a missing permission fails here too.
        "LAMBDA_EXECUTOR": "local",
        "LOG_LEVEL": "WARNING",
        # Not needed here: a container engine, and listeners on further ports.
        "DOCKER_HOST": f"unix://{home}/no-container-engine",
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


class LocalAws:
    """A local AWS of this process, which ends with the process.

    Examples
    --------
    >>> with LocalAws.start() as aws:  # doctest: +SKIP
    ...     aws.client("s3").create_bucket(Bucket="mine")
    """

    def __init__(self, process: subprocess.Popen[bytes], endpoint: Endpoint, home: Path) -> None:
        self._process = process
        self._home = home
        self.endpoint = endpoint

    @classmethod
    def start(cls, port: int = 0, behaviour: Behaviour | None = None) -> Self:
        """Start an empty local AWS on the loopback interface.

        Parameters
        ----------
        port
            The port; 0 for a free one.

        Returns
        -------
        Self
            The running local AWS, which ends with this process.

        Raises
        ------
        LocalAwsError
            When it does not start.
        """
        home = Path(tempfile.mkdtemp(prefix="compliance-tf-local-"))
        process = start_server(home, port=port, behaviour=behaviour)
        try:
            return cls(process, wait_until_ready(process, home).endpoint, home)
        except BaseException:
            _end(process, home)
            raise

    @property
    def endpoint_url(self) -> str:
        """The URL of all services."""
        return self.endpoint.url

    @property
    def pid(self) -> int:
        """The id of the server's process."""
        return self._process.pid

    @property
    def log(self) -> str:
        """The server's log: empty without errors."""
        return (self._home / "server.log").read_text(errors="replace")

    @property
    def used_actions(self) -> frozenset[UsedAction]:
        """The actions that users and roles, except root, have used since it started."""
        return UsedAction.read(self._home / USED_ACTIONS)

    def environment(self, account: str = ACCOUNT, region: str = REGION) -> dict[str, str]:
        """Return :meth:`Endpoint.environment`."""
        return self.endpoint.environment(account, region)

    def client(self, service: str, account: str = ACCOUNT, region: str = REGION) -> Any:  # noqa: ANN401
        """Return :meth:`Endpoint.client`."""
        return self.endpoint.client(service, account, region)

    def stop(self) -> None:
        """Stop it and its functions, and remove its files."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_STOP_SECONDS)
        _end(self._process, self._home)

    def __enter__(self) -> Self:
        """Use it for a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop it."""
        self.stop()
