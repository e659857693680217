"""What happens to sandboxes from outside, in the middle of a run, changes nothing in what the run writes."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import docker
import psutil
import pytest
from docker.errors import DockerException

from rpsdg.corpora import SourceSettings
from rpsdg.corpora.dataset import Dataset
from rpsdg.runs.bugs import BugRun, run_bugs
from rpsdg.runs.progress import PlainReporter
from rpsdg.sandbox.contract import Sandbox
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.settings import Settings

from .conftest import SHOP, Finished, run, write

KILLS = 2
"""Fewer than a candidate may break its sandbox, so that no kill can be taken to be a candidate's doing."""


def kill_containers() -> bool:
    """End every container of this process, as an engine does that is restarted."""
    client = docker.from_env()
    try:
        found = client.containers.list(filters={"label": f"rpsdg.owner={owner()}"}, ignore_removed=True)
        for container in found:
            with suppress(DockerException):  # it ended by itself, just now
                container.kill()
        return bool(found)
    finally:
        client.close()


def kill_processes() -> bool:
    """End every local sandbox of this process."""
    found = psutil.Process().children()
    for process in found:
        with suppress(psutil.NoSuchProcess):  # it ended by itself, just now
            process.kill()
    return bool(found)


class Disturbing(PlainReporter):
    """Kills all sandboxes a few times, once the run has begun to try candidates."""

    def __init__(self, kill: Callable[[], bool], total: int) -> None:
        super().__init__(total, "traces")
        self.kills = 0
        self._kill = kill
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._disturb)

    def begin(self, earlier: int) -> None:
        super().begin(earlier)
        self._thread.start()

    def _disturb(self) -> None:
        while self.kills < KILLS and not self._over.wait(1.0):
            self.kills += self._kill()

    def end(self) -> None:
        self._over.set()
        self._thread.join()


def test_killed_sandboxes_change_nothing(
    finished: Finished,
    kept_shop: Path,
    tmp_path: Path,
    sandbox: Sandbox,
    local_sandbox: Sandbox,
    settings: Settings,
) -> None:
    kill = kill_containers if isinstance(sandbox, DockerSandbox) else kill_processes
    report = Disturbing(kill, 5)
    plan = BugRun(str(kept_shop), tmp_path / "out", 5, seed=3, jobs=2)
    try:
        run_bugs(plan, settings, SourceSettings(), lambda: sandbox, report)
    finally:
        report.end()

    assert report.kills == KILLS
    calm, disturbed = Dataset(finished(local_sandbox, 1)), Dataset(tmp_path / "out")
    assert [t.content_hash for t in calm.traces()] == [t.content_hash for t in disturbed.traces()]
    decided = [[(d.outcome, d.trace) for d in data.decisions()] for data in (calm, disturbed)]
    assert decided[0] == decided[1]


@pytest.mark.docker
def test_an_image_that_was_removed_is_made_again(
    tmp_path: Path, docker_sandbox: DockerSandbox, settings: Settings
) -> None:
    """Between two parts of a run; while containers run in it, the engine keeps an image."""
    name = f"shop-{secrets.token_hex(4)}"  # so that its environment is nobody else's
    project = SHOP["pyproject.toml"].replace('name = "shop"', f'name = "{name}"')
    shop, out = write(tmp_path / name, {**SHOP, "pyproject.toml": project}), tmp_path / "out"
    before = set(docker_sandbox.kept())
    run(shop, out, docker_sandbox, settings, count=1)
    first = list(Dataset(out).traces())
    (key,) = set(docker_sandbox.kept()) - before
    docker_sandbox.remove(key)
    run(shop, out, docker_sandbox, settings, count=2)

    assert list(Dataset(out).traces())[:1] == first
    assert set(docker_sandbox.kept()) - before == {key}
    docker_sandbox.remove(key)
