"""Handlers that miss one of the exceptions they are there for."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.exceptions import caught, covers, testable_handlers
from rpsdg.mutators.reading.source import Site, Source, descendants
from rpsdg.mutators.wording import shown

__all__ = ["NarrowedHandler"]

_SUBCLASSES = {
    "ArithmeticError": ["ZeroDivisionError"],
    "EnvironmentError": ["FileNotFoundError"],
    "Exception": ["ValueError"],
    "IOError": ["FileNotFoundError"],
    "LookupError": ["KeyError", "IndexError"],
    "OSError": ["FileNotFoundError"],
}
"""The class that comes to mind first where the whole family was meant."""


class NarrowedHandler(Mutator):
    """Narrow a handler: an `except` catches one exception less than can happen.

    Plants
        A list of exception types lacks one, or a subclass stands where its base class was meant.
    Shows as
        Most bad inputs are still dealt with, and one kind of them raises.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def parse(text):\n    try:\n        return int(text)\n    except (TypeError, ValueError):\n"
            "        return None\n"
        ),
        after=(
            "def parse(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        return None\n"
        ),
        test="def test_none_is_no_number():\n    assert parse(None) is None\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement, handler in testable_handlers(source):
            match handler.type:
                case cst.Tuple(elements=elements) as kinds if len(elements) > 1:
                    yield from _shortened(source, kinds, caught(handler))
                case cst.Name(name) if not _imports(statement.body):
                    taken = {name for arm in statement.handlers for name in caught(arm)}
                    for narrower in _SUBCLASSES.get(name, ()):
                        if narrower not in taken:
                            yield source.replace(handler.type, narrower.encode())

    def explain(self) -> str:
        if self.new:
            return f"The handler catches too little: write {shown(self.old)}, not {shown(self.new)}."
        return f"The handler catches too little: add {shown(self.old)} to what it catches."


def _shortened(source: Source, kinds: cst.Tuple, names: list[str]) -> Iterator[Site]:
    for index, name in enumerate(names):
        others = names[:index] + names[index + 1 :]
        if any(covers(other, name) for other in others):
            continue  # still caught
        if len(others) == 1:
            kept = source.text(kinds.elements[1 - index].value)
            start, end = source.outer(kinds)
            glued = source.data[start - 1 : start].isalpha()
            yield source.splice(start, end, b" " * glued + kept)
        elif (site := cut_item(source, kinds.elements, index)) is not None:
            yield site


def _imports(body: cst.BaseSuite) -> bool:
    """Say whether the handler is there for a module that may be missing."""
    return any(isinstance(node, cst.Import | cst.ImportFrom) for node in descendants(body))
