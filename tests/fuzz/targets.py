"""What reads texts of others, each as a function of bytes that raises nothing but what is declared.

The corpus of a target is what the project's own tests are made of.
"""

from __future__ import annotations

import io
import json
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from botocore.exceptions import BotoCoreError, ClientError

from compliance_runtime.check import ChangeCheck, LookupCheck
from compliance_runtime.checks import check_ids, load_check
from compliance_runtime.errors import EventError
from compliance_runtime.evaluation.config_event import config_request
from compliance_runtime.evaluation.configuration_item import item_from_event
from compliance_runtime.json_object import JsonObject, decoded
from compliance_runtime.policy.document import PolicyDocument, may
from compliance_runtime.policy.exposure import Trusted, untrusted_principals
from compliance_runtime.recording.compliance_change import compliance_change
from compliance_runtime.resources.credential_report import active_keys_by_user
from compliance_tf.errors import ComplianceError
from compliance_tf.model.violations import violations
from compliance_tf.packs.pack_file import read_pack_file
from compliance_tf.results.exports.export import ExportFormat, write
from compliance_tf.review.plan.plan_json import plan_of_json
from compliance_tf.review.rendering import Format, render
from compliance_tf.review.resources.any_plan import any_plan
from compliance_tf.review.resources.configuration import Configuration
from compliance_tf.review.resources.items import Translator
from compliance_tf.review.resources.judgement import judge_plan
from compliance_tf.review.resources.rules import every_check
from compliance_tf.review.review import review
from compliance_tf.review.settings import Settings, settings_from_file
from compliance_tf.testing import config_event, oversized_event, scheduled_event
from compliance_tf.waivers.waiver_file import waivers_from_file
from tests.unit.compliance_runtime.builders import client, compliance_event
from tests.unit.compliance_runtime.credential_reports import credential_report
from tests.unit.compliance_runtime.evaluation.test_any_event import judged
from tests.unit.compliance_runtime.whole_items import WHOLE_ITEMS
from tests.unit.results.exports.builders import SNAPSHOT, row
from tests.unit.review.builders import plan_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True)
class Target:
    """Something that reads what others wrote.

    Parameters
    ----------
    run
        Reads it; whatever it raises is a fault.
    corpus
        Inputs to begin from.
    """

    run: Callable[[bytes], object]
    corpus: tuple[bytes, ...]


def _event(data: bytes) -> None:
    with suppress(ComplianceError):
        event = decoded(data.decode(errors="replace"), "event", EventError)
        for read in (config_request, compliance_change):
            with suppress(ComplianceError):
                read(event)


def _checks(data: bytes) -> None:
    text = data.decode(errors="replace")
    with suppress(ComplianceError):
        item = item_from_event(JsonObject.of(decoded(text, "item", EventError), "item", EventError))
        for check in _checks_by_type().get(item.resource_type, ()):
            with suppress(ComplianceError, BotoCoreError, ClientError):
                judged(check, item)


@cache
def _checks_by_type() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for check in map(load_check, check_ids()):
        for resource_type in check.resource_types if isinstance(check, ChangeCheck | LookupCheck) else ():
            found.setdefault(resource_type, []).append(check)
    return found


def _policy(data: bytes) -> None:
    with suppress(ComplianceError):
        document = PolicyDocument.read(data.decode(errors="surrogateescape"), "policy")
        untrusted_principals(document, Trusted(frozenset({"123456789012"})))
        may([document], "s3:getobject", "arn:aws:s3:::logs/*")


def _plan(data: bytes) -> None:
    with suppress(ComplianceError):
        found = review(plan_of_json(data, "plan.json"), Settings())
        # One form each, for writing takes longest.
        form = [*Format][len(data) % len(Format)]
        render(form, [found]).encode()


def _planned(data: bytes) -> None:
    with suppress(ComplianceError), tempfile.TemporaryDirectory() as folder:
        plan = any_plan(data, "plan.json")
        translator = Translator(plan, Configuration(Path(folder), plan), account="123456789012", region=None)
        judge_plan(plan, translator, every_check(None))


def _configuration(data: bytes) -> None:
    with suppress(ValueError, RecursionError):
        [str(one) for one in violations(json.loads(data))]


