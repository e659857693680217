"""What mutation testers write down is read right; one of them that fails is no trouble for the others."""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from rpsdg.benchmarks import mutation_testers
from rpsdg.benchmarks.tester_home import TESTERS, TesterHome, make_home
from rpsdg.benchmarks.testers import (
    NoVerdictsError,
    Verdicts,
    Work,
    cosmic_ray_counts,
    irradiate_outcomes,
    irradiate_seconds,
    keep_work_items,
    mutmut_broke,
    mutmut_counts,
    verdicts_of,
)
from rpsdg.sandbox.environment import Environment
from rpsdg.sandbox.settings import Settings
from rpsdg.sandbox.tree import Tree

SECOND = 1_000_000


@pytest.fixture
def session() -> Iterator[sqlite3.Connection]:
    """A session of cosmic-ray with mutants on lines 1 to 9 of two files, none of them tried."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(
            "CREATE TABLE work_items (job_id);"
            "CREATE TABLE mutation_specs (module_path, operator_name, occurrence, start_pos_row, job_id);"
            "CREATE TABLE work_results (worker_outcome, test_outcome, job_id);"
        )
        for path in ("a.py", "b.py"):
            for line in range(1, 10):
                job = f"{path}-{line}"
                database.execute("INSERT INTO work_items VALUES (?)", [job])
                spec = [path, "core/NumberReplacer", line, line, job]
                database.execute("INSERT INTO mutation_specs VALUES (?, ?, ?, ?, ?)", spec)
        yield database


def a_work(count: int) -> Work:
    return Work(Tree({}), ["a.py", "b.py"], lambda path, line: path == "a.py" and line > 2, count)


def test_verdicts_are_shared_out() -> None:
    verdicts = Verdicts(caught=3, missed=1, seconds=2.0)
    assert verdicts.seconds_each == 0.5
    assert verdicts.caught_share == 75


def test_what_no_test_was_run_for_is_no_verdict_of_mutmut() -> None:
    assert mutmut_counts([None, 2, 5, 33, 34]) == (0, 0)


def test_mutmut_catches_what_fails_hangs_or_dies() -> None:
    assert mutmut_counts([1, 3, -24, 24, 36, 152, 255, -9, -11, 35, 0, 0]) == (10, 2)


def test_the_file_that_mutmut_broke_is_the_last_one_of_the_traceback() -> None:
    output = (
        '  File "/tmp/x/mutants/p/lexers/__init__.py", line 45, in _load\n'
        '  File "/tmp/x/mutants/p/lexers/python.py", line 788, in PythonLexer\n'
        '  File "/tmp/x/env/lib/mutmut/mutation/trampoline.py", line 75, in trampoline\n'
        "KeyError: '_mutmut_orig'\n"
    )
    files = ["p/lexers/__init__.py", "p/lexers/python.py"]
    assert mutmut_broke(output, files) == "p/lexers/python.py"
    assert mutmut_broke(output, files[:1]) == "p/lexers/__init__.py"
    assert mutmut_broke(output, ["p/other.py"]) is None


def test_a_failure_of_the_tests_is_not_blamed_on_mutmut() -> None:
    output = '  File "/tmp/x/mutants/p/a.py", line 3, in f\nAssertionError\n'
    assert mutmut_broke(output, ["p/a.py"]) is None


def test_cosmic_ray_keeps_what_tests_reach(session: sqlite3.Connection) -> None:
    keep_work_items(session, a_work(100))
    left = sorted(job for (job,) in session.execute("SELECT job_id FROM work_items"))
    assert left == [f"a.py-{line}" for line in range(3, 10)]
    assert left == sorted(job for (job,) in session.execute("SELECT job_id FROM mutation_specs"))


def test_cosmic_ray_keeps_no_more_than_is_wanted_and_always_the_same(session: sqlite3.Connection) -> None:
    keep_work_items(session, a_work(5))
    left = session.execute("SELECT job_id FROM work_items").fetchall()
    assert len(left) == 5
    keep_work_items(session, a_work(5))
    assert session.execute("SELECT job_id FROM work_items").fetchall() == left


def test_cosmic_ray_counts_what_it_could_test(session: sqlite3.Connection) -> None:
    assert cosmic_ray_counts(session) == (0, 0)
    outcomes = ["KILLED", "KILLED", "SURVIVED", "INCOMPETENT", None]
    for job, outcome in enumerate(outcomes):
        session.execute("INSERT INTO work_results VALUES ('NORMAL', ?, ?)", [outcome, job])
    assert cosmic_ray_counts(session) == (2, 1)


def test_irradiate_tells_the_outcome_of_every_mutant_with_tests() -> None:
    outcomes = ["Killed", "Survived", "Timeout", "NoCoverage"]
    mutants = [{"id": f"m{n}", "status": status} for n, status in enumerate(outcomes)]
    report = {"files": {"a.py": {"mutants": mutants[:2]}, "b.py": {"mutants": mutants[2:]}}}
    assert irradiate_outcomes(report) == {"m0": "Killed", "m1": "Survived", "m2": "Timeout"}


def test_irradiate_is_timed_from_its_first_mutant_to_the_end_of_its_workers() -> None:
    events = [
        {"name": "worker_startup", "cat": "lifecycle", "ts": 1 * SECOND, "dur": 3 * SECOND},
        {"name": "m0", "cat": "mutant", "ts": 4 * SECOND, "dur": SECOND},
        {"name": "m1", "cat": "mutant", "ts": 5 * SECOND, "dur": SECOND},
        # A third one ran into the time limit.
        {"name": "worker_pool", "cat": "pipeline", "ts": 1 * SECOND, "dur": 15 * SECOND},
    ]
    assert irradiate_seconds({"traceEvents": events}) == 12.0


def test_irradiate_spends_nothing_on_what_it_knows() -> None:
    events = [{"name": "stats_cache_hit", "cat": "pipeline", "ts": 0, "dur": SECOND}]
    assert irradiate_seconds({"traceEvents": events}) == 0.0


@pytest.mark.parametrize("tester", TESTERS)
def test_a_tester_that_is_not_there_has_no_verdict(tester: str, tmp_path: Path) -> None:
    home = TesterHome(tmp_path, "", {}, (".",), 4 * 1024**3)
    with pytest.raises(NoVerdictsError, match="ended with status 127"):
        verdicts_of(tester, home, a_work(1), tmp_path)


@pytest.mark.parametrize("stats", ["", "[]", "{}"])
def test_a_tester_that_writes_something_else_has_no_verdict(stats: str, tmp_path: Path) -> None:
    fake = tmp_path / "env" / "bin" / "mutmut"
    fake.parent.mkdir(parents=True)
    written = f"mkdir mutants; echo '{stats}' >mutants/mutmut-stats.json"
    fake.write_text(f"#!/bin/sh\n{written}\necho Running mutation testing\nsleep 60\n")
    fake.chmod(0o755)
    home = TesterHome(tmp_path, "", {}, (".",), 4 * 1024**3)
    with pytest.raises(NoVerdictsError, match="what it wrote down cannot be read"):
        verdicts_of("mutmut", home, a_work(1), tmp_path)


def test_a_tester_without_verdicts_has_no_figure_and_the_others_have(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    moves = [SimpleNamespace(edits=[])] * 5
    project = SimpleNamespace(
        name="p 1",
        bench=SimpleNamespace(environment=None),
        source=SimpleNamespace(tree=Tree({})),
        versions={},
        drawn=lambda seed: iter(moves),
    )
    looks = iter(["red", "red", "green", None, "hang", "red"])

    class Pool:
        def __init__(self, *_: object) -> None: ...

        def look(self, moves: object) -> object:
            outcome = next(looks)
            return outcome and SimpleNamespace(outcome=outcome)

        def close(self) -> None: ...

    def verdicts(tester: str, *_: object) -> Verdicts:
        if tester == "first":
            raise NoVerdictsError("set-up: it was ended after 600 s")
        return Verdicts(3, 1, 2.0)

    home = TesterHome(tmp_path, "3.11.2", {"first": "1", "second": "2"}, (".",), 0)
    monkeypatch.setattr(mutation_testers, "put_on_bench", lambda *_: project)
    monkeypatch.setattr(mutation_testers, "make_home", lambda *_: home)
    monkeypatch.setattr(mutation_testers, "TriagePool", Pool)
    monkeypatch.setattr(mutation_testers, "verdicts_of", verdicts)
    with caplog.at_level(logging.INFO):
        figures = list(mutation_testers._measure("pypi:p==1", 5, Settings(), None))  # type: ignore[arg-type]
    assert "p 1: no verdict of first: set-up: it was ended after 600 s" in caplog.text
    assert [one.figure for one in figures] == [
        "p 1, second: a verdict",
        "p 1, second: caught, each of its own candidates",
    ]
    seconds, caught = figures
    assert seconds.peer == 0.5
    assert (caught.ours, caught.peer, caught.ratio) == (75.0, 75.0, None)  # after the warm-up 3 of 4 decided


def test_without_an_index_nothing_is_installed_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "cache"))
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    environment = Environment(
        id="", python=python, tree="", project=None, roots=(".",), lock="pytest==8.3.2\n"
    )
    home = make_home(tmp_path, environment, Settings(index_url="http://127.0.0.1:9/simple"))
    assert not home.testers
    assert "no mutation tester can be installed: " in caplog.text
    assert "pytest" in caplog.text
