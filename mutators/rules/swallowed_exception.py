"""Handlers that keep to themselves what they caught."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.blocks import block_lines, indent_of
from rpsdg.mutators.reading.exceptions import testable_handlers, without_name
from rpsdg.mutators.reading.leftovers import can_go
from rpsdg.mutators.reading.lines import is_alone, single, statement_lines
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["SwallowedException"]


class SwallowedException(Mutator):
    """Swallow an exception: a handler catches it, and does not raise anything in its place.

    Plants
        The code goes on as if nothing had happened, often without the value it was about to get.
    Shows as
        No exception where one is documented, or a confusing one further down.
    """

    family = "exceptions"
    sample = Sample(
        before=(
            "def load(table, key):\n    try:\n        return table[key]\n    except KeyError as error:\n"
            "        raise LookupError('no such entry') from error\n"
        ),
        after=(
            "def load(table, key):\n    try:\n        return table[key]\n    except KeyError:\n        pass\n"
        ),
        test=(
            "def test_unknown_key():\n    try:\n        load({}, 1)\n    except LookupError:\n"
            "        return\n    raise AssertionError\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        yield from sorted(_found(source), key=lambda site: site.start)

    def explain(self) -> str:
        if self.new:
            return f"The exception is swallowed: write {shown(self.old)}, not {shown(self.new)}."
        return f"The exception is swallowed: put {shown(self.old)} back at the end of the handler."


def _found(source: Source) -> Iterator[Site]:
    for statement, handler in testable_handlers(source):
        block = handler.body
        last = block.body[-1]
        if not isinstance(block, cst.IndentedBlock) or not isinstance(last, cst.SimpleStatementLine):
            continue
        if not isinstance(last.body[0], cst.Raise) or single(source, last.body[0]) is None:
            continue
        if is_alone(last, block) and len(statement.handlers) > 1 and last.body[0].exc is None:
            continue  # it shields the exception from the next handler
        site = _without_raise(source, last, block)
        widened = without_name(source, handler, site)
        end = site.start + len(site.old)
        if widened != site or can_go(source, last, site.start, end, may_be_missed=True):
            yield widened


def _without_raise(source: Source, line: cst.SimpleStatementLine, block: cst.IndentedBlock) -> Site:
    if not is_alone(line, block):
        return source.cut(*statement_lines(source, line, block))
    start, end = block_lines(source, block)
    eol = b"\r\n" if source.data[:end].endswith(b"\r\n") else b"\n"
    return source.splice(start, end, indent_of(source, line) + b"pass" + eol)
