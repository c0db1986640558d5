"""Queries of AWS Config for what the results table does not have: tags, ARNs and names of resources.

https://docs.aws.amazon.com/config/latest/APIReference/API_SelectResourceConfig.html; the properties are those of
https://github.com/awslabs/aws-config-resource-schema. It has the existing recorded resources.
"""

from __future__ import annotations

import json
from threading import Lock
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.clients import client_with_retries
from compliance_tf.results.row import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import boto3
    from mypy_boto3_config import ConfigServiceClient

    from compliance_tf.results.place import ResultsPlace

TypedId: TypeAlias = tuple[str, str]
"""A resource type and an id."""

_MAX_EXPRESSION: Final = 4096
"""Maximum characters of a query (AWS Config API, SelectResourceConfig)."""

_MAX_IDS: Final = 100
"""Ids of a query: as many as one page of its answer has (the same, Limit)."""

_NAMES: Final = "SELECT resourceId, resourceName, arn WHERE resourceType = '{type}' AND resourceId IN ({ids})"


class ConfigQueries:
    """AWS Config's advanced queries in the region of a deployment.

    Parameters
    ----------
    place
        The place of the deployment.
    session
        With whose credentials it asks; the default session's unless given.
    client
        AWS Config's client; one of its own unless given.
    """

    def __init__(
        self,
        place: ResultsPlace,
        session: boto3.Session | None = None,
        *,
        client: ConfigServiceClient | None = None,
    ) -> None:
        self._place = place
        self._session = session
        self._client = client
        self._lock = Lock()

    def tagged(self, tag: str) -> frozenset[TypedId]:
        """Find the resources with a tag, given as ``key=value``, or as ``key`` for any value.

        Returns
        -------
        frozenset[TypedId]
            Their types and ids; empty where no recorded resource has the tag.

        Raises
        ------
        ResultsError
            When AWS Config cannot be queried, or the text has a quote in it.
        """
        return self._select("tags.tag" if "=" in tag else "tags.key", tag)

    def with_arn(self, arn: str) -> frozenset[TypedId]:
        """Find the resource with an ARN.

        Returns
        -------
        frozenset[TypedId]
            Its type and id; empty where it is not recorded.

        Raises
        ------
        ResultsError
            When AWS Config cannot be queried, or the text has a quote in it.
        """
        return self._select("arn", arn)

    def named(self, name: str) -> frozenset[TypedId]:
        """Find the resources with a name, which some types have beside their id.

        Returns
        -------
        frozenset[TypedId]
            Their types and ids; empty where no recorded resource has the name.

        Raises
        ------
        ResultsError
            When AWS Config cannot be queried, or the text has a quote in it.
        """
        return self._select("resourceName", name)

    def names(self, type_: str, ids: Sequence[str]) -> dict[TypedId, Names]:
        """Read the names and ARNs of resources of a type, which are those of one of :func:`batches`.

        Missing ones are not recorded, or do not exist any more.

        Returns
        -------
        dict[TypedId, Names]
            The names by type and id; a name or an ARN that a resource does not have is None.

        Raises
        ------
        ResultsError
            When AWS Config cannot be queried.
        """
        found = self._ask(_NAMES.format(type=type_, ids=", ".join(map(_quoted, ids))))
        return {(type_, one["resourceId"]): Names(one.get("resourceName"), one.get("arn")) for one in found}

    def _select(self, attribute: str, value: str) -> frozenset[TypedId]:
        if "'" in value:
            raise ResultsError(f"{value!r} has a quote in it, which AWS Config's queries do not allow.")
        found = self._ask(f"SELECT resourceType, resourceId WHERE {attribute} = '{value}'")
        return frozenset((one["resourceType"], one["resourceId"]) for one in found)

    def _ask(self, expression: str) -> list[dict[str, Any]]:
        subject = f"AWS Config in {self._place.region}"
        with explained(subject, "config:SelectResourceConfig", missing=f"{subject} does not answer."):
            pages = (
                self._connected()
                .get_paginator("select_resource_config")
                .paginate(Expression=expression, PaginationConfig={"PageSize": _MAX_IDS})
            )
            return [json.loads(result) for page in pages for result in page["Results"]]

    def _connected(self) -> ConfigServiceClient:
        # Several threads query, and boto3 must create clients in one at a time.
        with self._lock:
            if self._client is None:
                subject = f"AWS Config in {self._place.region}"
                self._client = client_with_retries("config", self._place.region, subject, self._session)
            return self._client


def batches(resources: Iterable[TypedId]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Split resources into queries: of one type each, with as many ids as AWS Config allows.

    Resources that a query cannot name are left out: with a quote in the type or the id, or too long an id.

    Yields
    ------
    tuple[str, tuple[str, ...]]
        A type, and ids of it in their order, at least one.
    """
    of_types: dict[str, list[str]] = {}
    for type_, id_ in resources:
        of_types.setdefault(type_, []).append(id_)
    for type_, ids in of_types.items():
        room = _MAX_EXPRESSION - len(_NAMES.format(type=type_, ids=""))
        batch: list[str] = []
        length = 0
        for id_ in ids:
            needed = len(_quoted(id_)) + len(", ")
            if "'" in type_ + id_ or needed > room:
                continue
            if len(batch) == _MAX_IDS or length + needed > room:
                yield type_, tuple(batch)
                batch, length = [], 0
            batch.append(id_)
            length += needed
        if batch:
            yield type_, tuple(batch)


def _quoted(value: str) -> str:
    return f"'{value}'"
