"""Fixtures of all rooms: settings with a cache of this run's own, and the sandboxes that work here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Literal, NoReturn

import pytest

from rpsdg.corpora.dataset import Dataset
from rpsdg.sandbox.contract import Sandbox, SandboxUnavailableError
from rpsdg.sandbox.docker_runner import DockerSandbox
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces import jsonl


def lines_of(folder: Path, kind: Literal["traces", "candidates"] = "traces") -> bytes:
    """Return what a data set holds as lines of JSON, wherever it keeps it."""
    data = Dataset(folder)
    return b"".join(map(jsonl.encode, data.traces() if kind == "traces" else data.decisions()))


def unpack(folder: Path, traces: bytes | None = None, candidates: bytes | None = None) -> None:
    """Turn a folder into one whose run has not ended: all in lines, which a test may have changed."""
    whole = {
        "traces": lines_of(folder) if traces is None else traces,
        "candidates": lines_of(folder, "candidates") if candidates is None else candidates,
    }
    for kind, lines in whole.items():
        shutil.rmtree(folder / kind, ignore_errors=True)
        (folder / f"{kind}.jsonl").write_bytes(lines)
    (folder / "index.json").unlink(missing_ok=True)


RUNNERS = (
    pytest.param("docker", marks=pytest.mark.docker),
    "bubblewrap",
    pytest.param("plain", marks=pytest.mark.slow),  # what it promises, bubblewrap keeps, too
)


@pytest.hookimpl(tryfirst=True)  # before `-m` looks at the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what every runner promises to the slow tests for bubblewrap, where Docker is there to show it."""
    if _no_docker() is None:
        for item in items:
            case = getattr(item, "callspec", None)
            if case is not None and case.params.get("sandbox") == "bubblewrap":
                item.add_marker(pytest.mark.slow)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip what needs an engine where there is none, unless there has to be one."""
    if item.get_closest_marker("docker") is not None and (why := _no_docker()) is not None:
        _unavailable(why, "RPSDG_REQUIRE_DOCKER")


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """What the environment says, with a cache that all tests of this run share.

    With RPSDG_TEST_CACHE it is kept from run to run.
    """
    kept = os.environ.get("RPSDG_TEST_CACHE")
    folder = Path(kept).absolute() if kept else tmp_path_factory.mktemp("cache")
    return replace(Settings.from_environment(), cache=folder)


@pytest.fixture(scope="session")
def docker_sandbox(settings: Settings) -> Iterator[DockerSandbox]:
    if (why := _no_docker()) is not None:
        _unavailable(why, "RPSDG_REQUIRE_DOCKER")
    sandbox = DockerSandbox(settings)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def bubblewrap_sandbox(settings: Settings) -> Iterator[LocalSandbox]:
    try:
        sandbox = LocalSandbox(settings, bubblewrap=True)
    except SandboxUnavailableError as error:
        _unavailable(str(error), "RPSDG_REQUIRE_BUBBLEWRAP")
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def plain_local_sandbox(settings: Settings) -> Iterator[LocalSandbox]:
    sandbox = LocalSandbox(settings, bubblewrap=False)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="session")
def local_sandbox(settings: Settings) -> Iterator[LocalSandbox]:
    """The local sandbox as a user gets it: with bubblewrap where that works."""
    sandbox = LocalSandbox(settings)
    yield sandbox
    sandbox.close()


@pytest.fixture(params=RUNNERS)
def sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Every runner, one after another."""
    fixtures = {
        "docker": "docker_sandbox",
        "bubblewrap": "bubblewrap_sandbox",
        "plain": "plain_local_sandbox",
    }
    found = request.getfixturevalue(fixtures[request.param])
    assert isinstance(found, Sandbox)
    return found


@cache
def _no_docker() -> str | None:
    """Return why there is no Docker engine to test with, or None when there is one."""
    try:
        sandbox = DockerSandbox(Settings.from_environment())
        sandbox.base()
        sandbox.close()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is the reason
        return str(error)
    return None


def _unavailable(why: str, required: str) -> NoReturn:
    if os.environ.get(required) == "1":
        pytest.fail(f"{required}=1, but: {why}", pytrace=False)
    pytest.skip(why)
