"""Probes of AWS that prove or disprove an assumption, one function each."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from compliance_runtime.check import ChangeCheck, Compliance
from compliance_runtime.checks import load_check
from compliance_runtime.errors import ComplianceError
from compliance_runtime.evaluation.recorded import last_item, present_resources
from compliance_runtime.resources.recorder_status import read_status
from compliance_tf.preflight.recorder import RECORDER_TYPE
from compliance_tf.verify.app import PROJECT
from compliance_tf.verify.outcome import Outcome
from compliance_tf.verify.samples import BAD, BUCKET, LOG_GROUP

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from compliance_tf.verify.samples import Sample
    from compliance_tf.verify.trial import Trial

    Probe: TypeAlias = Callable[[Trial], Outcome]

_NOT_ALLOWED: Final = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_MAX_NAME: Final = 64
_OLD: Final = timedelta(days=8)
_MAX_OLD: Final = 5
"""The number of old resources whose history is read."""

_NO_TYPE: Final = "AWS::Verify::NoSuchType"


def ask(probe: Probe, trial: Trial) -> Outcome:
    """Run a probe; an unexpected error makes it inconclusive."""
    try:
        return probe(trial)
    except (ClientError, BotoCoreError, ComplianceError) as cause:
        return Outcome.open(f"The probe failed: {cause}")


def recorder_by_cloud_control(trial: Trial) -> Outcome:
    """Read the recorder as the plan does."""
    try:
        read = trial.place.client("cloudcontrol").get_resource(TypeName=RECORDER_TYPE, Identifier=trial.recorder.name)[
            "ResourceDescription"
        ]["Properties"]
    except ClientError as cause:
        if _code(cause) in _NOT_ALLOWED:
            raise
        return Outcome.fails(f"Cloud Control answers {_code(cause)}.")
    lacking = {"Name", "RecordingGroup", "ResourceARN"} - json.loads(read).keys()
    if lacking:
        return Outcome.fails(f"Cloud Control's answer lacks {', '.join(sorted(lacking))}.")
    return Outcome.holds(f"It reads the recorder, with {', '.join(sorted(json.loads(read)))}.")


def recorder_status_words(trial: Trial) -> Outcome:
    """Read the status of the recorder's last delivery."""
    answer = trial.config.describe_configuration_recorder_status(ConfigurationRecorderNames=[trial.recorder.name])
    word = answer["ConfigurationRecordersStatus"][0].get("lastStatus")
    if not word:
        return Outcome.open("The recorder has no last status yet.")
    known = read_status(word) is not None
    return Outcome.holds(f"The status is {word!r}.") if known else Outcome.fails(f"The status is {word!r:.80}.")


def verdicts(trial: Trial) -> Outcome:
    """Compare AWS Config's verdicts with the expected ones."""
    wrong = [
        f"{sample} is {trial.by_config[sample].compliance.value if sample in trial.by_config else 'without a verdict'}"
        for sample in trial.samples
        if sample not in trial.by_config or trial.by_config[sample].compliance is not sample.expected
    ]
    if wrong:
        return Outcome.fails(f"Of {len(trial.samples)} samples these are not judged as expected: {_list(wrong)}.")
    slowest = max(seen.seconds for seen in trial.by_config.values())
    return Outcome.holds(f"All {len(trial.samples)} samples are judged as expected, within {slowest:.0f} s.")


def results_in_table(trial: Trial) -> Outcome:
    """Compare the table with AWS Config."""
    if not trial.by_config:
        return Outcome.open("AWS Config has no verdict that could have been recorded.")
    lost = [
        str(sample)
        for sample, seen in trial.by_config.items()
        if sample not in trial.in_table or trial.in_table[sample].compliance is not seen.compliance
    ]
    if lost:
        return Outcome.fails(f"The table has no result, or another one, of: {_list(lost)}.")
    delays = [trial.in_table[sample].seconds - seen.seconds for sample, seen in trial.by_config.items()]
    return Outcome.holds(f"The table has all {len(delays)} verdicts, at most {max(delays):.0f} s after AWS Config.")


def resource_ids(trial: Trial) -> Outcome:
    """Compare AWS Config's ids of the samples with the expected ones."""
    named = {sample: seen for sample, seen in trial.by_config.items() if not sample.kind.periodic}
    if not named:
        return Outcome.open("No sample has a verdict of a change-triggered rule.")
    other = [
        f"{sample}: {seen.id!r} instead of {sample.id!r}" for sample, seen in named.items() if seen.id != sample.id
    ]
    if other:
        return Outcome.fails(f"AWS Config has other ids: {_list(other)}.")
    types = {sample.kind.type for sample in named}
    return Outcome.holds(f"The ids of {', '.join(sorted(types))} are as expected.")