def _yaml(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "file.yaml"
        file.write_bytes(data)
        for read in (waivers_from_file, settings_from_file, read_pack_file):
            with suppress(ComplianceError):
                read(file)


@cache
def _iam_exceptions() -> Any:
    return client("iam").exceptions


class _Reported:
    """IAM with one report."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.exceptions = _iam_exceptions()

    def generate_credential_report(self) -> dict[str, str]:
        return {"State": "COMPLETE"}

    def get_credential_report(self) -> dict[str, bytes]:
        return {"Content": self._content}


def _credential_report(data: bytes) -> None:
    with suppress(ComplianceError):
        active_keys_by_user(_Reported(data), lambda _: None)  # type: ignore[arg-type]  # all that is asked of it


def _writers(data: bytes) -> None:
    text = data.decode(errors="surrogateescape") or "a"
    for format_ in ExportFormat:
        stream = io.StringIO(newline="")
        write(format_, [row(resource_id=text, reason=text)], SNAPSHOT, stream)
        stream.getvalue().encode()


# A format's module is loaded when it is first written: here, where the fuzzer instruments what is imported.
for _format in ExportFormat:
    write(_format, (), SNAPSHOT, io.StringIO())


def _json(*values: Any) -> tuple[bytes, ...]:
    return tuple(json.dumps(value, default=str).encode() for value in values)


_BUCKET = next(item for item in WHOLE_ITEMS if item["resourceType"] == "AWS::S3::Bucket")
_YAML = (
    {"waivers": [{"rule": "tls", "resource_id": "logs", "reason": "r", "owner": "o", "ticket": "T-1"}]},
    {"policies": {"removal": {"verdict": "approval", "reason": "r"}}},
    {"name": "acme", "title": "Acme", "rules": [{"identifier": "IAM_ROOT_ACCESS_KEY_CHECK", "severity": "high"}]},
)

_PLANS = Path(__file__).parents[1] / "unit" / "review" / "resources" / "plans"


_CHANGES: dict[str, dict[str, Any]] = {
    "kept": {},
    "created": {"actions": ["create"], "before": None, "after_unknown": {"id": True, "arn": True}},
    "destroyed": {"actions": ["delete"], "after": None},
    "replaced": {"actions": ["delete", "create"], "replace_paths": [["name"]], "before_sensitive": True},
    "imported": {"actions": ["update"], "after_unknown": True, "importing": {"id": "a"}},
    "forgotten": {"actions": ["forget"], "after": None},
}


def _own_plans() -> Iterator[dict[str, Any]]:
    """Yield plans that do one thing to one resource: a million of those that do all would take days."""
    for change in _CHANGES.values():
        plan = plan_json(("keys",))
        for resource in {one["type"]: one for one in plan["resource_changes"]}.values():
            changed = {**resource, "change": resource["change"] | change}
            yield {**plan, "resource_changes": [changed], "resource_drift": [resource]}


def _plans_of_others() -> Iterator[dict[str, Any]]:
    """Yield real plans of one resource each."""
    for name in ("dynamic", "stack", "unknown"):
        plan = json.loads((_PLANS / f"{name}.json").read_text())
        for change in plan["resource_changes"]:
            yield {**plan, "resource_changes": [change]}


TARGETS = {
    "event": Target(
        _event, _json(*map(config_event, WHOLE_ITEMS), oversized_event(), scheduled_event(), compliance_event())
    ),
    "checks": Target(_checks, _json(*WHOLE_ITEMS)),
    "policy": Target(_policy, (_BUCKET["supplementaryConfiguration"]["BucketPolicy"]["policyText"].encode(),)),
    "plan": Target(_plan, _json(*_own_plans())),
    "planned": Target(_planned, _json(*_plans_of_others())),
    "configuration": Target(
        _configuration,
        _json({"resource": [{"aws_iam_role": {"a": [{"provisioner": None, "lifecycle": [{}]}]}}], "data": {"x": {}}}),
    ),
    "yaml": Target(_yaml, tuple(yaml.safe_dump(one).encode() for one in _YAML)),
    "credential-report": Target(
        _credential_report,
        (credential_report({"user": "ann", "access_key_1_active": "true", "access_key_1_last_rotated": "2026-01-01"}),),
    ),
    "writers": Target(_writers, (b"logs", "a\x1b[2J\u202e=1".encode(), b"\xff\xfe")),
}
