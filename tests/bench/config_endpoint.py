"""AWS Config on a local port, in a process of its own: quick, so that the callers are what is measured.

Clients call AWS's own names, over TLS as in AWS, and are brought here as to a proxy (``variables``): so those that
have their URL fixed are served too, and nothing leaves the machine. It takes PutEvaluations, lists what was put with
GetComplianceDetailsByConfigRule, hands out credentials with AssumeRole, and counts the calls; anything else it
refuses. Result tokens are the names of the rules.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

HOST = "127.0.0.1"
PAGE_SIZE = 100
HEAD_END = b"\r\n\r\n"

ASSUMED = """<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
<AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>none</SecretAccessKey><SessionToken>none</SessionToken>
<Expiration>2100-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>"""


class ConfigEndpoint:
    """The running endpoint of a region; a context manager that ends it. It also ends when this process does."""

    def __init__(self, region: str) -> None:
        self._region = region

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._bundle = Path(self._folder.name) / "bundle.pem"
        certificate = Path(self._folder.name) / "certificate.pem"
        _write_certificate(self._region, certificate, self._bundle)
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(certificate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The end of its input ends it.
        self._process.communicate()
        self._folder.cleanup()

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment variables with which boto3 calls this endpoint."""
        return {
            "AWS_REGION": self._region,
            "AWS_DEFAULT_REGION": self._region,
            "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "none",
            "AWS_CA_BUNDLE": str(self._bundle),
            "HTTPS_PROXY": f"http://{HOST}:{self._port}",
        }

    def connection(self) -> HTTPSConnection:
        """Connect over TLS as boto3 does; GET answers the calls by operation since the last GET."""
        trust = ssl.create_default_context(cafile=self._bundle)
        connection = HTTPSConnection(HOST, self._port, context=trust)
        connection.set_tunnel(f"config.{self._region}.amazonaws.com", 443)
        return connection

    def calls(self) -> Counter[str]:
        """How often each operation was called since this was last asked."""
        connection = self.connection()
        connection.request("GET", "/")
        counts = Counter(json.load(connection.getresponse()))
        connection.close()
        return counts


@dataclass
class Results:
    """What was put: the latest evaluation of each resource by rule, and the lists that are being read."""

    latest: defaultdict[str, dict[tuple[str, str], dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))
    listed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def put(self, request: dict[str, Any]) -> dict[str, Any]:
        results = self.latest[request["ResultToken"]]
        for new in request["Evaluations"]:
            key = (new["ComplianceResourceType"], new["ComplianceResourceId"])
            old = results.get(key)
            if old is None or old["OrderingTimestamp"] <= new["OrderingTimestamp"]:
                results[key] = new
        return {"FailedEvaluations": []}

    def details(self, request: dict[str, Any]) -> dict[str, Any]:
        rule = request["ConfigRuleName"]
        start = int(request.get("NextToken") or 0)
        if not start:
            wanted = request["ComplianceTypes"]
            self.listed[rule] = [one for one in self.latest[rule].values() if one["ComplianceType"] in wanted]
        end = start + min(request["Limit"], PAGE_SIZE)
        page = {"EvaluationResults": [_result(rule, one) for one in self.listed[rule][start:end]]}
        return page | ({"NextToken": str(end)} if end < len(self.listed[rule]) else {})


def _result(rule: str, evaluation: dict[str, Any]) -> dict[str, Any]:
    time = evaluation["OrderingTimestamp"]
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": rule,
                "ResourceType": evaluation["ComplianceResourceType"],
                "ResourceId": evaluation["ComplianceResourceId"],
            },
            "OrderingTimestamp": time,
        },
        "ComplianceType": evaluation["ComplianceType"],
        "ResultRecordedTime": time,
        "ConfigRuleInvokedTime": time,
        **({"Annotation": evaluation["Annotation"]} if evaluation.get("Annotation") else {}),
    }


@dataclass(frozen=True)
class Api:
    """Answers requests and counts them."""

    results: Results = field(default_factory=Results)
    calls: Counter[str] = field(default_factory=Counter)

    def answer(self, method: str, target: str, body: bytes) -> tuple[str, str]:
        """Return status and body."""
        if method == "GET":
            counts = json.dumps(self.calls)
            self.calls.clear()
            return "200 OK", counts
        operation = target.rpartition(".")[2] or ("AssumeRole" if b"Action=AssumeRole&" in body else "unknown")
        self.calls[operation] += 1
        match operation:
            case "PutEvaluations":
                return "200 OK", json.dumps(self.results.put(json.loads(body)))
            case "GetComplianceDetailsByConfigRule":
                return "200 OK", json.dumps(self.results.details(json.loads(body)))
            case "AssumeRole":
                return "200 OK", ASSUMED
        return "400 Bad Request", json.dumps({"__type": "InvalidAction", "message": f"{operation} is not here."})


class Connection(asyncio.Protocol):
    """Reads requests of HTTP/1.1 and answers each at once. asyncio sets TCP_NODELAY by itself."""

    def __init__(self, api: Api, tls: ssl.SSLContext) -> None:
        self._api = api
        self._tls = tls
        self._received = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        # The first request may be here before the connection is said to be encrypted.
        while self._transport and (request := self._next_request()):
            method, target, body = request
            if method == "CONNECT":
                self._upgrading = asyncio.ensure_future(self._upgrade(self._transport))
                self._transport = None
            else:
                self._transport.write(_response(*self._api.answer(method, target, body)))

    def _next_request(self) -> tuple[str, str, bytes] | None:
        """Take method, operation and body of a request that is here as a whole."""
        head_end = self._received.find(HEAD_END)
        if head_end < 0:
            return None
        request_line, *lines = self._received[:head_end].decode("latin-1").split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body_start = head_end + len(HEAD_END)
        body_end = body_start + int(headers.get("content-length", 0))
        if len(self._received) < body_end:
            return None
        body = bytes(self._received[body_start:body_end])
        del self._received[:body_end]
        return request_line.partition(" ")[0], headers.get("x-amz-target", ""), body

    async def _upgrade(self, transport: asyncio.Transport) -> None:
        """Be, from now on, the server that the client wanted to be connected with."""
        transport.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        loop = asyncio.get_running_loop()
        self._transport = await loop.start_tls(transport, self, self._tls, server_side=True)
        self.data_received(b"")


def _response(status: str, answer: str) -> bytes:
    body = answer.encode()
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _write_certificate(region: str, certificate: Path, bundle: Path) -> None:
    """Write the endpoint's key and certificate, and a bundle of what botocore trusts by itself and this one."""
    from botocore.httpsession import where
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "bench")])
    now = datetime.now(UTC)
    hosts = [x509.DNSName(f"{service}.{region}.amazonaws.com") for service in ("config", "sts")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    certificate.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + made
    )
    bundle.write_bytes(Path(where()).read_bytes() + b"\n" + made)


async def _serve(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    api, parent_ended = Api(), asyncio.Event()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(api, tls), HOST, 0)
    loop.add_reader(sys.stdin.fileno(), parent_ended.set)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await parent_ended.wait()


if __name__ == "__main__":
    asyncio.run(_serve(Path(sys.argv[1])))
