"""A worked solution while it is being laid: states in solution order, with the move that each step undoes."""

from __future__ import annotations

from rpsdg.traces.kernel import Walk

from .place import MisplacedError
from .rewriting import Rewrite
from .trees import Path, Tree, places

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

    def do(self, rule: type[Rewrite], path: Path = (), start: int | None = None, **values: Tree) -> Tape:
        """Make the solver's next step; nothing happens if it would change nothing.

        A `Working` rule aimed without values works on what it finds at the place.

        Raises:
            MisplacedError: the rule does not apply there.
        """
        move = rule.aim_on(self.answer, path, start, values)
        after = move.undo(self.answer)
        if after != self.answer:
            self.states.append(after)
            self.moves.append(move)
        return self

    def everywhere(self, *rules: type[Rewrite], path: Path = ()) -> Tape:
        """Make solver's steps by these rules below a path until none of them applies any more."""
        while (found := self._first(rules, path)) is not None:
            rule, where, values = found
            self.do(rule, where, None, **values)
        return self

    def _first(
        self, rules: tuple[type[Rewrite], ...], path: Path
    ) -> tuple[type[Rewrite], Path, dict[str, Tree]] | None:
        for rule in rules:
            for where, part in places(self.answer):
                if where[: len(path)] == path and type(part) is tuple:
                    for values in rule.ways_on(part):
                        return rule, where, values
        return None

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
