"""Mixes: which share of a run's traces each family of mutators gets.

A mix is a TOML file. Two come with the package (`mutators/mixes/`); a user may write another::

    [families]          # relative weights; a family that is left out gets nothing
    branches = 3
    names = 1

    [rules]             # optional: weights inside a rule's family, 1 if not named, 0 for never
    dropped-guard = 0.5

Without `[families]` every rule has the same weight.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from rpsdg.traces.errors import UsageError

from .families import Family
from .rules import all_mutators

__all__ = ["Mix", "MixError"]


class MixError(UsageError):
    """A mix that does not exist or cannot be meant."""


@dataclass(frozen=True)
class Mix:
    """Target shares of what a run accepts."""

    name: str
    families: Mapping[str, float] | None
    """Share of each family, all above 0, adding up to 1; None where every rule has the same mass."""
    rules: Mapping[str, float]
    """Weight of a rule among those of its family; 1 for every rule that is not named, 0 for never."""

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the mixes that come with the package."""
        folder = files(__package__) / "mixes"
        return sorted(Path(file.name).stem for file in folder.iterdir() if file.name.endswith(".toml"))

    @classmethod
    def load(cls, name: str) -> Mix:
        """Return the mix of this name, or else the one in this file.

        Raises:
            MixError: there is neither, or what is there is no mix.
        """
        if name in cls.names():
            text = (files(__package__) / "mixes" / f"{name}.toml").read_bytes()
            return cls._parsed(name, name, text)
        path = Path(name)
        try:
            text = path.read_bytes()
        except OSError as error:
            raise MixError(
                f"a mix was expected, and `{name}` is neither the name of one nor a file that can be read: "
                f"{error.strerror or error}",
                hint=f"The names are {' and '.join(cls.names())}; else give the path of a TOML file.",
            ) from error
        return cls._parsed(path.stem, name, text)

    def describe(self) -> dict[str, Any]:
        """Return the mix as JSON, as a run's plan holds it."""
        families = None if self.families is None else dict(self.families)
        return {"name": self.name, "families": families, "rules": dict(self.rules)}

    @classmethod
    def _parsed(cls, name: str, shown: str, text: bytes) -> Mix:
        try:
            found = tomllib.loads(text.decode())
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise MixError(
                f"the mix `{shown}` is not TOML: {error}",
                hint="It looks like this: [families], and below it lines such as `branches = 3`.",
            ) from error
        for table, value in found.items():
            if table not in {"families", "rules"} or not isinstance(value, dict):
                raise MixError(
                    f"the mix `{shown}` has `{table}`, where the tables [families] and [rules] were expected",
                    hint="Weights stand below one of the two headings.",
                )
        families = None
        if "families" in found:
            families = _weights(shown, "families", found["families"], list(Family))
            total = sum(families.values())
            if not total > 0:
                raise MixError(
                    f"the weights of the families in the mix `{shown}` add up to 0: nothing would be made",
                    hint="Give at least one family a weight above 0, or leave [families] out.",
                )
            families = {family: weight / total for family, weight in families.items() if weight > 0}
        rules = _weights(shown, "rules", found.get("rules", {}), list(all_mutators()))
        return cls(name, families, rules)


def _weights(shown: str, table: str, found: Mapping[str, Any], names: list[str]) -> dict[str, float]:
    """Return a table's weights, sorted by name, so that their order in the file does not matter."""
    weights = {}
    for name, weight in sorted(found.items()):
        if name not in names:
            raise MixError(
                f"the mix `{shown}` names `{name}` in [{table}], where one of these was expected: "
                f"{', '.join(names)}",
                hint="Correct the name or take the line out.",
            )
        number = isinstance(weight, int | float) and not isinstance(weight, bool)
        if not number or not math.isfinite(weight) or weight < 0:
            raise MixError(
                f"the mix `{shown}` gives `{name}` the weight {weight!r}, where a number of at least 0 was "
                "expected",
                hint="Weights are relative: 2 is twice as often as 1, and 0 is never.",
            )
        weights[name] = float(weight)
    return weights
