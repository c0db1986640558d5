"""MiniStack behind a small interface.

Everything that depends on MiniStack's internals is here and in :mod:`compliance_tf.local.config.inventory`; its
releases are frequent, so the project pins one version exactly. MiniStack reads its settings when it is imported: the
process must have set its environment before an :class:`Engine` is made.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections import defaultdict
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from importlib import import_module
from threading import Semaphore
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from compliance_tf.local.api.account_region import AccountRegion
from compliance_tf.local.api.api_calls import DETAIL_TYPE, WATCHED_SERVICES, Request, api_call_event
from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.server.authorization import complete_authorization, list_used_actions
from compliance_tf.local.server.function_logs import keep_all_logs
from compliance_tf.local.server.function_policy import Invoker, may_invoke
from compliance_tf.local.server.iam_tags import limit_iam_tags

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from compliance_tf.local.api.json_api import JsonApi, Response

    Application = Callable[..., Awaitable[None]]
    Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]


IMPORT_TIME_SETTINGS = ("AUTH", "LAMBDA_EXECUTOR", "LOG_LEVEL")
"""Environment variables that MiniStack reads at import, and that functions would otherwise inherit."""

ENVIRONMENTS: Final = 2
"""Execution environments of a function for asynchronous invocations, which wait for a free one.

