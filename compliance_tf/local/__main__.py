"""The server's process: ``python -m compliance_tf.local``, started by :mod:`compliance_tf.local.server.server`."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from pathlib import Path

from hypercorn.asyncio import serve
from hypercorn.config import Config

from compliance_tf.local.server.behaviour import Behaviour

LOOPBACK = "127.0.0.1"

IDLE_SECONDS = 120
"""Seconds that a connection may be idle.

Clients close theirs after at most 90 (the AWS SDK for Go), so the server never closes one at the moment in which a
client uses it again. Hypercorn's default is 5, which is how long Terraform waits before it polls a function.
"""


def main() -> None:
    """Serve until the process is stopped, or until its parent closes standard input."""
    options = _options()
    if options.outlive_parent:
        _detach()
    listener = socket.create_server((LOOPBACK, options.port))
    port = listener.getsockname()[1]
    os.environ["GATEWAY_PORT"] = str(port)
    asyncio.run(_serve(listener, options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m compliance_tf.local")
    parser.add_argument("--port", type=int, default=0)
    Behaviour.add_options(parser)
    parser.add_argument("--outlive-parent", action="store_true")
    return parser.parse_args()


def _detach() -> None:
    """Detach into a session of its own."""
    if os.fork():
        os._exit(0)
    os.setsid()


async def _serve(listener: socket.socket, options: argparse.Namespace) -> None:
    # Not before GATEWAY_PORT is set: MiniStack reads its settings when it is imported.
    from compliance_tf.local.server.application import LocalAwsApplication

    behaviour = Behaviour.of_options(options)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    _stop_on_signal(loop, stopping)
    if not options.outlive_parent:
        _stop_with_parent(loop, stopping)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.loglevel = "WARNING"
    config.graceful_timeout = 0.5
    config.keep_alive_timeout = IDLE_SECONDS
    started = {"pid": os.getpid(), "port": listener.getsockname()[1]}
    print(json.dumps(started), flush=True)  # noqa: T201 -- the parent reads it
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    await serve(LocalAwsApplication(behaviour, Path.home()), config, shutdown_trigger=stopping.wait)  # type: ignore[arg-type]


def _stop_on_signal(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)


def _stop_with_parent(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    """Stop when the parent ends: it holds the other end of standard input, and never writes."""

    def readable() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            loop.remove_reader(sys.stdin.fileno())
            # The parent, which would have removed the files, has ended.
            shutil.rmtree(Path.home(), ignore_errors=True)
            stopping.set()

    loop.add_reader(sys.stdin.fileno(), readable)


if __name__ == "__main__":
    main()
