"""Determinants: of two rows, of triangles, and by expansion."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.algebra.rules.matrix_forms import matrix, rows_of, square
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.trees import Tree, add, mul, neg

__all__ = ["DeterminantOfTwo", "ExpandByRow", "TriangularDeterminant"]


class DeterminantOfTwo(Working):
    """Work out a determinant with two rows: the product on the diagonal less the product across it."""

    heads = frozenset({"det"})
    law = ("Determinant(Matrix([[a, b], [c, d]]))", "a*d - b*c")
    brief = ("Multiply along the diagonals.",)
    step = (
        "Multiply down the diagonal, and subtract the product across it: {far} is {near}.",
        "The product down the diagonal less the product across it: {far} is {near}.",
    )
    reason = ("The determinant with the rows $a, b$ and $c, d$ is $ad - bc$.",)
    sample = ("2*5 - 3*4", "Determinant(Matrix([[2, 3], [4, 5]]))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the difference of the two products."""
        match square(of):
            case [[a, b], [c, d]]:
                return add(_signed_product(a, d), neg(_signed_product(b, c)))
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Read the rows off the products."""
        match near:
            case ("+", ("*", a, d), second):
                match neg(second):
                    case ("*", b, c):
                        far = ("det", matrix([[a, b], [c, d]]))
                        if cls.work(far, {}) == near:
                            yield {"of": far}


def _signed_product(left: Tree, right: Tree) -> Tree:
    """Return a product with the signs of its numbers put together in front."""
    if type(left) is int and type(right) is int and min(left, right) < 0:
        product = mul(abs(left), abs(right))
        return product if left * right > 0 else neg(product)
    return mul(left, right)


class ExpandByRow(Working):
    """Expand a determinant by one of its rows: each entry times the determinant without its row and column.

    The signs alternate, and an entry that is zero needs no determinant.
    """

    heads = frozenset({"det"})
    law = (
        "Determinant(Matrix([[a, b, c], [d, x, y], [u, v, w]]))",
        "a*Determinant(Matrix([[x, y], [v, w]])) - b*Determinant(Matrix([[d, y], [u, w]]))"
        " + c*Determinant(Matrix([[d, x], [u, v]]))",
    )
    brief = ("Expand by row {row}.",)
    step = (
        "Expand by row {row}, {signs}: {near}.",
        "Take each entry of row {row} times the determinant without its row and column, {signs}: {near}.",
    )
    reason = (
        "The signs form a chessboard with a plus in the upper left corner.",
        "An entry that is zero adds nothing, so rows with zeros are the best to expand by.",
    )
    sample = (
        "2*Determinant(Matrix([[3, 1], [4, 5]])) - 7*Determinant(Matrix([[1, 3], [2, 4]]))",
        "Determinant(Matrix([[2, 0, -7], [1, 3, 1], [2, 4, 5]]))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Go along the row."""
        rows, row = square(of), values.get("row")
        if rows is None or len(rows) < 3 or type(row) is not int or not 1 <= row <= len(rows):
            return None
        kept = [line for i, line in enumerate(rows, 1) if i != row]
        parts = []
        for j, entry in enumerate(rows[row - 1]):
            minor = matrix([[*line[:j], *line[j + 1 :]] for line in kept])
            part = mul(entry, ("det", minor))
            parts.append(neg(part) if (row + j) % 2 == 0 else part)
        return add(*[part for part in parts if part != 0])

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take each row, those with the most zeros first."""
        rows = square(far)
        if rows is not None and len(rows) > 2:
            for row in sorted(range(1, len(rows) + 1), key=lambda k: -rows[k - 1].count(0)):
                yield {"of": far, "row": row}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put two determinants of two rows together, with a zero between them in the first row."""
        match near:
            case ("+", ("*", int(first), ("det", one)), ("*", int(last), ("det", other))):
                left, right = rows_of(one), rows_of(other)
                if left is None or right is None or len(left) != 2 or len(right) != 2:
                    return
                rows = [[b[0], *a] for a, b in zip(left, right, strict=True)]
                far = ("det", matrix([[first, 0, last], *rows]))
                if cls.work(far, {"row": 1}) == near:
                    yield {"of": far, "row": 1}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say with which sign the row begins."""
        row = self.values["row"]
        first = "plus" if row in {1, 3} else "minus"
        return self.say(detail, latex, signs=f"the signs alternating from {first}")


class TriangularDeterminant(Working):
    """Work out a determinant that has only zeros on one side of the diagonal: multiply along the diagonal."""

    heads = frozenset({"det"})
    law = ("Determinant(Matrix([[a, b, c], [0, d, x], [0, 0, y]]))", "a*d*y")
    brief = ("Multiply the entries on the diagonal.",)
    step = (
        "Below the diagonal are only zeros, so multiply along the diagonal: {near}.",
        "A triangular determinant is the product of its diagonal: {near}.",
    )
    reason = ("Expanding by one row after another leaves only the entries on the diagonal.",)
    sample = ("2*3*5", "Determinant(Matrix([[2, 0, 0], [0, 3, 0], [0, 0, 5]]))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply the diagonal of an upper triangle."""
        rows = square(of)
        if rows is None or any(entry != 0 for i, line in enumerate(rows) for entry in line[:i]):
            return None
        return mul(*[line[i] for i, line in enumerate(rows)])

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Put the factors on a diagonal."""
        match near:
            case ("*", *factors) if all(type(factor) is int for factor in factors) and len(factors) < 5:
                size = len(factors)
                rows = [[factors[i] if i == j else 0 for j in range(size)] for i in range(size)]
                if cls.work(("det", matrix(rows)), {}) == near:
                    yield {"of": ("det", matrix(rows))}
