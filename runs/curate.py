"""Data sets made of data sets: merged, filtered, sampled, split; written whole or not at all."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pyarrow as pa

from rpsdg.corpora.dataset import CANDIDATES, Dataset, DatasetError
from rpsdg.corpora.derived import About, Derived, Origin, about, empty_place
from rpsdg.corpora.facts import Facts, facts_in
from rpsdg.corpora.secrets import Hit, Secrets, hits_in, refusal
from rpsdg.math_domains.seen import Seen

from .card import card_of_splits, write_card
from .origins import merged, origins_of
from .splits import Divided

__all__ = ["Made", "filter_traces", "merge", "split"]

Keep = Callable[[Facts], bool]


@dataclass
class Made:
    """What was made, or would be."""

    read: int = 0
    """Traces that were looked at."""
    written: int = 0
    repeats: int = 0
    """Traces whose problem was there already."""
    dropped: int = 0
    """Traces with secrets that were left out."""
    secrets: Counter[str] = field(default_factory=Counter)
    """Hits by kind."""


class _Writing:
    """One data set that is being made, with the scan for secrets on the way."""

    def __init__(self, out: Path, secrets: Secrets, *, dry_run: bool, stack: ExitStack) -> None:
        empty_place(out)
        self.derived = None if dry_run else stack.enter_context(Derived(out))
        self.secrets = secrets
        self.made = Made()
        self.hits: list[Hit] = []

    def add(self, batch: pa.RecordBatch, data: Dataset) -> int:
        """Add rows; returns how many were kept."""
        hits = list(hits_in(batch)) if batch.num_rows else []
        self.made.secrets.update(hit.kind for hit in hits)
        if hits and self.secrets.drop:
            spoilt = {hit.trace for hit in hits}
            mask = [name not in spoilt for name in batch.column("id").to_pylist()]
            self.made.dropped += mask.count(False)
            batch = batch.filter(pa.array(mask))
        elif hits and not self.secrets.allow:
            self.hits += hits
        self.made.written += batch.num_rows
        if self.derived is not None:
            self.derived.add(batch, data)
        return int(batch.num_rows)

    def check(self) -> None:
        """Stop if there are secrets that are neither allowed nor dropped."""
        if self.hits:
            raise refusal(self.hits)

    def finish(self, said: About) -> None:
        """Finish the folder with its card, beside its place."""
        if self.derived is not None:
            said = msgspec.structs.replace(said, secrets=dict(self.made.secrets), dropped=self.made.dropped)
            self.derived.finish(said)
            write_card(self.derived.folder)
            self.derived.move()


def merge(
    folders: Sequence[Path],
    out: Path,
    secrets: Secrets,
    command: str,
    *,
    dry_run: bool,
    keep: Mapping[Path, Collection[str]] | None = None,
) -> Made:
    """Put data sets together; of problems that are the same the first is kept.

    Args:
        folders: of the data sets, in order.
        out: folder to make.
        secrets: what is done about them.
        command: what the user wrote, for the card.
        dry_run: count, and make nothing.
        keep: ids of the traces that are meant, of the data sets of which not all are.

    Raises:
        OutputError: `out` is there already, or cannot be written.
        DatasetError: a data set is damaged.
        SecretError: something looks like a secret, and that is neither allowed nor dropped.
    """
    datasets = [Dataset(folder) for folder in folders]
    seen = Seen(sum(data.count() for data in datasets) + 1)
    with ExitStack() as stack:
        writing = _Writing(out, secrets, dry_run=dry_run, stack=stack)
        made = writing.made
        origins: list[Origin] = []
        earlier: list[str] = []
        for data in datasets:
            before = made.written
            wanted = (keep or {}).get(data.folder)
            for batch in data.batches():
                if wanted is not None:
                    meant = [name in wanted for name in batch.column("id").to_pylist()]
                    batch = batch.filter(pa.array(meant, pa.bool_()))
                mask = [seen.add(problem) for problem in _problems(batch)]
                made.read += len(mask)
                made.repeats += mask.count(False)
                writing.add(batch.filter(pa.array(mask, pa.bool_())), data)
            if writing.derived is not None:
                writing.derived.add_candidates(data.batches(kind=CANDIDATES))
            origins += origins_of(data, made.written - before)
            earlier += _commands(data)
        writing.check()
        writing.finish(About((*dict.fromkeys(earlier), command), merged(origins)))
    return made


def filter_traces(
    folder: Path, out: Path, keep: Keep, secrets: Secrets, command: str, *, dry_run: bool
) -> Made:
    """Make a data set of the traces that are meant. Arguments and errors are those of `merge`.

    Raises:
        DatasetError: no trace is meant, besides.
    """
    data = Dataset(folder)
    with ExitStack() as stack:
        writing = _Writing(out, secrets, dry_run=dry_run, stack=stack)
        made = writing.made
        for batch in data.batches():
            mask = [keep(facts) for facts in facts_in(batch)]
            made.read += len(mask)
            writing.add(batch.filter(pa.array(mask, pa.bool_())), data)
        if not made.written and not writing.hits:
            raise DatasetError(
                f"none of the {made.read} traces in `{folder}` is meant",
                hint=f"`rpsdg stats {folder}` says what is there.",
            )
        writing.check()
        writing.finish(_said(data, made, command))
    return made


def split(
    folder: Path, out: Path, divided: Divided, secrets: Secrets, command: str, *, dry_run: bool
) -> dict[str, Made]:
    """Make a data set of each split, in a folder each, and a card above. Arguments are those of `merge`."""
    data = Dataset(folder)
    empty_place(out)
    with ExitStack() as stack:
        whole = stack.enter_context(Derived(out))  # the folder of folders: moved when all of them are there
        writings = [
            _Writing(whole.folder / name, secrets, dry_run=dry_run, stack=stack) for name in divided.names
        ]
        start = 0
        for batch in data.batches():
            places = divided.places[start : start + batch.num_rows]
            start += batch.num_rows
            for place, writing in enumerate(writings):
                mask = [one == place for one in places]
                writing.made.read += mask.count(True)
                if any(mask):
                    writing.add(batch.filter(pa.array(mask, pa.bool_())), data)
        hits = [hit for writing in writings for hit in writing.hits]
        if hits:
            raise refusal(hits)
        if not dry_run:
            for writing in writings:
                writing.finish(_said(data, writing.made, command))
            card_of_splits(whole.folder, divided.names, command)
            whole.move()
        return {name: writing.made for name, writing in zip(divided.names, writings, strict=True)}


def _said(data: Dataset, made: Made, command: str) -> About:
    """Return where some traces of a data set came from; of several runs it is not known how many of each."""
    origins = tuple(
        msgspec.structs.replace(origin, traces=min(origin.traces, made.written))
        for origin in origins_of(data, made.written)
    )
    return About((*_commands(data), command), origins)


def _commands(data: Dataset) -> tuple[str, ...]:
    said = about(data)
    return () if said is None else said.commands


def _problems(batch: pa.RecordBatch) -> Iterator[bytes]:
    """Yield what is the same for problems that are the same: of mathematics their canonical form."""
    columns = (
        batch.column("domain").to_pylist(),
        batch.column("problem").field("state").to_pylist(),
        batch.column("provenance").field("source").to_pylist(),
    )
    for domain, state, source in zip(*columns, strict=True):
        same = _SOURCE.decode(source).canonical if not domain.startswith("code/") else None
        yield hashlib.blake2b((same or f"{domain}\0{state}").encode(), digest_size=8).digest()


class _Source(msgspec.Struct):
    canonical: str | None = None


_SOURCE = msgspec.json.Decoder(_Source)
