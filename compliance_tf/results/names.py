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

from compliance_tf.errors import ResultsError
from compliance_tf.results.boto_errors import explained
from compliance_tf.results.clients import patient_client
from compliance_tf.results.config_queries import ConfigQueries, batches
from compliance_tf.results.resource_search import caller_account
from compliance_tf.results.row import Names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from compliance_tf.results.config_queries import TypedId
    from compliance_tf.results.reader import ResultsReader
    from compliance_tf.results.row import Row

_BLOCK: Final = 1_000
"""Rows whose resources are asked for together, so that most queries are full."""

_WORKERS: Final = 4
"""Queries at a time. AWS Config documents no rate; boto3 slows down when it refuses some."""

_MAX_KNOWN: Final = 50_000
"""Resources whose names are kept, about 20 MB: the rows of one resource come apart, by severity and rule."""

_Answer: TypeAlias = "Future[Mapping[TypedId, Names]]"


class NameLookup:
    """A lookup that adds names to rows.

    Rows whose names cannot be had pass without them: a report without names is better than none.

    Parameters
    ----------
    queries
        Asks AWS Config for names and ARNs; None to leave them out.
    account_name
        Returns the name of an account, by its number; None where it is not known.
    """

    def __init__(self, queries: ConfigQueries | None, account_name: Callable[[str], str | None]) -> None:
        self._queries = queries
        self._account_name = account_name
        self._known: dict[TypedId, _Answer] = {}
        self.problem: str | None = None

    def named(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Add names to rows.

        While rows are taken, the names of the next are looked up. Afterwards ``problem`` says why names are missing, if
        AWS Config could not be asked.

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
        typed_ids = [(row.result.resource.type, row.result.resource.id) for row in block]
        if self._queries and not self.problem:
            for type_, ids in batches(one for one in dict.fromkeys(typed_ids) if one not in self._known):
                answer = pool.submit(self._answer, self._queries, type_, ids)
                self._known |= dict.fromkeys(((type_, id_) for id_ in ids), answer)
        answered = [(row, self._known.get(one)) for row, one in zip(block, typed_ids, strict=True)]
        for oldest in list(islice(self._known, max(0, len(self._known) - _MAX_KNOWN))):
            del self._known[oldest]
        return answered

    def _answer(self, queries: ConfigQueries, type_: str, ids: tuple[str, ...]) -> Mapping[TypedId, Names]:
        try:
            return {} if self.problem else queries.names(type_, ids)
        except ResultsError as error:
            self.problem = str(error)
            return {}

    def _with_names(self, block: Iterable[tuple[Row, _Answer | None]]) -> Iterator[Row]:
        for row, answer in block:
            resource = row.result.resource
            names = (answer.result().get((resource.type, resource.id)) if answer else None) or row.names
            account = self._account_name(resource.account) or names.account
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
    """
    if not wanted or account_name is not None:
        return NameLookup(ConfigQueries(reader.place) if wanted else None, lambda _: account_name)
    # Asked with the first row: where there is none, or the table cannot be read, nobody needs it.
    alias = functools.cache(lambda: _account_alias(reader.place.region))
    return NameLookup(ConfigQueries(reader.place), lambda number: alias().get(number))


def _account_alias(region: str) -> Mapping[str, str]:
    """Return the alias of the credentials' account by its number; nothing where it has none, or may not be read."""
    try:
        account = caller_account(region)
        with explained("AWS IAM", "iam:ListAccountAliases", missing="AWS IAM does not answer."):
            aliases = patient_client("iam", region, "AWS IAM").list_account_aliases()["AccountAliases"]
    except ResultsError:
        # Who may read results need not be allowed to read IAM: the number is there all the same.
        return {}
    return dict.fromkeys([account], aliases[0]) if aliases else {}
