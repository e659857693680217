"""What the mutators would do to one file: every move that applies, as a diff with its explanation."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.syntax import Syntax
from rich.text import Text

from rpsdg.mutators.diffs import make_diff
from rpsdg.mutators.mutator import Mutator, ProjectMutator
from rpsdg.mutators.reading.source import parse
from rpsdg.mutators.scope import is_mutable
from rpsdg.mutators.syntax import parse_tree
from rpsdg.sandbox.tree import Entry, Tree
from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .terminal import plain

__all__ = [
    "NothingAppliesError",
    "Planted",
    "UnreadableFileError",
    "is_left_alone",
    "plant",
    "read_program",
    "render_planted",
]

STDIN = Path("-")


class UnreadableFileError(RpsdgError):
    """A file that cannot be read as a Python program."""

    code = ExitCode.SOURCE


class NothingAppliesError(RpsdgError):
    """No mutator finds anything to do in a file."""

    code = ExitCode.SOURCE


@dataclass(frozen=True)
class Planted:
    """A bug in a file."""

    move: Mutator
    line: int
    """Where it starts, from 1."""
    diff: str
    """What plants it."""


def read_program(path: Path) -> Tree:
    """Return a program of one file, which `-` reads from standard input.

    Raises:
        UsageError: it is a folder, or does not look like Python.
        UnreadableFileError: it cannot be read, or Python or LibCST cannot parse it; the message says where.
    """
    if path != STDIN and path.is_dir():
        raise UsageError(
            f"a Python file was expected, and `{path}` is a folder",
            hint=f"`rpsdg bugs {path} --out data --dry-run` counts what applies in a whole project.",
        )
    if path != STDIN and path.exists() and path.suffix != ".py":
        raise UsageError(f"a Python file was expected, and the name of `{path}` does not end in `.py`")
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(f"`{path}` cannot be read: {error.strerror or error}") from error
    _require_python(path, data)
    return Tree({"stdin.py" if path == STDIN else path.name: Entry(data)})


def plant(program: Tree, mutators: Iterable[type[Mutator]]) -> Iterator[Planted]:
    """Yield every bug that some mutators can plant in a program of one file, in source order."""
    ((path, entry),) = program.items()
    # Whether a run would leave the file alone is another question: it may be a test.
    moves = [
        move
        for mutator in mutators
        for move in (
            mutator.find(program)
            if issubclass(mutator, ProjectMutator)
            else mutator.find_in(path, entry.data)
        )
    ]
    for move in sorted(moves, key=lambda move: (move.start, move.rule)):
        yield Planted(
            move, entry.data.count(b"\n", 0, move.start) + 1, make_diff(program, move.apply(program))
        )


def is_left_alone(program: Tree) -> bool:
    """Say whether a run over a project would plant no bugs in a file of this name."""
    return not any(map(is_mutable, program))


def render_planted(planted: Planted) -> RenderableType:
    """Return a planted bug laid out for a terminal."""
    move = planted.move
    head = Text.assemble(
        (plain(move.rule), "bold cyan"),
        "  ",
        (plain(move.family), "dim"),
        f"  {plain(move.path)}:{planted.line}",
    )
    hunks = "\n".join(planted.diff.splitlines()[3:])
    return Group(
        head,
        Padding(Text(plain(move.explain()), style="italic"), (0, 2)),
        Padding(Syntax(plain(hunks), "diff", background_color="default"), (0, 2, 1, 2)),
    )


def _require_python(path: Path, data: bytes) -> None:
    name = "standard input" if path == STDIN else f"`{path}`"
    try:
        parse_tree(data)
    except SyntaxError as error:
        where = f"line {error.lineno}: " if error.lineno else ""
        raise UnreadableFileError(
            f"{name} is no Python that this Python reads: {where}{error.msg}"
        ) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise UnreadableFileError(f"{name} is no Python that can be read: {error}") from error
    if parse(data) is None:
        raise UnreadableFileError(
            f"{name} is Python, but not such that edits can be aimed at its bytes: it is not in UTF-8, has "
            "lone carriage returns, or is nested too deeply"
        )
