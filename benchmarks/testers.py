"""Mutation testers on a project: how each is run with one worker, and what is read of its results.

All of them mutate the same files, at random among the places that tests reach, and have the same limits.
What a tester does once for a project (mutants, a baseline, which test reaches what) is its set-up; its
verdicts are timed from the moment it goes about the first until the last is written down. A mutant that ran
into a time limit counts as caught, and so does one that ended its process; one that no test is run for counts
for nothing.
"""

from __future__ import annotations

import json
import logging
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpsdg.sandbox.tree import Tree
from rpsdg.traces.errors import ExitCode, RpsdgError

from .limited_runs import Ended
from .tester_home import TesterHome

__all__ = ["NoVerdictsError", "Verdicts", "Work", "verdicts_of"]

SETTING_UP = 600.0
"""Seconds for each command that sets a tester up."""
VERDICTS = 300.0
"""Seconds for all verdicts of a tester on a project; those reached count."""
SEED = 0

_log = logging.getLogger(__name__)


class NoVerdictsError(RpsdgError):
    """A tester did not get as far as a verdict."""

    code = ExitCode.ENVIRONMENT


@dataclass(frozen=True)
class Work:
    """What a tester is to do."""

    tree: Tree
    files: Sequence[str]
    """Whose mutants are wanted."""
    reached: Callable[[str, int], bool]
    """Whether tests reach a line of a file."""
    count: int
    """Mutants wanted."""

    @property
    def folders(self) -> list[str]:
        """The first parts of the paths of the files."""
        return sorted({path.partition("/")[0] for path in self.files})


@dataclass(frozen=True)
class Verdicts:
    """What became of some candidates."""

    caught: int
    missed: int
    seconds: float
    """For all of them."""

    @property
    def number(self) -> int:
        """How many there are."""
        return self.caught + self.missed

    @property
    def seconds_each(self) -> float:
        """Seconds per verdict."""
        return self.seconds / self.number

    @property
    def caught_share(self) -> float:
        """Per cent of the candidates that are caught."""
        return 100 * self.caught / self.number

    def __add__(self, other: Verdicts) -> Verdicts:
        return Verdicts(self.caught + other.caught, self.missed + other.missed, self.seconds + other.seconds)


def _mutmut(home: TesterHome, work: Work, tree: Path) -> Verdicts:
    command = ["mutmut", "run", "--max-children", "1"]
    mark = "Running mutation testing"
    files = list(work.files)
    config = tree / "pyproject.toml"
    own = config.read_text() if config.exists() else ""
    while True:
        config.write_text(
            f"{own}\n[tool.mutmut]\nsource_paths = {_toml(work.folders)}\nonly_mutate = {_toml(files)}\n"
        )
        done = home.run(command, tree, seconds=SETTING_UP, mark=mark)
        if done.marked is not None:
            break
        if (broken := mutmut_broke(done.output, files)) is None:
            raise _gave_up("set-up", done)
        _log.info(
            f"mutmut leaves {broken} alone: what it makes of the file breaks the tests before any mutation"
        )
        files.remove(broken)
    # It tries the cheap ones first, so the first that come would not do.
    stats = json.loads((tree / "mutants" / "mutmut-stats.json").read_bytes())
    tests = stats["tests_by_mangled_function_name"]
    names = [name for name in _mutmut_codes(tree) if tests.get(name.rpartition("__mutmut_")[0])]
    chosen = _some(names, work.count)
    if not chosen:
        raise NoVerdictsError("it has no mutant that a test reaches")
    done = home.run([*command, *chosen], tree, seconds=SETTING_UP, mark=mark, after=VERDICTS)
    if done.marked is None:
        raise _gave_up("start", done)
    codes = _mutmut_codes(tree)
    written = max(path.stat().st_mtime for path in (tree / "mutants").rglob("*.meta"))
    return _verdicts(*mutmut_counts(codes[name] for name in chosen), written - done.marked, done)


def _mutmut_codes(tree: Path) -> dict[str, int | None]:
    metas = sorted((tree / "mutants").rglob("*.meta"))
    return {
        name: code
        for path in metas
        for name, code in json.loads(path.read_bytes())["exit_code_by_key"].items()
    }


