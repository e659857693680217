"""Matrices: determinants, inverses, eigenvalues, sums and products."""

from __future__ import annotations

from random import Random

from rpsdg.math_domains.algebra.families.quadratic import solve_branches, solve_quadratic
from rpsdg.math_domains.algebra.rules.brackets import CollectLikeTerms, MultiplyOut
from rpsdg.math_domains.algebra.rules.determinants import DeterminantOfTwo, ExpandByRow, TriangularDeterminant
from rpsdg.math_domains.algebra.rules.factoring import FactorTrinomial
from rpsdg.math_domains.algebra.rules.inverses import InverseOfIdentity, InverseOfTwo, WriteIdentityBeside
from rpsdg.math_domains.algebra.rules.matrix_forms import matrix
from rpsdg.math_domains.algebra.rules.matrix_products import (
    AddMatrices,
    MultiplyMatrices,
    MultiplyMatrixByNumber,
)
from rpsdg.math_domains.algebra.rules.numbers import Evaluate
from rpsdg.math_domains.algebra.rules.roots import ZeroProduct
from rpsdg.math_domains.algebra.rules.row_operations import (
    AddMultipleOfRow,
    ScaleRow,
    SwapRows,
    TakeFactorOutOfRow,
)
from rpsdg.math_domains.drawing import nonzero
from rpsdg.math_domains.family import DrawAgainError, Family
from rpsdg.math_domains.forms import Form
from rpsdg.math_domains.tape import Tape
from rpsdg.math_domains.terms import term
from rpsdg.math_domains.trees import Tree, add, first_place, look, neg

__all__ = [
    "DeterminantByExpansion",
    "DeterminantByRows",
    "Eigenvalues",
    "InverseMatrix",
    "MatrixArithmetic",
]

_Numbers = list[list[int]]
_LARGEST_ENTRY = 20


def _drawn(rng: Random, rows: int, columns: int, high: int = 5) -> _Numbers:
    return [[rng.randint(-high, high) for _ in range(columns)] for _ in range(rows)]


def _times(left: _Numbers, right: _Numbers) -> _Numbers:
    columns = list(zip(*right, strict=True))
    return [[sum(a * b for a, b in zip(row, column, strict=True)) for column in columns] for row in left]


def _triangle(rng: Random, size: int, diagonal: list[int], *, upper: bool, high: int = 3) -> _Numbers:
    """Return a triangular matrix with this diagonal."""
    return [
        [diagonal[i] if i == j else rng.randint(-high, high) if (j > i) is upper else 0 for j in range(size)]
        for i in range(size)
    ]


def _fitting(rows: _Numbers) -> _Numbers:
    """Return the rows, if no entry is too large and few are zero."""
    entries = [abs(entry) for row in rows for entry in row]
    if max(entries) > _LARGEST_ENTRY or entries.count(0) > len(entries) // 3:
        raise DrawAgainError
    return rows


