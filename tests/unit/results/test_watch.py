"""What is noticed between two readings."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from compliance_tf.results.place import ResultsPlace
from compliance_tf.results.row import Row, status
from compliance_tf.results.watch import Violations, Watch
from tests.runtime.results.builders import NOW, REGION, bucket, result, rule, waiver

if TYPE_CHECKING:
    import pytest

    from compliance_runtime.recording.results import Result

PLACE = ResultsPlace("acme", "dev", REGION, "acme-dev-results")


def rows(*results: Result) -> list[Row]:
    return [Row(one, rule(one.rule_name.removeprefix("acme-dev-")), status(one, NOW), NOW) for one in results]


def test_each_thing_that_happens_to_a_violation_is_reported_once() -> None:
    logs, exports, old = (result("tls", bucket(name)) for name in ("logs", "exports", "old"))
    waived = result("tls", bucket("logs"), waiver=waiver())
    expired = result("tls", bucket("logs"), waiver=waiver(NOW.date() - timedelta(days=1)))
    violations = Violations()

    def reported(*present: Result) -> list[tuple[str, str]]:
        events = violations.update(rows(*present), NOW)
        return [(event.what.value, event.row.result.resource.id) for event in events]

    assert reported(logs, old) == [("new", "logs"), ("new", "old")]
    assert reported(logs, old) == []
    assert reported(waived, old, exports) == [("waived", "logs"), ("new", "exports")]
    assert reported(expired, exports) == [("not waived any more", "logs"), ("ended", "old")]
    assert reported() == [("ended", "logs"), ("ended", "exports")]


def test_ctrl_c_ends_it_quietly_and_what_was_there_at_first_is_no_news(capsys: pytest.CaptureFixture[str]) -> None:
    readings = iter([rows(result("tls")), rows(result("tls"), result("tags"))])

    def sleep(seconds: float) -> None:
        assert seconds == 5
        if not pauses:
            raise KeyboardInterrupt
        pauses.pop()

    pauses = [None]
    Watch(lambda: next(readings), PLACE, 5, sleep).run()

    first, second = capsys.readouterr().out.splitlines()
    assert first == "1 violation in the table acme-dev-results in eu-central-1"
    assert second.endswith("Z new HIGH tags AWS::S3::Bucket logs")
