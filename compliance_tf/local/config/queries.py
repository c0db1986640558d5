"""AWS Config's advanced queries, as far as this project uses them.

https://docs.aws.amazon.com/config/latest/developerguide/query-components.html: SELECT with properties, WHERE with
``=`` and ``IN`` joined by AND. OR, NOT, ranges, wildcards, aggregations and orders are refused, where AWS takes them.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from compliance_tf.local.api.api_error import ApiError
from compliance_tf.local.api.clock import now
from compliance_tf.local.api.paging import page_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from compliance_tf.local.api.json_api import Call
    from compliance_tf.local.config.history import History

USUAL_ROWS = 25
"""Per page; AWS documents no number but the 100 of ``Limit``."""

_PROPERTY = r"[A-Za-z]\w*(?:\.\w+)*"
_VALUE = r"'[^']*'"
_CONDITION = (
    rf"(?P<name>{_PROPERTY})\s*(?:=\s*(?P<value>{_VALUE})|IN\s*\((?P<values>\s*{_VALUE}(?:\s*,\s*{_VALUE})*\s*)\))"
)
_QUERY = re.compile(
    rf"\s*SELECT\s+(?P<properties>{_PROPERTY}(?:\s*,\s*{_PROPERTY})*)(?:\s+WHERE\s+(?P<where>.+?))?\s*",
    re.IGNORECASE | re.DOTALL,
)
_WHERE = re.compile(rf"{_CONDITION}(?:\s+AND\s+|\s*$)", re.IGNORECASE)

Condition = tuple[str, frozenset[str]]
"""A property, and the values of which it must have one."""


class Queries:
    """The queries of an account and region on its current resources.

    Parameters
    ----------
    lag
        Seconds that pass until an item is found.
    """

    def __init__(self, history: History, lag: float) -> None:
        self._history = history
        self._lag = timedelta(seconds=lag)

    def select(self, call: Call) -> dict[str, Any]:
        """SelectResourceConfig."""
        properties, conditions = _parsed(call.parameters["Expression"])
        known = (item.query_form() for item in self._history.present(now() - self._lag))
        rows = [
            json.dumps(_row(item, properties))
            for item in known
            if all(wanted.intersection(_texts(item, name)) for name, wanted in conditions)
        ]
        found = page_of(rows, call.parameters.get("NextToken"), call.parameters.get("Limit"), usual=USUAL_ROWS)
        fields = [{"Name": name} for name in properties]
        return {"Results": list(found.members), "QueryInfo": {"SelectFields": fields}} | found.token_as("NextToken")


def _parsed(expression: str) -> tuple[list[str], list[Condition]]:
    query = _QUERY.fullmatch(expression)
    if query is None:
        raise _invalid(expression)
    return re.findall(_PROPERTY, query["properties"]), list(_conditions(query["where"] or "", expression))


def _conditions(where: str, expression: str) -> Iterator[Condition]:
    position = 0
    while position < len(where):
        condition = _WHERE.match(where, position)
        if condition is None:
            raise _invalid(expression)
        values = re.findall(_VALUE, condition["value"] or condition["values"])
        yield condition["name"], frozenset(value[1:-1] for value in values)
        position = condition.end()


def _row(item: dict[str, Any], properties: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for name in properties:
        *path, last = name.split(".")
        values = [value for value in _values(item, name) if value is not None]
        inner = row
        for part in path:
            inner = inner.setdefault(part, {})
        if values:
            inner[last] = values[0]
    return row


def _texts(item: dict[str, Any], name: str) -> list[str]:
    return [value for value in _values(item, name) if isinstance(value, str)]


def _values(value: object, path: str) -> list[Any]:
    """Return the values of a property, in each member of the lists on the way to it."""
    values = [value]
    for part in path.split("."):
        members = [one for value in values for one in (value if isinstance(value, list) else [value])]
        values = [one[part] for one in members if isinstance(one, dict) and part in one]
    return values


def _invalid(expression: str) -> ApiError:
    return ApiError("InvalidExpressionException", f"The local AWS does not understand the query: {expression}")
