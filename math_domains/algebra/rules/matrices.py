"""Matrices: their sums, products and inverses, and determinants by expansion and by row operations."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from math import gcd
from typing import Any

from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import collected, multiplied, number, number_tree, opposite, quotient, terms
from rpsdg.math_domains.trees import Tree, add, mul, neg

__all__ = [
    "AddMatrices",
    "AddMultipleOfRow",
    "DeterminantOfTwo",
    "ExpandByRow",
    "InverseOfIdentity",
    "InverseOfTwo",
    "MultiplyMatrices",
    "MultiplyMatrixByNumber",
    "ScaleRow",
    "SwapRows",
    "TakeFactorOutOfRow",
    "TriangularDeterminant",
    "WriteIdentityBeside",
    "matrix",
    "rows_of",
]

Rows = list[list[Tree]]
_ONE_OF_TWO: Tree = ("matrix", ("row", 1, 0), ("row", 0, 1))


def matrix(rows: Any) -> Tree:
    """Return the matrix with these rows."""
    return ("matrix", *[("row", *row) for row in rows])


def rows_of(tree: Tree) -> Rows | None:
    """Return the rows of a matrix that is written out; None for anything else."""
    match tree:
        case ("matrix", *rows):
            return [list(row[1:]) for row in rows]
    return None


def _identity(size: int) -> Tree:
    return matrix([[int(i == j) for j in range(size)] for i in range(size)])


def _square(tree: Tree) -> Rows | None:
    """Return the rows inside a determinant."""
    match tree:
        case ("det", inner) if (rows := rows_of(inner)) is not None and len(rows) == len(rows[0]):
            return rows
    return None


def _times(by: Tree, entry: Tree) -> Tree:
    return collected([multiplied(by, part) for part in terms(entry)])


def _side_by_side(tree: Tree) -> tuple[list[Rows], str] | None:
    """Return the matrices that a row operation changes alike: one in a determinant, or A and B of A⁻¹B."""
    match tree:
        case ("det", inner) if (rows := rows_of(inner)) is not None:
            return [rows], "det"
        case ("*", ("inv", left), right):
            first, second = rows_of(left), rows_of(right)
            if first is not None and second is not None and len(first) == len(second):
                return [first, second], "inv"
    return None


def _put_back(matrices: list[Rows], kind: str) -> Tree:
    first, *rest = map(matrix, matrices)
    return ("det", first) if kind == "det" else ("*", ("inv", first), *rest)


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
        match _square(of):
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
        rows, row = _square(of), values.get("row")
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
        rows = _square(far)
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
        found = _side_by_side(of)
        row, other, by = (values.get(name) for name in ("row", "other", "by"))
        if found is None or type(row) is not int or type(other) is not int or by is None:
            return None
        matrices, kind = found
        if row == other or not 1 <= row <= len(matrices[0]) or not 1 <= other <= len(matrices[0]):
            return None
        for rows in matrices:
            added = zip(rows[row - 1], rows[other - 1], strict=True)
            rows[row - 1] = [collected([*terms(a), *terms(_times(by, b))]) for a, b in added]
        near = _put_back(matrices, kind)
        return None if near == of else near

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Make a zero below or above the diagonal, by a whole multiple."""
        found = _side_by_side(far)
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
        found = _side_by_side(near)
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
        found, row, other = _side_by_side(of), values.get("row"), values.get("other")
        if found is None or type(row) is not int or type(other) is not int:
            return None
        matrices, kind = found
        if row == other or not 1 <= row <= len(matrices[0]) or not 1 <= other <= len(matrices[0]):
            return None
        for rows in matrices:
            rows[row - 1], rows[other - 1] = rows[other - 1], rows[row - 1]
        near = _put_back(matrices, kind)
        if near == of:
            return None
        return neg(near) if kind == "det" else near

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Bring a row without a zero, best one with a one, to where the diagonal has a zero."""
        found = _side_by_side(far)
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
        found = _side_by_side(inner)
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
        rows, row, by = _square(of), values.get("row"), values.get("by")
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
        for row, line in enumerate(_square(far) or (), 1):
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
                        [_times(by, a) for a in line] if i == row else line for i, line in enumerate(rows, 1)
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
        found, row, by = _side_by_side(of), values.get("row"), number(values.get("by", 0))
        if found is None or found[1] != "inv" or type(row) is not int or not by or by == 1:
            return None
        for rows in found[0]:
            numbers = [number(entry) for entry in rows[row - 1]] if 1 <= row <= len(rows) else [None]
            if None in numbers:
                return None
            rows[row - 1] = [number_tree(quotient(value or 0, by)) for value in numbers]
        return _put_back(*found)

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Make each number on the diagonal one."""
        found = _side_by_side(far)
        if found is not None and found[1] == "inv":
            for row, line in enumerate(found[0][0], 1):
                pivot = line[row - 1] if row <= len(line) else 0
                if pivot not in {0, 1}:
                    yield {"of": far, "row": row, "by": pivot}

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Multiply a row by a small number."""
        found = _side_by_side(near)
        size = len(found[0][0]) if found is not None and found[1] == "inv" else 0
        for row in range(1, size + 1):
            for by in (2, 3, -1):
                far = cls.work(near, {"row": row, "by": number_tree(quotient(1, by))})
                if far is not None:
                    yield {"of": far, "row": row, "by": by}


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
        rows = _square(of)
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


class InverseOfTwo(Working):
    """Invert a matrix with two rows: swap the diagonal, change the other signs, divide by the determinant."""

    heads = frozenset({"inv"})
    law = (
        "Inverse(Matrix([[a, b], [c, d]]))",
        "1/(a*d - b*c)*Matrix([[d, -b], [-c, a]])",
    )
    brief = ("Use the formula for two rows.",)
    step = (
        "The determinant is {determinant}. Swap the entries on the diagonal, change the signs of the others, "
        "and divide by the determinant: {near}.",
        "With the determinant {determinant}, the inverse is {near}.",
    )
    reason = ("Multiplied by the matrix, this gives the determinant on the diagonal and zeros elsewhere.",)
    sample = (
        "1/2*Matrix([[4, -1], [-2, 1]])",
        "Inverse(Matrix([[1, 1], [2, 4]]))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Write the fraction in front, unless it is one."""
        match of:
            case ("inv", inner):
                match rows_of(inner):
                    case [[int(a), int(b)], [int(c), int(d)]] if a * d != b * c:
                        turned = matrix([[d, -b], [-c, a]])
                        return mul(number_tree(quotient(1, a * d - b * c)), turned)
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Turn the matrix back."""
        inner = near[-1] if type(near) is tuple and near[0] in {"*", "neg"} else near
        match rows_of(inner):
            case [[int(d), int(b)], [int(c), int(a)]]:
                far = ("inv", matrix([[a, -b], [-c, d]]))
                if cls.work(far, {}) == near:
                    yield {"of": far}

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Name the determinant."""
        assert type(self.far) is tuple
        match rows_of(self.far[1]):
            case [[int(a), int(b)], [int(c), int(d)]]:
                return self.say(detail, latex, determinant=f"${a * d - b * c}$")
        return self.say(detail, latex)


