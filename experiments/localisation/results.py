"""What comes out of the experiment and is kept: enough to write the page, and nothing of others' code."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from rpsdg.experiments.keeping import DamagedResultError
from rpsdg.traces import jsonl

from .kinds import Change
from .ranking import Standing

__all__ = ["BugResult", "Choice", "Place", "Results", "SeedResult", "Summary", "place_of", "read", "write"]

Place = tuple[int, int, int]
"""Of a standing: how many are better, how many tied, how many of these faulty."""


def place_of(standing: Standing) -> Place:
    """Return a standing in three numbers; the fourth, how many suspects there are, is kept once a bug."""
    return standing.better, standing.tied, standing.faulty


class Choice(msgspec.Struct, frozen=True):
    """Which model learns from the bugs of a mixture."""

    digest: str
    """Of everything that went into it."""
    mixture: str
    found: dict[str, float]
    """Mean reciprocal rank on programs that each model was not trained on."""
    chosen: str


class SeedResult(msgspec.Struct, frozen=True):
    """What the localiser of a mixture, trained with one seed, does."""

    digest: str
    mixture: str
    seed: int
    trained_on: int
    """Bugs."""
    real: dict[str, Place]
    """By bug."""
    held_out: dict[str, Place]
    """Of the injected bugs of the same mixture in each program, by a model that was trained on the others."""


class BugResult(msgspec.Struct, frozen=True, kw_only=True):
    """What all localisers do with one bug."""

    bug: str
    """Of a mined bug its id, of an injected one that of its trace."""
    group: str
    """Public address of the history."""
    mixture: str = ""
    """Of an injected bug."""
    family: str
    kind: str = ""
    """Of a real fix, how much of it the catalogue can plant; see `kinds`."""
    changes: tuple[Change, ...] = ()
    """Of a real fix, the runs of lines that it changes."""
    suspects: int
    faulty: int
    """How many of them are faulty."""
    failing: int
    """Tests."""
    places: dict[str, tuple[Place, ...]]
    """By localiser; of those that learned, one for each seed."""

    def standings(self, arm: str) -> list[Standing]:
        """Return where a localiser puts the first faulty suspect, by seed."""
        return [Standing(*place, self.suspects) for place in self.places[arm]]


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """What went in."""

    digest: str
    seeds: tuple[int, ...]
    resamples: int
    choices: tuple[Choice, ...]
    trained_on: dict[str, int]
    """Bugs by mixture, for each seed."""
    injected: dict[str, dict[str, int]]
    """Bugs that were made and seen, by mixture and program."""
    mined: int
    left_out: dict[str, int]
    """Mined bugs that were not seen again, by the reason."""
    not_injected: dict[str, int]
    """Injected bugs that took no part, by the reason."""


class Results(msgspec.Struct, frozen=True):
    """All of it."""

    summary: Summary
    real: tuple[BugResult, ...]
    held_out: tuple[BugResult, ...]


def write(results: Results, folder: Path) -> None:
    """Write results into a folder: the summary last, so that a folder that has one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.json").unlink(missing_ok=True)
    for name, bugs in (("real", results.real), ("held-out", results.held_out)):
        _replace(folder / f"{name}.jsonl", b"".join(map(jsonl.encode, bugs)))
    text = msgspec.json.format(msgspec.json.encode(results.summary), indent=1)
    _replace(folder / "summary.json", text + b"\n")


def read(folder: Path) -> Results | None:
    """Return the results in a folder; None if there are none.

    Raises:
        DamagedResultError: they cannot be read.
    """
    if not (folder / "summary.json").exists():
        return None
    try:
        summary = msgspec.json.decode((folder / "summary.json").read_bytes(), type=Summary)
        real, held_out = (_read(folder / f"{name}.jsonl") for name in ("real", "held-out"))
    except (OSError, msgspec.DecodeError, jsonl.BadRecordError) as error:
        raise DamagedResultError(
            f"the results in {folder}: {error}", hint="Remove the folder, and they are worked out again."
        ) from error
    return Results(summary, tuple(real), tuple(held_out))


def _read(path: Path) -> Sequence[BugResult]:
    with path.open("rb") as file:
        return list(jsonl.read(file, BugResult))


def _replace(path: Path, data: bytes) -> None:
    draft = path.with_suffix(".partial")
    draft.write_bytes(data)
    draft.replace(path)
