"""Names of resources with their ARNs, and of accounts, beside ids.

The table has neither. AWS Config publishes a result by type and id alone, so a name in the table would take a question
to AWS Config for every event of a burst, and would be wrong after the resource is renamed. So AWS Config is asked when
results are read: for many at once, for managed rules and checks alike, with the permission that tags take, too.
"""

from __future__ import annotations

import functools
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final, TypeAlias

from compliance_tf.errors import ComplianceError, ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.clients import client_with_retries
from compliance_tf.results.config_queries import batches
from compliance_tf.results.resource_search import caller_account
from compliance_tf.results.row import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from compliance_tf.results.config_queries import ConfigQueries, TypedId
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.row import Row

_BLOCK: Final = 1_000
"""Rows whose resources are asked for together, so that most queries are full."""

_WORKERS: Final = 4
"""Queries at a time. AWS Config documents no rate; boto3 slows down when it refuses some."""

_MAX_KNOWN: Final = 50_000
"""Resources whose names are kept, about 20 MB: the rows of one resource come apart, by severity and rule."""

_Place: TypeAlias = tuple[str, str]
"""An account and a region."""

_Answer: TypeAlias = "Future[Mapping[TypedId, Names]]"


class NameLookup:
    """A lookup that adds names to rows.

    Rows whose names cannot be had pass without them: a report without names is better than none.

    Parameters
    ----------
    queries
        Returns what asks AWS Config for names and ARNs, by account and region; None to leave them out. Several threads
        call it.
    account_name
        Returns the name of an account, by its number and a region; None where it is not known.

    Attributes
    ----------
    problems
        The reasons why names are missing, by account and region.
    """

    def __init__(
        self,
        queries: Callable[[str, str], ConfigQueries] | None,
        account_name: Callable[[str, str], str | None],
    ) -> None:
        self._queries = queries
        self._account_name = account_name
        self._known: dict[tuple[_Place, TypedId], _Answer] = {}
        self.problems: dict[_Place, str] = {}

    def named(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Add names to rows.

        While rows are taken, the names of the next are looked up. Afterwards ``problems`` says where AWS Config could
        not be asked.

        Yields
        ------
        Row
            The rows in their order, with the names that are known.
        """
        with ThreadPoolExecutor(_WORKERS, thread_name_prefix="names") as pool:
            try:
                ahead: deque[list[tuple[Row, _Answer | None]]] = deque()
                remaining = iter(rows)
                while block := list(islice(remaining, _BLOCK)):
                    ahead.append(self._asked(block, pool))
                    if len(ahead) > 1:
                        yield from self._with_names(ahead.popleft())
                for last in ahead:
                    yield from self._with_names(last)
            finally:
                pool.shutdown(cancel_futures=True)

    def _asked(self, block: list[Row], pool: ThreadPoolExecutor) -> list[tuple[Row, _Answer | None]]:
        keys = [((one.account, one.region), (one.type, one.id)) for one in (row.result.resource for row in block)]
        unknown: dict[_Place, list[TypedId]] = {}
        for place, typed_id in dict.fromkeys(keys):
            if self._queries and place not in self.problems and (place, typed_id) not in self._known:
                unknown.setdefault(place, []).append(typed_id)
        for place, typed_ids in unknown.items():
            for type_, ids in batches(typed_ids):
                answer = pool.submit(self._answer, place, type_, ids)
                self._known |= dict.fromkeys(((place, (type_, id_)) for id_ in ids), answer)
        answered = [(row, self._known.get(key)) for row, key in zip(block, keys, strict=True)]
        for oldest in list(islice(self._known, max(0, len(self._known) - _MAX_KNOWN))):
            del self._known[oldest]
        return answered

    def _answer(self, place: _Place, type_: str, ids: tuple[str, ...]) -> Mapping[TypedId, Names]:
        try:
            return {} if self._queries is None or place in self.problems else self._queries(*place).names(type_, ids)
        except ComplianceError as error:
            self.problems[place] = str(error)
            return {}

    def _with_names(self, block: Iterable[tuple[Row, _Answer | None]]) -> Iterator[Row]:
        for row, answer in block:
            resource = row.result.resource
            names = (answer.result().get((resource.type, resource.id)) if answer else None) or row.names
            account = self._account_name(resource.account, resource.region) or names.account
            yield replace(row, names=Names(names.resource, names.arn, account))


def name_lookup(reader: ResultsReader, *, wanted: bool = True, account_name: str | None = None) -> NameLookup:
    """Build the lookup of names for the rows of a reader.

    Parameters
    ----------
    wanted
        False to ask nobody: then only the account has its name, if that is given.
    account_name
        The name of the account; its alias in IAM unless given.

    Returns
    -------
    NameLookup
        A lookup, which asks AWS nothing before its first row.

    Raises
    ------
    ResultsError
        When one name is given to several accounts.
    """
    if account_name is not None and not reader.is_one_table:
        raise ResultsError("--account-name is that of one account, and these are several: leave it out.")
    if not wanted or not reader.has_names:
        return NameLookup(None, lambda *_: account_name)
    queries = functools.cache(reader.config_queries)
    if account_name is not None:
        return NameLookup(queries, lambda *_: account_name)
    # Asked with the first row: where there is none, or the table cannot be read, nobody needs it.
    known: dict[str, str | None] = {}

    def alias(account: str, region: str) -> str | None:
        if account not in known:
            known[account] = _account_alias(account, region, reader)
        return known[account]

    return NameLookup(queries, alias)


def _account_alias(account: str, region: str, reader: ResultsReader) -> str | None:
    """Return the alias of an account; None where it has none, or it may not be read."""
    try:
        session = reader.session(account, region)
        if session is None and caller_account(region) != account:
            return None
        with explained("AWS IAM", "iam:ListAccountAliases", missing="AWS IAM does not answer."):
            aliases = client_with_retries("iam", region, "AWS IAM", session).list_account_aliases()["AccountAliases"]
    except ComplianceError:
        # Who may read results need not be allowed to read IAM: the number is there all the same.
        return None
    return aliases[0] if aliases else None
