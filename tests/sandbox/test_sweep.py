"""What dead runs left behind is removed, what live ones have is kept, and a killed run leaves nothing."""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from docker.models.containers import Container

from rpsdg.sandbox.contract import SandboxBrokeError
from rpsdg.sandbox.docker_runner import OWNER_LABEL, DockerSandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.settings import Settings


@pytest.fixture
def dead() -> str:
    """The name of a process that is no more."""
    host, pid, started = owner().rsplit(":", 2)
    return f"{host}:{pid}:{int(started) - 1}"


def eventually(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


@contextmanager
def container(sandbox: DockerSandbox, name: str, *, start: bool) -> Iterator[Container]:
    made = sandbox._client.containers.create(
        sandbox.base(), ["sleep", "600"], labels={OWNER_LABEL: name}, network_mode="none", init=True
    )
    try:
        if start:
            made.start()
        yield made
    finally:
        if exists(sandbox, made.id):
            made.remove(force=True)


def exists(sandbox: DockerSandbox, container_id: str | None) -> bool:
    return any(c.id == container_id for c in sandbox._client.containers.list(all=True, ignore_removed=True))


@pytest.mark.docker
def test_containers_of_the_dead_are_removed(docker_sandbox: DockerSandbox, dead: str) -> None:
    with (
        container(docker_sandbox, dead, start=True) as running,
        container(docker_sandbox, dead, start=False) as created,
        container(docker_sandbox, owner(), start=True) as own,
        container(docker_sandbox, "another-machine:1:1", start=False) as foreign,
        container(docker_sandbox, "", start=False) as unowned,
    ):
        assert docker_sandbox.sweep() >= 2
        left = [exists(docker_sandbox, c.id) for c in (running, created, own, foreign, unowned)]
        assert left == [False, False, True, True, True]


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[LocalSandbox]:
    """A plain local sandbox with a temporary folder and a cache of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    sandbox = LocalSandbox(Settings(cache=tmp_path / "cache"), bubblewrap=False)
    yield sandbox
    sandbox.close()


def test_work_folders_of_the_dead_are_removed(local: LocalSandbox, dead: str, tmp_path: Path) -> None:
    names = {"dead": dead, "own": owner(), "foreign": "another-machine:1:1"}
    for name, text in names.items():
        folder = tmp_path / "tmp" / f"rpsdg-work-{name}"
        (folder / "testbed").mkdir(parents=True)
        (folder / "owner").write_text(text)
    (tmp_path / "tmp" / "rpsdg-work-young").mkdir()  # its owner is about to write the name
    (tmp_path / "tmp" / "somebody-elses").mkdir()
    with local.build(None):
        assert local.sweep() == 1
        left = {path.name for path in (tmp_path / "tmp").iterdir()}
    assert left > {"rpsdg-work-own", "rpsdg-work-foreign", "rpsdg-work-young", "somebody-elses"}
    assert "rpsdg-work-dead" not in left
    assert local.sweep() == 0


def test_environments_that_were_never_finished_are_removed(local: LocalSandbox, tmp_path: Path) -> None:
    for key in ("finished", "abandoned", "building"):
        with local.build(key) as session:
            session.write(f"{session.prefix}/x", b"x")
        assert local.find(key) is not None
    folder = tmp_path / "cache" / "environments"
    for key in ("abandoned", "building"):
        (folder / f"{key}.json").unlink()
        assert local.find(key) is None
    with (folder / "building.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert local.sweep() == 1
    assert (folder / "finished").exists()
    assert (folder / "building").exists()
    assert not (folder / "abandoned").exists()


def test_a_failed_build_keeps_nothing(local: LocalSandbox, tmp_path: Path) -> None:
    with pytest.raises(SandboxBrokeError), local.build("key") as session:
        session.fetch(f"{session.prefix}/missing")
    assert local.find("key") is None
    assert not (tmp_path / "cache" / "environments" / "key").exists()
    assert list((tmp_path / "tmp").iterdir()) == []


HOST = """
import sys
from pathlib import Path
from rpsdg.sandbox.contract import Limits, Place
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.owner import owner
from rpsdg.sandbox.settings import Settings

settings = Settings(cache=Path(sys.argv[2]))
sandbox = {
    "docker": lambda: DockerSandbox(settings),
    "bubblewrap": lambda: LocalSandbox(settings, bubblewrap=True),
    "plain": lambda: LocalSandbox(settings, bubblewrap=False),
}[sys.argv[1]]()
Path(sys.argv[2], "environment").mkdir(parents=True)
place = Place(sandbox.base() if sys.argv[1] == "docker" else str(Path(sys.argv[2], "environment")), "")
with sandbox.open(place, Limits()) as session:
    session.write("x", b"x")
    print(owner(), flush=True)
    script = f"trap '' TERM; setsid sleep {sys.argv[3]} & sleep {sys.argv[3]}"
    session.execute(["sh", "-c", script], timeout=600)
"""


@pytest.mark.parametrize("kind", [pytest.param("docker", marks=pytest.mark.docker), "bubblewrap", "plain"])
def test_a_killed_host_leaves_nothing(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    request.getfixturevalue({"plain": "plain_local_sandbox"}.get(kind, f"{kind}_sandbox"))
    work, seconds = tmp_path / "tmp", f"600.{os.getpid()}{time.monotonic_ns() % 10**6}"
    work.mkdir()
    command = [sys.executable, "-c", HOST, kind, str(tmp_path / "cache"), seconds]
    with subprocess.Popen(command, stdout=-1, text=True, env={**os.environ, "TMPDIR": str(work)}) as host:
        assert host.stdout is not None
        name = host.stdout.readline().strip()
        assert eventually(lambda: len(sleepers(seconds)) >= 2), "the command does not run"
        host.send_signal(signal.SIGKILL)
        host.wait()
        assert eventually(lambda: not sleepers(seconds)), "processes are left"
        assert eventually(lambda: list(work.iterdir()) == []), "folders are left"
        if kind == "docker":
            engine = request.getfixturevalue("docker_sandbox")._client
            label = {"label": f"{OWNER_LABEL}={name}"}
            assert eventually(
                lambda: not engine.containers.list(all=True, filters=label, ignore_removed=True)
            ), "a container is left"


def sleepers(seconds: str) -> list[int]:
    """Return the processes of this machine, in sandboxes or not, that sleep for so long."""
    processes = psutil.process_iter(["cmdline"])
    return [p.pid for p in processes if (p.info["cmdline"] or [])[:2] == ["sleep", seconds]]
