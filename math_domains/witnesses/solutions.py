"""What an equation says: its set of real solutions.

Of an equation between rational functions that set is known exactly, as the polynomial that vanishes there and
nowhere else; so two such states are compared by a proof. Surds come as balls, each around one solution. Of
other equations (with logarithms, exponentials, sines) it is only known whether a given number solves them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from flint import arb, fmpq, fmpq_poly

from rpsdg.math_domains.memory import Memory, Remembering
from rpsdg.math_domains.trees import Tree, names

from .balls import Balls, truth
from .normal_form import NormalForms, NotRationalError

__all__ = ["Roots", "Solver", "UnknownSolutionsError", "crossings", "real_zeros", "same_roots", "solves"]

_GRID = [arb(k) / 4 + arb(1) / 37 for k in range(-60, 61)]
"""Where a search for solutions looks: from -15 to 15, at no number a textbook would choose."""
_HALVINGS = 44


class UnknownSolutionsError(ArithmeticError):
    """The set of solutions is not one this witness can describe."""


class Roots(NamedTuple):
    """A finite set of real numbers."""

    polynomial: Any
    """Of type `fmpq_poly`, monic and without double roots, vanishing exactly there (and perhaps at numbers
    that are not real); zero if every number is a solution. None where no such polynomial is known."""
    balls: tuple[Any, ...]
    """One ball around each of them, in no order; exact where it is rational."""


class Solver(Remembering[Roots | None]):
    """The real solutions of states in one unknown; None where they cannot be described."""

    def __init__(self, unknown: str) -> None:
        """Solve for a name."""
        super().__init__()
        self._unknown = unknown
        self._forms = NormalForms([unknown])

    def work(self, state: Tree) -> Roots | None:
        """Return the solutions of a state from those of its parts."""
        try:
            return self._solved(state)
        except UnknownSolutionsError:
            return None

    def roots(self, state: Tree) -> Roots:
        """Return the solutions of a state.

        Raises:
            UnknownSolutionsError: it is no equation of rational functions, nor `x = a number`.
        """
        found = self[state]
        if found is None:
            raise UnknownSolutionsError("this is no equation of rational functions, nor `x = a number`")
        return found

    def _solved(self, state: Tree) -> Roots:
        assert type(state) is tuple
        if state[0] == "or":
            return _union([self.roots(part) for part in state[1:]])
        if state[0] == "and":
            equations = [part for part in state[1:] if part[0] in {"=", "or"}]
            if len(equations) != 1:
                raise UnknownSolutionsError("one equation with conditions was expected")
            (equation,) = equations
            conditions = [part for part in state[1:] if part is not equation]
            return _where(conditions, self.roots(equation), self._unknown)
        if state[0] != "=":
            raise UnknownSolutionsError(f"`{state[0]}` is no equation")
        try:
            return _of_equation(self._forms[state[1]], self._forms[state[2]])
        except NotRationalError:
            return _of_assignment(state, self._unknown)


def _of_equation(left: tuple[Any, Any], right: tuple[Any, Any]) -> Roots:
    same = left[1] == right[1]
    above = left[0] - right[0] if same else left[0] * right[1] - right[0] * left[1]
    if above == 0:
        return Roots(fmpq_poly([0]), ())
    polynomial = _squarefree(above)
    for below in (left[1], right[1]):  # where a side is undefined there is no solution
        if below.degree() > 0:
            common = polynomial.gcd(below)
            if common.degree() > 0:
                polynomial = polynomial // common
    return _of_polynomial(polynomial)


def _of_polynomial(polynomial: Any) -> Roots:
    # A monic polynomial is known by its coefficients without their common denominator.
    return Roots(polynomial, _balls[tuple(map(int, polynomial.numer().coeffs()))])


def _balls_around(coefficients: tuple[int, ...]) -> tuple[Any, ...]:
    polynomial: Any = fmpq_poly(list(coefficients))
    if polynomial.degree() == 1:
        return (_ball(-polynomial[0] / polynomial[1]),)
    rational = [root for root, _ in polynomial.roots()]
    if len(rational) == polynomial.degree():
        return tuple(map(_ball, rational))
    return _real_roots(polynomial)


_balls: Memory[tuple[Any, ...]] = Memory(_balls_around)
"""The states of a tape mostly have the same solutions."""


def _of_assignment(state: tuple[Any, ...], unknown: str) -> Roots:
    """Solve an equation that has the unknown alone, or plus a number, on one side."""
    left, right = state[1], state[2]
    if unknown in names(right):
        left, right = right, left
    if unknown in names(right):
        raise UnknownSolutionsError("the unknown is on both sides, in more than rational functions")
    try:
        above, below = NormalForms([left]).form(left)
    except NotRationalError:
        above = below = None
    if above is None or above.degree() != 1 or below.degree() != 0:
        raise UnknownSolutionsError("the unknown is inside a function")
    value = Balls(lambda _: (arb(0),)).value(right)[0]
    if not value.is_finite():
        return Roots(fmpq_poly([1]), ())
    return Roots(None, ((value * _ball(below[0]) - _ball(above[0])) / _ball(above[1]),))


def _union(sets: list[Roots]) -> Roots:
    if all(part.polynomial is not None for part in sets):
        product: Any = fmpq_poly([1])
        for part in sets:
            product *= part.polynomial
        return _of_polynomial(_squarefree(product)) if product != 0 else Roots(product, ())
    balls: list[Any] = []
    for part in sets:
        if part.polynomial is not None and part.polynomial == 0:
            raise UnknownSolutionsError("every number is a solution")
        balls += [ball for ball in part.balls if not any(ball.overlaps(other) for other in balls)]
    return Roots(None, tuple(balls))


def _where(conditions: list[Tree], roots: Roots, unknown: str) -> Roots:
    kept: list[Any] = []
    dropped: list[Any] = []
    for ball in roots.balls:
        verdicts = {solves(ball, condition, unknown) for condition in conditions}
        if None in verdicts:
            raise UnknownSolutionsError("the balls are too wide for a condition")
        (kept if verdicts <= {True} else dropped).append(ball)
    if roots.polynomial is None:
        return Roots(None, tuple(kept))
    if not dropped and roots.polynomial != 0:
        return roots
    polynomial = roots.polynomial
    for ball in dropped:
        if not ball.is_exact():
            return Roots(None, tuple(kept))
        polynomial //= fmpq_poly([-_rational(ball, polynomial), 1])
    return Roots(polynomial, tuple(kept))


def solves(number: Any, state: Tree, unknown: str) -> bool | None:
    """Say whether a number, given as a ball, solves a state; None where the ball is too wide to tell."""
    return truth(state, Balls(lambda name: (number if name == unknown else arb("nan"),)))


def same_roots(left: Roots, right: Roots) -> bool | None:
    """Say whether two sets are the same; None where balls are too wide to tell."""
    if left.polynomial is not None and right.polynomial is not None:
        if left.polynomial == right.polynomial:
            return True
        common = left.polynomial.gcd(right.polynomial)
        alone = [side.polynomial // common for side in (left, right) if side.polynomial is not None]
        return not any(_has_real_root(part) for part in alone)
    if len(left.balls) != len(right.balls):
        return False
    partners = [sum(bool(ball.overlaps(other)) for other in right.balls) for ball in left.balls]
    if 0 in partners:
        return False
    return True if partners == [1] * len(partners) else None


def real_zeros(polynomial: Any) -> tuple[Any, ...]:
    """Return a ball around each real zero of a polynomial other than zero, exact where it is rational."""
    return _of_polynomial(_squarefree(polynomial)).balls if polynomial.degree() > 0 else ()


def _has_real_root(polynomial: Any) -> bool:
    degree = polynomial.degree()
    if degree <= 0:
        return bool(polynomial == 0)
    if degree % 2:  # it goes from below to above zero
        return True
    if degree == 2:
        return bool(polynomial[1] * polynomial[1] >= 4 * polynomial[0] * polynomial[2])
    return bool(_real_roots(polynomial))


def _real_roots(polynomial: Any) -> tuple[Any, ...]:
    """Return a ball around each; flint proves which roots are real and gives them no imaginary part."""
    found: Any = polynomial.complex_roots() if polynomial.degree() > 0 else ()
    return tuple(root.real for root, _ in found if root.imag == 0)


def _squarefree(polynomial: Any) -> Any:
    if polynomial.degree() > 1:
        common = polynomial.gcd(polynomial.derivative())
        if common.degree() > 0:
            polynomial = polynomial // common
    return polynomial / polynomial[polynomial.degree()]


def _ball(number: fmpq) -> Any:
    return arb(number.p) / arb(number.q)


def _rational(ball: Any, polynomial: Any) -> fmpq:
    """Return the rational root that an exact ball stands for."""
    roots: list[tuple[fmpq, int]] = polynomial.roots()
    return next(root for root, _ in roots if _ball(root).overlaps(ball))


def crossings(state: Tree, unknown: str) -> list[Any]:
    """Return a ball around each place where the two sides of an equation cross within reach of the grid.

    The sides have opposite signs at the ends of each ball and exist between them, which proves that there is
    a solution; those where the sides only touch are not seen.
    """
    equation = state[1] if type(state) is tuple and state[0] == "and" else state
    if type(equation) is not tuple or equation[0] != "=":
        return []

    def difference(at: Any) -> Any:
        balls = Balls(lambda name: (at if name == unknown else arb("nan"),))
        return balls.value(equation[1])[0] - balls.value(equation[2])[0]

    found = []
    heights = [difference(at) for at in _GRID]
    for left, right, low, high in zip(_GRID, _GRID[1:], heights, heights[1:], strict=False):
        if (low < 0 and high > 0) or (low > 0 and high < 0):
            root = _halved(difference, left, right, rising=bool(high > 0))
            if difference(root).is_finite():
                found.append(root)
    return found


def _halved(difference: Callable[[Any], Any], left: Any, right: Any, *, rising: bool) -> Any:
    for _ in range(_HALVINGS):
        middle = (left + right).mid() / 2
        height = difference(middle)
        if not (height > 0 or height < 0):
            break
        if bool(height > 0) is rising:
            right = middle
        else:
            left = middle
    return left.union(right)
