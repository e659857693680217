"""Which traces are meant: plain conditions on what a data set says of each, nothing that is run."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from rpsdg.corpora.facts import Facts
from rpsdg.traces.errors import UsageError

from .levels import read_levels

__all__ = ["FIELDS", "Selection"]

FIELDS: dict[str, Callable[[Facts], Collection[str]]] = {
    "domain": lambda facts: (facts.domain,),
    "family": lambda facts: (facts.family,) if facts.family else (),
    "rule": lambda facts: facts.rules,
    "repository": lambda facts: (facts.repository,) if facts.repository else (),
    "path": lambda facts: facts.paths,
    "licence": lambda facts: (facts.licence,) if facts.licence else (),
    "contamination": lambda facts: facts.contamination,
}
"""What a pattern can be held against, and the texts that a trace has for it."""


@dataclass(frozen=True)
class Selection:
    """Conditions, all of which have to hold.

    Patterns are those of a shell, `*` and `?`. Of the patterns for one field one has to fit; none of those
    that begin with `!` may. So `wrong-*` and `!wrong-name` for `rule` mean traces with a step of a rule
    `wrong-…`, and without any of `wrong-name`.
    """

    patterns: tuple[tuple[str, str], ...] = ()
    """Field and pattern."""
    levels: frozenset[int] | None = None
    steps: tuple[int, int] | None = None
    """Least and most steps; of code a step is a bug."""
    wrong_steps: bool | None = None
    """Whether there has to be a wrong step, or must not be; None for either."""

    @classmethod
    def of(
        cls,
        patterns: Mapping[str, Sequence[str]],
        levels: str | None = None,
        steps: str | None = None,
        wrong_steps: bool | None = None,
    ) -> Selection:
        """Return the conditions as they are written on the command line.

        >>> Selection.of({"domain": ["code/*"]}, levels="3-5", steps="2-").steps
        (2, 1000000)

        Raises:
            UsageError: one cannot be meant.
        """
        unknown = set(patterns) - set(FIELDS)
        if unknown:
            raise UsageError(f"there is no field `{unknown.pop()}`: there are {', '.join(FIELDS)}")
        wanted = tuple((field, pattern) for field, several in patterns.items() for pattern in several)
        chosen = None if levels is None else frozenset(read_levels(levels).shares or ())
        return cls(wanted, chosen, None if steps is None else _range(steps), wrong_steps)

    def __call__(self, facts: Facts) -> bool:
        """Say whether a trace is meant."""
        if self.levels is not None and facts.level not in self.levels:
            return False
        if self.steps is not None and not self.steps[0] <= len(facts.rules) <= self.steps[1]:
            return False
        if self.wrong_steps is not None and facts.is_wrong is not self.wrong_steps:
            return False
        return all(self._fits(field, facts) for field in {field for field, _ in self.patterns})

    def _fits(self, field: str, facts: Facts) -> bool:
        values = FIELDS[field](facts)
        patterns = [pattern for name, pattern in self.patterns if name == field]
        wanted = [pattern for pattern in patterns if not pattern.startswith("!")]
        refused = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
        if any(fnmatchcase(value, pattern) for value in values for pattern in refused):
            return False
        return not wanted or any(fnmatchcase(value, pattern) for value in values for pattern in wanted)


def _range(text: str) -> tuple[int, int]:
    first, dash, last = text.partition("-")
    try:
        least, most = int(first or 0), int(last or 1_000_000) if dash else int(first)
    except ValueError:
        least, most = 1, 0
    if not 0 <= least <= most:
        raise UsageError(f"a number of steps such as `2`, `2-4` or `3-` was expected, not `{text}`")
    return least, most
