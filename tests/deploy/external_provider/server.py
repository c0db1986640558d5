"""The program that Terraform starts: greets as go-plugin does, then serves the protocol until it is asked to end.

Source: docs/guide-plugin-write-non-go.md in go-plugin's repository.
"""

from __future__ import annotations

import tempfile
import threading
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import msgspec

from tests.deploy.external_provider.certificate import Certificate
from tests.deploy.external_provider.data_source import SCHEMA, ProgramError, State, read
from tests.deploy.external_provider.messages import decode, encode

if TYPE_CHECKING:
    from collections.abc import Callable

_GO_PLUGIN_VERSION = 1
_PROTOCOL_VERSION = 5
_ERROR = 1


def serve() -> None:
    """Serve one client until it asks for the end."""
    stopping = threading.Event()
    certificate = Certificate.create()
    with tempfile.TemporaryDirectory() as folder:
        address = Path(folder, "plugin.sock")
        server = grpc.server(ThreadPoolExecutor())
        server.add_generic_rpc_handlers(
            [
                _service("plugin.GRPCController", Shutdown=_shutdown(stopping)),
                _service(
                    "tfplugin5.Provider",
                    GetSchema=_get_schema,
                    PrepareProviderConfig=_agree,
                    Configure=_agree,
                    ValidateDataSourceConfig=_agree,
                    ReadDataSource=_read_data_source,
                    Stop=_agree,
                ),
            ]
        )
        server.add_secure_port(
            f"unix:{address}", grpc.ssl_server_credentials([(certificate.private_key, certificate.chain)])
        )
        server.start()
        proof = b64encode(certificate.binary).decode().rstrip("=")
        print(_GO_PLUGIN_VERSION, _PROTOCOL_VERSION, "unix", address, "grpc", proof, sep="|", flush=True)  # noqa: T201
        stopping.wait()
        server.stop(grace=1).wait()


def _service(name: str, **methods: Callable[[bytes], bytes]) -> grpc.GenericRpcHandler:
    def handler(method: Callable[[bytes], bytes]) -> grpc.RpcMethodHandler[bytes, bytes]:
        return grpc.unary_unary_rpc_method_handler(lambda request, _context: method(request))

    return grpc.method_handlers_generic_handler(name, {name: handler(method) for name, method in methods.items()})


def _shutdown(stopping: threading.Event) -> Callable[[bytes], bytes]:
    def shutdown(_request: bytes) -> bytes:
        stopping.set()
        return encode("Empty")

    return shutdown


def _agree(_request: bytes) -> bytes:
    """Answer without diagnostics: whatever the request has is fine."""
    return encode("Empty")


def _get_schema(_request: bytes) -> bytes:
    return encode(
        "GetProviderSchemaResponse",
        provider={"block": {}},
        data_source_schemas=[{"key": "external", "value": SCHEMA}],
    )


def _read_data_source(request: bytes) -> bytes:
    configured = decode("ReadDataSourceRequest", request).config.msgpack
    try:
        state = read(msgspec.msgpack.decode(configured, type=State))
    except ProgramError as error:
        diagnostic = {
            "severity": _ERROR,
            "summary": error.summary,
            "detail": error.detail,
            "attribute": {"steps": [{"attribute_name": "program"}]},
        }
        return encode("ReadDataSourceResponse", diagnostics=[diagnostic])
    return encode("ReadDataSourceResponse", state={"msgpack": msgspec.msgpack.encode(state)})


if __name__ == "__main__":
    serve()
