"""Row operations, on a determinant or on A and B of A⁻¹B."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import gcd

from rpsdg.math_domains.algebra.rules.matrix_forms import (
    matrix,
    put_back,
    rows_of,
    side_by_side,
    square,
    times,
)
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import collected, number, number_tree, quotient, terms
from rpsdg.math_domains.trees import Tree, mul, neg

__all__ = ["AddMultipleOfRow", "ScaleRow", "SwapRows", "TakeFactorOutOfRow"]


class AddMultipleOfRow(Working):
    """Add a multiple of one row to another: the determinant stays the same, and so does A⁻¹B if both change.

    In A⁻¹B the row of A and the row of B are changed alike.
    """

    heads = frozenset({"det", "*"})
    law = (
        "Determinant(Matrix([[a, b], [c, d]]))",
        "Determinant(Matrix([[a, b], [c + k*a, d + k*b]]))",
    )
    brief = ("{Combine}.",)
    step = ("{Combine}{where}: {near}.", "{Combine}{where}, to make a zero: {near}.")
    reason = ("{why}",)
    sample = (
        "Determinant(Matrix([[1, 2], [0, -3]]))",
        "Determinant(Matrix([[1, 2], [3, 3]]))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Add it in every matrix that there is."""
        found = side_by_side(of)
        row, other, by = (values.get(name) for name in ("row", "other", "by"))
        if found is None or type(row) is not int or type(other) is not int or by is None:
            return None
        matrices, kind = found
        if row == other or not 1 <= row <= len(matrices[0]) or not 1 <= other <= len(matrices[0]):
            return None
        for rows in matrices:
            added = zip(rows[row - 1], rows[other - 1], strict=True)
            rows[row - 1] = [collected([*terms(a), *terms(times(by, b))]) for a, b in added]
        near = put_back(matrices, kind)
        return None if near == of else near

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Make a zero below or above the diagonal, by a whole multiple."""
        found = side_by_side(far)
        if found is None:
            return
        rows, inverse = found[0][0], found[1] == "inv"
        for column in range(min(len(rows), len(rows[0]))):
            pivot = rows[column][column]
            for row in range(len(rows)) if inverse else range(column + 1, len(rows)):
                entry = rows[row][column]
                if row == column or type(entry) is not int or type(pivot) is not int:
                    continue
                if entry and pivot and entry % pivot == 0:
                    yield {"of": far, "row": row + 1, "other": column + 1, "by": -entry // pivot}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Add a small multiple of one row to another."""
        found = side_by_side(near)
        size = len(found[0][0]) if found is not None else 0
        for row in range(1, size + 1):
            for other in range(1, size + 1):
                for by in (-3, -2, -1, 1, 2, 3) if row != other else ():
                    values: Values = {"row": row, "other": other, "by": by}
                    far = cls.work(near, values | {"by": -by})
                    if far is not None and cls.work(far, values) == near:
                        yield {"of": far} | values

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say which multiple is added to which row."""
        by, row, other = (self.values[name] for name in ("by", "row", "other"))
        value = number(by) or 0
        size = (latex or Latex())(number_tree(max(value, -value)))
        multiple = f"row ${other}$" if value in {1, -1} else f"${size}$ times row ${other}$"
        combine = f"Add {multiple} to row ${row}$" if value > 0 else f"Subtract {multiple} from row ${row}$"
        where, why = "", "Adding a multiple of one row to another does not change a determinant."
        if type(self.far) is tuple and self.far[0] != "det":
            where = " in both matrices"
            why = "It is the same as multiplying both by one matrix from the left, which cancels."
        return self.say(detail, latex, Combine=combine, where=where, why=why)


class SwapRows(Working):
    """Swap two rows: a determinant changes its sign, and A⁻¹B stays the same if both change."""

    heads = frozenset({"det", "*"})
    law = ("Determinant(Matrix([[a, b], [c, d]]))", "-Determinant(Matrix([[c, d], [a, b]]))")
    brief = ("Swap rows {row} and {other}.",)
    step = ("Swap rows {row} and {other}{where}: {near}.",)
    reason = ("{why}",)
    sample = (
        "-Determinant(Matrix([[1, 2], [0, 3]]))",
        "Determinant(Matrix([[0, 3], [1, 2]]))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Swap them in every matrix that there is."""
        found, row, other = side_by_side(of), values.get("row"), values.get("other")
        if found is None or type(row) is not int or type(other) is not int:
            return None
        matrices, kind = found
        if row == other or not 1 <= row <= len(matrices[0]) or not 1 <= other <= len(matrices[0]):
            return None
        for rows in matrices:
            rows[row - 1], rows[other - 1] = rows[other - 1], rows[row - 1]
        near = put_back(matrices, kind)
        if near == of:
            return None
        return neg(near) if kind == "det" else near

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Bring a row without a zero, best one with a one, to where the diagonal has a zero."""
        found = side_by_side(far)
        if found is not None:
            rows = found[0][0]
            for column in range(min(len(rows), len(rows[0]))):
                below = [k for k in range(column + 1, len(rows)) if rows[k][column] != 0]
                if rows[column][column] == 0 and below:
                    best = min(below, key=lambda k: rows[k][column] not in {1, -1})
                    yield {"of": far, "row": column + 1, "other": best + 1}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Swap two rows of a determinant with a minus, or of A and B in A⁻¹B."""
        inner = near[1] if type(near) is tuple and near[0] == "neg" else near
        found = side_by_side(inner)
        if found is not None and (found[1] == "det") is (inner is not near):
            size = len(found[0][0])
            for row in range(1, size + 1):
                for other in range(row + 1, size + 1):
                    values: Values = {"row": row, "other": other}
                    swapped = cls.work(inner, values)
                    if swapped is not None:
                        yield {"of": neg(swapped) if found[1] == "det" else swapped} | values

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say what becomes of the sign."""
        where, why = ", which changes the sign", "Every swap of two rows changes the sign of a determinant."
        if type(self.far) is tuple and self.far[0] != "det":
            where, why = " in both matrices", "The order of the equations they stand for does not matter."
        return self.say(detail, latex, where=where, why=why)


class TakeFactorOutOfRow(Working):
    """Take a factor that all entries of a row have in common out of a determinant."""

    heads = frozenset({"det"})
    law = ("Determinant(Matrix([[k*a, k*b], [c, d]]))", "k*Determinant(Matrix([[a, b], [c, d]]))")
    brief = ("Take {by} out of row {row}.",)
    step = (
        "All entries of row {row} contain the factor {by}; take it out: {near}.",
        "Take the factor {by} out of row {row}: {near}.",
    )
    reason = ("A determinant is multiplied by a number when one of its rows is.",)
    sample = ("4*Determinant(Matrix([[1, 2], [3, 5]]))", "Determinant(Matrix([[4, 8], [3, 5]]))")

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide the row."""
        rows, row, by = square(of), values.get("row"), values.get("by")
        if rows is None or type(row) is not int or type(by) is not int or not 1 <= row <= len(rows):
            return None
        line = rows[row - 1]
        if by in {0, 1} or any(type(entry) is not int or entry % by for entry in line):
            return None
        rows[row - 1] = [int(str(entry)) // by for entry in line]
        return mul(by, ("det", matrix(rows)))

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Take out the greatest factor of each row."""
        for row, line in enumerate(square(far) or (), 1):
            common = reduce(gcd, [entry if type(entry) is int else 1 for entry in line])
            if common > 1:
                yield {"of": far, "row": row, "by": common}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply the factor into a row."""
        match near:
            case ("*", int(by), ("det", inner)) if (rows := rows_of(inner)) is not None and by > 1:
                for row in range(1, len(rows) + 1):
                    new = [
                        [times(by, a) for a in line] if i == row else line for i, line in enumerate(rows, 1)
                    ]
                    far = ("det", matrix(new))
                    if cls.work(far, {"row": row, "by": by}) == near:
                        yield {"of": far, "row": row, "by": by}


class ScaleRow(Working):
    """Divide a row of A and the same row of B by a number: A⁻¹B stays the same."""

    heads = frozenset({"*"})
    law = (
        "Inverse(Matrix([[k*a, k*b], [c, d]]))*Matrix([[k*x], [y]])",
        "Inverse(Matrix([[a, b], [c, d]]))*Matrix([[x], [y]])",
    )
    brief = ("Divide row {row} by {by}.",)
    step = ("Divide row {row} by {by} in both matrices: {near}.",)
    reason = ("Each row stands for an equation, whose sides are both divided.",)
    sample = (
        "Inverse(Matrix([[1, 0], [0, 1]]))*Matrix([[2, 1], [3, 1]])",
        "Inverse(Matrix([[2, 0], [0, 1]]))*Matrix([[4, 2], [3, 1]])",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Divide the row in both."""
        found, row, by = side_by_side(of), values.get("row"), number(values.get("by", 0))
        if found is None or found[1] != "inv" or type(row) is not int or not by or by == 1:
            return None
        for rows in found[0]:
            numbers = [number(entry) for entry in rows[row - 1]] if 1 <= row <= len(rows) else [None]
            if None in numbers:
                return None
            rows[row - 1] = [number_tree(quotient(value or 0, by)) for value in numbers]
        return put_back(*found)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Make each number on the diagonal one."""
        found = side_by_side(far)
        if found is not None and found[1] == "inv":
            for row, line in enumerate(found[0][0], 1):
                pivot = line[row - 1] if row <= len(line) else 0
                if pivot not in {0, 1}:
                    yield {"of": far, "row": row, "by": pivot}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply a row by a small number."""
        found = side_by_side(near)
        size = len(found[0][0]) if found is not None and found[1] == "inv" else 0
        for row in range(1, size + 1):
            for by in (2, 3, -1):
                far = cls.work(near, {"row": row, "by": number_tree(quotient(1, by))})
                if far is not None:
                    yield {"of": far, "row": row, "by": by}
