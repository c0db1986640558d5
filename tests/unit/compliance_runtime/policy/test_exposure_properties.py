"""What holds of every policy, whoever is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from compliance_runtime.policy.conditions import Truth
from compliance_runtime.policy.exposure import Trusted, unsourced_services, untrusted_principals
from tests.unit.compliance_runtime.policy.test_exposure import (
    FOREIGN,
    FRIEND,
    ORGANIZATION,
    OWN,
    TRUSTED,
    UNTRUSTED,
    allowing,
    denying,
    found,
    is_public,
    policy,
    root,
)

if TYPE_CHECKING:
    from compliance_runtime.policy.document import Statement

_VALUES = {
    "aws:PrincipalAccount": [OWN, FRIEND, UNTRUSTED, "9999*", "*"],
    "aws:PrincipalArn": [root(OWN), f"arn:aws:iam::{UNTRUSTED}:role/*", "arn:aws:iam::*:role/x", f"arn:*:{OWN}:role/x"],
    "aws:PrincipalOrgID": [ORGANIZATION, FOREIGN, "o-*"],
    "aws:PrincipalIsAWSService": ["true", "false"],
    "aws:SourceAccount": [OWN, UNTRUSTED],
    "aws:SourceVpc": ["vpc-1"],
}
_OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "Bool", "Null"]
_PRINCIPALS: list[dict[str, Any]] = [
    {"Principal": "*"},
    {"Principal": {"AWS": [OWN, UNTRUSTED]}},
    {"Principal": {"AWS": root(UNTRUSTED), "Service": "sns.amazonaws.com"}},
    {"NotPrincipal": {"AWS": root(OWN)}},
    {"NotPrincipal": {"AWS": [root(OWN), root(UNTRUSTED)]}},
]


@st.composite
def conditions(draw: st.DrawFn) -> dict[str, Any]:
    block: dict[str, Any] = {}
    for key in draw(st.lists(st.sampled_from(sorted(_VALUES)), max_size=2, unique=True)):
        qualifier = draw(st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]))
        operator = f"{qualifier}{draw(st.sampled_from(_OPERATORS))}{draw(st.sampled_from(['', 'IfExists']))}"
        values = ["true", "false"] if "Null" in operator else _VALUES[key]
        block.setdefault(operator, {})[key] = draw(st.lists(st.sampled_from(values), min_size=1, max_size=2))
    return block


@st.composite
def statements(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Statements, each with a Sid of its own."""
    return [
        allowing(
            None,
            draw(conditions()),
            Sid=f"S{number}",
            Effect="Allow" if number == 0 else draw(st.sampled_from(["Allow", "Deny", "Deny"])),
            Action=draw(st.sampled_from(["sns:*", "sns:Publish", "*"])),
            **draw(st.sampled_from(_PRINCIPALS)),
        )
        for number in range(draw(st.integers(1, 4)))
    ]


@st.composite
def strange_requests(draw: st.DrawFn) -> dict[str, str | None]:
    """What a request of somebody who is not trusted has: signed or not, from any network, never for a service."""
    account = draw(st.sampled_from([UNTRUSTED, "999988887777", None]))
    name = draw(st.sampled_from(["role/x", "role/y", f"role/:iam::{OWN}:role/x", "root"]))
    return {
        "aws:principalaccount": account,
        "aws:principalarn": account and f"arn:aws:iam::{account}:{name}",
        "aws:principalorgid": account and draw(st.sampled_from([FOREIGN, None])),
        "aws:principalisawsservice": account and "false",
        "aws:sourceaccount": None,
        "aws:sourcevpc": draw(st.sampled_from(["vpc-1", None])),
    }


def applies(statement: Statement, request: dict[str, str | None]) -> bool:
    principals = statement.principals
    assert principals is not None
    named = any(request["aws:principalaccount"] == one.removeprefix("arn:aws:iam::")[:12] for one in principals.aws)
    return (
        (not named if principals.negated else named or "*" in principals.aws)
        and statement.actions.matches("sns:publish")
        and statement.holds(request) is Truth.ALWAYS
    )


@given(statements(), strange_requests())
def test_nobody_comes_in_whom_the_policy_is_not_said_to_let_in(
    written: list[dict[str, Any]], request: dict[str, str | None]
) -> None:
    document = policy(*written)
    let_in = [one for one in document.statements if applies(one, request)]

    if let_in and all(one.allows for one in let_in):
        names = " ".join(one.name for one in untrusted_principals(document, TRUSTED))
        assert all(f"({one.name})" in names for one in let_in)


@given(statements(), st.sets(st.sampled_from([FRIEND, UNTRUSTED])), st.booleans())
def test_trusting_more_makes_nobody_untrusted(written: list[dict[str, Any]], more: set[str], foreign: bool) -> None:  # noqa: FBT001 hypothesis passes it by position
    wider = Trusted(TRUSTED.accounts | more, TRUSTED.organizations | ({FOREIGN} if foreign else frozenset()))

    assert set(untrusted_principals(policy(*written), wider)) <= set(untrusted_principals(policy(*written), TRUSTED))


@given(statements(), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(written: list[dict[str, Any]], random: Any) -> None:
    shuffled = random.sample(written, len(written))

    assert set(found(*shuffled)) == set(found(*written))
    assert is_public(*shuffled) is is_public(*written)
    assert set(unsourced_services(policy(*shuffled))) == set(unsourced_services(policy(*written)))


@given(statements(), conditions(), st.sampled_from(_PRINCIPALS))
def test_allowing_more_never_hides_an_untrusted_principal(
    written: list[dict[str, Any]], condition: dict[str, Any], principal: dict[str, Any]
) -> None:
    more = allowing(None, condition, Sid="More", **principal)

    assert set(found(*written)) <= set(found(*written, more))
    assert is_public(*written) <= is_public(*written, more)


@given(statements(), conditions())
def test_denying_more_never_lets_anybody_in(written: list[dict[str, Any]], condition: dict[str, Any]) -> None:
    more = denying(condition, Sid="More")

    assert bool(found(*written, more)) <= bool(found(*written))
    assert is_public(*written, more) <= is_public(*written)


@given(statements())
def test_what_is_public_lets_untrusted_principals_in(written: list[dict[str, Any]]) -> None:
    assert is_public(*written) <= bool(found(*written))
