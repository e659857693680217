"""Parameters renamed everywhere but in one call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Self

from rpsdg.mutators.half_done import HalfDone, few
from rpsdg.mutators.mutator import Edit, Sample
from rpsdg.mutators.project import Function, Parameter, Project, place
from rpsdg.mutators.reading.naming import renamed
from rpsdg.mutators.wording import shown
from rpsdg.sandbox.tree import Tree

__all__ = ["HalfRenamedParameter"]


class HalfRenamedParameter(HalfDone):
    """Rename a parameter but not in every call: one caller still passes it by its old name.

    Plants
        A signature that changed while a keyword argument somewhere did not.
    Shows as
        A `TypeError` about an unexpected keyword argument, in one of several callers.
    """

    family = "rewrites"
    sample = Sample(
        before=(
            "def _table(rows, col=1):\n    return [row[col] for row in rows]\n\n\n"
            "def names(rows):\n    return _table(rows, col=0)\n\n\n"
            "def ages(rows):\n    return _table(rows)\n"
        ),
        after=(
            "def _table(rows, column=1):\n    return [row[column] for row in rows]\n\n\n"
            "def names(rows):\n    return _table(rows, col=0)\n\n\n"
            "def ages(rows):\n    return _table(rows)\n"
        ),
        test="def test_names_come_first():\n    assert names([('Ann', 30)]) == ['Ann']\n",
    )

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        functions = [function for function in Project.of(state).functions if _is_clear(function)]
        pairs = (
            (function, one) for function in functions for one in function.positional + function.keyword_only
        )
        yield from few(move for function, one in pairs for move in cls._half_renamed(function, one))

    @classmethod
    def _half_renamed(cls, function: Function, parameter: Parameter) -> Iterator[Self]:
        calls = [
            (reference, argument)
            for reference in function.references
            for argument in reference.arguments or ()
            if argument.keyword == parameter.name
        ]
        if not calls or not parameter.uses:
            return
        new = renamed(parameter.name, function.words.__contains__)
        stale = next((reference for reference, _ in reversed(calls) if reference.scope), None)
        if new is None or stale is None:
            return
        places = [(function.path, start) for start in (parameter.start, *parameter.uses)]
        places += [
            (reference.path, argument.start) for reference, argument in calls if reference is not stale
        ]
        if len(set(places)) == len(places):
            edits = [Edit(*where, parameter.name.encode(), new.encode()) for where in places]
            yield cls.forgetting(f"the call in {place(stale.scope, stale.path)}", edits)

    def explain(self) -> str:
        return (
            f"The parameter {shown(self.old)} became {shown(self.new)}, but {self.about} still passes it by "
            "its old name: let signature and calls agree on one name again."
        )


def _is_clear(function: Function) -> bool:
    """Say whether every use of the function is a call that shows which keywords it passes."""
    references = [one for one in function.references if not one.imported]
    if function.decorators - {"staticmethod", "classmethod", "cache", "lru_cache", "contextmanager"}:
        return False
    references = [one for one in function.references if not one.imported]
    return all(one.arguments is not None and not any(a.starred for a in one.arguments) for one in references)