def item_forms(trial: Trial) -> Outcome:
    """Evaluate the samples' items of the history on this machine."""
    judged, wrong = 0, []
    for sample in trial.change_samples:
        item = last_item(trial.config, sample.kind.type, sample.id)
        if item is None:
            continue
        judged += 1
        check = load_check(sample.kind.check)
        if not isinstance(check, ChangeCheck):
            continue
        verdict = check.evaluate(item, check.parameters())
        if verdict.compliance is not sample.expected:
            wrong.append(f"{sample}: {verdict.reason}")
    if wrong:
        return Outcome.fails(f"Items of the history are judged differently: {_list(wrong)}.")
    if not judged:
        return Outcome.open("AWS Config has recorded none of the samples.")
    return Outcome.holds(f"{judged} items of the history have the form that the checks read.")


def bucket_without_policy(trial: Trial) -> Outcome:
    """Find the member that represents a bucket without a policy."""
    bad = next((sample for sample in trial.samples if sample.kind is BUCKET and sample.quality == BAD), None)
    item = last_item(trial.config, BUCKET.type, bad.id) if bad else None
    if item is None:
        return Outcome.open("AWS Config has not recorded the bucket without a policy.")
    if "BucketPolicy" not in item.supplementary:
        return Outcome.fails(f"Its supplementary configuration has only {', '.join(sorted(item.supplementary))}.")
    return Outcome.holds(f"The member BucketPolicy is there, as {json.dumps(item.supplementary['BucketPolicy'])}.")


def queries_have_tags(trial: Trial) -> Outcome:
    """Find the tags of the samples in the results of SelectResourceConfig."""
    wanted = {sample: sample.id for sample in trial.change_samples}
    found = {
        sample: dict(present_resources(trial.config, sample.kind.type, [id_])).get(id_)
        for sample, id_ in wanted.items()
    }
    without = [str(sample) for sample, one in found.items() if one and PROJECT not in one.tags]
    if without:
        return Outcome.fails(f"Queries give no tags of {_list(without)}.")
    if missing := [str(sample) for sample, one in found.items() if one is None]:
        return Outcome.open(f"Queries do not find {_list(missing)} yet; the rest has its tags.")
    return Outcome.holds(f"Queries find all {len(found)} samples with their tags.")


def start_once_a_minute(trial: Trial) -> Outcome:
    """Start the same evaluation twice."""
    # Without retries: botocore retries exactly the expected error.
    config = trial.place.client("config-without-retries")
    names = [trial.rule(trial.samples[0])]
    answers = []
    for _ in range(2):
        try:
            config.start_config_rules_evaluation(ConfigRuleNames=names)
            answers.append("taken")
        except ClientError as cause:
            if _code(cause) in _NOT_ALLOWED:
                raise
            answers.append(_code(cause))
    seen = f"Of two calls at once the first was {answers[0]} and the second {answers[1]}."
    return Outcome.holds(seen) if answers[1] == "LimitExceededException" else Outcome.fails(seen)


def rule_name_length(trial: Trial) -> Outcome:
    """Request the results of a rule with a name of 65 characters, which does not exist."""
    name = f"{PROJECT}-".ljust(_MAX_NAME + 1, "x")
    try:
        trial.config.get_compliance_details_by_config_rule(ConfigRuleName=name)
    except ClientError as cause:
        if _code(cause) in _NOT_ALLOWED:
            raise
        seen = f"A name of {len(name)} characters is answered with {_code(cause)}."
        if _code(cause) == "ValidationException":
            return Outcome.holds(seen)
        decides = _code(cause) == "NoSuchConfigRuleException"
        return Outcome.fails(seen) if decides else Outcome.open(f"{seen} That decides nothing.")
    return Outcome.fails(f"A name of {len(name)} characters is taken.")


def unknown_type_refused(trial: Trial) -> Outcome:
    """Put two evaluations in test mode, one of them of a type that does not exist."""
    now = datetime.now(UTC)
    evaluations = [
        {
            "ComplianceResourceType": type_,
            "ComplianceResourceId": "none",
            "ComplianceType": "COMPLIANT",
            "OrderingTimestamp": now,
        }
        for type_ in (BUCKET.type, _NO_TYPE)
    ]
    try:
        answer = trial.config.put_evaluations(ResultToken="TESTMODE", Evaluations=evaluations, TestMode=True)
    except ClientError as cause:
        if _code(cause) in _NOT_ALLOWED:
            raise
        seen = f"The whole call is refused with {_code(cause)}"
        if _code(cause) == "InvalidParameterValueException" and _NO_TYPE in str(cause):
            return Outcome.holds(f"{seen}, which names the type.")
        return Outcome.open(f"{seen}, not for the type: that decides nothing.")
    failed = len(answer.get("FailedEvaluations", []))
    return Outcome.open(f"In test mode the call is accepted, with {failed} failed evaluations, which is inconclusive.")


