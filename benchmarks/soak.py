"""Does a long run under random kills write what a calm one does, and leave nothing behind?

Eight packages take turns. Each turn asks `rpsdg bugs` for a few more traces in that package's folder, while
containers or local sandboxes are killed at random, the command itself now and then, and the engine where a
command to restart it is given. The same command goes on with a folder that was cut short. After each turn
nothing of ours may be left: no container or folder whose run is dead. At the end a calm run of each package
decides the same candidates: `ours` is how many were decided alike, `peer` how many there are, and a ratio
below 1 is a false verdict. A candidate whose every sandbox was killed is given up undecided, and says so.

    python -m benchmarks soak --data DIR [--minutes M] [--sandbox docker|local] [--restart COMMAND]
        [--out FILE]

`--restart` is run as it is by a shell, such as `systemctl restart docker`. The same command goes on where it
was stopped: DIR has `turns.jsonl`, a line a turn, and two folders a package.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

import docker
import msgspec
import psutil
from docker.errors import DockerException

from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import choose_sandbox
from rpsdg.sandbox.owner import is_alive
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.kernel import Reason

from .figure import Figure, compare, machine
from .kept import read_kept
from .triage import PACKAGES

__all__ = ["Soak", "command", "run"]

MORE = 4
"""Traces that a turn asks for besides those there are."""
PAUSE = (3.0, 30.0)
"""Seconds between two kills, drawn evenly."""
KINDS = {"sandbox": 18, "command": 1, "engine": 1}
"""What is killed, and how often; a turn has to have its chance to come to its candidates."""
SEED = 5

_log = logging.getLogger(__name__)


class Turn(msgspec.Struct, frozen=True):
    """What was done to one run of the command, and what came of it."""

    package: str
    seconds: float
    end: int
    """The exit code of the command."""
    kills: dict[str, int]
    left: list[str]
    """What dead runs left behind."""
    disk: int
    """Bytes free afterwards."""
    memory: int
    """Bytes of memory available afterwards."""


@dataclass
class Soak:
    """What was done and found."""

    seconds: float
    turns: int
    ends: dict[str, int]
    """Turns by exit code of the command."""
    kills: dict[str, int]
    left: list[str]
    """What dead runs left behind."""
    disk: list[int]
    """Bytes free after each turn."""
    memory: list[int]
    """Bytes of memory available after each turn."""
    candidates: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    """Of the candidates."""
    undecided: list[str] = field(default_factory=list)
    """Candidates that were given up because sandbox after sandbox was killed."""
    false: list[str] = field(default_factory=list)
    """Candidates that the calm run decided otherwise."""


def run(quick: bool) -> Iterator[Figure]:
    """Soak for an hour, or for two minutes, and yield the traces that hold and the things left behind."""
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = soaked(Path(folder), PACKAGES[:1] if quick else PACKAGES, 2 if quick else 60, "local", None)
    versions = {"rpsdg": VERSION}
    yield compare(
        f"candidates decided as in a calm run, with {sum(soak.kills.values())} kills",
        soak.candidates - len(soak.undecided) - len(soak.false),
        soak.candidates - len(soak.undecided),
        unit="candidates",
        better="more",
        versions=versions,
    )
    yield compare("left behind", len(soak.left), 0, unit="things", better="less", versions=versions)


def command(arguments: Sequence[str]) -> int:
    """Soak, print what it comes to, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks soak", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="one folder a package")
    parser.add_argument("--minutes", type=float, default=60, help="how long (60)")
    parser.add_argument("--sandbox", choices=("docker", "local"), default="docker", help="(docker)")
    parser.add_argument("--restart", metavar="COMMAND", help="restarts the engine; none is restarted else")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the result is kept, as JSON")
    options = parser.parse_args(arguments)
    soak = soaked(options.data, PACKAGES, options.minutes, options.sandbox, options.restart)
    about = {
        "command": f"python -m benchmarks soak --minutes {options.minutes:g} --sandbox {options.sandbox}",
        "rpsdg": VERSION,
        "machine": machine(),
        **asdict(soak),
    }
    print(json.dumps(about, indent=1))
    if options.out is not None:
        options.out.write_text(json.dumps(about, indent=1) + "\n")
    sound = (
        soak.candidates > len(soak.undecided) and not soak.false and not soak.left
    )  # a soak that decided nothing shows nothing
    return ExitCode.OK if sound else ExitCode.FALSE_CLAIM


