"""An experiment on mathematics as its file says it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from rpsdg.experiments.errors import ConfigError
from rpsdg.math_domains.registry import all_families

from .elsewhere import SOURCES

__all__ = ["ARMS", "Arm", "Experiment", "Model", "Problems", "Process", "Verifying", "read"]


class Arm(msgspec.Struct, frozen=True):
    """What of a solution a model is shown, and in which order."""

    detail: int | None = 0
    """None for the answer alone; 0 for the states of the tape; 1 to 3 for the tape in words as well."""
    curriculum: bool = False
    """Whether the easy problems come first; otherwise they come in random order."""
    wrong_steps: float = 0.0
    """The share of solutions with a wrong step that is marked as wrong and put right."""


ARMS = {
    "answers": Arm(None),
    "tapes": Arm(0),
    "tapes-brief": Arm(1),
    "tapes-steps": Arm(2),
    "tapes-reasons": Arm(3),
    "tapes-curriculum": Arm(0, curriculum=True),
    "tapes-wrong-steps": Arm(0, wrong_steps=0.3),
}
"""All there are. `answers` and `tapes` are what the others are compared with."""


class Problems(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which problems there are."""

    families: tuple[str, ...]
    train_levels: tuple[int, ...]
    harder_levels: tuple[int, ...]
    """Levels that are in no training set."""
    train: int
    """How many problems are trained on."""
    test: int
    """How many are in each test set, where so many can be found."""
    elsewhere: tuple[str, ...] = ()
    """Sources of problems that are not ours, by the names in `elsewhere.py`."""


class Model(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The size of a transformer."""

    width: int
    layers: int
    heads: int
    context: int
    """Tokens, at most, of a problem with its solution."""


class Process(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Process against outcome: how long each arm is trained."""

    arms: tuple[str, ...]
    seeds: tuple[int, ...]
    batch: int
    """Problems in an optimiser step."""
    steps: int
    """Where arms are compared at equal optimiser steps."""
    tokens: int
    """Where they are compared at equal tokens; every arm is trained until it has passed both."""
    rate: float
    """The learning rate, reached after a short warm-up and kept."""
    points: int = 8
    """Places of the curve of learning, evenly over an arm's tokens."""


class Verifying(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Process reward: verifiers of steps, and what they are asked to choose between."""

    seeds: tuple[int, ...]
    cost: int
    """What a verifier may cost, in tokens seen by a model going forwards; a token trained on counts three."""
    label_share: float
    """The share of it that rollouts take, where labels come from rollouts."""
    rollouts: int
    """From each step."""
    samples: int
    """Solutions of each problem to choose between."""
    problems: int
    """On which is chosen."""
    held_out: tuple[str, ...]
    """Kinds of mistakes that no verifier is trained on."""
    batch: int = 64
    rate: float = 1e-3


class Experiment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One file."""

    name: str
    title: str
    problems: Problems
    model: Model
    process: Process
    verifying: Verifying | None = None

    @property
    def digest(self) -> str:
        """What results belong to: a hash of everything in the file."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


def read(path: Path) -> Experiment:
    """Return the experiment in a file.

    Raises:
        ConfigError: it cannot be read, or names what there is not.
    """
    try:
        found = msgspec.toml.decode(path.read_bytes(), type=Experiment)
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigError(f"{path}: {error}") from error
    for fault in _faults(found):
        raise ConfigError(
            f"{path}: {fault}", hint="See experiments/mathematics/config.py for what can be said."
        )
    return found


def _faults(found: Experiment) -> Iterator[str]:
    unknown = set(found.problems.families) - set(all_families())
    if unknown:
        yield f"there is no family {', '.join(sorted(unknown))}; `rpsdg math --list` lists them"
    unknown = set(found.problems.elsewhere) - SOURCES
    if unknown:
        yield f"there is no source {', '.join(sorted(unknown))}; there are {', '.join(sorted(SOURCES))}"
    unknown = set(found.process.arms) - set(ARMS)
    if unknown:
        yield f"there is no arm {', '.join(sorted(unknown))}; there are {', '.join(ARMS)}"
    if len(set(found.process.seeds)) != len(found.process.seeds) or not found.process.seeds:
        yield "seeds must be there, and differ"
    if set(found.problems.train_levels) & set(found.problems.harder_levels):
        yield "a harder level is also one that is trained on"
    if found.model.width % found.model.heads:
        yield f"{found.model.heads} heads do not divide a width of {found.model.width}"
    if found.verifying is not None and "tapes" not in found.process.arms:
        yield "verifiers need the arm `tapes`, whose models write what is verified"