class WriteIdentityBeside(Working):
    """Write the identity matrix beside an inverse, so that row operations can be made on both."""

    heads = frozenset({"inv"})
    law = ("Inverse(Matrix([[a, b], [c, d]]))", "Inverse(Matrix([[a, b], [c, d]]))*Matrix([[1, 0], [0, 1]])")
    brief = ("Write the identity matrix beside it.",)
    step = (
        "Write the identity matrix beside it, to make the same row operations on both: {near}.",
        "Prepare row operations, with the identity matrix on the right: {near}.",
    )
    reason = ("When the left one has become the identity, the right one is the inverse.",)
    sample = (
        "Inverse(Matrix([[2, 1], [5, 3]]))*Matrix([[1, 0], [0, 1]])",
        "Inverse(Matrix([[2, 1], [5, 3]]))",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Multiply by it."""
        match of:
            case ("inv", inner) if (rows := rows_of(inner)) is not None:
                return ("*", of, _identity(len(rows)))
        return None

    @classmethod
    def applies(cls, far: Tree) -> Values | None:  # noqa: ARG003 - whatever it is
        """Never by itself: where one identity is, another could be written again and again."""
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Drop it."""
        match near:
            case ("*", ("inv", inner) as inverse, identity) if (rows := rows_of(inner)) is not None:
                if identity == _identity(len(rows)):
                    yield {"of": inverse}


class InverseOfIdentity(Working):
    """Drop the identity matrix on the left, which is its own inverse."""

    heads = frozenset({"*"})
    law = (
        "Inverse(Matrix([[1, 0], [0, 1]]))*Matrix([[a, b], [c, d]])",
        "Matrix([[a, b], [c, d]])",
    )
    brief = ("Read off the result.",)
    step = (
        "On the left is the identity matrix, so the right one is the result: {near}.",
        "The left matrix has become the identity; what is beside it is the inverse: {near}.",
    )
    reason = ("The identity matrix is its own inverse, and multiplying by it changes nothing.",)
    sample = (
        "Matrix([[2, 3], [4, 5]])",
        "Inverse(Matrix([[1, 0], [0, 1]]))*Matrix([[2, 3], [4, 5]])",
    )

    @classmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:  # noqa: ARG003 - it takes none
        """Keep the right one."""
        match of:
            case ("*", ("inv", inner), right) if (rows := rows_of(right)) is not None:
                return right if inner == _identity(len(rows)) else None
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write the identity on the left."""
        rows = rows_of(near)
        if rows is not None:
            yield {"of": ("*", ("inv", _identity(len(rows))), near)}


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
        return None if rows is None else matrix([[_times(by, entry) for entry in row] for row in rows])

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
            [
                collected([t for a, b in zip(row, c, strict=True) for t in terms(_times(a, b))])
                for c in columns
            ]
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
        value = collected([t for a, b in zip(row, column, strict=True) for t in terms(_times(a, b))])
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
