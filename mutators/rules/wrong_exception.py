"""Errors that are reported as another kind of error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import libcst as cst

from rpsdg.mutators.mutator import Mutator, Sample
from rpsdg.mutators.reading.exceptions import last_name, python_exception
from rpsdg.mutators.reading.source import Site, Source
from rpsdg.mutators.wording import shown

__all__ = ["WrongException"]

_NEAR = {
    "AssertionError": ["ValueError"],
    "AttributeError": ["TypeError"],
    "EOFError": ["ValueError"],
    "FileExistsError": ["FileNotFoundError"],
    "FileNotFoundError": ["ValueError"],
    "IndexError": ["KeyError", "ValueError"],
    "IsADirectoryError": ["FileNotFoundError"],
    "KeyError": ["IndexError", "ValueError"],
    "LookupError": ["ValueError"],
    "NotADirectoryError": ["FileNotFoundError"],
    "OverflowError": ["ValueError"],
    "RuntimeError": ["ValueError"],
    "StopAsyncIteration": ["StopIteration"],
    "TypeError": ["ValueError"],
    "ValueError": ["TypeError"],
    "ZeroDivisionError": ["ValueError"],
}
"""What else people raise where they mean this. A base class comes last: many tests ask for no more."""


class WrongException(Mutator):
    """Raise the wrong exception: the error is noticed, and reported as another kind of error.

    Plants
        Callers that catch what is documented do not catch this.
    Shows as
        A `pytest.raises` that sees another type, or a fallback that is never taken.
    """

    family = "exceptions"
    sample = Sample(
        before="def root(x):\n    if x < 0:\n        raise ValueError(x)\n    return x**0.5\n",
        after="def root(x):\n    if x < 0:\n        raise TypeError(x)\n    return x**0.5\n",
        test=(
            "def test_negative():\n    try:\n        root(-1)\n    except ValueError:\n        return\n"
            "    raise AssertionError\n"
        ),
    )

    @classmethod
    def sites(cls, source: Source) -> Iterator[Site]:
        siblings = _siblings(source)
        for statement in source.nodes(cst.Raise):
            match statement.exc:
                case cst.Name() as kind:
                    args: list[cst.Arg] = []
                case cst.Call(func=cst.Name() as kind, args=found):
                    args = list(found)
                case _:
                    continue
            function = source.enclosing(statement, cst.FunctionDef)
            if function is None:
                continue
            for other in _others(kind.value, function.name.value, siblings, args):
                yield source.replace(kind, other.encode())

    def explain(self) -> str:
        return f"The wrong exception is raised: write {shown(self.old)}, not {shown(self.new)}."


def _others(name: str, function: str, siblings: Mapping[str, list[str]], args: list[cst.Arg]) -> list[str]:
    """Return what may be raised in place of the class `name`, at most two."""
    if name in siblings:
        others = siblings[name]
        named = any(arg.keyword for arg in args)
        return [other for other in others if not named or python_exception(other) is None][:2]
    if function.startswith("__getattr"):
        return ["KeyError"] if name == "AttributeError" else []
    return _NEAR.get(name, [])


def _siblings(source: Source) -> dict[str, list[str]]:
    """Return for each exception class of this file the others with the same base, the next one first.

    A class that has none gets its base, if that says what kind of error it is.
    """
    families: defaultdict[str, list[str]] = defaultdict(list)
    for node in source.nodes(cst.ClassDef):
        base = last_name(node.bases[0].value) if node.bases else ""
        if not base.endswith(("Error", "Exception", "Warning")) or not isinstance(
            source.parent(node), cst.Module
        ):
            continue
        if not any(isinstance(inner, cst.FunctionDef) for inner in node.body.body):
            families[base].append(node.name.value)  # with an __init__ of its own it may need other arguments
    found: dict[str, list[str]] = {}
    for base, names in families.items():
        for index, name in enumerate(names):
            others = names[index + 1 :] + names[:index]
            named = python_exception(base) is not None and base not in {"Exception", "BaseException"}
            found[name] = others or ([base] if named else [])
    return found
