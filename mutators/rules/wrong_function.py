"""The right arguments, but not the right function."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.imports import Imported
from rpsdg.mutators.reading.likeness import closest
from rpsdg.mutators.reading.repetition import repeats
from rpsdg.mutators.reading.signatures import callables
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongFunction"]

_BUILTIN = {
    "min": "max",
    "max": "min",
    "any": "all",
    "all": "any",
    "repr": "str",
    "int": "float",
    "float": "int",
}
_OF_A_MODULE = {
    ("math", "floor"): "ceil", ("math", "ceil"): "floor", ("copy", "deepcopy"): "copy",
    ("path", "basename"): "dirname", ("path", "dirname"): "basename", ("path", "isfile"): "exists",
    ("path", "isdir"): "exists", ("path", "exists"): "isfile", ("path", "realpath"): "abspath",
    ("path", "abspath"): "normpath", ("path", "lexists"): "exists", ("re", "match"): "search",
    ("re", "search"): "match", ("re", "fullmatch"): "match", ("os", "stat"): "lstat",
    ("os", "lstat"): "stat", ("bisect", "bisect_left"): "bisect_right",
    ("bisect", "bisect_right"): "bisect_left", ("time", "monotonic"): "time", ("time", "gmtime"): "localtime",
    ("time", "localtime"): "gmtime", ("operator", "lt"): "le", ("operator", "gt"): "ge",
}  # fmt: skip


class WrongFunction(Mutator):
    """Call the wrong function: another one of the module, or of Python, takes the same arguments.

    Plants
        `min` for `max`, `floor` for `ceil`, or a function for its neighbour of a similar name.
    Shows as
        Right where the two functions agree; elsewhere the opposite, or a close relative, of what was asked.
    """

    family = "members"
    sample = Sample(
        before="def at_least_zero(xs):\n    return [max(x, 0) for x in xs]\n",
        after="def at_least_zero(xs):\n    return [min(x, 0) for x in xs]\n",
        test="def test_positive_numbers_stay():\n    assert at_least_zero([1, -1]) == [1, 0]\n",
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        imported = Imported(source)
        for call in source.nodes(cst.Call):
            if source.enclosing(call, cst.FunctionDef) is None:
                continue
            match call.func:
                case cst.Name(name) as func if name in _BUILTIN:
                    if _is_plain(call, name):
                        yield source.replace(func, _BUILTIN[name].encode())
                case cst.Name() as func:
                    for other in imported.siblings(call) or _neighbours(source, call, func):
                        yield source.replace(func, other.encode())
                case cst.Attribute(value=owner, attr=attribute):
                    module = source.text(owner).decode().rpartition(".")[2]
                    fixed = _OF_A_MODULE.get((module, attribute.value))
                    for other in [fixed] if fixed else imported.relatives(call):
                        if not repeats(source, attribute, other.encode()):
                            yield source.replace(attribute, other.encode())

    def explain(self) -> str:
        return f"The wrong function is called: write {shown(self.old)}, not {shown(self.new)}."


def _is_plain(call: cst.Call, name: str) -> bool:
    """Say whether the builtin's counterpart takes the same arguments."""
    if name in {"min", "max"}:
        return True
    return len(call.args) == 1 and call.args[0].keyword is None and not call.args[0].star


def _neighbours(source: Source, call: cst.Call, func: cst.Name) -> list[str]:
    """Return the functions of this module that the call could mean as well, the likeliest first."""
    known = callables(source)
    meant = known.functions.get(func.value)
    if meant is None or meant.free(call) is None:
        return []
    inside = source.enclosing(call, cst.FunctionDef)
    others = {
        other.name
        for other in known.functions.values()
        if other.node is not inside
        and other.free(call) is not None
        and other.decorators == meant.decorators
        and other.returns_value == meant.returns_value
    }
    return closest(func.value, others)