class DeterminantByExpansion(Family):
    """Work out a determinant by expanding it.

    Level 1 has two rows; then three with two zeros in one of them, with one zero, and with none; at level 5
    there are four rows with zeros.
    """

    topic = "math/algebra/matrix"
    form = Form.NUMBER
    asks = ("Evaluate the determinant {problem}.", "Work out {problem}.", "Find the determinant {problem}.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the entries, and where the zeros are."""
        size = {1: 2, 5: 4}.get(level, 3)
        rows = _drawn(rng, size, size, 9 if level == 1 else 5)
        if level > 1:
            row = rng.randrange(size)
            for column in rng.sample(range(size), {2: 2, 3: 1, 4: 0, 5: 3}[level]):
                rows[row][column] = 0
        zeros = sum(row.count(0) for row in rows)
        if zeros > {1: 0, 5: 5}.get(level, 4 - level) or (level == 4 and zeros):
            raise DrawAgainError
        tape = Tape(("det", matrix(rows)))
        tape.everywhere(ExpandByRow)
        tape.everywhere(DeterminantOfTwo)
        return tape.do(Evaluate)


class DeterminantByRows(Family):
    """Work out a determinant by row operations that make it triangular.

    At level 1 it is triangular after one step; then three rows need more of them, at level 3 a factor is
    taken out of a row, at level 4 rows have to be swapped, and at level 5 there are four rows.
    """

    topic = "math/algebra/matrix"
    form = Form.NUMBER
    asks = (
        "Evaluate the determinant {problem} by row operations.",
        "Use row operations to work out {problem}.",
        "Bring the determinant to triangular form, and find its value: {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the triangle, and mix its rows."""
        size = {1: 2, 5: 4}.get(level, 3)
        diagonal = [rng.choice((1, -1, 1, 2, 3) if k else (1, 1, -1, 2)) for k in range(size)]
        if level == 1:
            diagonal = [rng.choice((1, 2, 3, -1)), nonzero(rng, 1, 9)]
        upper = _triangle(rng, size, diagonal, upper=True, high=4 if level < 5 else 2)
        lower = _triangle(rng, size, [1] * size, upper=False, high=3 if level < 5 else 2)
        rows = _times(lower, upper)
        if level == 3:
            rows[-1] = [rng.choice((2, 3)) * entry for entry in rows[-1]]
        if level == 4:
            if upper[0][0] == 0 or upper[1][0]:
                raise DrawAgainError
            rows = [rows[1], rows[0], rows[2]]
            rows[0] = [a - rows[0][0] // upper[0][0] * b for a, b in zip(rows[0], rows[1], strict=True)]
        tape = Tape(("det", matrix(_fitting(rows))))
        if level in {3, 4}:
            tape.everywhere(SwapRows, TakeFactorOutOfRow)
        tape.everywhere(AddMultipleOfRow)
        tape.everywhere(TriangularDeterminant)
        if len(tape.moves) < min(level + 1, 4) or first_place(tape.answer, "det") is not None:
            raise DrawAgainError
        return tape.do(Evaluate)


class InverseMatrix(Family):
    """Find the inverse of a matrix.

    At levels 1 and 2 it has two rows and the formula is used, at level 1 with the determinant one; then row
    operations turn the matrix beside the identity into its inverse, at levels 4 and 5 with three rows.
    """

    topic = "math/algebra/matrix"
    form = Form.NUMBER
    asks = (
        "Find the inverse matrix {problem}.",
        "Calculate the inverse matrix {problem}.",
        "Work out {problem}.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose triangles whose product is inverted easily."""
        size = 3 if level >= 4 else 2
        diagonal = [1] * size
        if level in {2, 3, 5}:
            diagonal[rng.randrange(size)] = rng.choice((2, 3, -1, 4, 5, -2) if level == 2 else (2, -1, -1))
        upper = _triangle(rng, size, diagonal, upper=True)
        lower = _triangle(rng, size, [1] * size, upper=False)
        tape = Tape(("inv", matrix(_fitting(_times(lower, upper)))))
        if level <= 2:
            tape.do(InverseOfTwo)
            return tape.everywhere(MultiplyMatrixByNumber)
        tape.do(WriteIdentityBeside)
        tape.everywhere(AddMultipleOfRow, ScaleRow)
        return tape.do(InverseOfIdentity)


class MatrixArithmetic(Family):
    """Work out sums, multiples and products of matrices.

    Level 1 has a product and level 2 a sum of multiples; then a multiple is added to a product or a square,
    and at levels 4 and 5 there are three rows, or sums of products.
    """

    topic = "math/algebra/matrix"
    form = Form.NUMBER
    asks = ("Work out {problem}.", "Calculate {problem}.", "Write {problem} as one matrix.")

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the matrices."""
        tape = Tape(_arithmetic(rng, level))
        return tape.everywhere(MultiplyMatrices, AddMatrices, MultiplyMatrixByNumber)


def _arithmetic(rng: Random, level: int) -> Tree:
    a, b, c, d = (matrix(_drawn(rng, 2, 2)) for _ in range(4))
    k, m = rng.randint(2, 5), rng.randint(2, 5)
    if level == 2:
        second = term(m, b) if rng.random() < 0.5 else b
        return add(term(k, a), second if rng.random() < 0.5 else neg(second))
    if level == 1:
        if rng.random() < 0.4:
            return ("*", matrix(_drawn(rng, 2, 3)), matrix(_drawn(rng, 3, 2)))
        return ("*", a, b)
    if level == 3:
        product: Tree = ("*", a, b) if rng.random() < 0.6 else ("^", a, 2)
        return add(product, term(rng.choice((k, -k)), c if product == ("*", a, b) else a))
    if level == 4:
        if rng.random() < 0.5:
            return ("+", ("*", a, b), neg(("*", b, a)))
        return ("+", ("*", a, b), term(nonzero(rng, 2, 4), c), d)
    high = 3
    left, right, third = (matrix(_drawn(rng, 3, 3, high)) for _ in range(3))
    if rng.random() < 0.5:
        return (
            "+",
            ("*", left, right),
            term(nonzero(rng, 2, 3), third),
            neg(matrix(_drawn(rng, 3, 3, high))),
        )
    return ("+", ("*", a, b), neg(("*", b, a)), term(k, c))


class Eigenvalues(Family):
    """Find the eigenvalues of a matrix from its characteristic equation.

    Level 1 has a triangular matrix with two rows; then any with two rows and whole eigenvalues, from level 4
    on with three rows, two zeros in the last one.
    """

    topic = "math/algebra/matrix"
    asks = (
        "Find the eigenvalues by solving {problem}.",
        "Solve the characteristic equation {problem}.",
        "For which numbers is {problem}? They are the eigenvalues.",
    )

    def lay(self, rng: Random, level: int) -> Tape:
        """Choose the eigenvalues first."""
        t = rng.choice("xts")
        low, high = (1, 5) if level <= 2 else (1, 7)
        first, second = nonzero(rng, low, high), nonzero(rng, low, high)
        a = nonzero(rng, 1, 5)
        rest = a * (first + second - a) - first * second
        if first == second or (rest == 0) is not (level == 1):
            raise DrawAgainError
        b = (
            nonzero(rng, 1, 5)
            if level == 1
            else rng.choice([k for k in range(-9, 10) if k and rest % k == 0])
        )
        rows = [[a, b], [rest // b, first + second - a]]
        if max(abs(entry) for row in rows for entry in row) > 9:
            raise DrawAgainError
        size = 2
        if level >= 4:
            third = nonzero(rng, 1, 5)
            rows = [[*rows[0], rng.randint(-4, 4)], [*rows[1], rng.randint(-4, 4)], [0, 0, third]]
            size = 3
            if third in {first, second}:
                raise DrawAgainError
        if level == 5:  # the row with the zeros in the middle, with its column
            order = rng.choice(([0, 2, 1], [2, 0, 1]))
            rows = [[rows[i][j] for j in order] for i in order]
        one = matrix([[int(i == j) for j in range(size)] for i in range(size)])
        tape = Tape(("=", ("det", ("+", matrix(rows), neg(("*", t, one)))), 0))
        tape.everywhere(AddMatrices, MultiplyMatrixByNumber)
        if size == 2:
            tape.everywhere(DeterminantOfTwo)
            if level == 1:
                return solve_branches(tape.do(ZeroProduct))
            return solve_quadratic(tape)
        tape.everywhere(ExpandByRow)
        tape.everywhere(DeterminantOfTwo)
        return _factored(tape)


def _factored(tape: Tape) -> Tape:
    """Multiply out the bracket that is no product, factor it, and set the factors to zero."""
    tape.do(MultiplyOut, (1, 2, 1)).do(CollectLikeTerms, (1, 2))
    for values in FactorTrinomial.ways_on(look(tape.answer, (1, 2))):
        tape.do(FactorTrinomial, (1, 2), values)
        return solve_branches(tape.do(ZeroProduct))
    raise DrawAgainError
