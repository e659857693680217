"""The ledger: whatever is told and whenever it dies, what it says agrees with the journal."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis.strategies as st
import pytest
from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from rpsdg.corpora.claim import Claim
from rpsdg.corpora.errors import OutputError
from rpsdg.runs.ledger import LEDGER, Decided, Ending, Ledger, Recorded, State, read_ledger
from rpsdg.runs.progress import PlainReporter
from rpsdg.traces.errors import RpsdgError

KEYS = [str(number) for number in range(6)]


@contextmanager
def opened(folder: Path) -> Iterator[Ledger]:
    claim = Claim(folder)
    try:
        with Ledger(claim) as ledger:
            yield ledger
    finally:
        claim.release()


def rows(folder: Path) -> dict[str, tuple[str, int, str]]:
    """Return state, attempts and outcome of every unit by key."""
    with sqlite3.connect(folder / LEDGER) as db:
        return {row[0]: row[1:] for row in db.execute("SELECT key, state, attempts, outcome FROM units")}


class Working(RuleBasedStateMachine):
    """A run that is told things in any order, and is killed at any moment."""

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp())
        self.journal: dict[str, Decided] = {}
        self.running: set[str] = set()
        self.begun: Counter[str] = Counter()
        self.start(self.place / "0")

    def start(self, folder: Path) -> None:
        self.folder = folder
        self.claim = Claim(folder)
        self.ledger = Ledger(self.claim)
        self.ledger.reconcile("candidate", self.journal.values())
        self.running = set()

    def stop(self) -> None:
        self.ledger.__exit__(None, None, None)
        self.claim.release()

    @rule(key=st.sampled_from(KEYS))
    def begin(self, key: str) -> None:
        if key not in self.journal:
            self.ledger.unit("candidate", key).begin()
            self.running.add(key)
            self.begun[key] += 1

    @precondition(lambda self: self.running)
    @rule(data=st.data(), outcome=st.sampled_from(["confirmed", "undetected"]))
    def finish(self, data: st.DataObject, outcome: str) -> None:
        key = data.draw(st.sampled_from(sorted(self.running)))
        self.journal[key] = Decided(key, State.DONE, outcome)
        self.running.remove(key)
        self.ledger.unit("candidate", key).done(outcome)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), at_last=st.booleans())
    def fail(self, data: st.DataObject, at_last: bool) -> None:
        key = data.draw(st.sampled_from(sorted(self.running)))
        self.running.remove(key)
        unit = self.ledger.unit("candidate", key)
        unit.worked(1.0)
        unit.failed("Traceback …")
        if at_last:
            self.journal[key] = Decided(key, State.PARKED, "parked")
            unit.park("KeyError")

    @rule(written=st.booleans(), told=st.booleans())
    def kill(self, written: bool, told: bool) -> None:
        """What is on the disk at a moment is what a kill leaves: a copy of it has no more."""
        if written:
            self.ledger.parked("candidate")  # which writes what is pending
        copy = self.place / str(int(self.folder.name) + 1)
        if told and self.running:  # killed between the journal and the ledger
            key = min(self.running)
            self.journal[key] = Decided(key, State.DONE, "confirmed")
        shutil.copytree(self.folder, copy)
        self.stop()
        self.start(copy)

    @rule()
    def end(self) -> None:
        folder = self.folder
        self.stop()
        self.agrees(folder)
        self.start(folder)

    @invariant()
    def reconciled_twice_is_reconciled_once(self) -> None:
        self.ledger.reconcile("candidate", self.journal.values())
        self.ledger.parked("candidate")
        once = rows(self.folder)
        self.ledger.reconcile("candidate", self.journal.values())
        assert rows(self.folder) == once
        assert self.ledger.parked("candidate") == sorted(
            key for key, one in self.journal.items() if one.state is State.PARKED
        )

    def agrees(self, folder: Path) -> None:
        found = rows(folder)
        decided = {key: (row[0], row[2]) for key, row in found.items() if row[0] in {"done", "parked"}}
        assert decided == {key: (one.state.value, one.outcome) for key, one in self.journal.items()}
        assert not [key for key, row in found.items() if row[0] == "running"]
        assert all(row[1] <= self.begun[key] for key, row in found.items())
        last = read_ledger(folder).last
        assert last.ending is Ending.DONE
        assert last.ended is not None

    def teardown(self) -> None:
        self.stop()
        self.agrees(self.folder)
        shutil.rmtree(self.place)


Working.TestCase.settings = settings(max_examples=15, stateful_step_count=12, deadline=None)
test_whatever_is_told_the_journal_decides = Working.TestCase


def test_it_can_be_read_while_it_is_written(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.stage("looking")
        with ledger.unit("environment", "one").working():
            ledger.parked("environment")
            reading = read_ledger(tmp_path)
            (total,) = reading.totals
            assert (total.kind, total.state, total.attempts) == ("environment", State.RUNNING, 1)
            assert [stage.text for stage in reading.stages] == ["looking"]
            assert reading.last.ending is None
        ledger.unit("environment", "one").done("ready")

    reading = read_ledger(tmp_path)
    assert [(total.state, total.outcome) for total in reading.totals] == [(State.DONE, "ready")]
    assert reading.last.ending is Ending.DONE
    assert [path.name for path in tmp_path.glob(f"{LEDGER}*")] == [LEDGER]  # one plain file


@pytest.mark.parametrize(
    ("error", "ending"),
    [
        (None, Ending.DONE),
        (KeyboardInterrupt(), Ending.INTERRUPTED),
        (OutputError("the disk is full"), Ending.FAILED),
        (ZeroDivisionError("oh"), Ending.FAULT),
    ],
)
def test_it_knows_how_a_run_ended(error: BaseException | None, ending: Ending, tmp_path: Path) -> None:
    def live() -> None:
        with opened(tmp_path) as ledger:
            ledger.count("traces", 3, 0, 1)
            if error is not None:
                raise error

    if error is None:
        live()
    else:
        with pytest.raises(type(error)):
            live()
    last = read_ledger(tmp_path).last
    assert last.ending is ending
    assert (last.total, last.made) == (3, 1)
    assert "the disk is full" in last.message or ending is not Ending.FAILED


def test_a_run_that_was_refused_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(RpsdgError), opened(tmp_path):
        raise OutputError("another plan")
    assert not list(tmp_path.glob(f"{LEDGER}*"))

    with opened(tmp_path) as ledger:
        ledger.count("traces", 3, 0, 3)
    with pytest.raises(RpsdgError), opened(tmp_path):
        raise OutputError("another plan")
    assert [run.made for run in read_ledger(tmp_path).runs] == [3]


def test_a_full_disk_is_said_once_and_ends_nothing(tmp_path: Path) -> None:
    notes: list[str] = []
    claim = Claim(tmp_path)
    with Ledger(claim, note=notes.append) as ledger:
        ledger.parked("candidate")
        db = ledger._pen._db
        assert db is not None
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        db.execute(f"PRAGMA max_page_count = {pages}")
        for number in range(300):
            ledger.unit("candidate", str(number)).done("confirmed", detail="x" * 1000)
            if number % 100 == 0:
                ledger.parked("candidate")
        assert "full" in ledger.trouble
        db.execute("PRAGMA max_page_count = 100000")  # somebody made room
    claim.release()

    assert len(notes) == 1
    assert "The run goes on" in notes[0]
    assert sum(total.units for total in read_ledger(tmp_path).totals) == 300


def test_one_that_was_removed_leaves_nothing_to_the_next(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        for number in range(50):
            ledger.unit("candidate", str(number)).done("confirmed")
        ledger.parked("candidate")
        shutil.copytree(tmp_path, tmp_path / "killed")
    (tmp_path / "killed" / LEDGER).unlink()
    assert (tmp_path / "killed" / f"{LEDGER}-wal").exists()
    with opened(tmp_path / "killed") as ledger:
        ledger.count("traces", 1, 0, 1)

    assert not ledger.trouble
    assert len(read_ledger(tmp_path / "killed").runs) == 1
    assert not read_ledger(tmp_path / "killed").totals


def test_parts_of_a_run_have_units_of_their_own(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        shown = PlainReporter(2, "traces")
        report = Recorded(shown, ledger)
        for part in ("one", "two"):
            report.within(part).work_unit("candidate", "0").done("confirmed", trace=part)
        shown.within("one").work_unit("candidate", "0").done("confirmed")  # which nobody writes down
    assert rows(tmp_path) == {f"{part}/0": ("done", 0, "confirmed") for part in ("one", "two")}


def test_halves_of_characters_are_no_trouble(tmp_path: Path) -> None:
    with opened(tmp_path) as ledger:
        ledger.stage("caf\udce9")
        with pytest.raises(ValueError), ledger.unit("candidate", "1").working():
            raise ValueError("caf\udce9 \x00")
        ledger.count("traces", 1, 0, 0)
    assert not ledger.trouble
    assert read_ledger(tmp_path).stages[0].text == "caf?"


def test_a_damaged_one_is_moved_aside(tmp_path: Path) -> None:
    (tmp_path / LEDGER).write_bytes(b"no database at all" * 100)
    notes: list[str] = []
    claim = Claim(tmp_path)
    with Ledger(claim, note=notes.append) as ledger:
        ledger.count("traces", 1, 0, 1)
    claim.release()

    assert "was damaged" in notes[0]
    assert len(list(tmp_path.glob(f"{LEDGER}.damaged-*"))) == 1
    assert read_ledger(tmp_path).last.made == 1


def test_one_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / LEDGER) as db:
        db.execute("PRAGMA user_version = 7")
    before = (tmp_path / LEDGER).read_bytes()
    notes: list[str] = []
    claim = Claim(tmp_path)
    with Ledger(claim, note=notes.append) as ledger:
        ledger.unit("candidate", "1").done("confirmed")
    claim.release()

    assert "version 7" in notes[0]
    assert (tmp_path / LEDGER).read_bytes() == before
