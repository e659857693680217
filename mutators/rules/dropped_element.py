"""Lists, tuples, sets and dictionaries that lack one entry."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.reading.spread import evenly, thinned
from rpsdg.mutators.wording import shown

__all__ = ["DroppedElement"]

_MOST = 12
"""Elements of one display: a long table would drown everything else."""

Display = cst.List | cst.Tuple | cst.Set | cst.Dict


class DroppedElement(Mutator):
    """Drop an element: a list, tuple, set or dictionary written out in the code lacks one entry.

    Plants
        A case, name or default that everything but this one place knows about.
    Shows as
        One value is not recognised, one key is missing, one column is gone; all others work.
    """

    family = "elements"
    sample = Sample(
        before="TRUTHS = {'yes', 'on', 'true'}\n\n\ndef is_true(word):\n    return word in TRUTHS\n",
        after="TRUTHS = {'yes', 'true'}\n\n\ndef is_true(word):\n    return word in TRUTHS\n",
        test="def test_on_is_true():\n    assert is_true('on')\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from thinned(source, list(_shortened(source)))

    def explain(self) -> str:
        if self.new:
            return f"An element is missing: write {shown(self.old)}, not {shown(self.new)}."
        return f"An element is missing: put {shown(self.old)} back."


def _shortened(source: Source) -> Iterator[Site]:
    displays: Iterator[Display] = source.nodes(cst.List, cst.Tuple, cst.Set, cst.Dict)
    for display in displays:
        if len(display.elements) < 2 or source.is_target(display) or _has_fixed_length(source, display):
            continue
        for index in evenly(range(len(display.elements)), _MOST):
            if isinstance(display, cst.Tuple) and len(display.elements) == 2:
                site = _single(source, display, index)
            else:
                site = cut_item(source, display.elements, index)
            if site is not None:
                yield site


def _has_fixed_length(source: Source, display: Display) -> bool:
    """Say whether every reader would see at once that an element is missing."""
    around = source.parent(display)
    if isinstance(around, cst.Assign) and any(
        isinstance(t.target, cst.Tuple | cst.List) for t in around.targets
    ):
        return True
    if not isinstance(display, cst.Tuple):
        return False
    if isinstance(around, cst.Element | cst.DictElement | cst.Index):
        return True  # a row of a table, or a key of several parts
    if isinstance(around, cst.Arg) and _checks_type(source, around):
        return True
    if isinstance(around, cst.ExceptHandler):
        return True  # the handler that is narrowed has a rule of its own
    return len(display.elements) == 2 and not display.lpar  # `return a,` is not what people write


def _checks_type(source: Source, arg: cst.Arg) -> bool:
    """Say whether the tuple names the types of an `isinstance`, which has a rule of its own."""
    call = source.parent(arg)
    return isinstance(call, cst.Call) and source.text(call.func) in {b"isinstance", b"issubclass"}


def _single(source: Source, pair: cst.Tuple, dropped: int) -> Site | None:
    """Leave one element of a pair, with the comma that keeps it a tuple."""
    first, second = (source.text(element) for element in pair.elements)
    if first == second and dropped == 1:
        return None  # the same as without the first
    if isinstance(pair.elements[1].comma, cst.Comma):
        return cut_item(source, pair.elements, dropped)
    kept = first if dropped == 1 else second
    return source.splice(*source.outer(pair), b"(" + kept + b",)")
