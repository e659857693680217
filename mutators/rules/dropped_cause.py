"""Exceptions that do not tell what caused them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.exceptions import testable_handlers, without_name
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedCause"]


class DroppedCause(Mutator):
    """Drop a cause: an exception is raised in place of another one, and does not name it as its cause.

    Plants
        `__cause__` is empty, or a context that was to be hidden is shown.
    Shows as
        The right exception with the wrong history; only who looks at that notices.
    Seldom caught
        A test asks which exception comes, with `pytest.raises`, and hardly ever looks at its
        `__cause__` or at the printed history.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def port(text):\n    try:\n        return int(text)\n    except ValueError as error:\n"
            "        raise LookupError(text) from error\n"
        ),
        after=(
            "def port(text):\n    try:\n        return int(text)\n    except ValueError:\n"
            "        raise LookupError(text)\n"
        ),
        test=(
            "def test_cause():\n    try:\n        port('x')\n    except LookupError as error:\n"
            "        assert isinstance(error.__cause__, ValueError)\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from sorted(_found(source), key=lambda site: site.start)

    def explain(self) -> str:
        if self.new:
            return f"The cause is not passed on: write {shown(self.old)}, not {shown(self.new)}."
        return f"The cause is not passed on: add {shown(self.old)} to the `raise`."


def _found(source: Source) -> Iterator[Site]:
    handlers = {handler for _, handler in testable_handlers(source)}
    for statement in source.nodes(cst.Raise):
        handler = source.enclosing(statement, cst.ExceptHandler)
        if statement.exc is None or statement.cause is None or handler not in handlers:
            continue
        end = source.outer(statement.exc)[1]
        if not source.data[end : source.outer(statement.cause.item)[0]].strip(b" \tfrom"):
            yield without_name(source, handler, source.cut(end, source.outer(statement.cause.item)[1]))
