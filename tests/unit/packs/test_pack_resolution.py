"""Packs together: each rule once, whatever their order, or an error that names both."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from compliance_runtime.check import Severity
from compliance_runtime.checks import bucket_tls_only, iam_access_keys, required_tags
from compliance_tf.catalog.conformance_packs import conformance_packs
from compliance_tf.errors import PackConflictError, PackError
from compliance_tf.packs.pack import CheckPackRule, ManagedPackRule, Pack, PolicyPackRule
from compliance_tf.packs.resolution import Change, resolve
from tests.examples import few

if TYPE_CHECKING:
    from compliance_tf.packs.pack import PackRule

BUCKET = ("AWS::S3::Bucket",)
TRAIL = ManagedPackRule("CLOUD_TRAIL_ENABLED")


def keys(days: object = 90, **settings: Any) -> ManagedPackRule:
    return ManagedPackRule("ACCESS_KEYS_ROTATED", {"maxAccessKeyAge": days}, **settings)  # type: ignore[dict-item]


def tags(*names: str) -> CheckPackRule:
    return CheckPackRule(required_tags.CHECK, required_tags.Parameters(tags=dict.fromkeys(names, ())))


def one(*rules: PackRule, **more: Any) -> PackRule:
    """The single rule that packs with one rule each resolve to."""
    (resolved,) = resolve([Pack(f"p{number}", (rule,)) for number, rule in enumerate(rules)], **more)
    assert resolved.packs == tuple(f"p{number}" for number in range(len(rules)))
    return resolved.rule


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (keys(90), keys("90")),
        (keys(90), keys(90, frequency="TwentyFour_Hours")),
        (
            ManagedPackRule("ACM_CERTIFICATE_EXPIRATION_CHECK"),
            ManagedPackRule("ACM_CERTIFICATE_EXPIRATION_CHECK", {"daysToExpiration": 14}),
        ),
        (
            ManagedPackRule("REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK", {"allowVersionUpgrade": "TRUE"}),
            ManagedPackRule("REDSHIFT_CLUSTER_MAINTENANCESETTINGS_CHECK", {"allowVersionUpgrade": True}),
        ),
        (
            ManagedPackRule("ALB_DESYNC_MODE_CHECK", {"desyncMode": "strictest, defensive"}),
            ManagedPackRule("ALB_DESYNC_MODE_CHECK", {"desyncMode": ["defensive", "strictest"]}),
        ),
        (tags("owner"), CheckPackRule(required_tags.CHECK, required_tags.Parameters(tags={"owner": ()}))),
        (
            ManagedPackRule("VPC_DEFAULT_SECURITY_GROUP_CLOSED", resource_types=("AWS::EC2::SecurityGroup",)),
            ManagedPackRule("VPC_DEFAULT_SECURITY_GROUP_CLOSED", resource_types=("AWS::EC2::SecurityGroup",) * 2),
        ),
    ],
)
def test_settings_with_the_same_effect_agree(first: PackRule, second: PackRule) -> None:
    assert one(first, second).id == first.id


def test_a_default_that_one_pack_gives_is_declared() -> None:
    silent, explicit = (ManagedPackRule("ACM_CERTIFICATE_EXPIRATION_CHECK", p) for p in ({}, {"daysToExpiration": 14}))
    for rules in ((silent, explicit), (explicit, silent)):
        rule = one(*rules)
        assert isinstance(rule, ManagedPackRule)
        assert rule.parameters == {"daysToExpiration": 14}


def test_one_of_several_spellings_is_declared_whatever_the_order() -> None:
    packs = [Pack("one", (keys(90),)), Pack("two", (keys("90"),))]
    assert resolve(packs) == resolve(packs[::-1])


@pytest.mark.parametrize(
    ("first", "second", "lines"),
    [
        (
            keys(90),
            keys(45),
            ["access-keys-rotated has other parameters in some packs:", "p1: maxAccessKeyAge='45'", "p0: maxAcc"],
        ),
        (
            keys(90),
            keys(90, frequency="Six_Hours"),
            ["access-keys-rotated has another frequency in some packs:", "p1: Six_Hours", "p0: TwentyFour_Hours"],
        ),
        (
            CheckPackRule(bucket_tls_only.CHECK, id="tls"),
            CheckPackRule(bucket_tls_only.CHECK, resource_types=BUCKET, id="tls"),
            ["tls has other types in some packs:", "p1: AWS::S3::Bucket", "p0: all"],
        ),
        (
            CheckPackRule(iam_access_keys.CHECK),
            CheckPackRule(iam_access_keys.CHECK, frequency="One_Hour"),
            ["iam-access-keys has another frequency in some packs:", "p1: One_Hour", "p0: TwentyFour_Hours"],
        ),
        (
            tags("owner"),
            tags("team"),
            [
                "required-tags has other parameters in some packs:",
                "p0: tags='{\"owner\":[]}'",
                "p1: tags='{\"team",
            ],
        ),
        (
            ManagedPackRule("VPC_FLOW_LOGS_ENABLED"),
            ManagedPackRule("VPC_FLOW_LOGS_ENABLED", {"trafficType": "REJECT"}),
            ["vpc-flow-logs-enabled has other parameters in some packs:", "p0: none", "p1: trafficType='REJECT'"],
        ),
        (
            ManagedPackRule("CLOUD_TRAIL_ENABLED", id="trail"),
            ManagedPackRule("MULTI_REGION_CLOUD_TRAIL_ENABLED", id="trail"),
            [
                "trail is a different rule in each pack; give one another id or leave it out:",
                "p0: managed rule CLOUD_TRAIL_ENABLED",
                "p1: managed rule MULTI_REGION_CLOUD_TRAIL_ENABLED",
            ],
        ),
        (
            CheckPackRule(bucket_tls_only.CHECK, id="trail"),
            ManagedPackRule("CLOUD_TRAIL_ENABLED", id="trail"),
            [
                "trail is a different rule in each pack; give one another id or leave it out:",
                "p0: check bucket-tls-only",
                "p1: ",
            ],
        ),
        (
            PolicyPackRule("names", "rule a { x exists }", BUCKET),
            PolicyPackRule("names", "rule a { y exists }", BUCKET),
            ["names is a different rule in each pack; give one another id or leave it out:", "p"],
        ),
    ],
)
def test_packs_that_disagree_are_named_with_what_each_wants(
    first: PackRule, second: PackRule, lines: list[str]
) -> None:
    with pytest.raises(PackConflictError) as raised:
        one(first, second)
    message = str(raised.value).splitlines()
    assert [message[0], message[-1][:11]] == ["the packs conflict:", "Decide with"]
    begin = message.index(f"  - {lines[0]}")
    for line, expected in zip(message[begin + 1 :], lines[1:], strict=False):
        assert line.startswith(f"      {expected}")


def test_all_disagreements_are_reported_at_once() -> None:
    with pytest.raises(PackConflictError) as raised:
        resolve([Pack("one", (keys(90), tags("owner"))), Pack("two", (keys(45, frequency="One_Hour"), tags("team")))])
    assert str(raised.value).count("\n  - ") == 3


def test_a_change_decides_where_packs_disagree_and_leaves_the_rest() -> None:
    change = {"access-keys-rotated": Change(parameters={"maxAccessKeyAge": 60})}
    rule = one(keys(90, frequency="Six_Hours"), keys(45, frequency="Six_Hours"), change=change)
    assert isinstance(rule, ManagedPackRule)
    assert (rule.parameters, rule.frequency) == ({"maxAccessKeyAge": 60}, "Six_Hours")
    with pytest.raises(PackConflictError, match="another frequency"):
        one(keys(90), keys(45, frequency="Six_Hours"), change=change)


def test_leaving_a_rule_out_ends_a_disagreement_too() -> None:
    packs = [Pack("one", (keys(90), TRAIL)), Pack("two", (keys(45),))]
    (resolved,) = resolve(packs, leave_out=["access-keys-rotated"])
    assert resolved.rule == TRAIL


def test_a_change_reaches_every_setting() -> None:
    change = Change(
        parameters=required_tags.Parameters(tags={"team": ()}), resource_types=BUCKET, severity=Severity.CRITICAL
    )
    rule = one(tags("owner"), change={"required-tags": change})
    assert rule == replace(tags("team"), resource_types=BUCKET, severity=Severity.CRITICAL)


def test_an_empty_change_of_parameters_means_none_at_all() -> None:
    rule = one(
        ManagedPackRule("ACM_CERTIFICATE_EXPIRATION_CHECK", {"daysToExpiration": 9}),
        change={"acm-certificate-expiration-check": Change(parameters={})},
    )
    assert isinstance(rule, ManagedPackRule)
    assert rule.parameters == {}


def test_of_different_severities_the_highest_that_a_pack_gives_holds() -> None:
    low, high, silent = (keys(severity=severity) for severity in (Severity.LOW, Severity.HIGH, None))
    assert one(low, high, silent).severity is Severity.HIGH
    assert one(silent, low).severity is Severity.LOW
    assert one(silent, silent).severity is None
    assert one(low, high, change={low.id: Change(severity=Severity.MEDIUM)}).severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (
            {"leave_out": ["access-key-rotated"]},
            "leave_out: no pack has a rule 'access-key-rotated'. Did you mean access-",
        ),
        (
            {"leave_out": ["ACCESS_KEYS_ROTATED"]},
            "no pack has a rule 'ACCESS_KEYS_ROTATED'. Did you mean access-keys-rot",
        ),
        ({"change": {"xyzzy": Change()}}, r"change: no pack has a rule 'xyzzy'\."),
        (
            {"leave_out": ["access-keys-rotated"], "change": {"access-keys-rotated": Change()}},
            "access-keys-rotated cannot be both left out and changed",
        ),
        (
            {"change": {"access-keys-rotated": Change(parameters={"maxAge": 9})}},
            "(?s)change of access-keys-rotated: managed rule ACCESS_KEYS_ROTATED.*'maxAge' is not known",
        ),
        (
            {"change": {"access-keys-rotated": Change(parameters=required_tags.Parameters(tags={"x": ()}))}},
            "change of access-keys-rotated: a managed rule takes parameters by name, not Parameters",
        ),
        (
            {"change": {"names": Change(frequency="One_Hour")}},
            "change of names: a policy takes neither parameters nor a frequency",
        ),
    ],
)
def test_a_change_that_cannot_be_is_refused(more: dict[str, Any], message: str) -> None:
    pack = Pack("acme", (keys(), PolicyPackRule("names", "rule a { x exists }", BUCKET)))
    with pytest.raises(PackError, match=message):
        resolve([pack], **more)


def test_two_packs_of_one_name_are_refused() -> None:
    with pytest.raises(PackError, match="two packs are called 'acme': leave one out, or give it another name"):
        resolve([Pack("acme", (TRAIL,)), Pack("acme", (keys(),))])


PACKS = st.lists(st.sampled_from(sorted(conformance_packs().packs)), min_size=1, max_size=6, unique=True).map(
    lambda names: [Pack.named(name) for name in names]  # type: ignore[arg-type]  # sampled from the names
)
PARAMETERS = st.sampled_from([keys(30), keys(90), keys(90, frequency="One_Hour"), keys(severity=Severity.LOW), TRAIL])


@few(10)
@given(packs=PACKS, own=st.lists(PARAMETERS, max_size=2, unique_by=lambda rule: rule.id), data=st.data())
def test_any_packs_give_each_rule_once_in_one_order_or_name_who_disagrees(
    packs: list[Pack], own: list[ManagedPackRule], data: st.DataObject
) -> None:
    packs = [*packs, *([Pack("acme", tuple(own))] if own else [])]
    wanted: dict[str, set[str]] = defaultdict(set)
    for pack in packs:
        for rule in pack.rules:
            wanted[rule.id].add(pack.name)
    leave_out = data.draw(st.sets(st.sampled_from(sorted(wanted)), max_size=5))
    kept = sorted(wanted.keys() - leave_out)
    changed = data.draw(st.sets(st.sampled_from(kept), max_size=5)) if kept else set()
    more = {"leave_out": leave_out, "change": {rule_id: Change(severity=Severity.LOW) for rule_id in changed}}
    shuffled = data.draw(st.permutations(packs))

    try:
        resolved = resolve(packs, **more)
    except PackConflictError as conflict:
        message = str(conflict)
        assert any(f"  - {rule_id} has " in message and len(wanted[rule_id]) > 1 for rule_id in kept)
        with pytest.raises(PackConflictError) as again:
            resolve(shuffled, **more)
        assert str(again.value) == message
        return
    assert [rule.rule.id for rule in resolved] == kept
    assert {rule.rule.id: set(rule.packs) for rule in resolved} == {rule_id: wanted[rule_id] for rule_id in kept}
    assert all(rule.rule.severity is Severity.LOW for rule in resolved if rule.rule.id in changed)
    assert resolve(shuffled, **more) == resolved


@few(10)
@given(packs=PACKS, data=st.data())
def test_whatever_packs_disagree_about_changes_decide(packs: list[Pack], data: st.DataObject) -> None:
    change: dict[str, Change] = {}
    for rule in (rule for pack in packs for rule in pack.rules):
        assert isinstance(rule, ManagedPackRule)
        frequency = data.draw(st.sampled_from(["One_Hour", "Six_Hours"])) if rule.frequency else None
        given_frequency: Any = frequency or (change[rule.id].frequency if rule.id in change else None)
        change[rule.id] = Change(parameters=rule.parameters, frequency=given_frequency)
    for resolved in resolve(packs, change=change):
        rule, decided = resolved.rule, change[resolved.rule.id]
        assert isinstance(rule, ManagedPackRule)
        assert rule.parameters == decided.parameters
        assert rule.frequency == decided.frequency
