"""What is kept of each part of an experiment, and where."""

from __future__ import annotations

from pathlib import Path

import msgspec

__all__ = ["ArmResult", "Moment", "Places", "Verdicts", "VerifierResult"]


class Moment(msgspec.Struct, frozen=True):
    """A look at a model in training."""

    at: str
    """`steps` or `tokens` where arms are compared; `curve` in between, on fewer problems."""
    steps: int
    tokens: int
    solved: dict[str, str]
    """By test set, a `1` for every problem that is solved, in order."""


class ArmResult(msgspec.Struct, frozen=True):
    """An arm, trained with one seed."""

    digest: str
    """Of the experiment as it was configured."""
    arm: str
    seed: int
    parameters: int
    tokens_each: float
    """Tokens of a problem with its solution, on average."""
    moments: tuple[Moment, ...]
    losses: tuple[float, ...]
    """Means over every hundred steps."""
    audit: dict[str, int]
    """See `evaluation.audited`."""


class Verdicts(msgspec.Struct, frozen=True):
    """What one verifier said."""

    labels: int
    """Solutions that it was trained on."""
    label_tokens: int
    """Tokens that a model saw to label them."""
    train_tokens: int
    first_error: dict[str, str]
    """By test set, a `1` for each solution in which the first error, or that there is none, was seen."""
    promised: tuple[float, ...]
    """That steps of unseen kinds of mistakes, and right ones beside them, are right."""
    came: str
    """A `1` for each of these that is right."""
    chosen: dict[str, str]
    """By test set, a `1` for each problem whose sample with the best verdict is right."""


class VerifierResult(msgspec.Struct, frozen=True):
    """Verifiers, and what is gained by choosing with them, of one seed."""

    digest: str
    seed: int
    verdicts: dict[str, Verdicts]
    """By where the labels come from."""
    alone: dict[str, str]
    """The generator's likeliest solutions, by test set."""
    majority: dict[str, str]
    share: dict[str, tuple[float, ...]]
    """Of the samples of each problem that are right: one is taken at random so often."""


class Places(msgspec.Struct, frozen=True):
    """Where the files of an experiment are."""

    results: Path
    work: Path
    """For what is needed only to go on: checkpoints and models."""

    def arm(self, name: str, seed: int) -> Path:
        """Return where the result of an arm is kept."""
        return self.results / f"{name}-{seed}.json"

    def verifier(self, seed: int) -> Path:
        """Return where what verifiers did is kept."""
        return self.results / f"verifier-{seed}.json"

    def checkpoint(self, name: str, seed: int) -> Path:
        """Return where the training of an arm stands."""
        return self.work / f"{name}-{seed}.pt"
