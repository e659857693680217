"""The grader inside a task's container: marks what a solver left in a folder, and writes the reward.

It is started by root in a fresh container in which no solver ever ran. The tests run as another user, behind
the supervisor, the nonce and the canaries of every sandbox; what they may write, nobody reads as a reward.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import sys
from dataclasses import asdict, replace
from pathlib import Path

from rpsdg.sandbox.contract import HOME, TESTBED, Limits
from rpsdg.sandbox.process_connection import ProcessConnection
from rpsdg.sandbox.session import WireSession, boot_command
from rpsdg.sandbox.tree import Tree

from .marking import Mark, Sheet, mark
from .submission import offered_in

__all__ = ["main"]

USER = 1000
"""Who the tests are: no one who may write a reward."""
TEMPORARY = "/tmp"  # noqa: S108 - the container's, in which nobody else is


def main() -> int:
    """Grade; the arguments are the folder with what a task is marked by, and the one for the reward.

    Where the machinery gives way there is no reward, which is another thing than a reward of 0.
    """
    if os.getuid() != 0:
        sys.stderr.write("the grader has to be started by root, so that tests can be somebody else\n")
        return 1
    hidden, logs = Path(sys.argv[1]), Path(sys.argv[2])
    sheet, base = _read(hidden)
    _own(hidden, 0o700)
    _own(logs, 0o755)
    offered = offered_in(Path(TESTBED), base)
    _make_room()
    found = _mark(base, offered, sheet)
    _end_everything()
    rewards = {"reward": found.score, "resolved": int(found.resolved)}
    _write(logs / "details.json", {**asdict(found), "resolved": found.resolved})
    _write(logs / "reward.json", rewards)
    sys.stdout.write(json.dumps(asdict(found), indent=1) + "\n")
    return 0


def _read(hidden: Path) -> tuple[Sheet, Tree]:
    about = json.loads((hidden / "sheet.json").read_text("utf-8"))
    lists = {name: tuple(value) for name, value in about.items() if isinstance(value, list)}
    allowed = {path: tuple(names) for path, names in about["allowed"].items()}
    sheet = replace(Sheet(**{**about, **lists}), allowed=allowed)
    with gzip.open(hidden / "tree.tar.gz") as stream:
        return sheet, Tree.from_tar(stream)  # type: ignore[arg-type] # GzipFile reads bytes


def _mark(base: Tree, offered: dict[str, bytes | None], sheet: Sheet) -> Mark:
    limits = Limits(files=sys.maxsize)  # the container's file system holds others' files, too
    connection = ProcessConnection(boot_command(sys.executable), "", USER)
    try:
        return mark(WireSession(connection, limits=limits, watch=True), base, offered, sheet)
    finally:
        connection.close()


def _make_room() -> None:
    """Empty the places that tests see, and give them to their user."""
    for place in (TESTBED, TEMPORARY, str(Path(HOME).parent)):
        folder = Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        for entry in folder.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    for place in (TESTBED, str(Path(HOME).parent)):
        os.chown(place, USER, USER)
    Path(TEMPORARY).chmod(0o1777)


def _own(folder: Path, mode: int) -> None:
    os.chown(folder, 0, 0)
    folder.chmod(mode)


def _end_everything() -> None:
    """End every process of the tests' user: none is to live on and write."""
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(USER)
        os.setuid(USER)
        try:
            os.kill(-1, 9)  # whatever this user may signal, but for this process
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _write(path: Path, value: object) -> None:
    path.unlink(missing_ok=True)
    with path.open("x", encoding="utf-8") as file:
        json.dump(value, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    sys.exit(main())
