"""Helper functions that are not there, though something calls them."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import cut_definition, is_needed_early, mentions
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedHelper"]

_MOST = 25
"""Lines; a longer function is not forgotten."""


class DroppedHelper(Mutator):
    """Drop a helper: a private function of the module, which others call, is not there.

    Plants
        A step of some other function that has yet to be written.
    Shows as
        A `NameError` in whatever needs the helper.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "def _checked(x):\n    return x if x else 1\n\n\n"
            "def ratio(a, b):\n    return _checked(a) / _checked(b)\n"
        ),
        after="def ratio(a, b):\n    return _checked(a) / _checked(b)\n",
        test="def test_zero():\n    assert ratio(3, 0) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for function in source.nodes(cst.FunctionDef):
            name = function.name.value
            if not name.startswith("_") or name.startswith("__") or function.decorators:
                continue
            if source.parent(function) is not source.module or source.text(function).count(b"\n") > _MOST:
                continue
            start, end = source.span(function)
            uses = [node for node in mentions(source, name) if not start < source.span(node)[0] < end]
            if uses and not is_needed_early(source, name) and _is_only_one(source, name):
                site = cut_definition(source, function)
                if site is not None:
                    yield site

    def explain(self) -> str:
        return f"A function is called that is not there: put {shown(self.old)} back."


def _is_only_one(source: Source, name: str) -> bool:
    """Say whether nothing else gives the name a value."""
    twins = [node for node in source.nodes(cst.FunctionDef) if node.name.value == name]
    return len(twins) == 1 and not any(source.is_target(node) for node in mentions(source, name))
