"""Settings of a class that are its base's by oversight."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.definitions import assigned, is_needed_early, lineage
from rpsdg.mutators.reading.lines import cut_statement
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["DroppedClassAttribute"]


class DroppedClassAttribute(Mutator):
    """Drop a class attribute: a class does not set anew what its base class has set.

    Plants
        A name, flag or default of the base class, in a class that needs its own.
    Shows as
        Everything works, as if the object were one of the base class.
    """

    family = "definitions"
    sample = Sample(
        before=(
            "class Animal:\n    legs = 4\n    sound = ''\n\n\nclass Bird(Animal):\n    legs = 2\n"
            "    sound = 'tweet'\n"
        ),
        after="class Animal:\n    legs = 4\n    sound = ''\n\n\nclass Bird(Animal):\n    sound = 'tweet'\n",
        test="def test_legs():\n    assert Bird().legs == 2\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for owner in source.nodes(cst.ClassDef):
            own = _attributes(source, owner)
            if len(owner.body.body) < 2 or not own:
                continue
            inherited: dict[str, bytes] = {}
            for base in reversed(lineage(source, owner)[0]):
                inherited.update((name, value) for name, (value, _) in _attributes(source, base).items())
            for name, (value, line) in own.items():
                if inherited.get(name, value) == value or is_needed_early(source, name):
                    continue
                site = cut_statement(source, line)
                if site is not None:
                    yield site

    def explain(self) -> str:
        return f"The class needs its own value: put {shown(self.old)} back."


def _attributes(source: Source, owner: cst.ClassDef) -> dict[str, tuple[bytes, cst.SimpleStatementLine]]:
    """Return what a class sets, each with its text and its line."""
    found: dict[str, tuple[bytes, cst.SimpleStatementLine]] = {}
    for line in owner.body.body:
        match line:
            case cst.SimpleStatementLine(
                body=[cst.Assign(value=value) | cst.AnnAssign(value=value) as small]
            ):
                name = assigned(small)
                if value is not None and name and not (name.startswith("__") and name.endswith("__")):
                    found[name] = source.text(value), line
            case _:
                pass
    return found
