"""Backends of the state: one file for every project, region and workspace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cdktf import LocalBackend, S3Backend, TerraformStack

from compliance_tf.errors import SettingError
from compliance_tf.model.checked_types import checked
from compliance_tf.model.setting_values import KEY, check_arn, check_bucket, check_region

if TYPE_CHECKING:
    from compliance_tf.model.naming import Naming


_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.*'()-]+(?:/[A-Za-z0-9!_.*'()-]+)*")
"""S3 User Guide, "Safe characters" of object keys."""

_ALIAS: Final = r"alias/[A-Za-z0-9/_-]{1,250}"
_KEY_OR_ALIAS: Final = rf"(?:{KEY}|{_ALIAS})"
_KEY_ID: Final = re.compile(rf"{KEY.removeprefix('key/')}|{_ALIAS}")
_EXAMPLE: Final = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab, or a key's id or alias"


@checked
@dataclass(frozen=True)
class LocalState:
    """State in files beside the folder that CDKTF synthesizes into, which may therefore be removed at any time.

    Parameters
    ----------
    folder
        The folder's name, beside ``cdktf.out``.

    Examples
    --------
    >>> stack = ComplianceStack(app, "local", project="local", region="eu-west-1", state=LocalState("tfstate"))
    """

    folder: str = "state"

    def __post_init__(self) -> None:
        if not self.folder or Path(self.folder).is_absolute() or ".." in Path(self.folder).parts:
            raise SettingError(
                f"LocalState(folder={self.folder!r}) must be the name of a folder beside cdktf.out: the synthesized "
                "file is the same on every machine."
            )

    def backend(self, naming: Naming) -> dict[str, dict[str, Any]]:
        """Return the backend's Terraform JSON: its arguments by its type."""
        # Terraform runs in cdktf.out/stacks/<stack>. The path names the project and not the stack: renaming the
        # stack keeps the state.
        home = f"../../../{self.folder}/{naming.project}-{naming.region}"
        return {"local": {"path": f"{home}/terraform.tfstate", "workspace_dir": f"{home}/workspaces"}}

    def configure(self, stack: TerraformStack, naming: Naming) -> None:
        """Set the stack's backend."""
        LocalBackend(stack, **self.backend(naming)["local"])

    def location(self, naming: Naming) -> str:
        """Describe where the state is, for all workspaces."""
        return f"folder {self.folder}/{naming.project}-{naming.region}"


@checked
@dataclass(frozen=True)
class S3State:
    """State in an S3 bucket that exists, locked by S3 itself.

    Parameters
    ----------
    bucket
        The bucket. Enable versioning: it is the only way to restore a damaged state.
    region
        The bucket's region.
    workspace_key_prefix
        The prefix of the keys: ``<prefix>/<workspace>/<project>/<region>/terraform.tfstate``.
    kms_key_id
        The KMS key that encrypts the state; the bucket's default encryption unless given.

    Examples
    --------
    >>> state = S3State("acme-terraform-state", "eu-west-1")
    >>> stack = ComplianceStack(app, "shared", project="shared", region="eu-west-1", state=state)
    """

    bucket: str
    region: str
    workspace_key_prefix: str = "compliance-tf"
    kms_key_id: str | None = None

    def __post_init__(self) -> None:
        check_bucket("S3State: bucket", self.bucket)
        check_region("S3State: region", self.region)
        if not _PREFIX.fullmatch(self.workspace_key_prefix):
            raise SettingError(
                f"S3State(workspace_key_prefix={self.workspace_key_prefix!r}) must be the beginning of a key, such as "
                "'compliance-tf': without a slash at its beginning or end."
            )
        if self.kms_key_id is not None and not _KEY_ID.fullmatch(self.kms_key_id):
            check_arn(
                "S3State: kms_key_id", self.kms_key_id, {"kms": _KEY_OR_ALIAS}, example=_EXAMPLE, region=self.region
            )

    def backend(self, naming: Naming) -> dict[str, dict[str, Any]]:
        """Return the backend's Terraform JSON: its arguments by its type."""
        arguments = {
            "bucket": self.bucket,
            "region": self.region,
            "key": f"{naming.project}/{naming.region}/terraform.tfstate",
            "workspace_key_prefix": self.workspace_key_prefix,
            "encrypt": True,
            "use_lockfile": True,
        }
        return {"s3": arguments if self.kms_key_id is None else {**arguments, "kms_key_id": self.kms_key_id}}

    def configure(self, stack: TerraformStack, naming: Naming) -> None:
        """Set the stack's backend."""
        arguments = self.backend(naming)["s3"]
        # cdktf 0.21 has no argument for it, and locking by a DynamoDB table is deprecated.
        use_lockfile = arguments.pop("use_lockfile")
        S3Backend(stack, **arguments).add_override("use_lockfile", use_lockfile)

    def location(self, naming: Naming) -> str:
        """Describe where the state is, for all workspaces."""
        key = "the bucket's own key" if self.kms_key_id is None else self.kms_key_id
        return f"s3://{self.bucket}/{self.workspace_key_prefix}/*/{naming.project}/{naming.region} ({key})"


State = LocalState | S3State
