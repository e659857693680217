"""Environments that are kept: use is told between processes; the longest unused goes, unless it is in use."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from rpsdg.sandbox.contract import SandboxBrokeError
from rpsdg.sandbox.environment import Environment
from rpsdg.sandbox.keeping import About, Shelf, on_shelf
from rpsdg.sandbox.lease import Lease, is_free
from rpsdg.sandbox.local_runner import LocalSandbox
from rpsdg.sandbox.settings import Settings
from rpsdg.traces.errors import UsageError

ENVIRONMENT = Environment(id="e", python="3.11", tree="t", project=None, roots=(".",), lock="")


class Box:
    """A sandbox that keeps names and sizes alone."""

    name = "local"

    def __init__(self, sizes: dict[str, int]) -> None:
        self.sizes = sizes

    def kept(self) -> list[str]:
        return list(self.sizes)

    def size(self, key: str) -> int:
        return self.sizes.get(key, 0)

    def remove(self, key: str) -> None:
        if key == "stuck":
            raise SandboxBrokeError("in use, says the engine")
        del self.sizes[key]


def shelf_with(folder: Path, sizes: dict[str, int], disk: int) -> tuple[Shelf, Box]:
    box = Box(dict(sizes))
    shelf = Shelf(box, Settings(cache=folder, disk=disk))  # type: ignore[arg-type]  # as much of one as a shelf asks
    for age, key in enumerate(sizes):
        shelf.put(key, About(environment=ENVIRONMENT, runner="local", source=key))
        os.utime(folder / "recipes" / f"{key}.json", (age, age))
    return shelf, box


@hypothesis_settings(deadline=None, max_examples=50)
@given(
    sizes=st.lists(st.integers(1, 9), max_size=6),
    disk=st.integers(0, 30),
    used=st.sets(st.integers(0, 5)),
    data=st.data(),
)
def test_the_longest_unused_goes_first_and_nothing_that_is_in_use(
    sizes: list[int], disk: int, used: set[int], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    named = {f"k{number}": size for number, size in enumerate(sizes)}
    folder = tmp_path_factory.mktemp("shelf")
    shelf, box = shelf_with(folder, named, disk)
    leases = [
        Lease(folder / "recipes" / f"k{number}.lease", f"k{number}") for number in used & {*range(len(sizes))}
    ]
    held = {lease.key for lease in leases}
    evicted = [one.key for one in shelf.make_room()]
    free = [key for key in named if key not in held]
    assert evicted == free[: len(evicted)]
    assert held <= set(box.sizes)
    over = [sum(named.values()) - sum(named[key] for key in free[:n]) > disk for n in range(len(free) + 1)]
    # As few as will do.
    assert len(evicted) == next((n for n, too_much in enumerate(over) if not too_much), len(free))
    assert [one.key for one in shelf.kept()] == [key for key in named if key in box.sizes]
    for lease in leases:
        lease.give_back()


def test_using_one_makes_it_the_last_to_go(tmp_path: Path) -> None:
    shelf, _ = shelf_with(tmp_path, {"a": 1, "b": 1}, 1)
    shelf.use("a").give_back()
    assert [one.key for one in shelf.make_room()] == ["b"]


def test_what_the_engine_holds_on_to_stays(tmp_path: Path) -> None:
    shelf, box = shelf_with(tmp_path, {"stuck": 5, "b": 5}, 1)
    assert [one.key for one in shelf.make_room()] == ["b"]
    assert list(box.sizes) == ["stuck"]


def test_what_the_sandbox_has_lost_is_not_listed(tmp_path: Path) -> None:
    shelf, box = shelf_with(tmp_path, {"a": 1, "b": 1}, 9)
    del box.sizes["a"]
    (tmp_path / "recipes" / "damaged.json").write_text("{")
    assert [one.key for one in shelf.kept()] == ["b"]
    assert [one.key for one in on_shelf(Settings(cache=tmp_path))] == ["a", "b"]


def test_a_lease_ends_with_whoever_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "x.lease"
    assert is_free(path)
    lease = Lease(path, "x")
    assert not is_free(path)
    del lease
    gc.collect()
    assert is_free(path)


@contextmanager
def other_process(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    code = "import sys, pathlib\nfrom rpsdg.sandbox.lease import Lease\n"
    code += "lease = Lease(pathlib.Path(sys.argv[1]), 'x')\nprint(flush=True)\nsys.stdin.read()"
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_lease_of_another_process_holds_until_it_dies(tmp_path: Path) -> None:
    path = tmp_path / "x.lease"
    with other_process(path) as process:
        assert not is_free(path)
        process.kill()
        process.wait()
        assert is_free(path)


def test_a_real_folder_is_measured_and_removed(settings: Settings, tmp_path: Path) -> None:
    sandbox = LocalSandbox(replace(settings, cache=tmp_path))
    folder = tmp_path / "environments" / "key"
    folder.mkdir(parents=True)
    (folder / "file").write_bytes(b"x" * 100_000)
    folder.with_name("key.json").write_text('{"python": "3.11"}')
    assert sandbox.kept() == ["key"]
    assert sandbox.size("key") >= 100_000
    sandbox.remove("key")
    sandbox.remove("key")
    assert (sandbox.kept(), sandbox.size("key"), folder.exists()) == ([], 0, False)
    sandbox.close()


@pytest.mark.parametrize(
    ("text", "size"), [("20G", 20 * 1024**3), ("500 MiB", 500 * 1024**2), ("1.5", 3 * 1024**3 // 2)]
)
def test_how_much_disk_is_said(text: str, size: int) -> None:
    assert Settings.from_environment({"RPSDG_DISK": text}).disk == size


@pytest.mark.parametrize("text", ["much", "-1G", "3 X"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(UsageError, match="RPSDG_DISK"):
        Settings.from_environment({"RPSDG_DISK": text})
