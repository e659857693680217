"""What the tables of cases share."""

from __future__ import annotations

from rpsdg.mutators.rules import all_mutators
from rpsdg.sandbox.tree import Entry, Tree


def mutants(rule: str, before: str) -> list[str]:
    """Return every program that a mutator makes of one, in order; each of them compiles."""
    tree = Tree({"program.py": Entry(before.encode())})
    found = [move.apply(tree)["program.py"].data.decode() for move in all_mutators()[rule].find(tree)]
    for program in found:
        compile(program, "program.py", "exec")
    return found