def mutmut_broke(output: str, files: Sequence[str]) -> str | None:
    """Return the mutated file in which mutmut's last traceback ends, if it was mutmut's own code that failed.

    Its functions cannot be called while the class around them is still being made.
    """
    if "_mutmut_orig" not in output:
        return None
    seen = [path for path in re.findall(r'/mutants/([^"\n]+\.py)", line', output) if path in files]
    return seen[-1] if seen else None


def mutmut_counts(codes: Iterable[int | None]) -> tuple[int, int]:
    """Return how many mutants were caught and missed, from the exit statuses that mutmut writes down.

    >>> mutmut_counts([1, 3, 0, 36, -24, None, 33, 5])
    (4, 1)
    """
    none = {None, 2, 5, 33, 34}  # not tried, interrupted, no tests (twice), skipped
    decided = [code for code in codes if code not in none]
    return sum(code != 0 for code in decided), decided.count(0)


def _cosmic_ray(home: TesterHome, work: Work, tree: Path) -> Verdicts:
    config, session = (home.folder / f"cosmic-ray.{ending}" for ending in ("toml", "sqlite"))
    session.unlink(missing_ok=True)

    def run(*command: str, **limits: Any) -> Ended:
        return home.run(["cosmic-ray", "--verbosity", "INFO", *command], tree, on_path=True, **limits)

    def configure(timeout: float) -> None:
        config.write_text(
            f"[cosmic-ray]\nmodule-path = {_toml(work.files)}\ntimeout = {timeout:.1f}\n"
            'excluded-modules = []\ntest-command = "python -m pytest -x -q -p no:randomly"\n'
            '[cosmic-ray.distributor]\nname = "local"\n'
        )

    configure(SETTING_UP)
    for command in (["init", str(config), str(session)], ["baseline", str(config)]):
        done = run(*command, seconds=SETTING_UP)
        if done.status != 0:
            raise _gave_up(command[0], done)
    configure(max(10.0, 3 * (done.ended - done.began)))  # 10 s is what its `new-config` proposes
    with closing(sqlite3.connect(session)) as database:
        keep_work_items(database, work)
    done = run("exec", str(config), str(session), seconds=60, mark="Beginning execution", after=VERDICTS)
    if done.marked is None:
        raise _gave_up("start", done)
    written = session.stat().st_mtime
    with closing(sqlite3.connect(session)) as database:
        return _verdicts(*cosmic_ray_counts(database), written - done.marked, done)


def keep_work_items(database: sqlite3.Connection, work: Work) -> None:
    """Take out of a session of cosmic-ray what is not wanted: what no test reaches, and what is too much."""
    fields = "module_path, operator_name, occurrence, start_pos_row, job_id"
    specs = sorted(database.execute(f"SELECT {fields} FROM mutation_specs"))
    kept = _some([spec for spec in specs if work.reached(spec[0], spec[3])], work.count)
    gone = [(job,) for *_, job in set(specs) - set(kept)]
    for table in ("mutation_specs", "work_items"):
        database.executemany(f"DELETE FROM {table} WHERE job_id = ?", gone)
    database.commit()


def cosmic_ray_counts(database: sqlite3.Connection) -> tuple[int, int]:
    """Return how many mutants were caught and missed, from a session of cosmic-ray.

    A mutant that it could not make or test (`incompetent`, or no outcome) is neither.
    """
    query = "SELECT lower(test_outcome), count(*) FROM work_results GROUP BY 1"
    counts = dict(database.execute(query).fetchall())
    return counts.get("killed", 0), counts.get("survived", 0)


BATCH = 10
"""Mutants that irradiate is given at once: it writes nothing down before it is through.
It draws them itself, and not always the same with one seed."""
FEWEST = 2
"""Mutants that it can be asked for: 1 means all of them."""


