"""The hostile suite as a list: every case, the check that tries it, and where it gets its way.

Where a case is contained is no opinion: the checks hold each sandbox to this list.
`python -m rpsdg.sandbox.hostile_cases FILE` writes it down; with `--check` it says whether FILE is current.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import get_args

from .checks_building import BUILDING_CASES
from .checks_exhaustion import EXHAUSTION_CASES
from .checks_forgery import FORGERY_CASES
from .checks_walls import WALL_CASES
from .hostile import PLAIN, HostileCase, Walls

__all__ = ["CASES", "uncontained"]

# What checks that are older than this list try.
_EARLIER = (
    HostileCase(
        "fork bomb",
        "forks without end",
        "refused, or stopped: `too-many-processes`",
        "too many processes",
    ),
    HostileCase(
        "threads", "starts threads without end", "refused, or stopped: `too-many-processes`", "threads count"
    ),
    HostileCase(
        "memory of many processes",
        "has many processes that each take what one may",
        "stopped: `out-of-memory`",
        "memory of all",
    ),
    HostileCase("one large file", "writes a file that does not end", "OSError: the test fails", "disk limit"),
    HostileCase(
        "many large files",
        "fills the work space and the temporary folder with files",
        "OSError: the test fails",
        "disk limit",
        PLAIN,
    ),
    HostileCase(
        "ignored signals",
        "ignores the signals that ask it to end",
        "killed at the time limit: `hang`",
        "time limit",
    ),
    HostileCase(
        "daemons",
        "leaves processes behind: in sessions of their own, forked twice, deaf to signals",
        "killed when the command ends",
        "no daemons",
    ),
    HostileCase(
        "an early end",
        "ends the process inside a test, with os._exit(0), a signal or pytest.exit, as if all were well",
        "no verdict: `crash`, `broken-collection` or `forged-report`",
        "early end",
    ),
    HostileCase(
        "events on standard output",
        "prints what the plugin would say, and writes it to every open file",
        "not believed: it lacks the nonce",
        "forged events",
    ),
    HostileCase(
        "a closed channel",
        "closes or replaces the plugin's channel before a test fails",
        "no verdict: `crash`",
        "closed channel",
    ),
    HostileCase(
        "a forked worker",
        "forks, and lets the child go on with the tests",
        "the child cannot speak for the plugin",
        "children stay silent",
    ),
    HostileCase(
        "the system's files",
        "writes to programs, settings or the environment",
        "read-only",
        "read only root",
        PLAIN,
    ),
    HostileCase(
        "variables of the machine",
        "looks for the machine's variables in every process that it sees",
        "there are none",
        "environment is scrubbed",
    ),
    HostileCase(
        "links and pipes in place of files",
        "puts a link, a pipe or a folder where a file of the tree was",
        "never followed or waited for; the tree's digest is another one",
        "write and fetch",
    ),
    HostileCase(
        "messages for the next session",
        "leaves files wherever it can, for the next candidate",
        "every session has a file system of its own",
        "sessions are fresh",
        PLAIN,
    ),
)
CASES: tuple[HostileCase, ...] = (
    *_EARLIER,
    *EXHAUSTION_CASES,
    *WALL_CASES,
    *FORGERY_CASES,
    *BUILDING_CASES,
)
"""Every case."""


def uncontained(walls: Walls) -> list[HostileCase]:
    """Return the cases that get their way in one kind of sandbox."""
    return [case for case in CASES if walls in case.open]


def _page() -> str:
    lines = [
        "# What hostile code tries, and what becomes of it",
        "",
        "Written by `make docs` from `sandbox/hostile_cases.py`. The check in the last column tries each",
        "case for real, in every sandbox, and holds what happens to this table. `rpsdg doctor --full` runs",
        "the checks on your machine; [security.md](security.md) says what it all means.",
        "",
        "| case | code that ... | contained, it ends so | Docker | bubblewrap | neither | check |",
        "|---|---|---|---|---|---|---|",
    ]
    for case in CASES:
        held = " | ".join("**no**" if walls in case.open else "yes" for walls in get_args(Walls))
        lines.append(f"| {case.name} | {case.tries} | {case.ends} | {held} | {case.check} |")
    return "\n".join(lines) + "\n"


def _main() -> int:
    parser = argparse.ArgumentParser(description="Write the hostile suite down.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 if FILE is not up to date"
    )
    options = parser.parse_args()
    if not options.check:
        options.file.write_text(_page())
    elif not options.file.exists() or options.file.read_text() != _page():
        sys.stderr.write(f"{options.file} is not up to date: run `make docs`\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(_main())
