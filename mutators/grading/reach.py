"""What a change of a program reaches for that has nothing to do with the program: its judge.

Tests and program share a process, so code that is written against the judge could speak for it. What such
code is made of is known: the test runner's modules, the interpreter's frames and hooks, an end of the
process. A change that brings something of that into a file, where neither the file nor its right version has
it, is refused. Whoever hides it well enough is not found; `docs/security.md` says so, too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from rpsdg.mutators.syntax import parse_tree
from rpsdg.sandbox.tree import Tree

__all__ = ["new_reach", "reach"]

_MODULES = {
    *("pytest", "_pytest", "pluggy", "rpsdg_inside", "gc", "ctypes", "_ctypes", "cffi", "atexit"),
    *("sitecustomize", "usercustomize", "faulthandler", "_posixsubprocess", "pty"),
}
_NAMES = {
    *("__import__", "__closure__", "__code__", "__subclasses__", "__builtins__", "cell_contents"),
    *("gi_frame", "cr_frame", "f_back", "f_globals", "f_locals", "f_builtins", "tb_frame", "_getframe"),
    *("_current_frames", "settrace", "setprofile", "addaudithook", "meta_path", "path_hooks"),
    *("get_objects", "get_referrers", "_exit", "pthread_kill", "pluginmanager"),
    *("pytest_runtest_makereport", "pytest_runtest_logreport"),
}
"""Whatever has them; in texts, too."""
_OF_OS = frozenset(
    ("abort", "kill", "killpg", "execl", "execv", "execve", "execvp", "execvpe", "posix_spawn")
)
"""Of the module `os` alone: other things may well have them."""
_DOTTED = {("sys", "modules"), *(("os", name) for name in _OF_OS)}
_CALLED = frozenset({"eval", "exec", "compile"})
_TEXTS = (
    *("_pytest", "rpsdg_inside", "conftest", "PYTEST_CURRENT_TEST"),
    *("/tests/", "/logs/verifier", "reward.json", "reward.txt"),
)


@lru_cache(maxsize=256)  # of the same few files, handed out again and again
def reach(source: bytes) -> frozenset[str]:
    """Return what a file reaches for, by name; nothing of one that is not Python: it cannot run.

    >>> sorted(reach(b"import gc, os\\nos._exit(len(gc.get_objects()))"))
    ['_exit', 'gc', 'get_objects']
    """
    try:
        tree = parse_tree(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()
    return frozenset(_found(ast.walk(tree)))


def new_reach(
    base: Tree, after: Tree, paths: Iterable[str], allowed: Mapping[str, Iterable[str]]
) -> list[str]:
    """Return what the changes of some files bring in, in words; nothing if that is none of ours.

    Args:
        base: the program as it was handed out.
        after: the program as a solver left it.
        paths: of the files that were changed.
        allowed: by path, what the right version of a file reaches for.
    """
    found: list[str] = []
    for path in paths:
        known = reach(base[path].data) if path in base else frozenset()
        known |= frozenset(allowed.get(path, ()))
        new = (reach(after[path].data) if path in after else frozenset()) - known
        found += [f"`{name}` in {path}" for name in sorted(new)]
    return found


def _found(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        match node:
            case ast.Import(names=names):
                yield from _MODULES & {alias.name.partition(".")[0] for alias in names}
            case ast.ImportFrom(module=module, names=names):
                yield from _MODULES & {(module or "").partition(".")[0]}
                wanted = _NAMES | _OF_OS if module in {"os", "posix"} else _NAMES
                yield from wanted & {alias.name for alias in names}
            case ast.Attribute(attr=name):
                if name in _NAMES:
                    yield name
                elif isinstance(node.value, ast.Name) and (node.value.id, name) in _DOTTED:
                    yield f"{node.value.id}.{name}"
            case ast.Name(id=name):
                if name in _NAMES:
                    yield name
            case ast.Call(func=ast.Name(id=name)) if name in _CALLED:
                yield name
            case (
                ast.Call(func=ast.Attribute(attr="import_module"))
                | ast.Call(func=ast.Name(id="import_module"))
            ):
                yield "import_module"
            case ast.FunctionDef(name=name) if name.startswith("pytest_"):
                yield name
            case ast.Constant(value=str(text)):
                yield from _MODULES & {text}
                yield from _NAMES & {text}
                yield from (part for part in _TEXTS if part in text)
