"""AWS Config rules as Terraform, beside the recorder that is already there.

Import this package before ``cdktf`` where you can: it then also chooses the Node that jsii runs on.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from compliance_tf.constructs.provider import load_lazily
from compliance_tf.model.extras import Extra

if TYPE_CHECKING:
    from compliance_runtime.check import Severity as Severity
    from compliance_tf.constructs.function_options import KmsKeys as KmsKeys
    from compliance_tf.constructs.function_options import Network as Network
    from compliance_tf.constructs.notifications import Notifications as Notifications
    from compliance_tf.constructs.packs import Packs as Packs
    from compliance_tf.constructs.recorder import RecorderSource as RecorderSource
    from compliance_tf.constructs.rules.check_rule import CheckRule as CheckRule
    from compliance_tf.constructs.rules.managed_rule import ManagedRule as ManagedRule
    from compliance_tf.constructs.rules.policy_rule import PolicyRule as PolicyRule
    from compliance_tf.constructs.rules.scope import Scope as Scope
    from compliance_tf.constructs.schedule import ApiCall as ApiCall
    from compliance_tf.constructs.schedule import Schedule as Schedule
    from compliance_tf.constructs.stack import ComplianceStack as ComplianceStack
    from compliance_tf.constructs.state import LocalState as LocalState
    from compliance_tf.constructs.state import S3State as S3State
    from compliance_tf.constructs.synthesis import synthesize as synthesize
    from compliance_tf.errors import ComplianceError as ComplianceError
    from compliance_tf.errors import SettingError as SettingError
    from compliance_tf.model.workspace_values import by_workspace as by_workspace
    from compliance_tf.model.workspaces import Workspaces as Workspaces
    from compliance_tf.packs.pack import CheckPackRule as CheckPackRule
    from compliance_tf.packs.pack import ManagedPackRule as ManagedPackRule
    from compliance_tf.packs.pack import Pack as Pack
    from compliance_tf.packs.pack import PolicyPackRule as PolicyPackRule
    from compliance_tf.packs.resolution import Change as Change
    from compliance_tf.waivers.waiver import Waiver as Waiver
    from compliance_tf.waivers.waiver_file import waivers_from_file as waivers_from_file

# Imported lazily: the constructs start Node, which the command line does not need.
_HOMES = {
    "ApiCall": "compliance_tf.constructs.schedule",
    "CheckRule": "compliance_tf.constructs.rules.check_rule",
    "ComplianceError": "compliance_tf.errors",
    "ComplianceStack": "compliance_tf.constructs.stack",
    "KmsKeys": "compliance_tf.constructs.function_options",
    "LocalState": "compliance_tf.constructs.state",
    "ManagedRule": "compliance_tf.constructs.rules.managed_rule",
    "Network": "compliance_tf.constructs.function_options",
    "Notifications": "compliance_tf.constructs.notifications",
    "Change": "compliance_tf.packs.resolution",
    "CheckPackRule": "compliance_tf.packs.pack",
    "ManagedPackRule": "compliance_tf.packs.pack",
    "Pack": "compliance_tf.packs.pack",
    "Packs": "compliance_tf.constructs.packs",
    "PolicyPackRule": "compliance_tf.packs.pack",
    "PolicyRule": "compliance_tf.constructs.rules.policy_rule",
    "RecorderSource": "compliance_tf.constructs.recorder",
    "S3State": "compliance_tf.constructs.state",
    "Schedule": "compliance_tf.constructs.schedule",
    "Scope": "compliance_tf.constructs.rules.scope",
    "SettingError": "compliance_tf.errors",
    "Severity": "compliance_runtime.check",
    "Waiver": "compliance_tf.waivers.waiver",
    "Workspaces": "compliance_tf.model.workspaces",
    "by_workspace": "compliance_tf.model.workspace_values",
    "synthesize": "compliance_tf.constructs.synthesis",
    "waivers_from_file": "compliance_tf.waivers.waiver_file",
}

__all__ = [*_HOMES]  # noqa: PLE0604 (names, which are written once)

load_lazily()


def __getattr__(name: str) -> object:
    if name in _HOMES:
        if _HOMES[name].startswith("compliance_tf.constructs."):
            Extra.SYNTH.require()
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
