"""Arguments passed under another parameter's name."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.kinds import clashing, kind_by_convention, kind_of
from rpsdg.mutators.reading.likeness import is_counterpart, is_plural, spelling
from rpsdg.mutators.reading.signatures import Signature, callables
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongKeyword"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.3


class WrongKeyword(Mutator):
    """Pass it under the wrong name: a keyword argument goes to another parameter of the function.

    Plants
        One parameter keeps its default, and another gets a value that was not meant for it.
    Shows as
        The option that is asked for has no effect, and another one is on.
    """

    family = "arguments"
    sample = Sample(
        before="def show(text, before='', after=''):\n    return before + text + after\n\n\n"
        "def ask(text):\n    return show(text, after='?')\n",
        after="def show(text, before='', after=''):\n    return before + text + after\n\n\n"
        "def ask(text):\n    return show(text, before='?')\n",
        test="def test_question():\n    assert ask('why') == 'why?'\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        known = callables(source)
        for call in source.nodes(cst.Call):
            if source.enclosing(call, cst.FunctionDef) is None:
                continue
            meant = known.meant(source, call)
            for arg in call.args if meant is not None else ():
                if meant is not None and arg.keyword is not None:
                    for other in _confusable(meant, call, arg.keyword.value):
                        yield source.replace(arg.keyword, other.encode())

    def explain(self) -> str:
        return f"The argument goes to the wrong parameter: write {shown(self.old)}, not {shown(self.new)}."


def _confusable(meant: Signature, call: cst.Call, keyword: str) -> list[str]:
    """Return the optional parameters most easily taken for one that is passed, the likeliest first."""
    passed = next((p for p in meant.parameters if p.name.value == keyword and p.default is not None), None)
    free = meant.free(call)
    if passed is None or free is None:
        return []
    likeness = {
        p.name.value: spelling(p.name.value, keyword)
        + 0.5 * is_counterpart(p.name.value, keyword)
        + _same(p, passed)
        for p in free
        if not clashing(_kind(p), _kind(passed)) and not is_plural(p.name.value, keyword)
    }
    likely = [other for other, value in likeness.items() if value >= _LEAST_LIKENESS]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]


def _same(one: cst.Param, other: cst.Param) -> float:
    return 0.3 if _kind(one) and _kind(one) == _kind(other) else 0.0


def _kind(parameter: cst.Param) -> str:
    return kind_of(parameter.default) or kind_by_convention(parameter.name.value)
