"""What the experiment is made of, read from a file."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import msgspec

from rpsdg.traces.errors import UsageError

__all__ = ["MIXES", "Plan", "read_plan"]

MIXES = Path(__file__).parent / "mixes"
"""Mixtures of mutators beside those that come with rpsdg."""


class _History(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    url: str


class Mine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much is mined."""

    bugs: int
    commits: int


class Training(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which bugs are injected."""

    bugs: int
    seed: int
    mixtures: tuple[str, ...]
    programs: tuple[str, ...]


class Evaluate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How localisers are trained and compared."""

    seeds: tuple[int, ...]
    share: float
    resamples: int


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole experiment."""

    mine: Mine
    histories: tuple[_History, ...]
    training: Training
    evaluate: Evaluate

    def quick(self) -> Plan:
        """Return a plan that shows the direction in minutes."""
        return msgspec.structs.replace(
            self,
            mine=Mine(3, 40),
            training=msgspec.structs.replace(self.training, bugs=10, programs=self.training.programs[:2]),
            evaluate=Evaluate(self.evaluate.seeds[:3], self.evaluate.share, 1000),
        )


def read_plan(path: Path | None = None) -> Plan:
    """Return the plan of a file, or the one that comes with the experiment.

    Raises:
        UsageError: it cannot be read, or is no plan.
    """
    try:
        data = path.read_bytes() if path is not None else (files(__package__) / "plan.toml").read_bytes()
        return msgspec.toml.decode(data, type=Plan)
    except (OSError, msgspec.DecodeError) as error:
        raise UsageError(
            f"`{path}` is no plan of this experiment: {error}", hint="See experiments/localisation/plan.toml."
        ) from error


def mixture(name: str) -> str:
    """Return what `rpsdg bugs --mix` takes for a mixture of the plan: a name, or the path of a file here."""
    own = MIXES / f"{name}.toml"
    return str(own) if own.exists() else name