def soaked(folder: Path, packages: Sequence[str], minutes: float, sandbox: str, restart: str | None) -> Soak:
    """Soak for as long as is left of the time, decide the same calmly, and say what was done and found."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "turns.jsonl"
    turns = read_kept(kept, Turn)
    with kept.open("ab") as file:
        while sum(turn.seconds for turn in turns) < 60 * minutes:
            package = packages[len(turns) % len(packages)]
            rng = random.Random(f"{SEED} {len(turns)}")
            turns.append(_turn(rng, package, _folder(folder, package), sandbox, restart))
            file.write(jsonl.encode(turns[-1]))
            file.flush()
    soak = Soak(
        seconds=sum(turn.seconds for turn in turns),
        turns=len(turns),
        ends=Counter(str(turn.end) for turn in turns),
        kills=sum((Counter(turn.kills) for turn in turns), Counter[str]()),
        left=[thing for turn in turns for thing in turn.left],
        disk=[turn.disk for turn in turns],
        memory=[turn.memory for turn in turns],
    )
    for package in packages:
        out = _folder(folder, package)
        if _begun(out):
            _log.info("%s: calmly", package)
            _compare(soak, package, out, sandbox)
    return soak


def _folder(folder: Path, package: str) -> Path:
    return folder / package.partition(":")[2].replace("==", "-")


def _begun(out: Path) -> bool:
    return (out / "run.json").exists()


def _turn(rng: random.Random, package: str, out: Path, sandbox: str, restart: str | None) -> Turn:
    began = time.monotonic()
    have = Dataset(out).count() if _begun(out) else 0
    arguments = ["bugs", package, "--out", str(out), "--count", str(have + MORE), "--sandbox", sandbox]
    process = _rpsdg(arguments)
    over = threading.Event()
    kills: Counter[str] = Counter()

    def disturb() -> None:
        while not over.wait(rng.uniform(*PAUSE)):
            kind = rng.choices(list(KINDS), list(KINDS.values()))[0]
            if kind == "engine" and restart is None:
                continue
            kills[kind] += 1
            if kind == "sandbox":
                _kill_a_sandbox(rng, process.pid, sandbox)
            elif kind == "command":
                with suppress(ProcessLookupError):  # it has ended by itself
                    os.killpg(process.pid, signal.SIGKILL)
            elif restart is not None:
                subprocess.run(restart, shell=True, check=False)

    thread = threading.Thread(target=disturb)
    thread.start()
    _, errors = process.communicate()
    over.set()
    thread.join()
    _log.info(
        "%s: %s killed; ended with %d; %s",
        package,
        ", ".join(f"{kind} {times}x" for kind, times in sorted(kills.items())) or "nothing",
        process.returncode,
        (errors.strip().splitlines() or [""])[-1],
    )
    return Turn(
        package=package,
        seconds=time.monotonic() - began,
        end=process.returncode,
        kills=dict(kills),
        left=left_behind(sandbox),
        disk=psutil.disk_usage(str(out.parent)).free,
        memory=psutil.virtual_memory().available,
    )


def _rpsdg(arguments: Sequence[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "rpsdg.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _kill_a_sandbox(rng: random.Random, pid: int, sandbox: str) -> None:
    if sandbox == "docker":
        with suppress(DockerException, OSError):  # no engine for the moment, or the container has ended
            client = docker.from_env()
            found = client.containers.list(filters={"label": "rpsdg.owner"}, ignore_removed=True)
            mine = [c for c in found if f":{pid}:" in c.labels.get("rpsdg.owner", "")]
            if mine:
                rng.choice(mine).kill()
            client.close()
        return
    with suppress(psutil.Error, IndexError):  # there is none just now, or it has ended
        rng.choice(psutil.Process(pid).children()).kill()


def left_behind(sandbox: str) -> list[str]:
    """Return the sandboxes of dead runs, once a live one has had its chance to sweep."""
    settings = Settings.from_environment()
    with suppress(RpsdgError):  # no engine: what follows says so
        box = choose_sandbox("docker" if sandbox == "docker" else "local", settings)
        box.close()
    found = []
    for folder in Path(tempfile.gettempdir()).glob("rpsdg-*"):
        owner = folder / "owner"
        if owner.exists() and not is_alive(owner.read_text()):
            found.append(f"folder {folder}")
    if sandbox == "docker":
        try:
            client = docker.from_env()
            listed = client.containers.list(all=True, filters={"label": "rpsdg.owner"}, ignore_removed=True)
            client.close()
        except (DockerException, OSError) as error:
            return [*found, f"containers cannot be listed: {error}"]
        owners = [(container.short_id, container.labels.get("rpsdg.owner", "")) for container in listed]
        found += [f"container {name}" for name, owner in owners if not is_alive(owner)]
    return found


def _compare(soak: Soak, package: str, out: Path, sandbox: str) -> None:
    """Decide the same candidates calmly, and note what comes out otherwise."""
    disturbed = list(Dataset(out).decisions())
    soak.candidates += len(disturbed)
    soak.outcomes.update(decision.outcome for decision in disturbed)
    calm = out.with_name(f"{out.name}-calm")
    count = sum(1 for _ in Dataset(out).traces())
    process = _rpsdg(["bugs", package, "--out", str(calm), "--count", str(count), "--sandbox", sandbox])
    _, errors = process.communicate()
    if process.returncode:
        soak.false.append(f"{package}: the calm run ended with {process.returncode}: {errors.strip()[-300:]}")
        return
    calmly = {decision.index: decision for decision in Dataset(calm).decisions()}
    for one in disturbed:
        what = f"{package}, candidate {one.index}: {one.outcome} ({one.detail})"
        if one.outcome == Reason.SANDBOX_FAILED.value:
            soak.undecided.append(what)
            continue
        other = calmly.get(one.index)
        if other is None:
            # Those that were given up made the disturbed run go further.
            soak.undecided.append(f"{what}, not reached calmly")
        elif (one.outcome, one.trace) != (other.outcome, other.trace):
            soak.false.append(f"{what}, calmly {other.outcome} ({other.detail})")
