"""`True` where `False` was meant, and the other way round."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.places import is_for_people
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["FlippedBoolean"]

_OTHER = {"True": b"False", "False": b"True"}
_UNSEEN = {"daemon", "slots", "stacklevel", "check_circular", "init", "compare", "hash", "weakref_slot"}
"""Keywords whose value hardly a test sees."""


class FlippedBoolean(Mutator):
    """Flip a truth: an option is switched on that should be off, or a flag starts with the wrong value.

    Plants
        An option, a flag or an entry of a table says the opposite.
    Shows as
        Everything runs, but sorted the other way, strict where it should be lenient, done when it is not.
    """

    family = "literals"
    sample = Sample(
        before="def best(scores):\n    return sorted(scores, reverse=True)[0]\n",
        after="def best(scores):\n    return sorted(scores, reverse=False)[0]\n",
        test="def test_best():\n    assert best([1, 3, 2]) == 3\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        for name in source.nodes(cst.Name):
            if name.value in _OTHER and _is_set(source, name):
                yield source.replace(name, _OTHER[name.value])

    def explain(self) -> str:
        return f"The value is the opposite of what was meant: write {shown(self.old)}, not {shown(self.new)}."


def _is_set(source: Source, name: cst.Name) -> bool:
    """Say whether the truth is assigned or passed; what a function returns is not for this rule."""
    match source.parent(name):
        case cst.Arg(keyword=keyword, star=""):
            unseen = keyword is not None and keyword.value in _UNSEEN
            return not unseen and not is_for_people(source, name)
        case cst.Assign(value=value):
            return value is name
        case cst.DictElement(value=value):
            return value is name
        case _:
            return False