def log_group_ids(trial: Trial) -> Outcome:
    """Read AWS Config's ids of the log groups that it has recorded."""
    sample = next((sample for sample in trial.samples if sample.kind is LOG_GROUP), None)
    if sample is None:
        return Outcome.open("No log group was created.")
    pages = trial.config.get_paginator("list_discovered_resources").paginate(
        resourceType=LOG_GROUP.type, PaginationConfig={"MaxItems": 1_000}
    )
    try:
        ids = [one["resourceId"] for page in pages for one in page["resourceIdentifiers"]]
    except ClientError as cause:
        if _code(cause) != "ValidationException":
            raise
        return Outcome.open("AWS Config does not have log groups among the types that it records.")
    if not ids:
        return Outcome.open("AWS Config has recorded no log group.")
    ours = [id_ for id_ in ids if id_ in sample.ids]
    shown = f"AWS Config calls them as in {(ours or ids)[0]!r}."
    is_arn = (ours or ids)[0].startswith("arn:")
    return Outcome.fails(shown) if is_arn else Outcome.holds(shown)


def first_page_of_history(trial: Trial) -> Outcome:
    """Find an empty first page in the histories of buckets that did not change for a week."""
    rows = trial.config.select_resource_config(
        Expression=f"SELECT resourceId, configurationItemCaptureTime WHERE resourceType = '{BUCKET.type}'"
    )["Results"]
    limit = datetime.now(UTC) - _OLD
    old = [
        row["resourceId"]
        for row in map(json.loads, rows)
        if datetime.fromisoformat(row["configurationItemCaptureTime"]) < limit
    ]
    if not old:
        return Outcome.open("The account has no bucket that did not change for a week.")
    for id_ in old[:_MAX_OLD]:
        page = trial.config.get_resource_config_history(resourceType=BUCKET.type, resourceId=id_, limit=1)
        if not page["configurationItems"] and page.get("nextToken"):
            return Outcome.holds("The first page of an old bucket's history is empty, and has a token.")
    return Outcome.fails(f"The first pages of {min(len(old), _MAX_OLD)} old buckets' histories have items.")


PROBES: Final[Mapping[str, Probe]] = {
    probe.__name__: probe
    for probe in (
        recorder_by_cloud_control,
        recorder_status_words,
        verdicts,
        results_in_table,
        resource_ids,
        item_forms,
        bucket_without_policy,
        queries_have_tags,
        start_once_a_minute,
        rule_name_length,
        unknown_type_refused,
        log_group_ids,
        first_page_of_history,
    )
}
"""The probes by name, in the order in which they run."""

NEWER_WINS: Final = "newer_verdict_wins"
REMOVAL_CLOSES: Final = "removal_closes_results"
"""Probes that change the samples, so the verification runs them after all others."""


def newer_verdict_wins(trial: Trial, sample: Sample) -> Outcome:
    """Wait until a fixed sample complies, in AWS Config and in the table."""
    if sample not in trial.in_table:
        return Outcome.open(f"The {sample} had no verdict before.")

    def has_come(_: float) -> bool:
        here = trial.config_verdict(sample), trial.table_verdict(sample)
        return all(seen is not None and seen.compliance is Compliance.COMPLIANT for seen in here)

    if trial.wait("The verdict of the bucket that was fixed", has_come):
        return Outcome.holds("The fixed bucket complies, in AWS Config and in the table.")
    here = trial.config_verdict(sample), trial.table_verdict(sample)
    words = [seen.compliance.value if seen else "nothing" for seen in here]
    return Outcome.fails(f"AWS Config says {words[0]} of the fixed bucket, the table {words[1]}.")


def removal_closes_results(trial: Trial) -> Outcome:
    """Wait until the table has closed the results of removed samples."""
    judged = [sample for sample in trial.change_samples if sample in trial.in_table]
    if not judged:
        return Outcome.open("The table had no results that could be closed.")

    def still_open() -> list[str]:
        seen = {sample: trial.table_verdict(sample) for sample in judged}
        return [str(one) for one, row in seen.items() if row and row.compliance is not Compliance.NOT_APPLICABLE]

    if trial.wait("The closing of the results of removed samples", lambda _: not still_open()):
        return Outcome.holds(f"The results of {len(judged)} samples were closed after their removal.")
    return Outcome.fails(f"Results of removed samples are still open: {_list(still_open())}.")


def _code(cause: ClientError) -> str:
    return str(cause.response["Error"]["Code"])


def _list(parts: list[str]) -> str:
    return "; ".join(parts)


def clients(session: Any, variables: Mapping[str, str]) -> Callable[[str], Any]:  # noqa: ANN401 (boto3 has no types)
    """Return clients of a session by service, each created once; ``config-without-retries`` retries nothing."""
    made: dict[str, Any] = {}
    endpoint = variables.get("AWS_ENDPOINT_URL") or None

    def client(service: str) -> Any:  # noqa: ANN401
        if service not in made:
            name = service.removesuffix("-without-retries")
            retries = {"total_max_attempts": 1} if name != service else {"mode": "adaptive", "max_attempts": 8}
            # Virtual-hosted buckets would need a host name for each on a local endpoint.
            options = Config(retries=retries, connect_timeout=5, read_timeout=30)  # type: ignore[arg-type]
            if endpoint:
                options = options.merge(Config(s3={"addressing_style": "path"}))
            made[service] = session.client(name, endpoint_url=endpoint, config=options)
        return made[service]

    return client
