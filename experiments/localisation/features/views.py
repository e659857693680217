"""What all features are made of: a bug without its truth, its sources parsed."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rpsdg.experiments.localisation.records import FailingTest, Spectrum
from rpsdg.experiments.localisation.suspects import Suspect
from rpsdg.mutators.functions import Function, function_at
from rpsdg.mutators.syntax import tree_of

__all__ = ["Statement", "View", "view"]


@dataclass(frozen=True)
class Statement:
    """A suspect in its source."""

    nodes: tuple[ast.AST, ...]
    """What begins on its lines, outermost first."""
    function: Function
    depth: int
    """How many blocks it lies in, those of its function and outer ones left out."""
    parent: ast.AST | None
    """What it stands in."""
    is_last: bool
    """Whether it ends its block."""

    def parts(self) -> Iterator[ast.AST]:
        """Yield everything in it, of compound statements only what is in the head."""
        todo = list(self.nodes)
        while todo:
            node = todo.pop()
            yield node
            todo += [one for one in ast.iter_child_nodes(node) if not isinstance(one, _HOLDS)]


_HOLDS = (ast.stmt, ast.ExceptHandler, ast.match_case)


@dataclass(frozen=True)
class View:
    """A bug as a localiser may see it."""

    failing: tuple[FailingTest, ...]
    passing: int
    suspects: Sequence[Suspect]
    statements: Sequence[Statement]
    """One for each suspect."""
    functions: Mapping[tuple[str, str, int], Sequence[int]]
    """The places of suspects by path, name and first line of their function."""

    def key(self, place: int) -> tuple[str, str, int]:
        """Return the function of a suspect, as it is named in `functions`."""
        function = self.statements[place].function
        return self.suspects[place].path, function.name, function.first


def view(spectrum: Spectrum, suspects: Sequence[Suspect]) -> View:
    """Return what may be seen of a bug; the truth is left behind."""
    statements, functions = [], defaultdict(list)
    for place, suspect in enumerate(suspects):
        data = spectrum.sources[suspect.path]
        found = [one for line, ones in _nodes(data).items() if suspect.lines >> line & 1 for one in ones]
        first = found[0] if found else None
        function = function_at(data, suspect.first)
        statements.append(
            Statement(
                tuple(one.node for one in found),
                function,
                first.depth if first else 0,
                first.parent if first else None,
                first.is_last if first else False,
            )
        )
        functions[suspect.path, function.name, function.first].append(place)
    return View(spectrum.failing, spectrum.passing, suspects, statements, dict(functions))


@dataclass(frozen=True)
class _Placed:
    node: ast.AST
    depth: int
    parent: ast.AST | None
    is_last: bool


@lru_cache(maxsize=64)
def _nodes(data: bytes) -> dict[int, list[_Placed]]:
    """Return the statements of a file by the line that they begin on."""
    found: dict[int, list[_Placed]] = defaultdict(list)
    todo: list[tuple[ast.AST, int]] = [(tree_of(data), 0)]
    while todo:
        owner, depth = todo.pop()
        for block in ("body", "handlers", "orelse", "finalbody", "cases"):
            nodes = getattr(owner, block, None)
            if not isinstance(nodes, list):
                continue
            for number, node in enumerate(nodes):
                if not isinstance(node, _HOLDS):
                    continue
                line = node.pattern.lineno if isinstance(node, ast.match_case) else node.lineno
                found[line].append(_Placed(node, depth, owner, number == len(nodes) - 1))
                opens = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                todo.append((node, 0 if opens else depth + 1))
    return dict(sorted(found.items()))
