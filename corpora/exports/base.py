"""One format of another program: what an exporter is told, what it says, and how it leaves something out."""

from __future__ import annotations

import inspect
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from rpsdg.corpora.dataset import Dataset
from rpsdg.traces.record import Trace

from .programs import Programs
from .styles import Style
from .unfit import UnfitError

__all__ = ["Export", "Job", "Options", "Style", "Summary", "TokenLimit", "UnfitError"]


@dataclass(frozen=True)
class TokenLimit:
    """The most tokens that a record may have."""

    limit: int
    tokenizer: str
    """What counts, as the user named it."""
    count: Callable[[str], int]
    """Returns the number of tokens of a text."""


@dataclass(frozen=True)
class Options:
    """What a user may ask of a format; one says in `takes` which of these mean anything to it."""

    limit: int | None = None
    """Traces to look at; None for all. Every format knows this one."""
    style: Style | None = None
    """None for what is usual in the format."""
    tokens: TokenLimit | None = None
    base_image: str | None = None
    """Of images that are built from what is written; `{python}` stands for the minor version."""
    network: Literal["policy", "none"] | None = None
    """How a task is kept from the network (`harbor.texts.Network`)."""


@dataclass
class Summary:
    """What became of the traces."""

    traces: int = 0
    """Those that were looked at."""
    records: int = 0
    """What was written of them: lines, rows, tasks."""
    dropped: Counter[str] = field(default_factory=Counter)
    """What was left out, by reason."""

    def describe(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {"traces": self.traces, "records": self.records, "dropped": dict(self.dropped)}


@dataclass
class Job:
    """One export under way."""

    dataset: Dataset
    out: Path
    """What to make, a file or a folder; absent. It is moved to where the user wants it when it is done."""
    options: Options
    domains: Collection[str]
    withheld: Collection[str] = frozenset()
    """Ids of the traces that must not leave."""
    summary: Summary = field(default_factory=Summary)
    tell: Callable[[str], None] = lambda _: None
    """Is told what became of each trace, for a progress bar."""

    @cached_property
    def programs(self) -> Programs:
        """Makes programs of the states of code traces."""
        return Programs(self.dataset)

    def traces(self) -> Iterator[Trace]:
        """Yield the traces that are to be written; of others it is noted why not.

        What is written of a trace is said with `wrote` and `dropped` before the next one is asked for.
        """
        for trace in self.dataset.traces():
            if self.summary.traces == self.options.limit:
                return
            self.summary.traces += 1
            if trace.id in self.withheld:
                self.dropped("what looks like a secret")
                self.tell("left out")
            elif trace.domain.startswith(tuple(self.domains)):
                before = self.summary.records
                yield trace
                self.tell("written" if self.summary.records > before else "left out")
            else:
                self.dropped(f"domain {trace.domain.partition('/')[0]}")
                self.tell("left out")

    def wrote(self, records: int = 1) -> None:
        """Count what was written."""
        self.summary.records += records

    def dropped(self, reason: str) -> None:
        """Count what was left out."""
        self.summary.dropped[reason] += 1


class Export(ABC):
    """A format. The first line of the class docstring says what it is and which program reads it.

    Formats of this package are classes in the modules of `rpsdg.corpora.exports.formats`; other distributions
    add theirs through the entry point group `rpsdg.exports`.
    """

    name: ClassVar[str]
    """What the user types, such as `trl-sft`."""
    kind: ClassVar[Literal["file", "folder"]]
    """What it writes."""
    domains: ClassVar[tuple[str, ...]] = ("",)
    """Beginnings of the domains whose traces it takes, such as `code/`; by default all."""
    takes: ClassVar[frozenset[str]] = frozenset()
    """Names of the fields of `Options`, besides `limit`, that it heeds. Others are a user's mistake."""

    @abstractmethod
    def write(self, job: Job) -> None:
        """Write the traces of a job to `job.out`.

        Raises:
            OSError: it cannot be written; the caller says so to the user.
        """

    @classmethod
    def title(cls) -> str:
        """Return what it is, in one line."""
        return (inspect.getdoc(cls) or "").partition("\n")[0]
