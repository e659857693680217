"""Handlers that catch more than they were written for."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.exceptions import caught, only_raises, python_exception, testable_handlers
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WidenedHandler"]


class WidenedHandler(Mutator):
    """Widen a handler: an `except` catches a whole family of exceptions where one of them was meant.

    Plants
        An error that should have reached the caller is taken for the expected one.
    Shows as
        A wrong call is answered with a default value, and no exception is raised.
    Seldom caught
        It takes a test in which another exception of the family comes up and should get through.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def parse(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        return None\n"
        ),
        after=(
            "def parse(text):\n    try:\n        return int(text)\n    except Exception:\n"
            "        return None\n"
        ),
        test=(
            "def test_a_list_is_no_text():\n    try:\n        parse([])\n    except TypeError:\n"
            "        return\n    raise AssertionError\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for statement, handler in testable_handlers(source):
            if handler.type is None or handler is not statement.handlers[-1] or only_raises(handler):
                continue
            taken = {name for arm in statement.handlers for name in caught(arm)}
            for wider in _wider(caught(handler)):
                if wider not in taken:
                    yield source.splice(*source.outer(handler.type), _spaced(source, handler, wider))

    def explain(self) -> str:
        return f"The handler catches too much: write `except` {shown(self.old)}, not {shown(self.new)}."


def _wider(names: list[str]) -> list[str]:
    """Return the classes people write when they do not want to be exact, the nearer one first."""
    known = [python_exception(name) for name in names]
    if {"", "Exception", "BaseException"} & set(names):
        return []
    if any(kind is not None and not issubclass(kind, Exception) for kind in known):
        return []
    base = (
        known[0].__base__.__name__ if len(known) == 1 and known[0] is not None and known[0].__base__ else ""
    )
    return [base, "Exception"] if base in {"LookupError", "OSError", "ValueError"} else ["Exception"]


def _spaced(source: Source, handler: cst.ExceptHandler, name: str) -> bytes:
    assert handler.type is not None
    glued = source.data[source.outer(handler.type)[0] - 1 :][:1].isalpha()  # as in `except(A, B):`
    return b" " * glued + name.encode()
