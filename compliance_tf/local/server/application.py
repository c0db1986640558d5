"""The ASGI application: MiniStack, extended by AWS Config and Cloud Control's recorder."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api import service_quotas
from compliance_tf.local.api.bucket_region import BucketRegions
from compliance_tf.local.api.cloud_control import RECORDER_TYPE, read_recorder
from compliance_tf.local.api.disabled_region import refusal
from compliance_tf.local.api.faults import Faults
from compliance_tf.local.api.json_api import Call, JsonApi
from compliance_tf.local.api.signed_request import CredentialScope
from compliance_tf.local.config.config_service import ConfigService
from compliance_tf.local.server.authorization import USED_ACTIONS
from compliance_tf.local.server.engine import Engine
from compliance_tf.local.server.function_runtime import make_function_runtime

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from compliance_tf.local.api.signed_request import Answer
    from compliance_tf.local.server.behaviour import Behaviour

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]


_log = logging.getLogger(__name__)


class LocalAwsApplication:
    """The application of the server.

    Parameters
    ----------
    home
        An empty directory of this server alone.
    """

    def __init__(self, behaviour: Behaviour, home: Path) -> None:
        self._behaviour = behaviour
        self._engine = Engine(
            make_function_runtime(home / "function-runtime"),
            used_actions=home / USED_ACTIONS,
            event_rule_lag=behaviour.event_rule_lag_seconds,
            function_pending=behaviour.function_pending_seconds,
        )
        self._faults = Faults(behaviour.fault_rate)
        self._config = ConfigService(self._engine, self._faults, behaviour)
        self._bucket_regions = BucketRegions()
        self._poller: asyncio.Task[None] | None = None
        self._serve()

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Handle a connection; at startup the polling begins."""
        if refused := self._refused(scope):
            await send({"type": "http.response.start", "status": refused.status, "headers": [*refused.headers.items()]})
            await send({"type": "http.response.body", "body": refused.body})
            return
        if scope["type"] == "lifespan":
            self._poller = asyncio.create_task(self._poll())
        try:
            await self._engine.application(scope, receive, send)
        finally:
            if scope["type"] == "lifespan" and self._poller:
                self._poller.cancel()
                with suppress(asyncio.CancelledError):
                    await self._poller

    def _refused(self, scope: dict[str, Any]) -> Answer | None:
        signed = CredentialScope.of(dict(scope["headers"])) if scope["type"] == "http" else None
        if signed is None:
            return None
        if signed.region == self._behaviour.disabled_region:
            return refusal(signed)
        return self._bucket_regions.redirection(scope, signed.region) if signed.service == "s3" else None

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(self._behaviour.poll_seconds)
            try:
                self._config.tick()
            except Exception:  # noqa: BLE001 -- no bug may silently end all evaluations: tests read the log
                _log.exception("Detecting changed resources failed.")

    def _serve(self) -> None:
        engine = self._engine
        engine.serve("config", JsonApi("config", self._config.operations(), self._admit))
        engine.serve(
            "cloudcontrol",
            JsonApi("cloudcontrol", {"GetResource": self._read_recorder}, self._authorize_reading_recorder),
            when=lambda parameters: parameters.get("TypeName") == RECORDER_TYPE,
        )

        engine.add_service(service_quotas.SERVICE, service_quotas.TARGET_PREFIX)
        engine.serve(
            service_quotas.SERVICE,
            JsonApi("service-quotas", service_quotas.operations(), self._authorize_reading_quotas),
        )

    def _admit(self, call: Call) -> None:
        self._config.authorize(call)
        self._faults.throttle(call)

    def _read_recorder(self, call: Call) -> dict[str, Any]:
        recorder = self._config.region(call.place).recorder.current
        supported = self._behaviour.cloud_control_reads_recorder
        return read_recorder(call.parameters["Identifier"], recorder, supported=supported)

    def _authorize_reading_recorder(self, call: Call) -> None:
        # The read handler of the type calls these on the caller's behalf.
        for action in ("config:DescribeConfigurationRecorders", "config:ListTagsForResource"):
            self._engine.authorize(call.access_key, action, "*")

    def _authorize_reading_quotas(self, call: Call) -> None:
        self._engine.authorize(call.access_key, f"servicequotas:{call.operation}", "*")
