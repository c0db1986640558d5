"""The scope of a request's signature, which a region looks at before any service, and an answer that needs none."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_SCOPE: Final = re.compile(rb"Credential=[^/]*/\d+/(?P<region>[^/]*)/(?P<service>[^/]*)/")


class CredentialScope(NamedTuple):
    """The region and the service that a signature, version 4, is for."""

    region: str
    service: str

    @classmethod
    def of(cls, headers: dict[bytes, bytes]) -> CredentialScope | None:
        """Read it from a request's headers; None for a request that is not signed so."""
        found = _SCOPE.search(headers.get(b"authorization", b""))
        return cls(found["region"].decode(), found["service"].decode()) if found else None


class Answer(NamedTuple):
    """An HTTP response."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes
