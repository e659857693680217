"""Types as far as the text tells, whatever was asked in between."""

from __future__ import annotations

from rpsdg.mutators.reading.bindings import functions
from rpsdg.mutators.reading.kinds import kinds
from rpsdg.mutators.reading.source import Source

_MANY = 40
"""More files than any of what was worked out is kept of."""


def test_a_function_that_is_found_again_has_its_types_again() -> None:
    source = Source(b"def f(items):\n    count = len(items)\n    return count\n")
    (function,) = functions(source)
    assert kinds(source, function)["count"] == "int"
    for number in range(_MANY):  # as rules do that do not ask for types
        functions(Source(b"def g%d(): pass\n" % number))
    (again,) = functions(source)
    assert again is not function
    assert kinds(source, again) == kinds(source, function)
