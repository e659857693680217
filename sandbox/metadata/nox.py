"""noxfile.py, parsed and never run: what its test sessions install and how they call pytest."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..tree import Tree
from .files import text
from .pytest_command import arguments_of
from .reading import Reading, Wanted
from .requirements import read_lines
from .setup_py import parse_module

__all__ = ["read_nox"]


def read_nox(tree: Tree) -> Reading:
    """Read the literal words of `session.install` and `session.run` in sessions that test."""
    module = parse_module(text(tree, "noxfile.py"))
    wanted: list[Wanted] = []
    unread: list[str] = []
    arguments: tuple[str, ...] = ()
    for function in ast.walk(module) if module is not None else ():
        if not isinstance(function, ast.FunctionDef) or "test" not in function.name.lower():
            continue
        origin = f"noxfile.py {function.name}"
        for call in ast.walk(function):
            if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                continue
            words = list(_words(call))
            if call.func.attr == "install":
                reading = read_lines(tree, _as_lines(words), origin, "test")
                wanted += reading.wanted
                unread += reading.unread
            elif call.func.attr in {"run", "run_always"}:
                arguments = arguments or arguments_of(words, tree)
    return Reading(
        wanted=tuple(wanted), arguments=arguments, origin="noxfile.py session.run", unread=tuple(unread)
    )


def _words(call: ast.Call) -> Iterator[str]:
    """Yield the words that are written out; `*(session.posargs or ["tests"])` stands for its default."""
    for argument in call.args:
        match argument:
            case ast.Constant(value=str(word)):
                yield word
            case ast.Starred(value=ast.BoolOp(op=ast.Or(), values=[*_, default])):
                for node in getattr(default, "elts", ()):
                    if isinstance(node, ast.Constant) and isinstance(node.value, str):
                        yield node.value


def _as_lines(words: list[str]) -> Iterator[str]:
    """Yield the words of an installer's command as lines of a requirements file."""
    rest = iter(words)
    for word in rest:
        if word in {"-r", "-c", "-e", "--requirement", "--constraint", "--editable"}:
            yield f"{word} {next(rest, '')}"
        elif word.startswith((".", "-e", "-r")) or not word.startswith("-"):
            yield word
