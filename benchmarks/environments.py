"""How many popular packages become a green baseline, with nothing known about any of them?

Sixty names were fixed beforehand (`environment_packages.txt`); a seed draws 40 to develop on, and 20 that are
measured once. Of each the newest release is taken whose sdist carries tests and which runs on the sandbox's
Python. Its environment is made from its own metadata and repaired from what the installer and pytest say;
it is green when the judge of bugs takes its baseline. The peer is the same without any repair.

    python -m benchmarks environments --data DIR [--set dev|held-out] [--sandbox docker|local] [--jobs N]
        [--only NAME …] [--once] [--out FILE]

The same command goes on where it stopped: DIR has one file a package; remove one to have it measured again.
`--once` is for development: the last run of the search stands for the six that a baseline takes.
"""

from __future__ import annotations

import argparse
import json
import logging
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, get_args

from rpsdg.corpora import Source, SourceError, SourceSettings, fetch
from rpsdg.corpora.pypi import list_releases
from rpsdg.mutators.judging.benching import calibrated
from rpsdg.mutators.judging.calibration import MIN_GREEN
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.choose import SandboxName, choose_sandbox
from rpsdg.sandbox.contract import Place, Sandbox
from rpsdg.sandbox.environments import prepare
from rpsdg.sandbox.keeping import Shelf
from rpsdg.sandbox.repairs.modules import is_test
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import ExitCode, RpsdgError

from .figure import Figure, compare, machine

__all__ = ["SETS", "Measured", "command", "draw", "run"]

SETS = ("dev", "held-out")
SEED = 4
DEVELOPED_ON = 40
BAR = 0.8
NEWEST = 12
"""Releases that are looked at for tests."""
TIMEOUT = 300.0
"""Seconds one run of an untouched suite may take."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Measured:
    """What became of one package."""

    name: str
    version: str
    state: str
    """`green`, or the kind of error."""
    reason: str
    """Of what is not green, in the words that a user gets."""
    seconds: float
    """For the environment, and for the baseline: six runs of the suite."""
    environment_seconds: float
    python: str
    tests: int
    """Steady tests."""
    quarantined: int
    repairs: tuple[dict[str, object], ...]
    unread: tuple[str, ...]


def draw(wanted: str) -> list[str]:
    """Return the names of a set, in alphabetical order; the sets share none."""
    lines = Path(__file__).with_name("environment_packages.txt").read_text().splitlines()
    names = sorted(line for line in lines if line and not line.startswith("#"))
    chosen = set(random.Random(SEED).sample(names, DEVELOPED_ON))
    return [name for name in names if (name in chosen) == (wanted == "dev")]


def run(quick: bool) -> Iterator[Figure]:
    """Measure the packages that were developed on and yield the share that is green."""
    settings = Settings.from_environment()
    with (
        closing(choose_sandbox("local", settings)) as sandbox,
        tempfile.TemporaryDirectory(prefix="rpsdg-environments-") as folder,
    ):
        names = draw("dev")[:3] if quick else draw("dev")
        yield _figure(list(_measured(names, Path(folder), sandbox, settings, 1)))


def command(arguments: Sequence[str]) -> int:
    """Measure a set, or go on with it, print what it comes to, and keep it."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks environments", description=__doc__, allow_abbrev=False
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR", help="where results are kept")
    parser.add_argument("--set", choices=SETS, default="dev", dest="wanted")
    parser.add_argument("--sandbox", choices=get_args(SandboxName), default="auto")
    parser.add_argument("--jobs", type=int, default=1, help="packages at once")
    parser.add_argument("--once", action="store_true", help="one run of each suite instead of seven")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="only these of the set")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where the summary is kept")
    options = parser.parse_args(arguments)
    settings = replace(Settings.from_environment(), cache=options.data.absolute() / "cache")
    names = [name for name in draw(options.wanted) if options.only is None or name in options.only]
    with closing(choose_sandbox(options.sandbox, settings)) as sandbox:
        found = list(_measured(names, options.data, sandbox, settings, options.jobs, once=options.once))
        runner = sandbox.name
    for one in found:
        reason = "" if one.state == "green" else "  " + " ".join(one.reason.split())[:150]
        about = f"{one.tests} tests, {len(one.repairs)} repairs, {one.seconds:.0f} s"
        print(f"{one.state:22} {one.name} {one.version}  ({about}){reason}")
    green = sum(one.state == "green" for one in found)
    print(f"{green} of {len(found)} are green: {green / max(1, len(found)):.0%} (bar {BAR:.0%})")
    if options.out is not None:
        results = {
            "command": f"python -m benchmarks environments --set {options.wanted}",
            "rpsdg": VERSION,
            "sandbox": runner,
            "machine": machine(),
            "set": options.wanted,
            "green": green,
            "of": len(found),
            "bar": BAR,
            "packages": [asdict(one) for one in found],
        }
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=1) + "\n")
    return ExitCode.OK