def _irradiate(home: TesterHome, work: Work, tree: Path) -> Verdicts:
    # Mutants of decorated functions run one process each: only its fast way is measured.
    command = ["irradiate", "run", *work.folders, "--workers", "1", "--covered-only", "--no-source-patch"]
    command += ["--python", str(home.folder / "env" / "bin" / "python")]
    command += ["--pytest-args=-p", "--pytest-args=no:randomly"]
    for path in sorted(work.tree):
        if path.endswith(".py") and path.partition("/")[0] in work.folders and path not in work.files:
            command += ["--ignore", path]
    done = home.run([*command, "--sample", str(FEWEST)], tree, seconds=SETTING_UP)
    if done.status != 0:
        raise _gave_up("set-up", done)
    trace, report = tree / ".irradiate" / "trace.json", home.folder / "irradiate.json"
    command += ["--report", "json", "--output", str(report)]
    outcomes: dict[str, str] = {}
    seconds, deadline = 0.0, time.monotonic() + VERDICTS
    # What two batches have in common is done once; a sample may hold little that tests reach.
    for seed in range(SEED, SEED + 4 * -(-work.count // BATCH)):
        lacking, left = work.count - len(outcomes), deadline - time.monotonic()
        if lacking <= 0 or left <= 0:
            break
        for written in (trace, report):
            written.unlink(missing_ok=True)
        sample = ["--sample", str(min(BATCH, max(FEWEST, lacking))), "--sample-seed", str(seed)]
        done = home.run([*command, *sample], tree, seconds=left)
        if done.status != 0:
            break
        outcomes |= irradiate_outcomes(json.loads(report.read_bytes()))
        seconds += irradiate_seconds(json.loads(trace.read_bytes()))
    counts = Counter(outcomes.values())
    return _verdicts(counts["Killed"] + counts["Timeout"], counts["Survived"], seconds, done)


def irradiate_outcomes(report: Mapping[str, Any]) -> dict[str, str]:
    """Return, by mutant, the outcomes in a report of irradiate; a mutant without tests has none."""
    mutants = [mutant for file in report["files"].values() for mutant in file["mutants"]]
    decided = {"Killed", "Survived", "Timeout"}
    return {mutant["id"]: mutant["status"] for mutant in mutants if mutant["status"] in decided}


def irradiate_seconds(trace: Mapping[str, Any]) -> float:
    """Return how long one run of irradiate spent on its mutants, from its trace.

    Its worker is warm when the first of them begins. Mutants that ran into the time limit are not in the
    trace, and neither is the end of the last one if it did; that of the pool of workers is.
    """
    events = trace["traceEvents"]
    begins = [event["ts"] for event in events if event.get("cat") == "mutant"]
    pools = [event for event in events if event["name"] == "worker_pool"]
    if not pools:  # everything was known
        return 0.0
    end = max(pool["ts"] + pool["dur"] for pool in pools)
    return float(end - min(begins, default=min(pool["ts"] for pool in pools))) / 1e6


_RUNS = {"mutmut": _mutmut, "cosmic-ray": _cosmic_ray, "irradiate": _irradiate}


def verdicts_of(tester: str, home: TesterHome, work: Work, tree: Path) -> Verdicts:
    """Run a tester.

    Args:
        tester: its name.
        home: where it is installed.
        work: what it is to do.
        tree: a folder that holds the program, and is the tester's to change.

    Raises:
        NoVerdictsError: it did not get as far as a verdict, or what it wrote down is not what we know.
    """
    try:
        return _RUNS[tester](home, work, tree)
    except (OSError, LookupError, ValueError, TypeError, sqlite3.Error) as error:
        raise NoVerdictsError(
            f"what it wrote down cannot be read: {type(error).__name__}: {error}"
        ) from error


def _verdicts(caught: int, missed: int, seconds: float, done: Ended) -> Verdicts:
    if caught + missed == 0:
        raise _gave_up("verdicts", done)
    return Verdicts(caught, missed, seconds)


def _gave_up(when: str, done: Ended) -> NoVerdictsError:
    took = done.ended - done.began
    how = f"was ended after {took:.0f} s" if done.status is None else f"ended with status {done.status}"
    return NoVerdictsError(f"{when}: it {how}: {done.last_words}")


def _some(items: Sequence[Any], count: int) -> list[Any]:
    return random.Random(SEED).sample(items, min(count, len(items)))


def _toml(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)
