"""Do Docker and the local sandbox agree on every verdict, word for word, and does every claim hold again?

On each package a run in Docker and a run in the local sandbox confirm the same number of traces, with another
number of jobs. Counted are the candidates that both decided in the same way, the traces whose content hashes
are equal, and the traces of the local run whose every claim `verify` finds true in Docker. `ours` is how many
agree and `peer` how many there are: a ratio below 1 is a disagreement, named in the log.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.runs.verify import verify
from rpsdg.runs.version import VERSION
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings

from .figure import Figure, compare

__all__ = ["run"]

PACKAGES = ("pypi:toolz==1.0.0", "pypi:cachetools==5.5.0", "pypi:sqlparse==0.5.3")
COUNT, QUICK_COUNT = 30, 4
SEED = 7

_log = logging.getLogger(__name__)


def run(quick: bool) -> Iterator[Figure]:
    """Yield three figures a package; the quick version takes one package and few traces."""
    settings = Settings.from_environment()
    docker, local = DockerSandbox(settings), LocalSandbox(settings)
    try:
        for package in PACKAGES[:1] if quick else PACKAGES:
            yield from _package(package, QUICK_COUNT if quick else COUNT, settings, docker, local)
    finally:
        docker.close()
        local.close()


def _package(
    package: str, count: int, settings: Settings, docker: DockerSandbox, local: LocalSandbox
) -> Iterator[Figure]:
    versions = {"rpsdg": VERSION, "docker's python": docker.python(), "local python": local.python()}
    with tempfile.TemporaryDirectory(prefix="rpsdg-agreement-") as folder:
        made: dict[str, Dataset] = {}
        for sandbox, jobs in ((docker, 1), (local, 2)):
            out = Path(folder) / sandbox.name
            report = PlainReporter(count, f"traces of {package} in {sandbox.name}")
            plan = BugRun(package, out, count, seed=SEED, jobs=jobs)
            run_bugs(plan, settings, SourceSettings(), partial(_same, sandbox), report)
            made[sandbox.name] = Dataset(out)
        decisions = [list(data.decisions()) for data in made.values()]
        pairs = list(zip(*decisions, strict=False))
        for one, other in pairs:
            if one != other:
                _log.warning("docker says %s, local says %s", one, other)
        alike = sum(one == other for one, other in pairs)
        yield _figure(f"{package}: candidates decided alike", alike, max(map(len, decisions)), versions)
        hashes = [{t.id: t.content_hash for t in data.traces()} for data in made.values()]
        same = sum(hashes[1].get(name) == content for name, content in hashes[0].items())
        yield _figure(f"{package}: traces with equal content", same, len(hashes[0] | hashes[1]), versions)
        report = PlainReporter(count, "traces checked")
        checked = list(verify(made["local"], settings, lambda: docker, jobs=2, timeout=300, report=report))
        for one in checked:
            for claim in one.false:
                _log.warning("%s: %s: %s", one.trace.id, claim.claim, claim.detail)
        true = sum(not one.false for one in checked)
        yield _figure(f"{package}: traces whose every claim holds again", true, len(checked), versions)


def _same(sandbox: Sandbox) -> Sandbox:
    return sandbox


def _figure(name: str, agree: int, total: int, versions: dict[str, str]) -> Figure:
    return compare(name, agree, total, unit="of all", better="more", versions=versions)
