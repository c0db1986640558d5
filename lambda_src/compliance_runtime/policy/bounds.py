"""The callers that a statement's principals and conditions, and other statements' denials, leave.

Each of them may limit the requests to some parties. A denial limits too, by its exceptions: one for everyone whose
``aws:PrincipalOrgID`` is not ``o-1`` leaves the organization ``o-1``.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.policy.conditions import Truth
from compliance_runtime.policy.principals import account_of, is_account

if TYPE_CHECKING:
    from compliance_runtime.policy.conditions import Condition
    from compliance_runtime.policy.document import PolicyDocument, Statement
    from compliance_runtime.policy.elements import Patterns
    from compliance_runtime.policy.principals import Principals


class Relation(Enum):
    """The relation of a party to a request."""

    CALLER = "the principal that asks"
    SOURCE = "the owner of the resource for which a service of AWS asks"
    ACCESS_POINT = "the owner of the S3 access point through which it comes"
    SERVICE = "a service of AWS that asks"
    NETWORK = "where it comes from, whoever asks"


@dataclass(frozen=True)
class Party:
    """A set of possible callers.

    Parameters
    ----------
    relation
        Their relation to the request.
    text
        The policy's text: an account, an ARN, an address range; possibly with wildcards.
    account
        The 12 digits of the account of all of them, if that is certain.
    organization
        The id of the organization of all of them, if that is certain.
    """

    relation: Relation
    text: str
    account: str | None = None
    organization: str | None = None

    @property
    def fixed(self) -> bool:
        """Return whether they are fixed, so that nobody else can become one of them.

        As S3 does it: values without wildcards and policy variables, no address range wider than /8, for IPv6 /32.
        https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
        """
        if self.account or self.organization or self.bucket or self.relation is Relation.SERVICE:
            return True
        if is_any_session(self.text):
            return True
        cidr = _CIDR.fullmatch(self.text)
        if cidr:
            return int(cidr[1]) >= (32 if ":" in self.text else 8)
        return _WILDCARD.search(self.text) is None

    @property
    def bucket(self) -> str | None:
        """The name of the one bucket in the ARN of a source, whatever its region and account."""
        return bucket_name(self.text) if self.relation is Relation.SOURCE else None

    @property
    def name(self) -> str:
        """The account, the organization or another name, for messages."""
        if self.account and (self.text == self.account or self.text.endswith(f"::{self.account}:root")):
            return f"account {self.account}"
        if self.text == self.organization:
            return f"organization {self.organization}"
        return f"S3 canonical user {self.text[:8]}…" if _CANONICAL_USER.fullmatch(self.text) else self.text

    def __str__(self) -> str:
        """Return a description, which begins with ``anyone`` where anybody can be one of them."""
        if not self.text.strip("*"):
            return "anyone"
        if self.relation is Relation.NETWORK:
            return f"anyone from {self.text}"
        return f"{_PHRASES.get(self.relation, '') if self.fixed else 'anyone as '}{self.name}"


Bound: TypeAlias = tuple[Party, ...]
"""A request must come from one of these; from nobody where it is empty."""

_PHRASES = MappingProxyType({Relation.SOURCE: "services for ", Relation.ACCESS_POINT: "access points of "})
_WILDCARD = re.compile(r"[*?]|\$\{")
_CIDR = re.compile(r"[0-9A-Fa-f.:]+/([0-9]{1,3})")
_CANONICAL_USER = re.compile("[0-9a-f]{64}")
# aws:userid is a unique id and the name of the session, which the caller of AssumeRole chooses.
_ANY_SESSION = re.compile(r"A[A-Z]{3}[A-Z0-9]{12,}:\*")
# The ARN of a bucket has neither region nor account, and its name belongs to one account of the partition only:
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET_ARN = re.compile(r"arn:[^:]*:s3:[^:]*:[^:]*:([A-Za-z0-9._-]{3,255})")

# The path of a role may hold colons, so that only the ARN operators, which compare part by part, may have a wildcard
# before the account: with the others it could stand for a role's ARN up to a part that looks like an account. A policy
# variable has a colon of its own.
_ACCOUNT_IN_PARTS = re.compile(r"arn:[^:$]*:[^:$]*:[^:$]*:([0-9]{12}):")
_ACCOUNT_IN_TEXT = re.compile(r"arn:[^:*?$]*:[^:*?$]*:[^:*?$]*:([0-9]{12})(?![0-9])")


class _Value(Enum):
    """The meaning of the values of a condition key."""

    ACCOUNT = "an account, or something else that says no account"
    ARN = "an ARN"
    ORGANIZATION = "an organization, or a path that begins with it"


_KEYS = MappingProxyType(
    {
        "aws:principalaccount": (Relation.CALLER, _Value.ACCOUNT),
        "aws:principalarn": (Relation.CALLER, _Value.ARN),
        "aws:principalorgid": (Relation.CALLER, _Value.ORGANIZATION),
        "aws:principalorgpaths": (Relation.CALLER, _Value.ORGANIZATION),
        "aws:userid": (Relation.CALLER, _Value.ACCOUNT),
        "kms:calleraccount": (Relation.CALLER, _Value.ACCOUNT),
        "aws:sourceaccount": (Relation.SOURCE, _Value.ACCOUNT),
        "aws:sourcearn": (Relation.SOURCE, _Value.ARN),
        "aws:sourceorgid": (Relation.SOURCE, _Value.ORGANIZATION),
        "aws:sourceorgpaths": (Relation.SOURCE, _Value.ORGANIZATION),
        "aws:sourceowner": (Relation.SOURCE, _Value.ACCOUNT),
        "s3:dataaccesspointaccount": (Relation.ACCESS_POINT, _Value.ACCOUNT),
        "s3:dataaccesspointarn": (Relation.ACCESS_POINT, _Value.ARN),
        "aws:principalservicename": (Relation.SERVICE, None),
        # aws:VpcSourceIp is missing: anyone can have a VPC with such addresses.
        "aws:sourceip": (Relation.NETWORK, None),
        "aws:sourcevpc": (Relation.NETWORK, None),
        "aws:sourcevpcarn": (Relation.NETWORK, None),
        "aws:sourcevpce": (Relation.NETWORK, None),
        "aws:vpceaccount": (Relation.NETWORK, None),
        "aws:vpceorgid": (Relation.NETWORK, None),
        "aws:vpceorgpaths": (Relation.NETWORK, None),
    }
)
_EVERYTHING = "*"
_IS_SERVICE_KEY = "aws:principalisawsservice"
_ANY_SERVICE: Bound = (Party(Relation.SERVICE, "services of AWS"),)
_NEGATIVE_OPERATORS = ("stringnot", "arnnot", "notipaddress")


def bucket_name(arn: str) -> str | None:
    """Return the bucket's name in an ARN, also of ``arn:aws:s3:*:*:name``; None if it is not a single bucket."""
    match = _BUCKET_ARN.fullmatch(arn)
    return match[1] if match else None


