"""Does every package of the starter manifest become a green baseline and a trace, and how long does it take?

Each release is fetched, its environment made from its own metadata, its baseline taken, one more run of the
untouched suite timed, and candidates tried until one is confirmed: what `rpsdg refresh` does with it, once.

    python -m benchmarks starter --data DIR [--sandbox docker|local] [--only NAME …] [--out FILE]

The same command goes on where it stopped: DIR/packages.jsonl has one line a package; what did not work is
tried again. The exit code is 1 where a package does not work, or is not under a permissive licence.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import get_args

import msgspec

from rpsdg.corpora.starter import starter_releases
from rpsdg.mutators.solution import Origin, confirm
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl
from rpsdg.traces.errors import ExitCode, RpsdgError
from rpsdg.traces.record import Trace

from .figure import Figure, compare, machine
from .kept import read_kept
from .on_bench import OnBench, put_on_bench

__all__ = ["PERMISSIVE", "Checked", "command", "run"]

PERMISSIVE = frozenset({"Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0"})
SEED = 0
TRIES = 40
"""Candidates of which one must be confirmed."""
KEPT = "packages.jsonl"

_log = logging.getLogger(__name__)


class Checked(msgspec.Struct, frozen=True):
    """What became of one package."""

    package: str
    """Such as `pypi:toolz==1.2.0`."""
    state: str
    """`green`, or the kind of error."""
    reason: str = ""
    """Of what is not green, in the words that a user gets."""
    licence: str | None = None
    python: str = ""
    tests: int = 0
    """Steady tests."""
    quarantined: int = 0
    repairs: int = 0
    """Of its environment."""
    environment_seconds: float = 0.0
    baseline_seconds: float = 0.0
    suite_seconds: float = 0.0
    """Of one run of the untouched suite."""
    tried: int = 0
    """Candidates until one was confirmed."""
    seconds: float = 0.0
    """Altogether."""

    @property
    def works(self) -> bool:
        """Whether it may be in the manifest."""
        return self.state == "green" and self.licence in PERMISSIVE


def run(quick: bool) -> Iterator[Figure]:
    """Check the packages and yield how many work."""
    settings = Settings.from_environment()
    wanted = starter_releases()[:2] if quick else starter_releases()
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        tempfile.TemporaryDirectory(prefix="rpsdg-starter-") as folder,
    ):
        found = list(checked(wanted, Path(folder), sandbox, settings))
    yield compare(
        "packages of the starter manifest that work (peer: all of them)",
        sum(one.works for one in found),
        len(wanted),
        unit="packages",
        better="more",
        versions={"rpsdg": VERSION},
    )


def command(arguments: Sequence[str]) -> int:
    """Check the packages, or go on with it, print what it comes to, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks starter", description=__doc__, allow_abbrev=False
    )
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where results are kept")
    parser.add_argument("--sandbox", choices=get_args(SandboxName), default="auto")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these packages")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the summary is kept")
    options = parser.parse_args(arguments)
    settings = Settings.from_environment()
    names = starter_releases()
    if options.only is not None:
        names = tuple(one for one in names if _name(one) in options.only)
    with closing(choose_sandbox(options.sandbox, settings)) as sandbox:
        found = list(checked(names, options.data, sandbox, settings))
        runner = sandbox.name
    for one in found:
        print(_line(one))
    working = sum(one.works for one in found)
    print(f"{working} of {len(found)} work, in {sum(one.seconds for one in found):.0f} s")
    if options.out is not None:
        results = {
            "command": "python -m benchmarks starter",
            "rpsdg": VERSION,
            "sandbox": runner,
            "machine": machine(),
            "packages": msgspec.to_builtins(found),
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    return ExitCode.OK if working == len(names) else ExitCode.FALSE_CLAIM


def checked(packages: Sequence[str], folder: Path, sandbox: Sandbox, settings: Settings) -> Iterator[Checked]:
    """Yield what became of each package, from the folder if it worked before."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / KEPT
    kept = {one.package: one for one in read_kept(path, Checked) if one.works}
    for package in packages:
        if package not in kept:
            kept[package] = check(package, sandbox, settings)
            _log.info(_line(kept[package]))
            with path.open("ab") as file:
                file.write(jsonl.encode(kept[package]))
        yield kept[package]


def check(package: str, sandbox: Sandbox, settings: Settings) -> Checked:
    """Return what becomes of one package."""
    started = time.monotonic()
    try:
        project = put_on_bench(package, sandbox, settings, partial(_log.info, f"{package}: %s"))
        found = _described(package, project)
        tried = _until_confirmed(project)
        found = msgspec.structs.replace(found, tried=tried or TRIES)
        if tried is None:
            found = msgspec.structs.replace(
                found, state="exhausted", reason=f"none of {TRIES} candidates is confirmed"
            )
    except RpsdgError as error:
        state = error.code.name.lower().replace("_", "-")
        found = Checked(package, state, f"{error}\n{error.hint}".strip())
    return msgspec.structs.replace(found, seconds=round(time.monotonic() - started, 1))


def _described(package: str, project: OnBench) -> Checked:
    bench, recipe = project.bench, project.bench.environment.recipe
    return Checked(
        package,
        "green",
        licence=project.source.licence,
        python=bench.place.python,
        tests=len(bench.baseline.steady),
        quarantined=len(bench.baseline.quarantined),
        repairs=len(recipe.repairs) if recipe is not None else 0,
        environment_seconds=round(project.environment_seconds, 1),
        baseline_seconds=round(project.baseline_seconds, 1),
        suite_seconds=round(bench.run_suite(project.source.tree).seconds, 1),
    )


def _until_confirmed(project: OnBench) -> int | None:
    """Return how many candidates were tried until one was confirmed; None if none was."""
    origin = Origin(VERSION, SEED, project.name, project.source.provenance())
    for number, move in enumerate(islice(project.drawn(SEED), TRIES), 1):
        if isinstance(confirm(project.bench, [move], number, origin).result, Trace):
            return number
    return None


def _name(package: str) -> str:
    return package.removeprefix("pypi:").partition("==")[0]


def _line(one: Checked) -> str:
    if not one.works:
        why = " ".join(one.reason.split())[:200] or f"licence {one.licence}"
        return f"{one.state:18} {one.package}  {why}"
    return (
        f"{one.state:18} {one.package}  {one.licence}, {one.tests} tests in {one.suite_seconds:.1f} s, "
        f"{one.quarantined} take no part; environment {one.environment_seconds:.0f} s with {one.repairs} "
        f"repairs, baseline {one.baseline_seconds:.0f} s, {one.seconds:.0f} s in all"
    )
