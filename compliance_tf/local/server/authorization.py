"""Extensions of MiniStack's authorization: resources and condition keys that it lacks.

Source: Service Authorization Reference of Amazon DynamoDB, Amazon EventBridge, AWS Identity and Access Management and
AWS Lambda.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

USED_ACTIONS = "used-actions.jsonl"
"""The file in the server's directory that lists the actions that principals used."""


@dataclass(frozen=True)
class UsedAction:
    """An action that a principal other than an account's root used, once or more often.

    Parameters
    ----------
    principal
        The ARN of the user, or of the role's session.
    action
        The IAM action.
    allowed
        Whether it was allowed.
    """

    principal: str
    action: str
    allowed: bool

    @classmethod
    def read(cls, file: Path) -> frozenset[UsedAction]:
        """Read a server's list; empty before the first action."""
        lines = file.read_text().splitlines() if file.exists() else []
        return frozenset(cls(**json.loads(line)) for line in lines)


def list_used_actions(file: Path) -> None:
    """Have MiniStack list each action of a principal at its first use."""
    evaluator: Any = import_module("ministack.core.iam_evaluator")
    responses: Any = import_module("ministack.core.responses")
    enforce = evaluator.enforce
    listed: set[UsedAction] = set()

    def enforce_and_list(access_key: str, action: str, *request: object, **more: object) -> object:
        denied: object = enforce(access_key, action, *request, **more)
        principal = evaluator.resolve_principal(access_key or "", responses.get_account_id())
        if getattr(principal, "policies", None) is None:
            return denied  # The root, or nobody.
        used = UsedAction(str(principal.arn), action, denied is None)
        if used not in listed:
            listed.add(used)
            with file.open("a") as lines:
                lines.write(json.dumps(vars(used)) + "\n")
        return denied

    evaluator.enforce = enforce_and_list


def complete_authorization() -> None:
    """Have MiniStack authorize with the resources and condition keys that AWS uses."""
    actions: Any = import_module("ministack.core.iam_actions")
    resource_of, context_of = actions.extract_resource_arn, actions.request_tag_context

    def extract_resource_arn(  # noqa: PLR0917 (as MiniStack calls it)
        service: str,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        parameters: dict[str, Any],
        region: str,
        account: str,
    ) -> str:
        if service == "iam" and (role := _text(parameters, "RoleName")):
            return _role_arn(role, _text(parameters, "Path"), account)
        if service in {"dynamodb", "events", "lambda"} and (found := _named(service, path, _json(body))):
            return found if found.startswith("arn:") else f"arn:aws:{service}:{region}:{account}:{found}"
        return str(resource_of(service, method, path, headers, body, parameters, region, account))

    def request_tag_context(service: str, action: str, body: bytes, parameters: dict[str, Any]) -> dict[str, Any]:
        context: dict[str, Any] = context_of(service, action, body, parameters)
        boundary = _boundary(action, parameters) if service == "iam" else ""
        return {**context, "iam:PermissionsBoundary": boundary} if boundary else context

    actions.extract_resource_arn = extract_resource_arn
    actions.request_tag_context = request_tag_context


def _named(service: str, path: str, body: dict[str, Any]) -> str:
    """Return the ARN that a request names, or what follows the account in it; empty where MiniStack knows it."""
    if service == "lambda":
        # Only CreateFunction has the name in its body.
        return f"function:{body['FunctionName']}" if path.rstrip("/").endswith("/functions") and body else ""
    tagged = str(body.get("ResourceArn") or body.get("ResourceARN") or "")
    if tagged or service == "dynamodb":
        return tagged
    if "Entries" in body or body.get("EventBusName", "default") != "default":
        return ""
    # A rule of the default bus has no bus in its ARN.
    rule = body.get("Rule") or body.get("Name") or ""
    return f"rule/{rule}" if rule else ""


def _role_arn(name: str, path: str, account: str) -> str:
    """Return the ARN of a role, with its path."""
    known = _roles().get(name)
    return str(known["Arn"]) if known else f"arn:aws:iam::{account}:role{path or '/'}{name}"


def _boundary(action: str, parameters: dict[str, Any]) -> str:
    """Return the permissions boundary of a role, requested or existing: ``iam:PermissionsBoundary``."""
    if action in {"iam:CreateRole", "iam:PutRolePermissionsBoundary"}:
        return _text(parameters, "PermissionsBoundary")
    return str((_roles().get(_text(parameters, "RoleName")) or {}).get("PermissionsBoundary") or "")


def _roles() -> Any:  # noqa: ANN401 (MiniStack's own mapping)
    return import_module("ministack.services.iam")._roles  # noqa: SLF001


def _text(parameters: dict[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) and value else value or "")


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
