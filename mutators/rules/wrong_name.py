"""The right kind of variable, but not the right one."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.bindings import Binding, Function, functions, use
from rpsdg.mutators.reading.kinds import clashing, kinds
from rpsdg.mutators.reading.likeness import alike, is_plural, spelling
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.source import Site, Source
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
    others = [b for b in visible.values() if _is_ordinary(b.name) and _fits(source, function, name, b.name)]
    likeness = {other.name: _likeness(function, meant, other) for other in others}
    likely = [
        other
        for other, value in likeness.items()
        if value >= _LEAST_LIKENESS and not _is_repetition(source, name, other)
    ]
    most = 1 if len(name.value) == 1 else _ALTERNATIVES  # formulas are full of letters
    return sorted(likely, key=lambda other: (-likeness[other], other))[:most]


def _is_ordinary(name: str) -> bool:
    return name not in {"self", "cls", "_"} and not name.startswith("__")


def _fits(source: Source, function: Function, name: cst.Name, other: str) -> bool:
    """Say whether `other` may hold a value of the same type, one that can do what is asked of it here."""
    types = kinds(source, function)
    if clashing(types[name.value], types[other]) or is_plural(name.value, other):
        return False
    uses = function.uses.get(other, frozenset())
    here = use(source, name)
    if here.startswith("."):
        return here in uses or not any(found.startswith(".") for found in uses)
    return True


def _is_repetition(source: Source, name: cst.Name, other: str) -> bool:
    """Say whether the same thing would be said twice; passing one of two near namesakes twice does happen."""
    differ = spelling(name.value, other) < 0.5
    return repeats(source, name, other.encode(), arguments=differ)


def _likeness(function: Function, one: Binding, other: Binding) -> float:
    """Return how easily two variables are confused: bound together, used alike, spelt alike."""
    together = 0.0
    if one.binder is other.binder:
        together = 0.25 if isinstance(one.binder, cst.Parameters) else 0.5
    uses = function.uses.get(one.name, frozenset()), function.uses.get(other.name, frozenset())
    return together + alike(*uses) + spelling(one.name, other.name)
