"""Where the experiment keeps things: what may be published, and the folder that it works in."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from rpsdg.corpora.dataset import DatasetError
from rpsdg.traces import jsonl

from .plan import Plan, Program
from .records import Looked, MinedBug

__all__ = ["RESULTS", "Work"]

R = TypeVar("R", Looked, MinedBug)

RESULTS = Path(__file__).parents[1] / "results"
"""Committed: the bugs that were mined, and what came out of the comparison."""


@dataclass(frozen=True)
class Work:
    """A folder with what can be made again: histories, spectra, data sets, and what became of each commit."""

    folder: Path

    @property
    def spectra(self) -> Path:
        """Of every bug, real or injected."""
        return self.folder / "spectra"

    def data(self, plan: Plan, mixture: str, program: Program) -> Path:
        """The data set of bugs of one mixture in one program: a smaller plan takes the first of them."""
        return self.folder / "data" / f"{mixture}-{plan.digest(mixture)}" / program.name

    def kind(self, bug: str) -> Path:
        """Where it is kept how much of a real bug the catalogue can plant."""
        return self.folder / "kinds" / f"{bug}.json"

    def is_seen(self, bug: str) -> bool:
        """Say whether there is a spectrum of a bug."""
        return (self.spectra / f"{bug}.msgpack.gz").exists()

    def is_looked_at(self, bug: str) -> bool:
        """Say whether the spectrum of a bug was taken, or found not to be usable."""
        return self.is_seen(bug) or self.why_left_out(bug) is not None

    def leave_out(self, bug: str, why: str) -> None:
        """Write down why a bug has no spectrum; removing the file has it tried again."""
        path = self.folder / "left-out" / f"{bug}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".partial")
        draft.write_text(why)
        draft.replace(path)

    def why_left_out(self, bug: str) -> str | None:
        """Return why a bug has no spectrum; None if that is not known."""
        path = self.folder / "left-out" / f"{bug}.txt"
        return path.read_text() if path.exists() else None

    @property
    def looked_path(self) -> Path:
        """What became of each commit, a line each."""
        return self.folder / "looked.jsonl"

    def looked(self) -> list[Looked]:
        """Return what became of the commits that were looked at; a last line that was cut short is removed.

        Raises:
            DatasetError: the file holds something else.
        """
        path = self.looked_path
        if not path.exists():
            return []
        data = path.read_bytes()
        if not data.endswith(b"\n"):
            path.write_bytes(data[: data.rfind(b"\n") + 1])
        return _read(path, Looked)

    def add(self, looked: Looked) -> None:
        """Write down what became of a commit."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with self.looked_path.open("ab") as file:
            file.write(jsonl.encode(looked))

    def publish(self, bugs_path: Path) -> list[MinedBug]:
        """Write the bugs that were found into a file that may hold those of other histories; return all."""
        looked = self.looked()
        mined = {one.repository for one in looked}
        bugs = [bug for bug in read_bugs(bugs_path) if bug.repository not in mined]
        bugs += [one.bug for one in looked if one.bug is not None]
        bugs.sort(key=lambda bug: (bug.repository, bug.commit))
        bugs_path.parent.mkdir(parents=True, exist_ok=True)
        with bugs_path.open("wb") as file:
            jsonl.write(bugs, file)
        return bugs

    def outcomes(self) -> dict[str, int]:
        """Return how many commits ended how, the most frequent first."""
        return dict(Counter(one.outcome for one in self.looked()).most_common())


def read_bugs(path: Path) -> list[MinedBug]:
    """Return the mined bugs of a file, none if there is none.

    Raises:
        DatasetError: it holds something else.
    """
    return _read(path, MinedBug) if path.exists() else []


def _read(path: Path, kind: type[R]) -> list[R]:
    try:
        with path.open("rb") as file:
            return list(jsonl.read(file, kind))
    except jsonl.BadRecordError as error:
        raise DatasetError(f"`{path}`, {error}", hint="Name another file or folder.") from error
