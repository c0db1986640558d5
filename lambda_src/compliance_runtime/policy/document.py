"""A parsed policy document, and queries on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from compliance_runtime.errors import EventError
from compliance_runtime.json_object import JsonObject, decoded
from compliance_runtime.policy.conditions import NOTHING_KNOWN, Condition, Request, Truth, all_hold, read_conditions
from compliance_runtime.policy.elements import Patterns, read_patterns
from compliance_runtime.policy.principals import Principals, read_principals

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Statement:
    """A statement.

    Parameters
    ----------
    name
        Its name in messages: its Sid, or its place such as ``statement 2``.
    allows
        Whether its effect is Allow; else it is Deny.
    principals
        The principals; None in an identity's policy, where it is the identity.
    actions
        The actions, in lower case.
    resources
        The resources; None in a trust policy, where it is the role.
    conditions
        The conditions, all of which must hold.
    """

    name: str
    allows: bool
    principals: Principals | None
    actions: Patterns
    resources: Patterns | None
    conditions: tuple[Condition, ...]

    def holds(self, request: Request) -> Truth:
        """Evaluate its conditions for a request."""
        return all_hold(self.conditions, request)

    def demanding(self, key: str) -> tuple[Condition, ...]:
        """List the conditions that each limit a request to their own values of a condition key (in lower case).

        Returns
        -------
        tuple[Condition, ...]
            The conditions in their order; empty where a request may have any value, or no such key.
        """
        own = [condition for condition in self.conditions if condition.key == key]
        if not any(condition.needs_key for condition in own):
            return ()
        return tuple(condition for condition in own if condition.names_values)

    def demanded(self, key: str) -> tuple[str, ...] | None:
        """Find the values of which a request must have one for a condition key (in lower case).

        Returns
        -------
        tuple[str, ...] | None
            The values of the strictest condition; None where a request may have any value, or none.
        """
        # All conditions must hold, so each of them is a limit; fixed and few values are the strictest.
        narrowest = min(self.demanding(key), key=lambda one: (one.has_wildcards, len(one.values)), default=None)
        return None if narrowest is None else narrowest.values


@dataclass(frozen=True)
class PolicyDocument:
    """A policy document.

    Parameters
    ----------
    statements
        The statements in their order.
    """

    statements: tuple[Statement, ...]

    @property
    def allowing(self) -> tuple[Statement, ...]:
        """The statements that allow."""
        return tuple(statement for statement in self.statements if statement.allows)

    @property
    def denying(self) -> tuple[Statement, ...]:
        """The statements that deny."""
        return tuple(statement for statement in self.statements if not statement.allows)

    @classmethod
    def read(cls, value: object, place: str) -> PolicyDocument:
        """Parse a policy document.

        Parameters
        ----------
        value
            The object, its JSON text, or that text URL-encoded as from IAM's API. None, an empty text and an empty
            object are a document without statements.
        place
            Its name in messages.

        Returns
        -------
        PolicyDocument
            The statements in their order.

        Raises
        ------
        EventError
            When it is not valid in IAM; the message names the place.
        """
        if isinstance(value, str):
            value = _decode(value, place)
        if value is None or value == {}:
            return cls(())
        document = JsonObject.of(value, place, EventError)
        stated = document.values.get("Statement")
        listed = JsonObject({"Statement": stated if isinstance(stated, list) else [stated]}, place, EventError)
        if stated is None:
            raise EventError(f"{place}.Statement is missing.")
        return cls(tuple(_statement(one, number) for number, one in enumerate(listed.objects("Statement"), start=1)))


def may(
    documents: Iterable[PolicyDocument], action: str, resource: str | None = None, request: Request = NOTHING_KNOWN
) -> bool:
    """Decide whether the policies of an identity allow an action.

    Conditions of allowing statements are assumed to hold unless they never do; a denial counts only if it always holds.

    Parameters
    ----------
    documents
        The policies, which apply together.
    action
        A single action, in lower case.
    resource
        A pattern: the action must be allowed on everything that it matches. None for any resource.
    request
        The known values of the request.

    Returns
    -------
    bool
        Whether one statement allows it and no certain denial covers the resource.
    """
    statements = [
        statement for document in documents for statement in document.statements if statement.actions.matches(action)
    ]
    denied = [
        statement.resources
        for statement in statements
        if not statement.allows and statement.resources is not None and statement.holds(request) is Truth.ALWAYS
    ]
    return any(
        any(not any(denial.covers(one) for denial in denied) for one in _reach(statement, resource))
        for statement in statements
        if statement.allows and statement.holds(request) is not Truth.NEVER
    )


def _reach(statement: Statement, resource: str | None) -> tuple[str, ...]:
    """List patterns of a statement's resources: all, or only ``resource`` if it covers all of that."""
    if statement.resources is None:
        return ()
    if resource is not None:
        return (resource,) if statement.resources.grants(resource) else ()
    return ("*",) if statement.resources.negated else statement.resources.patterns


def _decode(text: str, place: str) -> object:
    # A policy as JSON begins with a brace, which an encoded one cannot have.
    plain = text if text.lstrip().startswith(("{", "[")) else unquote(text)
    return decoded(plain, place, EventError) if plain.strip() else None


def _statement(statement: JsonObject, number: int) -> Statement:
    effect = statement.text("Effect")
    if effect not in {"Allow", "Deny"}:
        raise EventError(f"{statement.place}.Effect is {effect!r:.40}; it must be Allow or Deny.")
    actions = read_patterns(statement, "Action", fold_case=True)
    if actions is None:
        raise EventError(f"{statement.place} has neither Action nor NotAction.")
    return Statement(
        name=statement.optional_text("Sid") or f"statement {number}",
        allows=effect == "Allow",
        principals=read_principals(statement),
        actions=actions,
        resources=read_patterns(statement, "Resource"),
        conditions=read_conditions(statement),
    )
