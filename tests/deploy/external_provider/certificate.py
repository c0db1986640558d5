"""The certificate by which Terraform knows that it talks to the program that it started."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

_HOST = "localhost"
"""The name that go-plugin's client expects, whatever the address is."""


@dataclass(frozen=True)
class Certificate:
    """A certificate that signs itself, with its private key.

    Parameters
    ----------
    chain
        The certificate, in PEM.
    private_key
        Its key, in PEM.
    binary
        The certificate, in DER.
    """

    chain: bytes
    private_key: bytes
    binary: bytes

    @classmethod
    def create(cls) -> Certificate:
        """Make one that is valid for a day."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _HOST)])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(minutes=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(_HOST)]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(
            chain=certificate.public_bytes(Encoding.PEM),
            private_key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
            binary=certificate.public_bytes(Encoding.DER),
        )