AWS starts one for each invocation of a burst. Here each is a process that takes half a second of CPU to start.
"""

_queued: ContextVar[bool] = ContextVar("queued", default=False)
"""True where an invocation waits for a free execution environment; one that a function waits for must not."""

_log = logging.getLogger(__name__)


class Engine:
    """The MiniStack of this process.

    Parameters
    ----------
    function_runtime
        The interpreter that runs Python functions.
    event_rule_lag
        Seconds in which a new EventBridge rule matches no event.
    function_pending
        Seconds in which a function is Pending after it was created or updated.
    used_actions
        The file that lists the actions that principals ask for.
    """

    def __init__(
        self,
        function_runtime: Path,
        *,
        used_actions: Path,
        event_rule_lag: float = 0.0,
        function_pending: float = 0.5,
    ) -> None:
        self._app: Any = import_module("ministack.app")
        self._router: Any = import_module("ministack.core.router")
        self._responses: Any = import_module("ministack.core.responses")
        self._evaluator: Any = import_module("ministack.core.iam_evaluator")
        self._actions: Any = import_module("ministack.core.iam_actions")
        self._lambda: Any = import_module("ministack.services.lambda_svc")
        vars(self._lambda)["_LAMBDA_STATE_TRANSITION_DELAY"] = function_pending
        self._eventbridge: Any = import_module("ministack.services.eventbridge")
        for name in IMPORT_TIME_SETTINGS:
            os.environ.pop(name, None)
        self._authorized_elsewhere: set[str] = set()
        complete_authorization()
        limit_iam_tags()
        list_used_actions(used_actions)
        self._take_over_authorization()
        self._check_event_targets(event_rule_lag)
        self._send_api_calls()
        self._run_functions_with(function_runtime)
        self._queue_invocations()
        keep_all_logs()

    @property
    def application(self) -> Application:
        """The ASGI application."""
        application: Application = self._app.app
        return application

    def within(self, place: AccountRegion) -> AbstractContextManager[None]:
        """Use MiniStack's stores of an account and region, for the block."""
        scope: AbstractContextManager[None] = self._responses.request_scope(place.account, place.region)
        return scope

    # -- Services --------------------------------------------------------------------------------------------

    def serve(self, service: str, api: JsonApi, *, when: Callable[[dict[str, Any]], bool] | None = None) -> None:
        """Let an own API answer a service's requests.

        Parameters
        ----------
        when
            A predicate on the parameters: other requests are left to MiniStack, which then also authorizes them.
            Without it the API answers and authorizes all of them.
        """
        original: Handler = self._app.SERVICE_HANDLERS[service]

        async def handle(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
        ) -> Response:
            if when and not when(json.loads(body or b"{}")):
                return await original(method, path, headers, body, query)
            access_key = self._router.extract_access_key_id(headers, query)
            return api.answer(self._present(), access_key, headers.get("x-amz-target", ""), body)

        self._app.SERVICE_HANDLERS[service] = handle
        if when is None:
            self._authorized_elsewhere.add(service)

    def add_service(self, service: str, target_prefix: str) -> None:
        """Register a service that MiniStack lacks, for :meth:`serve` to answer.

        Parameters
        ----------
        target_prefix
            The prefix of its X-Amz-Target headers.
        """
        self._router.SERVICE_PATTERNS[service] = {
            "target_prefixes": [target_prefix],
            "host_patterns": [rf"{service}\."],
            "credential_scope": service,
        }
        self._app.SERVICE_HANDLERS[service] = None

    def _present(self) -> AccountRegion:
        return AccountRegion(self._responses.get_account_id(), self._responses.get_region())

    # -- Authorization ---------------------------------------------------------------------------------------

    def authorize(
        self,
        access_key: str,
        action: str,
        resource: str,
        tags: Mapping[str, str] = MappingProxyType({}),
        requested_tags: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Check a caller's permission in the present account and region.

        Parameters
        ----------
        tags
            The resource's tags, for the condition key ``aws:ResourceTag/<key>``.
        requested_tags
            The request's tags, for the condition key ``aws:RequestTag/<key>``.

        Raises
        ------
        ApiError
            AccessDeniedException.
        """
        service = action.partition(":")[0]
        denied = self._evaluator.enforce(
            access_key,
            action,
            service,
            self._present().region,
            resource_arn=resource,
            service_context={
                **{f"aws:ResourceTag/{key}": value for key, value in tags.items()},
                **{f"aws:RequestTag/{key}": value for key, value in requested_tags.items()},
            },
        )
        if denied is None:
            return
        who = getattr(denied, "principal_arn", "") or access_key
        raise ApiError(
            "AccessDeniedException",
            f"User: {who} is not authorized to perform: {action} on resource: {resource}",
        )

    def _take_over_authorization(self) -> None:
        """Leave the authorization of our own services, which know their resources' ARNs, to them."""
        original = self._actions.extract_iam_action

        def extract_iam_action(service: str, *request: object) -> str | None:
            action: str | None = original(service, *request)
            return None if service in self._authorized_elsewhere else action

        self._actions.extract_iam_action = extract_iam_action

    # -- Functions -------------------------------------------------------------------------------------------

    def may_invoke(self, function_arn: str, invoker: Invoker) -> bool:
        """Return whether a function exists and its resource policy lets a service of AWS invoke it."""
        function, _, _ = self._lambda._get_func_record_for_ref(function_arn)  # noqa: SLF001 -- no public API
        return bool(function) and may_invoke(function["policy"], invoker)

    def invoke(self, function_arn: str, event: dict[str, Any]) -> None:
        """Invoke a function asynchronously, with Lambda's retries and destinations."""
        function, config, _ = self._lambda._get_func_record_for_ref(function_arn)  # noqa: SLF001
        record = self._lambda._execution_record_for_config(function, config)  # noqa: SLF001
        with _set(_queued, to=True):  # the thread that invokes it begins with the variables of this moment
            self._lambda.invoke_async_with_retry(record, event)

    def _queue_invocations(self) -> None:
        """Have asynchronous invocations of a function wait for one of its :data:`ENVIRONMENTS`."""
        original = self._lambda._execute_function  # noqa: SLF001
        environments: defaultdict[str, Semaphore] = defaultdict(lambda: Semaphore(ENVIRONMENTS))

        def execute_function(function: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
            arn = (function.get("config") or function)["FunctionArn"]
            # It calls itself in the function's account and region, and must not wait there again.
            with environments[arn] if _queued.get() else nullcontext(), _set(_queued, to=False):
                answer: dict[str, Any] = original(function, event)
            return answer

        self._lambda._execute_function = execute_function  # noqa: SLF001

    def _run_functions_with(self, interpreter: Path) -> None:
        runtime: Any = import_module("ministack.core.lambda_runtime")
        original = runtime._detect_runtime_binary  # noqa: SLF001

        def detect_runtime_binary(name: str) -> tuple[str, str]:
            binary, script = original(name)
            return (str(interpreter) if name.startswith("python") else binary), script

        runtime._detect_runtime_binary = detect_runtime_binary  # noqa: SLF001

    # -- Events ----------------------------------------------------------------------------------------------

    def put_event(self, place: AccountRegion, source: str, detail_type: str, detail: dict[str, Any]) -> None:
        """Put an event of AWS itself on the default event bus."""
        entry = {"Source": source, "DetailType": detail_type, "Detail": json.dumps(detail)}
        with self.within(place):
            self._eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)  # noqa: SLF001

    def _check_event_targets(self, lag: float) -> None:
        """Invoke targets as EventBridge does: only with the function's permission, and with retries.

        Parameters
        ----------
        lag
            Seconds until a new rule matches events.
        """
        original = self._eventbridge._invoke_target  # noqa: SLF001

        def invoke_target(target: dict[str, Any], event: object, rule: dict[str, Any], view: object = None) -> None:
            if time.time() - rule.get("CreationTime", 0) < lag:
                return
            arn = target.get("Arn", "")
            invoker = Invoker("events.amazonaws.com", self._present().account, rule.get("Arn", ""))
            if ":lambda:" not in arn or self.may_invoke(arn, invoker):
                original(target, event, rule, view)
            else:
                _log.warning("EventBridge rule %s may not invoke %s.", rule.get("Name"), arn)

        def dispatch_to_lambda(arn: str, payload: str) -> None:
            self.invoke(arn, json.loads(payload))

        self._eventbridge._invoke_target = invoke_target  # noqa: SLF001
        self._eventbridge._dispatch_to_lambda = dispatch_to_lambda  # noqa: SLF001

    def _send_api_calls(self) -> None:
        """Send every call that changes something to EventBridge, as CloudTrail does."""
        original = self._app._dispatch_service_request  # noqa: SLF001

        async def dispatch(  # noqa: PLR0917 -- MiniStack's own signature
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any], request_id: str
        ) -> Response:
            answer: Response = await original(method, path, headers, body, query, request_id)
            target = headers.get("x-amz-target", "")
            routed = self._app._routing_params(method, path, headers, body, query)  # noqa: SLF001
            service = self._router.detect_service(method, path, headers, routed)
            if service not in WATCHED_SERVICES:
                return answer
            request = Request(
                service=service,
                method=method,
                path=path,
                target=target,
                parameters=_parameters(target, body, routed),
                status=answer[0],
                answer=answer[2] if isinstance(answer[2], bytes) else b"",
            )
            access_key = self._router.extract_access_key_id(headers, query)
            event = api_call_event(request, self._present(), self._identity(access_key))
            if event:
                self.put_event(event[0], f"aws.{service}", DETAIL_TYPE, event[1])
            return answer

        self._app._dispatch_service_request = dispatch  # noqa: SLF001

    def _identity(self, access_key: str) -> dict[str, str]:
        account = self._present().account
        principal = self._evaluator.resolve_principal(access_key, account)
        return {
            "type": getattr(principal, "type", "Unknown"),
            "arn": getattr(principal, "arn", ""),
            "accountId": account,
        }


@contextmanager
def _set(variable: ContextVar[bool], *, to: bool) -> Iterator[None]:
    token = variable.set(to)
    try:
        yield
    finally:
        variable.reset(token)


def _parameters(target: str, body: bytes, routed: dict[str, Any]) -> dict[str, Any]:
    if target:
        parameters = json.loads(body or b"{}")
        return parameters if isinstance(parameters, dict) else {}
    return {name: values[0] if isinstance(values, list) else values for name, values in routed.items()}
