"""Names that are used and were never imported."""

from __future__ import annotations

import re
from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.commas import cut_item
from rpsdg.mutators.reading.definitions import cut_from_module, mentions
from rpsdg.mutators.reading.lines import cut_statement, single
from rpsdg.mutators.reading.places import runs_when_called
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedImport"]

_MOST = 3
"""Uses; what a file needs more often is not forgotten."""

Import = cst.Import | cst.ImportFrom


class DroppedImport(Mutator):
    """Drop an import: a function uses a name that nobody has imported for it.

    Plants
        A name that is only missed when control comes to the line that uses it.
    Shows as
        The module loads and most of it works; one path ends in a `NameError`.
    """

    family = "definitions"
    sample = Sample(
        before="from math import floor, sqrt\n\n\ndef root(x):\n    return floor(sqrt(x))\n",
        after="from math import floor\n\n\ndef root(x):\n    return floor(sqrt(x))\n",
        test="def test_root():\n    assert root(10) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        imports: list[Import] = list(source.nodes(cst.Import, cst.ImportFrom))
        if any(isinstance(statement.names, cst.ImportStar) for statement in imports):
            return  # there the name may come from as well
        for statement in imports:
            line = single(source, statement)
            if line is None or isinstance(statement.names, cst.ImportStar) or _is_future(statement):
                continue
            for index, alias in enumerate(statement.names):
                if not _is_needed_late(source, statement, _bound(alias)):
                    continue
                if len(statement.names) > 1:
                    site = cut_item(source, statement.names, index)
                elif isinstance(source.parent(line), cst.Module):
                    site = cut_from_module(source, line)
                else:
                    site = cut_statement(source, line)
                if site is not None and b"#" not in site.old:
                    yield site

    def explain(self) -> str:
        return f"A name is used that is not imported: put {shown(self.old)} back."


def _is_future(statement: Import) -> bool:
    return isinstance(statement, cst.ImportFrom) and (
        isinstance(statement.module, cst.Name) and statement.module.value == "__future__"
    )


def _bound(alias: cst.ImportAlias) -> str:
    """Return the name that an import binds."""
    return alias.evaluated_alias or alias.evaluated_name.partition(".")[0]


def _is_needed_late(source: Source, statement: Import, name: str) -> bool:
    """Say whether code misses the name, and only when it is called."""
    function = source.enclosing(statement, cst.FunctionDef)
    if function is None and source.parent(source.parent(statement) or statement) is not source.module:
        return False
    found = mentions(source, name)
    if not 1 < len(found) <= 2 * _MOST:
        return False
    first, last = source.span(statement)
    start, end = source.span(function or source.module)
    uses = 0
    for node in found:
        position = source.span(node)[0]
        if first <= position < last:
            continue
        match source.parent(node):
            case cst.Attribute(attr=attribute) if attribute is node:
                continue
            case cst.Param() | cst.ImportAlias() | cst.AsName():
                return False  # it may get a value from there
        if source.is_target(node) or not runs_when_called(source, node):
            return False
        if source.enclosing(node, cst.Annotation) is not None:
            return False
        uses += start <= position < end
    is_public = re.search(rb"['\"]%b['\"]" % re.escape(name.encode()), source.data) is not None
    return 0 < uses <= _MOST and not is_public
