"""The time limit of one test: what it computes counts at once, what it waits for later."""

from __future__ import annotations

import pytest

from rpsdg.sandbox.inside.streams import SOON, WAITING, Events

NONCE = b"n "


def started(clock: pytest.MonkeyPatch, limit: float) -> Events:
    at(clock, 100.0)
    events = Events(NONCE, limit)
    events.take(NONCE + b'["start", "t"]\n')
    return events


def at(clock: pytest.MonkeyPatch, now: float) -> None:
    clock.setattr("rpsdg.sandbox.inside.streams.time.monotonic", lambda: now)


def test_what_computes_passes_its_limit_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    events = started(monkeypatch, 2.0)
    assert events.due == 100 + SOON
    at(monkeypatch, 100.5)
    assert not events.too_long(7.0)  # what was computed before is not the test's
    assert events.due == 102.5
    at(monkeypatch, 102.5)
    assert not events.too_long(8.0)  # the machine was busy
    assert events.due == 103.5
    at(monkeypatch, 103.5)
    assert events.too_long(9.0)


def test_what_waits_may_take_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    events = started(monkeypatch, 2.0)
    for now in (101.0, 103.0, 105.0):
        at(monkeypatch, now)
        assert not events.too_long(7.0)
    assert events.due == 100 + 2.0 * WAITING
    at(monkeypatch, 106.0)
    assert events.too_long(7.0)


def test_a_test_that_ended_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    events = started(monkeypatch, 2.0)
    events.take(b'["start", "forged"]\n' + NONCE + b'["finish", "t"]\n')
    assert events.due is None


@pytest.mark.parametrize("limit", [None, 0.1])
def test_no_limit_and_a_short_one(monkeypatch: pytest.MonkeyPatch, limit: float | None) -> None:
    events = started(monkeypatch, limit or 0.0)
    assert events.due == (None if limit is None else pytest.approx(100 + limit))
