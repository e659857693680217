"""A worked solution while it is being laid: states in solution order, with the move that each step undoes."""

from __future__ import annotations

from rpsdg.traces.kernel import Walk

from .place import MisplacedError
from .rewriting import Rewrite, Values, Working
from .trees import Path, Tree

__all__ = ["Tape"]


class Tape:
    """The way from a problem to its answer.

    It can be laid from either end: `do` makes the solver's next step, `wander` walks one step further away
    from solved. Either way each move leads from one state to the next and back.
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

    def everywhere(self, *rules: type[Working]) -> Tape:
        """Make solver's steps by rules that need no values until none of them applies any more."""
        while True:
            for rule in rules:
                path = _first(rule, self.answer)
                if path is not None:
                    self.do(rule, tuple(reversed(path)))
                    break
            else:
                return self

    def wander(self, move: Rewrite) -> Tape:
        """Walk one step further away from solved.

        Raises:
            MisplacedError: the move does not apply to the problem, or cannot be taken back.
        """
        away = move.apply(self.problem)
        if away == self.problem or move.undo(away) != self.problem:
            raise MisplacedError(f"{move.rule} does not lead away from here and back")
        self.states.insert(0, away)
        self.moves.insert(0, move)
        return self

    def walk(self) -> Walk[Tree]:
        """Return the walk from the answer to the problem that this solution reverses."""
        return Walk(tuple(reversed(self.states)), tuple(reversed(self.moves)))


def _first(rule: type[Working], tree: Tree) -> list[int] | None:
    """Return the way, from its end, to the first and outermost part that a rule has something to do with."""
    if type(tree) is not tuple:
        return None
    if rule.work(tree, {}) is not None:
        return []
    for position in range(1, len(tree)):
        path = _first(rule, tree[position])
        if path is not None:
            path.append(position)
            return path
    return None
