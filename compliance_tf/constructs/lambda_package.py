"""The deployment package of all three functions: the same bytes from the same sources, on every machine."""

from __future__ import annotations

import base64
import functools
import hashlib
import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import compliance_runtime
from compliance_runtime.deployment import DEPLOYMENT_FILE, Deployment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compliance_tf.checks.folder import CheckFolder

# The earliest time that a zip can hold; a real one would change the bytes at every run.
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o644


def source_code_hash(package: bytes) -> str:
    """Return the hash by which Terraform detects a change: SHA-256 in base 64, as Lambda reports it."""
    return base64.b64encode(hashlib.sha256(package).digest()).decode()


def build(deployment: Deployment, checks: CheckFolder | None = None) -> bytes:
    """Build the zip of ``compliance_runtime``, the user's own checks and the deployment's manifest."""
    return _zip(deployment.to_json().encode(), tuple(checks.files().items()) if checks else ())


# Regions of a fleet have the same rules, but for those of the home region: two packages, of half a megabyte each.
@functools.lru_cache(maxsize=2)
def _zip(manifest: bytes, checks: tuple[tuple[str, bytes], ...]) -> bytes:
    files = {**_runtime(), **dict(checks), DEPLOYMENT_FILE: manifest}
    buffer = io.BytesIO()
    # Stored, not deflated: the output of deflate differs between versions of zlib.
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3  # Unix, which gives the mode below its meaning
            entry.external_attr = _MODE << 16
            archive.writestr(entry, content)
    return buffer.getvalue()


@functools.cache
def _runtime() -> Mapping[str, bytes]:
    root = Path(compliance_runtime.__file__).parent
    return {f"{root.name}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in root.rglob("*.py")}
