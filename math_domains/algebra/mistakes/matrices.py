"""The mistakes made with matrices and determinants."""

from __future__ import annotations

from rpsdg.math_domains.algebra.rules.determinants import DeterminantOfTwo, ExpandByRow, TriangularDeterminant
from rpsdg.math_domains.algebra.rules.inverses import InverseOfTwo
from rpsdg.math_domains.algebra.rules.matrix_forms import matrix, rows_of
from rpsdg.math_domains.algebra.rules.matrix_products import MultiplyMatrices, MultiplyMatrixByNumber
from rpsdg.math_domains.algebra.rules.row_operations import AddMultipleOfRow, SwapRows
from rpsdg.math_domains.mistake import Mistake
from rpsdg.math_domains.rewriting import Rewrite
from rpsdg.math_domains.terms import collected, multiplied, terms
from rpsdg.math_domains.trees import Tree, add, neg

__all__ = [
    "DiagonalAdded", "DiagonalMultipliedAlone", "DiagonalNotSwapped", "DiagonalProductsAdded",
    "DividedByNoDeterminant", "EntriesMultiplied", "RowChangedInPart", "RowChangedOnOneSide",
    "SignKeptAfterSwap", "SignsOfCofactorsForgotten",
]  # fmt: skip


class DiagonalProductsAdded(Mistake):
    """Add the products along the diagonals of a determinant instead of subtracting one."""

    rules = (DeterminantOfTwo,)
    sample = ("Determinant(Matrix([[2, 3], [4, 5]]))", "2*5 + 3*4")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Change the sign of the second product."""
        match move.near:
            case ("+", first, second):
                return add(first, neg(second))
        return None


class SignsOfCofactorsForgotten(Mistake):
    """Expand a determinant with a plus in front of every term."""

    rules = (ExpandByRow,)
    sample = (
        "Determinant(Matrix([[2, 1, 0], [1, 3, 1], [2, 4, 5]]))",
        "2*Determinant(Matrix([[3, 1], [4, 5]])) + Determinant(Matrix([[1, 1], [2, 5]]))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Give every entry the sign it has in its row."""
        rows, row = rows_of(move.far[1]) if type(move.far) is tuple else None, move.values["row"]
        if rows is None or type(row) is not int:
            return None
        signs = [1 if (row + j) % 2 else -1 for j, entry in enumerate(rows[row - 1]) if entry != 0]
        parts = terms(move.near)
        return add(*[part if sign > 0 else neg(part) for sign, part in zip(signs, parts, strict=True)])


class SignKeptAfterSwap(Mistake):
    """Swap two rows of a determinant, and keep its sign."""

    rules = (SwapRows,)
    sample = ("Determinant(Matrix([[0, 3], [1, 2]]))", "Determinant(Matrix([[1, 2], [0, 3]]))")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Drop the minus."""
        match move.near:
            case ("neg", ("det", inside)):
                return ("det", inside)
        return None


class RowChangedOnOneSide(Mistake):
    """Add a multiple of a row in the matrix on the left alone."""

    rules = (AddMultipleOfRow,)
    sample = (
        "Inverse(Matrix([[1, 0], [2, 1]]))*Matrix([[1, 0], [0, 1]])",
        "Inverse(Matrix([[1, 0], [0, 1]]))*Matrix([[1, 0], [0, 1]])",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the matrix on the right."""
        match move.far, move.near:
            case ("*", _, right), ("*", left, _):
                return ("*", left, right)
        return None


class RowChangedInPart(Mistake):
    """Add a multiple of a row, but only to the entry that is to become zero."""

    rules = (AddMultipleOfRow,)
    sample = (
        "Determinant(Matrix([[1, 2], [3, 3]]))",
        "Determinant(Matrix([[1, 2], [0, 3]]))",
    )

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the other entries of the row."""
        row, column = move.values["row"], move.values["other"]
        match move.far, move.near:
            case ("det", far), ("det", near):
                before, after = rows_of(far), rows_of(near)
                if before is not None and after is not None and type(row) is int and type(column) is int:
                    before[row - 1][column - 1] = after[row - 1][column - 1]
                    return ("det", matrix(before))
        return None


class DiagonalAdded(Mistake):
    """Add the entries on the diagonal of a triangular determinant."""

    rules = (TriangularDeterminant,)
    sample = ("Determinant(Matrix([[2, 0, 0], [0, 3, 0], [0, 0, 5]]))", "2 + 3 + 5")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Add them."""
        rows = rows_of(move.far[1]) if type(move.far) is tuple else None
        return None if rows is None else add(*[row[i] for i, row in enumerate(rows)])


class DiagonalNotSwapped(Mistake):
    """Change the signs for the inverse of a matrix with two rows, and leave the diagonal as it is."""

    rules = (InverseOfTwo,)
    sample = ("Inverse(Matrix([[2, 1], [5, 3]]))", "Matrix([[2, -1], [-5, 3]])")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Swap the diagonal back."""
        match move.near:
            case ("matrix", ("row", d, b), ("row", c, a)):
                return matrix([[a, b], [c, d]])
            case ("*", front, ("matrix", ("row", d, b), ("row", c, a))):
                return ("*", front, matrix([[a, b], [c, d]]))
        return None


class DiagonalMultipliedAlone(Mistake):
    """Multiply a matrix by a number on the diagonal alone."""

    rules = (MultiplyMatrixByNumber,)
    sample = ("3*Matrix([[1, 2], [0, -1]])", "Matrix([[3, 2], [0, -3]])")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Keep the other entries."""
        match move.far:
            case ("*", _, inner):
                before, after = rows_of(inner), rows_of(move.near)
                if before is not None and after is not None:
                    for i in range(min(len(before), len(before[0]))):
                        before[i][i] = after[i][i]
                    return matrix(before)
        return None


class DividedByNoDeterminant(Mistake):
    """Turn a matrix with two rows, and forget to divide by the determinant."""

    rules = (InverseOfTwo,)
    sample = ("Inverse(Matrix([[1, 1], [2, 4]]))", "Matrix([[4, -1], [-2, 1]])")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Leave the factor out."""
        match move.near:
            case ("*", _, inner) | ("neg", inner):
                kept: Tree = inner
                return kept
        return None


class EntriesMultiplied(Mistake):
    """Multiply two matrices entry by entry."""

    rules = (MultiplyMatrices,)
    sample = ("Matrix([[1, 1], [2, 3]])*Matrix([[2, 2], [0, 1]])", "Matrix([[2, 2], [0, 3]])")

    def wrong(self, move: Rewrite) -> Tree | None:
        """Multiply what stands in the same place."""
        match move.far:
            case ("*", first, second):
                left, right = rows_of(first), rows_of(second)
            case ("^", base, 2):
                left = right = rows_of(base)
            case _:
                return None
        if left is None or right is None or [len(r) for r in left] != [len(r) for r in right]:
            return None
        return matrix(
            [
                [collected([multiplied(a, b)]) for a, b in zip(*rows, strict=True)]
                for rows in zip(left, right, strict=True)
            ]
        )
