"""Results that are worked out and thrown away."""

from __future__ import annotations

import builtins
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.effects import callee
from rpsdg.mutators.reading.endings import is_generator
from rpsdg.mutators.reading.lines import single
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["MissingReturn"]

_PURE = frozenset(dir(builtins)) | frozenset(
    name for kind in (str, bytes, dict, tuple, int) for name in dir(kind) if not name.startswith("__")
) - {"pop", "popitem", "setdefault", "update"}
"""Functions that nobody calls for what they do."""


class MissingReturn(Mutator):
    """Forget to return: the last call is made, and what it gives back goes nowhere.

    Plants
        A function that does its work and returns `None`.
    Shows as
        `None` where a result was expected, or an error one call further on.
    """

    family = "returns"
    sample = Sample(
        before="def depth(tree, n=0):\n    if tree:\n        return depth(tree[0], n + 1)\n    return n\n",
        after="def depth(tree, n=0):\n    if tree:\n        depth(tree[0], n + 1)\n    return n\n",
        test="def test_depth():\n    assert depth([[[]]]) == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement in source.nodes(cst.Return):
            value = statement.value
            call = value.expression if isinstance(value, cst.Await) else value
            if not isinstance(call, cst.Call) or value is None or not _does_something(call):
                continue
            function = source.enclosing(statement, cst.FunctionDef)
            if function is None or single(source, statement) is None or is_generator(source, function):
                continue
            yield source.cut(source.span(statement)[0], source.outer(value)[0])

    def explain(self) -> str:
        return f"The result is thrown away: put {shown(self.old)} before the call."


def _does_something(call: cst.Call) -> bool:
    """Say whether the call may well stand on a line of its own."""
    name = callee(call).lstrip("_")
    if isinstance(call.func, cst.Attribute) and isinstance(call.func.value, cst.BaseString):
        return False
    return bool(name) and name not in _PURE and not name[0].isupper() and not name.startswith(("is", "has"))
