"""The zip that all three functions run: the same bytes from the same sources, on every machine."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import compliance_runtime
from compliance_runtime.deployment import DEPLOYMENT_FILE, Deployment

if TYPE_CHECKING:
    from compliance_tf.checks.folder import CheckFolder

# A zip cannot hold an earlier time; a real one would change the bytes at every run.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644


@dataclass(frozen=True)
class LambdaPackage:
    """The zip's bytes."""

    content: bytes

    @property
    def source_code_hash(self) -> str:
        """The hash by which Terraform sees a change: SHA-256 in base 64, as Lambda reports it."""
        return base64.b64encode(hashlib.sha256(self.content).digest()).decode()

    def write(self, path: Path) -> None:
        """Write the zip, with the folders that lead to it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.content)


def build(deployment: Deployment, checks: CheckFolder | None = None) -> LambdaPackage:
    """Pack ``compliance_runtime``, the user's own checks and what this deployment consists of."""
    root = Path(compliance_runtime.__file__).parent
    files = {f"{root.name}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in root.rglob("*.py")}
    files |= checks.files() if checks else {}
    files[DEPLOYMENT_FILE] = deployment.to_json().encode()

    buffer = io.BytesIO()
    # Stored, not deflated: what deflate makes of the same input differs from one zlib to another.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, on which the mode below has its meaning
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content)
    return LambdaPackage(buffer.getvalue())
