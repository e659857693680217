"""Rules of mathematics as moves: a solver reads `far` and writes `near` instead; we walk the other way.

A rule is a class, aimed by a place and the *values* of its letters. Two kinds:

* `Identity`: both sides are stated in SymPy's notation and compiled; SymPy proves them in the tests.
* `Working`: the nearer side is worked out from the farther one (collecting, multiplying out, moving terms).
"""

from __future__ import annotations

import zlib
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, ClassVar, Self

from rpsdg.traces.kernel import Move

from .latex import Latex
from .memory import Memory
from .patterns import Pattern
from .place import MisplacedError, Place, fitting, swap
from .reading import read
from .text import SympyText, sympy_text
from .trees import Path, Tree, look, places
from .wording import filled

__all__ = ["Detail", "Identity", "Rewrite", "Values", "Working"]

Values = dict[str, Tree]

_MOST = 256
"""How many trees every rule remembers: there are many rules."""


class Detail(IntEnum):
    """How much an explanation says."""

    BRIEF = 1
    """What is done, in a few words."""
    STEP = 2
    """What is done to what."""
    REASON = 3
    """That, and why it is allowed."""


@dataclass(frozen=True)
class Rewrite(Move[Tree]):
    """What all rules of mathematics share: one part of the state is written differently."""

    place: Place
    values: Values
    far: Tree
    """What stands there before the solver's step."""
    near: Tree
    """What the solver writes instead."""

    brief: ClassVar[tuple[str, ...]]
    """Ways to say what is done, in a few words. Here and below, `{far}`, `{near}` and the letters become
    formulas; `{_far}` and so on are the same for use inside one."""
    step: ClassVar[tuple[str, ...]]
    """Ways to say what is done to what."""
    reason: ClassVar[tuple[str, ...]] = ()
    """Ways to say why it is allowed."""
    sample: ClassVar[tuple[str, str]]
    """A state nearer to solved and the one farther away that the rule makes of it, in SymPy's notation."""

    @classmethod
    @abstractmethod
    def sides(cls, values: Values) -> tuple[Tree, Tree]:
        """Return far and near side for these values.

        Raises:
            MisplacedError: the rule does not apply to them.
        """

    @classmethod
    @abstractmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Yield the values for which `near` is the nearer side: ways to walk away from solved."""

    @classmethod
    @abstractmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Yield the values for which `far` is the farther side: what a solver may do with it."""

    _applies: ClassVar[Memory[Values | None]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._applies = Memory(lambda far: next(cls.ways_on(far), None), _MOST)

    @classmethod
    def applies(cls, far: Tree) -> Values | None:
        """Return the first of the ways on, which is not to be changed; None if there is none."""
        heads = cls.far_heads()
        if heads and (type(far) is not tuple or far[0] not in heads):
            return None
        return cls._applies[far]

    @classmethod
    def far_heads(cls) -> frozenset[Any]:
        """Return the operations that a solver may find something to do with; none for any."""
        return frozenset()

    @classmethod
    def runs(cls) -> tuple[int | None, int | None]:
        """Return how many neighbouring terms or factors the near and the far side take; None for wholes."""
        return None, None

    @classmethod
    def aim_at(cls, state: Tree, path: Path, values: Values, start: int | None = None) -> Self:
        """Return the rule aimed at a part of a state, which may be the nearer or the farther one.

        Raises:
            MisplacedError: the rule does not apply to these values.
        """
        far, near = cls.sides(values)
        if start is not None:
            return cls(Place(path, start), values, far, near)
        old, new = (far, near) if look(state, path) == far else (near, far)
        return cls(fitting(state, path, old, new), values, far, near)

    @classmethod
    def aim_on(cls, state: Tree, path: Path, values: Values) -> Self:
        """Return the rule aimed at a part of the state that a solver is to rewrite.

        Raises:
            MisplacedError: the rule does not apply there.
        """
        return cls.aim_at(state, path, values)

    @classmethod
    def find(cls, state: Tree) -> Iterator[Self]:
        """Yield the rule aimed wherever it can lead away from solved."""
        yield from cls._aimed(state, cls.runs()[0], cls.ways_back, away=True)

    @classmethod
    def spot(cls, state: Tree) -> Iterator[Self]:
        """Yield the rule aimed wherever a solver can use it."""
        yield from cls._aimed(state, cls.runs()[1], cls.ways_on, away=False)

    @classmethod
    def _aimed(
        cls, state: Tree, run: int | None, ways: Callable[[Tree], Iterator[Values]], *, away: bool
    ) -> Iterator[Self]:
        seen = set()
        for path, start, part in _parts(state, run):
            for values in ways(part):
                move = cls._aimed_safely(state, path, start, values)
                if move is None:
                    continue
                old, new = (move.near, move.far) if away else (move.far, move.near)
                key = (move.place, *values.items())
                if old == part and key not in seen and move.leads(state, old, new):
                    seen.add(key)
                    yield move

    @classmethod
    def _aimed_safely(cls, state: Tree, path: Path, start: int | None, values: Values) -> Self | None:
        try:
            return cls.aim_at(state, path, values, start)
        except MisplacedError:
            return None

    def leads(self, state: Tree, old: Tree, new: Tree) -> bool:
        """Whether the swap is possible, changes something, and can be taken back."""
        try:
            there = swap(state, self.place, old, new)
            return there != state and swap(there, self.place, new, old) == state
        except MisplacedError:
            return False

    def apply(self, state: Tree) -> Tree:
        """Return the state one step further from solved."""
        return swap(state, self.place, self.near, self.far)

    def undo(self, state: Tree) -> Tree:
        """Return the state one step nearer to solved."""
        return swap(state, self.place, self.far, self.near)

    def aim(self, text: SympyText | None = None) -> dict[str, Any]:
        """Return place and values; expressions are in SymPy's notation."""
        text = text or SympyText()
        place = self.place
        aim: dict[str, Any] = {"at": list(place.path)}
        if place.start is not None:
            aim["start"] = place.start
        if place.negated:
            aim["negated"] = True
        for name, value in self.values.items():
            aim[name] = text(value)
        return aim

    @classmethod
    def aimed(cls, aim: Mapping[str, Any]) -> Self:
        """Return the move that an aim describes.

        Raises:
            MisplacedError, BadTreeError: it describes none.
        """
        path, start = aim.get("at"), aim.get("start")
        if not isinstance(path, list) or not all(type(p) is int for p in path) or type(start) not in _START:
            raise MisplacedError(f"no place is described by {aim!r}"[:200])
        values = {
            name: read(str(text)) for name, text in aim.items() if name not in {"at", "start", "negated"}
        }
        try:
            far, near = cls.sides(values)
        except KeyError as error:
            raise MisplacedError(f"{cls.rule} needs a value for {error}") from error
        return cls(Place(tuple(path), start, aim.get("negated") is True), values, far, near)

    def explain(self, detail: Detail = Detail.STEP, latex: Latex | None = None) -> str:
        """Say what the solver does; the wording varies from move to move, and a move always says the same."""
        return self.say(detail, latex)

    def say(self, detail: Detail, latex: Latex | None, **words: str) -> str:
        """Fill in the wording that fits the detail, with words of the rule's own besides its formulas."""
        latex = latex or Latex()
        words["far"] = f"${latex(self.far)}$"
        choices = self.brief if detail == Detail.BRIEF else self.step
        voice = zlib.crc32(words["far"].encode())
        text = filled(choices[voice % len(choices)], words, self._meant, latex)
        if detail == Detail.REASON and self.reason:
            text += " " + filled(self.reason[voice // 7 % len(self.reason)], words, self._meant, latex)
        return text

    def _meant(self, name: str) -> Tree:
        """Return what a name in a wording stands for."""
        return self.near if name == "near" else self.far if name == "far" else self.values[name]


_START = {int, type(None)}
_PLACE = {"at", "start", "negated"}


def _parts(state: Tree, run: int | None) -> Iterator[tuple[Path, int | None, Tree]]:
    """Yield every part of a state, and every run of so many neighbouring terms or factors."""
    for path, part in places(state):
        yield path, None, part
        if run and type(part) is tuple and part[0] in {"+", "*"}:
            for start in range(len(part) - run) if run < len(part) - 1 else ():
                yield path, start, (part[0], *part[1 + start : 1 + start + run])


class Identity(Rewrite):
    """A rule with two equal sides, in SymPy's notation."""

    left: ClassVar[str]
    """What a solver reads."""
    right: ClassVar[str]
    """What a solver writes instead."""
    given: ClassVar[tuple[str, ...]] = ()
    """Conditions under which the sides are equal, beyond both being defined; such as `Gt(a, 0)`."""

    @classmethod
    @cache
    def patterns(cls) -> tuple[Pattern, Pattern]:
        """Return both sides, compiled: left and right."""
        return Pattern(cls.left), Pattern(cls.right)

    @classmethod
    def sides(cls, values: Values) -> tuple[Tree, Tree]:
        """Return both sides with these values for the letters."""
        return cls._built[tuple(values.items())]

    _built: ClassVar[Memory[tuple[Tree, Tree]]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._built = Memory(lambda items: cls._build(dict(items)), _MOST)

    @classmethod
    def _build(cls, values: Values) -> tuple[Tree, Tree]:
        left, right = cls.patterns()
        if missing := (left.names | right.names) - values.keys():
            raise MisplacedError(f"{cls.rule} needs values for {', '.join(sorted(missing))}")
        return left.build(values), right.build(values)

    @classmethod
    def ways_back(cls, near: Tree) -> Iterator[Values]:
        """Yield the values of a match, letters that only the left side has taken from `fresh`."""
        values = cls.patterns()[1].match(near)
        if values is not None:
            yield from cls.fresh(values)

    @classmethod
    def fresh(cls, values: Values) -> Iterator[Values]:
        """Yield the values completed by choices for the letters that only the left side has."""
        yield values

    @classmethod
    @cache
    def far_heads(cls) -> frozenset[Any]:
        """Return the operation of the left side."""
        left = cls.patterns()[0].tree
        return frozenset({left[0]} if type(left) is tuple else ())

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Yield the values of a match."""
        values = cls.patterns()[0].match(far)
        if values is not None and cls.patterns()[1].names <= values.keys():
            yield values

    @classmethod
    def runs(cls) -> tuple[int | None, int | None]:
        """Return how many neighbours the right and the left side take."""
        left, right = cls.patterns()
        return right.run, left.run


class Working(Rewrite):
    """A rule whose nearer side is worked out; its values hold the farther side as `of`."""

    law: ClassVar[tuple[str, str]]
    """The rule in letters, both sides in SymPy's notation; what is worked out is an instance of it."""
    given: ClassVar[tuple[str, ...]] = ()
    """Conditions under which the law holds, beyond both sides being defined; such as `Gt(a, 0)`."""
    heads: ClassVar[frozenset[str]] = frozenset()
    """The operations that there may be something to do with, so that no others are tried; empty for any."""

    _worked: ClassVar[Memory[Tree | None]]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._worked = Memory(lambda of: cls.work(of, {"of": of}), _MOST)

    @classmethod
    @abstractmethod
    def work(cls, of: Tree, values: Values) -> Tree | None:
        """Return what a solver writes instead of `of`; None if there is nothing to do."""

    @classmethod
    def sides(cls, values: Values) -> tuple[Tree, Tree]:
        """Return the given side and the one worked out from it."""
        far = values["of"]
        near = cls._worked[far] if len(values) == 1 else cls.work(far, values)
        if near is None:
            raise MisplacedError(f"{cls.rule} has nothing to do with {sympy_text(far)}")
        return far, near

    @classmethod
    def aim_on(cls, state: Tree, path: Path, values: Values) -> Self:
        """Return the rule aimed at a part of the state, which need not be named again."""
        here = look(state, path)
        full = {"of": here} | values if values else {"of": here}
        far, near = cls.sides(full)
        if far is not here:  # the values name something else
            return cls.aim_at(state, path, full)
        return cls(fitting(state, path, far, near), full, far, near)

    @classmethod
    def far_heads(cls) -> frozenset[Any]:
        """Return what the rule says itself."""
        return cls.heads

    @classmethod
    def ways_on(cls, far: Tree) -> Iterator[Values]:
        """Yield the part itself if there is something to do with it."""
        if cls._worked[far] is not None:
            yield {"of": far}
