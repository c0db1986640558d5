"""What functions log is kept, also where many run at once on a busy machine."""

from __future__ import annotations

import os
import threading
import time
from typing import Any

import pytest
from ministack.core import lambda_runtime  # type: ignore[import-untyped]
from ministack.services import cloudwatch_logs, lambda_svc  # type: ignore[import-untyped]

from compliance_tf.local.server.function_logs import keep_all_logs
from tests.runtime.local.accounts import zipped

# MiniStack does not close the pipes of the processes that it ends.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

PLACE = "arn:aws:lambda:us-east-1:000000000000:function"


@pytest.fixture(autouse=True)
def _ministack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have MiniStack in this process, where a test can stop a thread of it, and leave it as it was."""
    for owner, name in (
        (lambda_runtime.Worker, "_read_stderr"),
        (lambda_runtime.Worker, "_drain_stderr"),
        (lambda_runtime.Worker, "_drain_stderr_bounded"),
        (lambda_svc, "_emit_lambda_logs"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    keep_all_logs()


def invoke(name: str, source: str) -> None:
    """Invoke a function once."""
    config = {
        "FunctionName": name,
        "FunctionArn": f"{PLACE}:{name}",
        "Handler": "index.handler",
        "Runtime": "python3.13",
        "Timeout": 60,
    }
    lambda_svc._execute_function({"config": config, "code_zip": zipped(source)}, {})
    lambda_runtime.invalidate_worker(name)


def log_of(name: str) -> list[str]:
    """Return what a function itself logged."""
    streams = cloudwatch_logs._log_groups[f"/aws/lambda/{name}"]["streams"].values()
    lines = [event["message"] for stream in streams for event in stream["events"]]
    return [line for line in lines if line.partition(" ")[0] not in {"START", "END", "REPORT"}]


def test_a_line_is_kept_while_the_thread_that_reads_it_has_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lambda_runtime.Worker, "_read_stderr", lambda _: None)
    invoke("busy", "def handler(event, context):\n    print('first')\n    print('second')")
    assert log_of("busy") == ["first", "second"]


def test_more_than_a_pipe_holds_does_not_stop_a_function() -> None:
    invoke("long", "def handler(event, context):\n    for number in range(20_000):\n        print(f'line {number}')")
    assert log_of("long") == [f"line {number}" for number in range(20_000)]


def test_what_a_function_logged_before_it_failed_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    read = os.read

    def late(file: int, length: int) -> bytes:
        time.sleep(0.1)  # The process has ended before its pipe is read.
        return read(file, length)

    monkeypatch.setattr(os, "read", late)
    invoke("failing", "def handler(event, context):\n    print('before')\n    raise ValueError('too late')")
    assert log_of("failing")[:2] == ["before", "Traceback (most recent call last):"]


def test_functions_that_log_for_the_first_time_at_once_have_one_log_group(monkeypatch: pytest.MonkeyPatch) -> None:
    arn_of = cloudwatch_logs._make_group_arn

    def slow(name: str) -> Any:
        time.sleep(0.05)
        return arn_of(name)

    monkeypatch.setattr(cloudwatch_logs, "_make_group_arn", slow)
    function = {"config": {"FunctionName": "twice"}}
    threads = [
        threading.Thread(target=lambda_svc._emit_lambda_logs, args=(function, "id", line, False, 1))
        for line in ("one", "another")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(log_of("twice")) == ["another", "one"]
