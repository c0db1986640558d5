"""Finds the waivers that violations have."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from compliance_runtime.check import Compliance
from compliance_runtime.errors import EventError, WaiverLookupError
from compliance_runtime.evaluation.recorded import Recorded, last_item, present_resources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mypy_boto3_config import ConfigServiceClient

    from compliance_runtime.recording.results import Result
    from compliance_runtime.waivers.waiver import DeployedWaiver, WaiverNote

    Answer: TypeAlias = Recorded | WaiverLookupError | None


@dataclass(frozen=True)
class WaiverLookup:
    """The waivers of a workspace.

    Parameters
    ----------
    by_rule
        The waivers by the whole name of the rule.
    config
        Gives the client of AWS Config, which is asked for what it recorded of a resource only where that decides.
    """

    by_rule: Mapping[str, tuple[DeployedWaiver, ...]]
    config: Callable[[], ConfigServiceClient]

    def note(self, result: Result) -> WaiverNote | None:
        """Find the waiver of a result: that which expires last of those that are for its rule and resource.

        Expired ones count as well: the same result always has the same waiver, and whoever reads it sees the date.

        Returns
        -------
        WaiverNote | None
            None where there is no waiver, and for what is no violation.

        Raises
        ------
        WaiverLookupError
            When AWS Config does not say what it recorded of the resource, which a pattern or a tag is compared with.
        """
        [found] = self.notes([result])
        if isinstance(found, WaiverLookupError):
            raise found
        return found

    def notes(
        self, results: Sequence[Result], has_time: Callable[[], bool] = lambda: True
    ) -> list[WaiverNote | WaiverLookupError | None]:
        """Find the waivers of many results, as ``note`` does, with few calls.

        Parameters
        ----------
        results
            Some hundreds at most: what AWS Config recorded of them is in memory together.
        has_time
            Whether AWS Config may be asked once more. Where it may not, it is not known whether there is a waiver.

        Returns
        -------
        list[WaiverNote | WaiverLookupError | None]
            For each result its waiver, None, or the error that says why it is not known whether it has one: one that
            cannot be looked up costs no other.
        """
        by_type: defaultdict[str, dict[str, None]] = defaultdict(dict)
        needed = [self._needs_recorded(result) for result in results]
        for result, needs in zip(results, needed, strict=True):
            if needs:
                by_type[result.resource.type][result.resource.id] = None
        answers = {type_: self._answers(type_, ids, has_time) for type_, ids in by_type.items()}
        return [
            self._note(result, answers[result.resource.type][result.resource.id] if needs else None)
            for result, needs in zip(results, needed, strict=True)
        ]

    def _waivers(self, result: Result) -> tuple[DeployedWaiver, ...]:
        return self.by_rule.get(result.rule_name, ()) if result.compliance is Compliance.NON_COMPLIANT else ()

    def _needs_recorded(self, result: Result) -> bool:
        waivers = self._waivers(result)
        best = _last(waiver for waiver in waivers if waiver.covers(result.resource, None))
        return any(waiver.needs_recorded and _is_later(waiver, best) for waiver in waivers)

    def _note(self, result: Result, answer: Answer) -> WaiverNote | WaiverLookupError | None:
        if isinstance(answer, WaiverLookupError):
            return answer
        best = _last(waiver for waiver in self._waivers(result) if waiver.covers(result.resource, answer))
        return best.note if best else None

    def _answers(self, resource_type: str, ids: Iterable[str], has_time: Callable[[], bool]) -> dict[str, Answer]:
        """Ask what AWS Config recorded of resources of one type; None where it records none of them."""
        from botocore.exceptions import BotoCoreError, ClientError

        answers: dict[str, Answer] = {}
        try:
            if has_time():
                answers |= present_resources(self.config(), resource_type, ids)
        except (BotoCoreError, ClientError, EventError) as cause:
            return {id_: _not_known(resource_type, id_, cause) for id_ in ids}
        for id_ in ids:
            if id_ in answers:
                continue
            if not has_time():
                answers[id_] = _not_known(resource_type, id_, "there was no time left for it")
                continue
            try:
                item = last_item(self.config(), resource_type, id_)
                answers[id_] = Recorded(item.arn, item.tags) if item else None
            except (BotoCoreError, ClientError, EventError) as cause:
                answers[id_] = _not_known(resource_type, id_, cause)
        return answers


def _is_later(waiver: DeployedWaiver, best: DeployedWaiver | None) -> bool:
    return best is None or waiver.expires > best.expires


def _last(waivers: Iterable[DeployedWaiver]) -> DeployedWaiver | None:
    best: DeployedWaiver | None = None
    # Of several that expire on the same day the one counts that needs no look-up.
    for waiver in sorted(waivers, key=lambda one: one.needs_recorded):
        if _is_later(waiver, best):
            best = waiver
    return best


def _not_known(resource_type: str, resource_id: str, cause: object) -> WaiverLookupError:
    return WaiverLookupError(
        f"Whether {resource_type} {resource_id} has a waiver is not known, for AWS Config does not say what it "
        f"recorded: {cause}"
    )
