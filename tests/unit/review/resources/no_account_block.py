"""S3 Control of an account without a public access block: boto3 reaches it by a host name that local AWS lacks."""

from __future__ import annotations

from typing import Any


class NoAccountBlock:
    """Its client."""

    class exceptions:  # noqa: N801 as boto3's clients have them
        class NoSuchPublicAccessBlockConfiguration(Exception):  # noqa: N818
            pass

    def get_public_access_block(self, **_: str) -> Any:
        raise self.exceptions.NoSuchPublicAccessBlockConfiguration
