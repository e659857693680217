"""Sums and products of matrices."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import gcd

from rpsdg.math_domains.algebra.rules.matrix_forms import Rows, matrix, rows_of, times
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import collected, number, opposite, quotient, terms
from rpsdg.math_domains.trees import Tree, mul

__all__ = ["AddMatrices", "MultiplyMatrices", "MultiplyMatrixByNumber"]


class MultiplyMatrixByNumber(Working):
    """Multiply a matrix by a number: every entry is multiplied."""

    heads = frozenset({"*", "neg"})
    law = ("k*Matrix([[a, b], [c, d]])", "Matrix([[k*a, k*b], [k*c, k*d]])")
    brief = ("Multiply every entry.",)
    step = ("Multiply every entry of the matrix: {far} is {near}.", "The factor goes to every entry: {near}.")
    reason = ("A multiple of a matrix is a repeated sum, which is taken entry by entry.",)
    sample = ("Matrix([[3, 6], [0, -3]])", "3*Matrix([[1, 2], [0, -1]])")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply them, numbers or a letter."""
        match of:
            case ("*", factor, inner) if type(factor) is str or number(factor) is not None:
                by = factor
            case ("neg", inner):
                by = -1
            case _:
                return None
        rows = rows_of(inner)
        return None if rows is None else matrix([[times(by, entry) for entry in row] for row in rows])

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take out a common factor of all entries."""
        rows = rows_of(near)
        if rows is not None:
            entries = [entry if type(entry) is int else 1 for row in rows for entry in row]
            common = reduce(gcd, entries)
            for by in (k for k in range(2, min(common, 12) + 1) if common % k == 0):
                yield {"of": ("*", by, matrix([[int(str(e)) // by for e in row] for row in rows]))}


class AddMatrices(Working):
    """Add or subtract matrices of the same size, entry by entry."""

    heads = frozenset({"+"})
    law = (
        "Matrix([[a, b], [c, d]]) + Matrix([[u, v], [x, y]])",
        "Matrix([[a + u, b + v], [c + x, d + y]])",
    )
    brief = ("Add entry by entry.",)
    step = ("Combine the matrices entry by entry: {far} is {near}.", "Entry by entry, this is {near}.")
    reason = ("Sums and differences of matrices are taken entry by entry.",)
    sample = (
        "Matrix([[1, 5], [2, 2]])",
        "Matrix([[1, 2], [2, 1]]) + Matrix([[0, 3], [0, 1]])",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Add what stands in the same place."""
        if type(of) is not tuple or of[0] != "+":
            return None
        found = []
        for part in of[1:]:
            negative = type(part) is tuple and part[0] == "neg"
            rows = rows_of(part[1] if negative else part)
            if rows is None:
                return None
            found.append([[opposite(entry) if negative else entry for entry in row] for row in rows])
        if len({(len(rows), len(rows[0])) for rows in found}) != 1:
            return None
        same = [
            [[rows[i][j] for rows in found] for j in range(len(found[0][0]))] for i in range(len(found[0]))
        ]
        return matrix([[collected([t for e in place for t in terms(e)]) for place in row] for row in same])

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Take a matrix with few entries away."""
        rows = rows_of(near)
        if (
            rows is not None
            and len(rows[0]) == 2
            and all(type(entry) is int for row in rows for entry in row)
        ):
            for u, v in ((1, 0), (3, 1), (-2, 1)):
                other = [[0] * (len(row) - 1) + [k] for row, k in zip(rows, (u, v), strict=False)]
                if len(other) == len(rows):
                    pairs = zip(rows, other, strict=True)
                    first = [[int(str(a)) - int(b) for a, b in zip(*pair, strict=True)] for pair in pairs]
                    yield {"of": ("+", matrix(first), matrix(other))}


class MultiplyMatrices(Working):
    """Multiply two matrices: rows of the first by columns of the second."""

    heads = frozenset({"*", "^"})
    law = (
        "Matrix([[a, b], [c, d]])*Matrix([[u, v], [x, y]])",
        "Matrix([[a*u + b*x, a*v + b*y], [c*u + d*x, c*v + d*y]])",
    )
    brief = ("Multiply rows by columns.",)
    step = (
        "Multiply rows by columns; the first entry is {first}. Together: {near}.",
        "Each entry is a row of the first matrix times a column of the second, such as {first}: {near}.",
    )
    reason = ("The product of matrices does one linear map after the other.",)
    sample = (
        "Matrix([[2, 3], [4, 7]])",
        "Matrix([[1, 1], [2, 3]])*Matrix([[2, 2], [0, 1]])",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the first two, or a square."""
        found = _factors(of)
        if found is None:
            return None
        left, right, rest = found
        columns = list(zip(*right, strict=True))
        if len(left[0]) != len(right):
            return None
        rows = [
            [collected([t for a, b in zip(row, c, strict=True) for t in terms(times(a, b))]) for c in columns]
            for row in left
        ]
        return mul(matrix(rows), *rest)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply by a simple matrix whose inverse is simple."""
        rows = rows_of(near)
        if rows is not None and len(rows[0]) == 2:
            # With the rows 2, 2 and 0, 1 on the right, the first column is halved: only whole numbers count.
            first = [[quotient(int(str(a)), 2) if type(a) is int else 0, 0] for a, _ in rows]
            for line, (_, b) in zip(first, rows, strict=True):
                line[1] = int(str(b)) - 2 * line[0]
            if all(type(entry) is int for line in first for entry in line):
                far = ("*", matrix(first), matrix([[2, 2], [0, 1]]))
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Show how the first entry comes about."""
        found = _factors(self.far)
        assert found is not None
        row, column = found[0][0], [line[0] for line in found[1]]
        shown: Tree = ("+", *[("*", a, b) for a, b in zip(row, column, strict=True)])
        value = collected([t for a, b in zip(row, column, strict=True) for t in terms(times(a, b))])
        latex = latex or Latex()
        return self.say(detail, latex, first=f"${latex(shown)} = {latex(value)}$")


def _factors(tree: Tree) -> tuple[Rows, Rows, tuple[Tree, ...]] | None:
    """Return the first two of several matrices that are multiplied, and the others."""
    match tree:
        case ("*", first, second, *rest):
            left, right = rows_of(first), rows_of(second)
        case ("^", base, int(exponent)) if exponent > 1:
            left = right = rows_of(base)
            rest = [base if exponent == 3 else ("^", base, exponent - 2)] if exponent > 2 else []
        case _:
            return None
    return None if left is None or right is None else (left, right, tuple(rest))
