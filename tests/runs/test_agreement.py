"""Each disagreement is counted among the candidates in which it could have shown."""

from __future__ import annotations

from rpsdg.corpora.dataset import Decision
from rpsdg.runs.agreement import Agreement
from rpsdg.traces.kernel import Reason


def decision(triage: str | None, judged: str | None, outcome: str, outside: int | None = None) -> Decision:
    return Decision(0, "some-rule", "a.py", 1, outcome, triage=triage, judged=judged, outside=outside)  # type: ignore[arg-type] # as JSON would have it


SEEN = [
    decision(None, None, Reason.NOT_COVERED),
    decision("green", None, Reason.UNDETECTED),
    decision("green", "full", Reason.UNDETECTED),
    decision("green", "full", "confirmed", 2),
    decision("red", "full", "confirmed", 0),
    decision("red", "full", Reason.UNDETECTED),
    decision("red", "covering", "confirmed", 0),
    decision("red", "full", Reason.UNSTEADY, 0),
    decision("hang", None, Reason.HANG),
    decision("hang", "full", Reason.HANG),
    decision("hang", "full", "confirmed", 0),
    decision("green", "full", Reason.CRASH),
    decision("stuck", "full", Reason.HANG),
    decision(None, "full", "confirmed", 1),
]


def test_counts() -> None:
    found = Agreement.of(SEEN)
    assert found == Agreement(looked=12, audited=4, missed=2, red=4, unfounded=1, full=5, beyond=2)
    assert [line[1:] for line in found.lines()] == [(2, 4), (1, 4), (2, 5)]
    assert str(found).endswith("tests failed that do not reach the edit: 2 of 5")


def test_nothing_is_said_of_what_was_not_tried() -> None:
    assert Agreement.of(SEEN[:2]).lines() == []
    assert not str(Agreement())
