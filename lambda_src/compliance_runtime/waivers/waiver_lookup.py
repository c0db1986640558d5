"""Lookup of the waivers of violations."""

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
        The waivers by the full name of the rule.
    config
        Returns the client of AWS Config, which is used only where the configuration item decides.
    """

    by_rule: Mapping[str, tuple[DeployedWaiver, ...]]
    config: Callable[[], ConfigServiceClient]

    def note(self, result: Result) -> WaiverNote | None:
        """Return the waiver of a result: the one that expires last of those for its rule and resource.

        Expired ones are included: the same result always has the same waiver, and readers compare the date.

        Returns
        -------
        WaiverNote | None
            The waiver; None where there is none, or the result is not a violation.

        Raises
        ------
        WaiverLookupError
            When AWS Config does not return the configuration item, which a pattern or a tag needs.
        """
        [found] = self.notes([result])
        if isinstance(found, WaiverLookupError):
            raise found
        return found

    def notes(
        self, results: Sequence[Result], has_time: Callable[[], bool] = lambda: True
    ) -> list[WaiverNote | WaiverLookupError | None]:
        """Return the waivers of many results, as ``note`` does, with few calls.

        Parameters
        ----------
        results
            Some hundreds at most: their configuration items are in memory together.
        has_time
            Returns whether there is time for another request. Without time it is unknown whether there is a waiver.

        Returns
        -------
        list[WaiverNote | WaiverLookupError | None]
            For each result its waiver, None, or the error for which it is unknown whether it has one; errors do not
            affect other results.
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
        """Look up the recorded ARNs and tags of resources of one type; None where none is recorded."""
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
    # Of several that expire on the same day, the one without a lookup counts.
    for waiver in sorted(waivers, key=lambda one: one.needs_recorded):
        if _is_later(waiver, best):
            best = waiver
    return best


def _not_known(resource_type: str, resource_id: str, cause: object) -> WaiverLookupError:
    return WaiverLookupError(
        f"It is unknown whether {resource_type} {resource_id} has a waiver, because AWS Config did not return its "
        f"item: {cause}"
    )
