"""Byte code made once for runs that are born of one process, instead of in each of them.

Nothing is written where one run could change what another one loads: the byte code lies in the memory of the
process that bears them, which compiles the sources itself and executes none of them. A run takes what was
made of the very same text under the same name, and compiles what differs.
"""

from __future__ import annotations

import importlib.machinery
import inspect
import os
import pathlib
import sys
import time
import types
from typing import Any, Dict, List, Sequence, Tuple

from _pytest.assertion import rewrite

from . import explaining

LONGEST = 10.0  # seconds; what a run lacks after that, it compiles itself

Source = Tuple[str, bytes]


def loaded(tree: str) -> List[Tuple[str, bool]]:
    """Return the source files of a folder that this process has loaded, and whether pytest rewrote them."""
    found = []
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None)
        if isinstance(path, str) and os.path.isfile(path) and os.path.realpath(path).startswith(tree):
            loader = getattr(module, "__loader__", None)
            found.append((path, isinstance(loader, rewrite.AssertionRewritingHook)))
    return found


class Compiled:
    """The byte code of some files as they were when this was made."""

    def __init__(self, files: Sequence[Tuple[str, bool]]) -> None:
        self.sources: List[Tuple[Source, bool]] = []
        for path, rewritten in files:
            try:
                with open(path, "rb") as file:
                    self.sources.append(((path, file.read()), rewritten))
            except OSError:  # it was there for a moment
                continue
        self.plain: Dict[Source, types.CodeType] = {}
        self.rewritten: Dict[Source, Tuple[Any, types.CodeType]] = {}  # behind what pytest tells it by
        self.outlines: Dict[Tuple[str, ...], Any] = {}

    def prepare(self) -> None:
        """Compile what is not compiled yet."""
        until = time.monotonic() + LONGEST
        while self.sources and time.monotonic() < until:
            source, rewritten = self.sources.pop()
            try:
                if rewritten:
                    self._rewrite(source)
                else:
                    self.plain[source] = compile(source[1], source[0], "exec", dont_inherit=True)
            except (SyntaxError, ValueError, RecursionError, MemoryError):  # the run will say so
                continue

    def _rewrite(self, source: Source) -> None:
        path, data = source
        rewriting = _rewriting()
        if rewriting is None:
            return
        with open(path, "rb") as file:
            if file.read() != data:  # pytest reads it itself, and a candidate may lie there
                return
        self.rewritten[source] = rewriting(pathlib.Path(path), None)
        lines = tuple(line.rstrip() for line in data.decode("utf-8").splitlines())
        self.outlines[lines] = explaining.statements("\n".join(lines))

    def install(self) -> None:
        """Let this process take what was compiled."""
        explaining.known.update(self.outlines)
        loader: Any = importlib.machinery.SourceFileLoader
        compiling = loader.source_to_code

        def source_to_code(self_: Any, data: Any, path: Any, *, _optimize: int = -1) -> Any:
            found = self.plain.get((path, data)) if type(data) is bytes and _optimize == -1 else None
            return compiling(self_, data, path, _optimize=_optimize) if found is None else found

        loader.source_to_code = source_to_code
        rewriting = _rewriting()
        if rewriting is None:
            return

        def rewrite_test(fn: pathlib.Path, config: Any) -> Any:
            found = None if _wants_hooks(config) else self.rewritten.get((str(fn), fn.read_bytes()))
            if found is None:
                return rewriting(fn, config)
            told, code = found
            return (told if isinstance(told, bytes) else os.stat(str(fn))), code

        rewrite._rewrite_test = rewrite_test  # noqa: SLF001 - there is no other way


def _rewriting() -> Any:
    """Return pytest's function that reads and rewrites a file of tests, if this version has it."""
    function: Any = getattr(rewrite, "_rewrite_test", None)
    known = function is not None and list(inspect.signature(function).parameters) == ["fn", "config"]
    return function if known else None


def _wants_hooks(config: Any) -> bool:
    """Say whether pytest writes more into a file than it does by default."""
    try:
        return bool(config.getini("enable_assertion_pass_hook"))
    except ValueError:  # a version that does not know it
        return False
