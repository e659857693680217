"""Inverses of matrices: by formula, and by row operations on an identity beside them."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.math_domains.algebra.rules.matrix_forms import identity, matrix, rows_of
from rpsdg.math_domains.latex import Latex
from rpsdg.math_domains.rewriting import Detail, Values, Working
from rpsdg.math_domains.terms import number_tree, quotient
from rpsdg.math_domains.trees import Tree, mul

__all__ = ["InverseOfIdentity", "InverseOfTwo", "WriteIdentityBeside"]


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
                return ("*", of, identity(len(rows)))
        return None

    @classmethod
    def applies(cls, far: Tree) -> Values | None:  # noqa: ARG003 - whatever it is
        """Never by itself: where one identity is, another could be written again and again."""
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Drop it."""
        match near:
            case ("*", ("inv", inner) as inverse, beside) if (rows := rows_of(inner)) is not None:
                if beside == identity(len(rows)):
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
                return right if inner == identity(len(rows)) else None
        return None

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Write the identity on the left."""
        rows = rows_of(near)
        if rows is not None:
            yield {"of": ("*", ("inv", identity(len(rows))), near)}
