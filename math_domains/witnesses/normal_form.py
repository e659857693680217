"""The exact witness: rational functions as a quotient of polynomials with rational coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flint import Ordering, fmpq_mpoly_ctx, fmpq_poly

from rpsdg.math_domains.memory import Remembering
from rpsdg.math_domains.trees import Tree, instead, names

from .matrices import Entries, NotRationalError, determinant, entries_of, is_matrix, same_entries

__all__ = ["NormalForms", "NotRationalError"]

_LARGEST_POWER = 40
_MOST_TERMS = 200


class NormalForms(Remembering[tuple[Any, Any]]):
    """Normal forms of trees in the same names.

    A form is a pair (numerator, denominator), not reduced: two are equal if they agree crosswise. With one
    name polynomials are `fmpq_poly`, with several `fmpq_mpoly`.
    """

    def __init__(self, states: Sequence[Tree]) -> None:
        """Prepare for trees in the names of the first and the last of `states`, which no step changes."""
        super().__init__()
        variables = sorted(names(states[0]) | names(states[-1]))
        if len(variables) <= 1:
            known: Any = [fmpq_poly([0, 1]) for _ in variables]
            self._one: Any = fmpq_poly([1])
        else:
            context = fmpq_mpoly_ctx.get(variables, Ordering.lex)
            known = context.gens()
            self._one = context.constant(1)
        self._names: dict[str, Any] = dict(zip(variables, known, strict=True))

    def equal(self, left: Tree, right: Tree) -> bool:
        """Say whether two trees are the same rational function: a proof either way.

        Raises:
            NotRationalError: one of them is none.
        """
        try:
            above, below = self[left]
            other_above, other_below = self[right]
        except NotRationalError:
            if not (is_matrix(left) or is_matrix(right)):
                raise
            return (
                is_matrix(left) and is_matrix(right) and same_entries(self.entries(left), self.entries(right))
            )
        if below == other_below:
            return bool(above == other_above)
        return bool(above * other_below == other_above * below)

    def entries(self, tree: Tree) -> Entries:
        """Return the entries of an expression of matrices, each as numerator and denominator.

        Raises:
            NotRationalError: there are none.
        """
        return entries_of(tree, self.form)

    def form(self, tree: Tree) -> tuple[Any, Any]:
        """Return numerator and denominator.

        Raises:
            NotRationalError: there are none.
        """
        return self[tree]

    def work(self, tree: Any) -> tuple[Any, Any]:
        """Return numerator and denominator of a tree from those of its parts."""
        one = self._one
        if type(tree) is int:
            return one * tree, one
        if type(tree) is str:
            if tree not in self._names:
                raise NotRationalError(f"{tree} is no name of the problem and no rational number")
            return self._names[tree], one
        head = tree[0]
        if head == "+":
            above, below = self[tree[1]]
            for term in tree[2:]:
                more, under = self[term]
                if under is below or under == below:
                    above = above + more
                else:
                    above, below = above * under + more * below, below * under
            return above, below
        if head == "*":
            above, below = self[tree[1]]
            for factor in tree[2:]:
                more, under = self[factor]
                above, below = above * more, below if under is one else below * under
            return above, below
        if head == "neg":
            above, below = self[tree[1]]
            return -above, below
        if head == "/":
            above, below = self[tree[1]]
            under, over = self[tree[2]]
            if under == 0:
                raise NotRationalError("a denominator is zero everywhere")
            return above if over is one else above * over, under if below is one else below * under
        if head == "^" and type(tree[2]) is int and abs(tree[2]) <= _LARGEST_POWER:
            above, below = self[tree[1]]
            if tree[2] >= 0:
                return above ** tree[2], below if below is one else below ** tree[2]
            if above == 0:
                raise NotRationalError("zero has no negative powers")
            return below ** -tree[2], above ** -tree[2]
        if head == "det":
            return determinant(self.entries(tree[1]))
        if head == "sum" and type(tree[3]) is int and type(tree[4]) is int:
            return self._sum(tree[1], tree[2], tree[3], tree[4])
        raise NotRationalError(f"`{head}` is no operation of rational functions")

    def _sum(self, inside: Tree, by: str, low: int, high: int) -> tuple[Any, Any]:
        """Return a sum with every term of it put in; an empty one is zero."""
        if high - low >= _MOST_TERMS:
            raise NotRationalError("there are too many terms to put all of them in")
        above, below = self._one * 0, self._one
        for k in range(low, high + 1):
            more, under = self.form(instead(inside, {by: k}))
            above, below = above * under + more * below, below * under
        return above, below