def is_any_session(user_id: str) -> bool:
    """Return whether a value of ``aws:userid`` means all sessions of one role: ``AROAEXAMPLEID1234:*``."""
    return _ANY_SESSION.fullmatch(user_id) is not None


def bounds_on(statement: Statement, document: PolicyDocument) -> tuple[Bound, ...]:
    """List the limits by the conditions of an allowing statement, and by the denials of its document.

    Every allowed request comes from a party of each of them. Considered are the condition keys above, and denials to
    everyone, with or without exceptions, of at least the same actions and resources.

    Returns
    -------
    tuple[Bound, ...]
        Those of the statement's conditions first; empty where nothing limits it.
    """
    own = (_demanded(condition, statement) for condition in statement.conditions)
    denials = (_spared(denial) for denial in document.denying if _is_beyond(denial, statement))
    return tuple(bound for bound in (*own, *denials) if bound is not None)


def callers(principals: Principals) -> Bound:
    """List the principals of a statement except services of AWS; ``NotPrincipal`` lists the excluded ones."""
    accounts = ((one, account_of(one)) for one in principals.aws)
    providers = ((one, account_of(one)) for one in principals.federated)
    known = [
        Party(Relation.CALLER, text, account=account if is_account(account) else None)
        for text, account in (*accounts, *providers)
        if account is not None
    ]
    return (*known, *(Party(Relation.CALLER, user) for user in principals.canonical_users))


def _demanded(condition: Condition, statement: Statement) -> Bound | None:
    """Return the parties that a condition allows; None where it does not limit them."""
    if condition.key == _IS_SERVICE_KEY:
        return _ANY_SERVICE if _truths_if_none_or_false(condition) == {Truth.NEVER} else None
    return _parties(condition) if condition in statement.demanding(condition.key) else None


@lru_cache(maxsize=256)
def _spared(denial: Statement) -> Bound | None:
    """Return the parties that a denial excludes; None where they are not limited."""
    if denial.principals is None or not denial.principals.everyone:
        return None
    services = tuple(Party(Relation.SERVICE, service) for service in denial.principals.services)
    spared = (*callers(denial.principals), *services) if denial.principals.negated else ()
    # A request that fails a single condition is not denied.
    for condition in denial.conditions:
        parties = spared_by(condition)
        if parties is None:
            return None
        spared += parties
    return spared


def spared_by(condition: Condition) -> Bound | None:
    """Return the parties for which a condition of a denial does not hold; None where they are not limited."""
    if condition.key == _IS_SERVICE_KEY:
        return _ANY_SERVICE if _truths_if_none_or_false(condition) == {Truth.ALWAYS} else None
    holds_without_key = condition.holds({condition.key: None}) is Truth.ALWAYS
    return _parties(condition) if holds_without_key and condition.operator.startswith(_NEGATIVE_OPERATORS) else None


def _truths_if_none_or_false(condition: Condition) -> set[Truth]:
    """Evaluate a condition for requests by others than services: an unsigned request has no such key."""
    return {condition.holds({condition.key: value}) for value in (None, "false")}


def _parties(condition: Condition) -> Bound | None:
    """Parse the values of a condition as parties; None where its key does not identify callers."""
    if condition.key not in _KEYS:
        return None
    relation, kind = _KEYS[condition.key]
    by_parts = condition.operator.startswith("arn")
    return tuple(_party(relation, kind, value, by_parts=by_parts) for value in condition.values)


def _party(relation: Relation, kind: _Value | None, value: str, *, by_parts: bool) -> Party:
    if kind is _Value.ACCOUNT:
        return Party(relation, value, account=value if is_account(value) else None)
    if kind is _Value.ARN:
        match = (_ACCOUNT_IN_PARTS if by_parts else _ACCOUNT_IN_TEXT).match(value)
        return Party(relation, value, account=match[1] if match else None)
    if kind is _Value.ORGANIZATION:
        root = value.partition("/")[0]
        return Party(relation, value, organization=None if _WILDCARD.search(root) else root)
    return Party(relation, value)


def _is_beyond(denial: Statement, allowing: Statement) -> bool:
    """Return whether a denial covers everything that a statement allows."""
    return _includes(denial.actions, allowing.actions) and _includes(denial.resources, allowing.resources)


def _includes(outer: Patterns | None, inner: Patterns | None) -> bool:
    if outer is None or inner is None:
        return outer is inner
    return all(outer.covers(pattern) for pattern in ((_EVERYTHING,) if inner.negated else inner.patterns))
