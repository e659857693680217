"""The right kind of variable, but not the right one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

import libcst as cst

from rpsdg.mutators.bindings import Binding, Function, functions
from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongName"]

_ALTERNATIVES = 2
_LEAST_LIKENESS = 0.75


class WrongName(Mutator):
    """Read the wrong name: a variable is used where another one of the same function was meant.

    Plants
        A mix-up of two variables that look alike or serve alike.
    Shows as
        Results are right only when both variables happen to hold the same value.
    """

    family = "names"
    sample = Sample(
        before="def clamp(x, low, high):\n    return low if x < low else high if x > high else x\n",
        after="def clamp(x, low, high):\n    return low if x < low else low if x > high else x\n",
        test="def test_within_limits():\n    assert clamp(99, 1, 9) == 9\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for function in functions(source):
            for name in function.reads:
                for other in _confusable(source, function, name):
                    yield source.replace(name, other.encode())

    def explain(self) -> str:
        return f"The wrong variable is read: write {shown(self.old)}, not {shown(self.new)}."


def _confusable(source: Source, function: Function, name: cst.Name) -> list[str]:
    """Return the names most easily taken for `name` where it is read, the likeliest first."""
    around = source.parent(name)
    if not _is_ordinary(name.value) or isinstance(around, cst.Call):
        return []  # another value in place of a function would raise at once
    visible = {binding.name: binding for binding in function.visible(source.span(name)[0])}
    meant = visible.pop(name.value, None)
    if meant is None:
        return []
    if isinstance(around, cst.Assign):
        for target in around.targets:  # `x = x` would catch the eye
            visible.pop(source.text(target.target).decode(), None)
    others = [other for other in visible.values() if _is_ordinary(other.name)]
    likeness = {other.name: _likeness(function, meant, other) for other in others}
    likely = [other for other, value in likeness.items() if value >= _LEAST_LIKENESS]
    return sorted(likely, key=lambda other: (-likeness[other], other))[:_ALTERNATIVES]


def _is_ordinary(name: str) -> bool:
    return name not in {"self", "cls", "_"} and not name.startswith("__")


def _likeness(function: Function, one: Binding, other: Binding) -> float:
    """Return how easily two variables are confused: bound together, used alike, spelt alike."""
    together = one.binder is other.binder
    uses = function.uses.get(one.name, frozenset()), function.uses.get(other.name, frozenset())
    alike = len(uses[0] & uses[1]) / max(len(uses[0] | uses[1]), 1)
    return 0.5 * together + alike + _spelling(one.name, other.name)


def _spelling(one: str, other: str) -> float:
    """Return which share of the longer name is a beginning or an end that both names have.

    >>> _spelling("start_line", "end_line"), _spelling("i", "j")
    (0.5, 0.5)
    """
    if len(one) == len(other) == 1:
        return 0.5
    shared = _common_head(one, other) + _common_head(one[::-1], other[::-1])
    return min(shared, len(one), len(other)) / max(len(one), len(other))


def _common_head(one: str, other: str) -> int:
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
