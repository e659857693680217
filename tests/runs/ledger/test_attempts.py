"""A unit that fails is tried again, three times in all, and then only it is given up."""

from __future__ import annotations

import errno
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from rpsdg.corpora.claim import Claim
from rpsdg.corpora.errors import OutputError
from rpsdg.runs.ledger import TRIES, Ledger, Poisoned, PoisonedRunError, State, Streak, parked_of, tried
from rpsdg.runs.ledger.attempts import IN_A_ROW
from rpsdg.sandbox.contract import SandboxAbortedError


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(Claim(tmp_path))


@pytest.mark.parametrize("failures", range(TRIES + 1))
def test_it_is_tried_three_times(failures: int, ledger: Ledger, tmp_path: Path) -> None:
    left = [KeyError("lost in 0x7f3a5c0d1e80")] * failures

    def work() -> str:
        if left:
            raise left.pop()
        return "made"

    unit = ledger.unit("candidate", "7")
    result = tried(unit, work)
    if failures < TRIES:
        assert result == "made"
        unit.done("confirmed")
    else:
        assert result == Poisoned("KeyError: 'lost in 0xADDRESS'")
        unit.park(result.detail)
    ledger.__exit__(None, None, None)

    parked = parked_of(tmp_path)
    assert len(parked) == (failures == TRIES)
    for one in parked:
        assert (one.kind, one.key, one.state, one.attempts) == ("candidate", "7", State.PARKED, TRIES)
        assert "in work\n    raise left.pop()" in one.log
        assert one.seconds >= 0


@pytest.mark.parametrize(
    "error",
    [
        OutputError("full"),
        SandboxAbortedError(),
        KeyboardInterrupt(),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
)
def test_what_is_not_the_units_fault_ends_the_run(error: BaseException, ledger: Ledger) -> None:
    calls = []

    def work() -> None:
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        tried(ledger.unit("candidate", "7"), work)
    assert len(calls) == 1
    ledger.__exit__(None, None, None)


@settings(deadline=None)
@given(st.lists(st.booleans(), max_size=60))
def test_many_in_a_row_end_the_run(poisoned: list[bool]) -> None:
    streak = Streak()
    text = "".join("x" if one else "." for one in poisoned)
    end = text.find("x" * IN_A_ROW) + IN_A_ROW if "x" * IN_A_ROW in text else None
    for one in poisoned[: None if end is None else end - 1]:
        streak.tell(Poisoned("KeyError") if one else None)
    if end is not None:
        with pytest.raises(PoisonedRunError, match="KeyError"):
            streak.tell(Poisoned("KeyError"))
