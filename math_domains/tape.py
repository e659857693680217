"""A worked solution while it is being laid: states in solution order, with the move that each step undoes."""

from __future__ import annotations

from collections.abc import Sequence

from rpsdg.traces.kernel import Walk

from .place import MisplacedError
from .rewriting import Rewrite, Values
from .trees import Path, Tree

__all__ = ["Tape", "next_move"]

_LONGEST = 40
"""Steps after which a solution is no lesson any more."""


class Tape:
    """The way from a problem to its answer.

    It is laid by the solver's steps. Each of them can be taken back, so that it is the reverse of a walk from
    the answer, which is what was chosen first.
    """

    def __init__(self, state: Tree) -> None:
        """Start with one state, which is both problem and answer."""
        self.states: list[Tree] = [state]
        self.moves: list[Rewrite] = []

    @property
    def problem(self) -> Tree:
        """The state the solver starts from."""
        return self.states[0]

    @property
    def answer(self) -> Tree:
        """The state the solver ends with."""
        return self.states[-1]

    def do(self, rule: type[Rewrite], path: Path = (), values: Values | None = None, **more: Tree) -> Tape:
        """Make the solver's next step; nothing happens if it would change nothing.

        Args:
            rule: what to do.
            path: where.
            values: of the rule's letters; a `Working` rule works on what it finds at the place.
            more: the same, by name.

        Raises:
            MisplacedError: the rule does not apply there.
        """
        return self.advance(rule.aim_on(self.answer, path, {**(values or {}), **more}))

    def advance(self, move: Rewrite) -> Tape:
        """Make the solver's next step by a move that is aimed already."""
        after = move.undo(self.answer)
        if after != self.answer:
            self.states.append(after)
            self.moves.append(move)
        return self

    def everywhere(self, *rules: type[Rewrite]) -> Tape:
        """Make solver's steps, by the first rule that applies, until none does any more."""
        while (move := next_move(self.answer, rules)) is not None:
            if len(self.moves) >= _LONGEST:
                raise MisplacedError("the rules lead on and on")
            self.advance(move)
        return self

    def walk(self) -> Walk[Tree]:
        """Return the walk from the answer to the problem that this solution reverses."""
        return Walk(tuple(reversed(self.states)), tuple(reversed(self.moves)))


def next_move(state: Tree, rules: Sequence[type[Rewrite]]) -> Rewrite | None:
    """Return the first rule aimed where a solver meets it first, outer parts before inner ones."""
    for rule in rules:
        found = _first(rule, rule.far_heads(), rule.runs()[1], state)
        if found is not None:
            path, start, values = found
            return rule.aim_at(state, tuple(reversed(path)), values, start)
    return None


def _first(
    rule: type[Rewrite], heads: frozenset[str], run: int | None, tree: Tree
) -> tuple[list[int], int | None, Values] | None:
    """Return the way to the first part that a rule applies to, from its end, with the values it has there."""
    if type(tree) is not tuple:
        return None
    if not heads or tree[0] in heads:
        values = rule.applies(tree)
        if values is not None:
            return [], None, values
        if run and tree[0] in {"+", "*"}:
            for start in range(len(tree) - run) if run < len(tree) - 1 else ():
                values = rule.applies((tree[0], *tree[1 + start : 1 + start + run]))
                if values is not None:
                    return [], start, values
    for position, part in enumerate(tree):
        if type(part) is tuple:
            found = _first(rule, heads, run, part)
            if found is not None:
                found[0].append(position)
                return found
    return None