def _measured(
    names: Sequence[str], folder: Path, sandbox: Sandbox, settings: Settings, jobs: int, *, once: bool = False
) -> Iterator[Measured]:
    """Yield what became of each package, from its file if it was measured before."""
    folder.mkdir(parents=True, exist_ok=True)

    def one(name: str) -> Measured:
        path = folder / f"{name}{'.once' if once else ''}.json"
        if path.exists():
            kept = json.loads(path.read_text())
            return Measured(**{**kept, "repairs": tuple(kept["repairs"]), "unread": tuple(kept["unread"])})
        found = measure(name, sandbox, settings, once=once)
        partial = path.with_suffix(".part")
        partial.write_text(json.dumps(asdict(found), indent=1) + "\n")
        partial.replace(path)
        _log.info(f"{name} {found.version}: {found.state} after {found.seconds:.0f} s")
        return found

    with ThreadPoolExecutor(jobs) as pool:
        try:
            yield from pool.map(one, names)
        except BaseException:
            sandbox.abort()
            pool.shutdown(cancel_futures=True)
            raise


def measure(name: str, sandbox: Sandbox, settings: Settings, *, once: bool = False) -> Measured:
    """Return what becomes of one package."""
    started = time.monotonic()
    found = Measured(name, "", "green", "", 0.0, 0.0, sandbox.python(), 0, 0, (), ())
    prepared = started
    try:
        source = newest_with_tests(name, sandbox.python(), settings)
        found = replace(found, version=source.version or "")
        environment, place = prepare(
            source.tree,
            sandbox,
            settings,
            version=source.version,
            released=source.released,
            source=f"pypi:{name}=={source.version}",
            timeout=TIMEOUT,
            progress=partial(_log.info, f"{name}: %s"),
        )
        prepared = time.monotonic()
        recipe = environment.recipe
        assert recipe is not None
        repairs: tuple[dict[str, object], ...] = tuple(
            {"field": r.change.field, "text": r.change.text, "because": r.because, "helped": r.helped}
            for r in recipe.repairs
        )
        found = replace(found, repairs=repairs, unread=recipe.unread)
        if once:
            found = replace(found, **_seen_once(place, sandbox, settings))
        else:
            bench = calibrated(sandbox, place, environment, source.tree, settings.limits, timeout=TIMEOUT)
            steady, quarantined = len(bench.baseline.steady), len(bench.baseline.quarantined)
            found = replace(found, tests=steady, quarantined=quarantined)
    except RpsdgError as error:
        reason = f"{error}\n{error.hint}".strip()
        found = replace(found, state=error.code.name.lower().replace("_", "-"), reason=reason)
    now = time.monotonic()
    return replace(
        found,
        seconds=round(now - started, 1),
        environment_seconds=round((prepared if prepared > started else now) - started, 1),
    )


def _seen_once(place: Place, sandbox: Sandbox, settings: Settings) -> dict[str, Any]:
    """Return what the last run of the search came to."""
    assert place.lease is not None  # `prepare` leases what it returns
    about = Shelf(sandbox, settings).about(place.lease.key)
    passed, counted = (about.passed or 0, about.counted or 0) if about is not None else (0, 0)
    green = counted > 0 and passed >= MIN_GREEN * counted
    reason = "" if green else f"{passed} of {counted} tests pass; {about.hints if about else ''}"
    state = "green" if green else "failing-baseline"
    return {"tests": passed, "quarantined": counted - passed, "state": state, "reason": reason}


def newest_with_tests(name: str, python: str, settings: Settings) -> Source:
    """Return the newest release of a package whose sdist carries tests and which runs on a Python.

    Raises:
        SourceError: none of its newest releases has any, or it cannot be fetched.
    """
    sources = SourceSettings(index_url=settings.index_url, ca_bundle=settings.ca_bundle)
    versions = list_releases(name, sources, python)[:NEWEST]
    for version in versions:
        source = fetch(f"pypi:{name}=={version}", sources, cache=settings.cache / "sources")
        if any(
            path.endswith(".py") and is_test(path) and b"def test" in source.tree[path].data
            for path in source.tree
        ):
            return source
    raise SourceError(
        f"none of the newest releases of `{name}` for Python {python} has an sdist with tests: "
        f"{', '.join(versions) or 'there are no releases'}",
        hint="Give its git repository instead.",
    )


def _figure(found: Sequence[Measured]) -> Figure:
    green = [one for one in found if one.state == "green"]
    return compare(
        "packages with a green baseline (peer: those that needed no repair)",
        len(green),
        sum(not one.repairs for one in green),
        unit=f"of {len(found)}",
        better="more",
        versions={"rpsdg": VERSION},
    )
