"""A review says things in the order in which they matter, and nothing where there is nothing to say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from compliance_tf.review.plan.plan import Action
from compliance_tf.review.policies import Hit, Verdict
from compliance_tf.review.rendering import Format, render
from compliance_tf.review.review import Drift, Finding, PermissionIncrease, Removal, Review, WaiverChanges
from compliance_tf.review.settings import Acknowledgement
from tests.unit.review.sample_reviews import FINGERPRINT, POLICY, added_rules, no_changes, ordinary


def comment(review: Review) -> str:
    return render(Format.MARKDOWN, [review])


def changing(**members: object) -> Review:
    return replace(no_changes(), is_empty=False, **members)  # type: ignore[arg-type]


IN_ORDER = (
    *(
        "Blocked",
        "table-lost",
        "recorder, delivery channel and retention",
        "2 replaced",
        "Permission increases",
        "Rules:",
    ),
    *("Coverage", "Waivers", "Quotas after the apply", "Everything else", FINGERPRINT),
)


@pytest.mark.parametrize("form", [Format.TERMINAL, Format.MARKDOWN, Format.HTML])
def test_the_sections_come_in_the_order_in_which_they_matter(form: Format) -> None:
    text = render(form, [ordinary()])
    body = text.partition("<body>")[2] or text
    places = [body.lower().find(part.lower()) for part in IN_ORDER]
    assert -1 not in places
    assert places == sorted(places)


def test_a_section_with_nothing_in_it_is_not_there() -> None:
    headings = re.findall("^### (.*)$", comment(changing()), flags=re.MULTILINE)
    assert headings == ["Quotas after the apply"]


def test_it_is_always_said_that_the_recorder_is_not_touched() -> None:
    said = "The account's recorder, delivery channel and retention are not touched."
    assert all(said in comment(review) for review in (no_changes(), changing(), ordinary()))


def test_a_plan_that_touches_the_recorder_does_not_claim_otherwise() -> None:
    finding = Finding(POLICY["recorder"], Verdict.BLOCKED, (Hit("aws_x.y", "It is created."),))
    text = comment(changing(verdict=Verdict.BLOCKED, findings=(finding,), recorder_untouched=False))
    assert "not touched" not in text
    assert "This plan reaches for the account's recorder" in text


def test_a_plan_without_changes_but_with_drift_is_more_than_one_line() -> None:
    finding = Finding(POLICY["drift"], Verdict.APPROVAL, (Hit("aws_x.y", "Somebody destroyed it."),))
    review = replace(no_changes(), verdict=Verdict.APPROVAL, findings=(finding,), drift=(Drift("aws_x.y", ()),))
    assert "Somebody destroyed it." in comment(review)


def test_the_line_of_a_plan_without_changes_says_that_waivers_will_expire() -> None:
    review = replace(no_changes(), waivers=WaiverChanges(expiring=("2027-01-01: SEC-1",)))
    assert "1 waiver will expire within 30 days" in comment(review)


def test_the_table_is_the_first_loss() -> None:
    names = ["aws_cloudwatch_log_group.log", "aws_dynamodb_table.results", "aws_iam_role.role"]
    removals = tuple(Removal(name, name, Action.DELETE, "") for name in names)
    text = comment(changing(removals=removals))
    assert text.index("aws_dynamodb_table.results") < text.index("aws_cloudwatch_log_group.log")
    assert "### Lost: 3 destroyed" in text


def test_a_replacement_says_why() -> None:
    removal = Removal("aws_x.y", "y", Action.REPLACE, "these cannot be changed in place: hash_key")
    assert "these cannot be changed in place: `hash_key`" in comment(changing(removals=(removal,)))


def test_an_acknowledged_policy_says_who_accepted_it_and_does_not_count() -> None:
    acknowledgement = Acknowledgement("drift", FINGERPRINT, "Ada", "we know")
    finding = Finding(POLICY["drift"], Verdict.APPROVAL, (Hit("aws_x.y", "It differs."),), acknowledgement)
    text = comment(changing(findings=(finding,)))
    assert "Ada accepts it: we know" in text
    assert "needs no approval. 1 policy was acknowledged for it." in text


def test_a_policy_that_the_settings_let_pass_is_distinguished_from_why() -> None:
    finding = Finding(POLICY["drift"], Verdict.CLEAN, (Hit("aws_x.y", "It differs."),))
    text = comment(changing(findings=(finding,)))
    assert text.index("### Everything else") < text.index("`drift`: 1 place, which the settings let pass")


def test_permissions_that_cannot_be_seen_may_be_anything() -> None:
    text = comment(changing(permission_increases=(PermissionIncrease("Role acme-dev-record", ()),)))
    assert "| Role `acme-dev-record` | cannot be seen before the apply: it may be anything |" in text


def test_few_permissions_stand_open_and_many_are_counted_and_folded() -> None:
    few = comment(changing(permission_increases=(PermissionIncrease("Role r", ("s3:GetObject on *",)),)))
    assert "<details>" not in few
    many = comment(
        changing(permission_increases=(PermissionIncrease("Role r", tuple(f"s3:Get{n} on *" for n in range(20))),))
    )
    assert many.index("- Role r: 20 permissions") < many.index("<details>") < many.index("`s3:Get19` on `*`")


def test_three_hundred_added_rules_are_counted_by_pack_and_severity_and_folded() -> None:
    text = comment(added_rules(300))
    opened = text.partition("<details>")[0]
    assert "| all | 300: 150 high, 150 medium |" in opened
    assert "| `hipaa` | 200: 100 high, 100 medium |" in opened
    assert "rule-1`" not in opened
    assert "<summary>Added, <code>cis</code>: 100 further rules (50 high, 50 medium)</summary>" in text
    assert all(text.count(f"| `rule-{number}` |") == 1 for number in range(300))


def test_a_rule_of_more_packs_than_have_lists_is_still_there_once() -> None:
    review = added_rules(60)
    rules = tuple(replace(rule, packs=(f"pack-{number:02}",)) for number, rule in enumerate(review.rules))
    text = comment(replace(review, rules=rules))
    assert all(text.count(f"| `rule-{number}` |") == 1 for number in range(60))
    assert "Added, other packs: 40 further rules" in text


def test_few_rules_stand_open_with_their_differences() -> None:
    text = comment(ordinary(1)).partition("### Rules")[2].partition("### Coverage")[0]
    assert "<details>" not in text
    assert re.search(r"\| `name_\d+` \| high \| `name_\d+` \| parameter `name_\d+`: `name_\d+` → `name_\d+` \|", text)
