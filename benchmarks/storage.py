"""How many bytes does a trace take, and how fast and in how much memory are many written and read?

Our side is a data set folder as every command writes it: synced journals, rolled into Parquet shards. The
peer beside it is one file of JSON Lines with the same records, synced as often, which has no columns,
checksums or labels; for bytes also the same file compressed with gzip. Seconds are those of the processor,
so other jobs on the machine count less; memory is the most that a process of its own had. Traces are made
of some thousand real ones of mathematics with ids, hashes and problems changed: the store is measured, not
the mathematics.

For code, name data sets: `python -m benchmarks storage --data DIR... [--count N]`. All of them are merged;
beside a task's bytes stand those of SWE-smith's Python set as it is published (39,471 rows, 214 MB to
download, 3.49 GB unpacked, without steps or observations), which are not measured here. What is shared,
such as the list of the tests that pass, counts; source trees do not, as SWE-smith's images do not.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import msgspec

from rpsdg.corpora.bulk import BulkWriter
from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.secrets import Secrets
from rpsdg.math_domains.problems import Problems
from rpsdg.math_domains.registry import all_families
from rpsdg.runs.curate import merge
from rpsdg.traces import jsonl
from rpsdg.traces.record import Trace

from .figure import Figure, compare, versions_of

__all__ = ["command", "run"]

COUNT, QUICK_COUNT = 1_000_000, 5_000
EACH, QUICK_EACH = 40, 3
"""Real traces of each family."""
BATCH = 100
"""Traces between two syncs, as `rpsdg math` has them."""
SWE_SMITH = {"compressed": 214e6 / 39_471, "unpacked": 3.49e9 / 39_471}
"""Bytes a row of SWE-smith's Python set."""


class _Cost(NamedTuple):
    """What some work took."""

    seconds: float
    megabytes: float
    """The most memory that the process had."""


class _Plan(msgspec.Struct):
    """Stands for the plan of a run."""

    count: int


def run(quick: bool) -> Iterator[Figure]:
    """Measure mathematics."""
    yield from measure(QUICK_COUNT if quick else COUNT, QUICK_EACH if quick else EACH)


def command(arguments: Sequence[str]) -> int:
    """Measure with a number of traces, or data sets of code, of one's own; prints JSON lines."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", allow_abbrev=False)
    parser.add_argument("--count", type=int, default=0, metavar="N", help="traces of mathematics")
    parser.add_argument("--data", type=Path, nargs="+", default=[], metavar="DIR", help="data sets of code")
    options = parser.parse_args(arguments)
    figures = [*measure_code(options.data)] if options.data else []
    for figure in figures:
        print(msgspec.json.encode(figure).decode(), flush=True)
    for figure in measure(options.count, EACH) if options.count else ():
        print(msgspec.json.encode(figure).decode(), flush=True)
    return 0


def measure_code(folders: Sequence[Path]) -> Iterator[Figure]:
    """Yield the bytes of a code task in these data sets, alone and together."""
    versions = versions_of("pyarrow")
    with tempfile.TemporaryDirectory() as place:
        out = Path(place) / "merged"
        merge(folders, out, Secrets(allow=True), "", dry_run=False)
        data = Dataset(out)
        count = data.count()
        lines = sum(len(jsonl.encode(trace)) for trace in data.traces())
        shared = sum(
            len(gzip.compress(path.read_bytes()))
            for kind in ("baselines", "environments")
            for path in (out / kind).iterdir()
        )
        of = f"a code task of {count:,} in {len(folders)} data sets"
        peer = SWE_SMITH["compressed"]
        yield compare(f"{of}, steps and observations included (SWE-smith, as published, without any)",
            data.size() / count, peer, unit="B", better="less", versions=versions)  # fmt: skip
        yield compare(f"{of}, with its share of environments and lists of tests, gzipped (SWE-smith)",
            (data.size() + shared) / count, peer, unit="B", better="less", versions=versions)  # fmt: skip
        yield compare(f"{of}, as JSON (SWE-smith, as published, unpacked)",
            lines / count, SWE_SMITH["unpacked"], unit="B", better="less", versions=versions)  # fmt: skip


def measure(count: int, each: int) -> Iterator[Figure]:
    """Yield bytes, rates and memory of so many traces of mathematics."""
    versions = versions_of("pyarrow", "msgspec")
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place) / "data", Path(place) / "traces.jsonl"
        real = Path(place) / "real.jsonl"
        _alone(_make, each, real)
        tenth = _alone(_write_ours, count // 10, real, Path(place) / "tenth")
        ours, theirs = (
            _alone(_write_ours, count, real, folder),
            _alone(_write_theirs, count, real, file),
        )
        of = f"{count:,} traces of mathematics"
        size = Dataset(folder).size() / count
        plain = file.stat().st_size / count
        packed = _gzipped(file, 20_000)
        yield compare(
            f"{of}: bytes each (JSON Lines)", size, plain, unit="B", better="less", versions=versions
        )
        yield compare(
            f"{of}: bytes each (JSON Lines, gzip)", size, packed, unit="B", better="less", versions=versions
        )
        yield compare(f"{of}: written (JSON Lines)", count / ours.seconds, count / theirs.seconds,
            unit="traces/s", better="more", versions=versions)  # fmt: skip
        yield compare(f"{of}: memory while writing (a tenth of them)", ours.megabytes, tenth.megabytes,
            unit="MiB", better="less", versions=versions)  # fmt: skip
        ours, theirs = _alone(_read_ours, count, folder), _alone(_read_theirs, count, file)
        yield compare(f"{of}: read and validated (JSON Lines)", count / ours.seconds, count / theirs.seconds,
            unit="traces/s", better="more", versions=versions)  # fmt: skip
        levels = _alone(_read_levels, count, folder)
        yield compare(f"{of}: levels and families read (JSON Lines)", count / levels.seconds,
            count / theirs.seconds, unit="traces/s", better="more", versions=versions)  # fmt: skip
        tenth = _alone(_read_ours, count // 10, Path(place) / "tenth")
        yield compare(f"{of}: memory while reading (a tenth of them)", ours.megabytes, tenth.megabytes,
            unit="MiB", better="less", versions=versions)  # fmt: skip


def _alone(work: Callable[..., None], *arguments: object) -> _Cost:
    """Do work in a process of its own."""
    context = get_context("spawn")  # a fork would count what this process has
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_costed, args=(sender, work, arguments))
    process.start()
    sender.close()
    try:
        with receiver:
            seconds, megabytes = receiver.recv()
    finally:
        process.join()
    return _Cost(seconds, megabytes)


def _costed(sender: object, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    before = time.process_time()
    work(*arguments)
    seconds = time.process_time() - before
    unit = 1 if sys.platform == "darwin" else 1024
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
    sender.send((seconds, used))  # type: ignore[attr-defined] # a connection


def _make(each: int, real: Path) -> None:
    with real.open("wb") as file:
        for family in all_families().values():
            jsonl.write(islice(iter(Problems(family, 0)), each), file)


def _lines(count: int, real: Path) -> Iterator[list[bytes]]:
    """Yield batches of different lines, made from real ones for next to nothing."""
    originals = []
    for line in real.read_bytes().splitlines(keepends=True):
        trace = msgspec.json.decode(line, type=Trace)
        canonical = str(trace.provenance.source["canonical"])
        marks = [mark.encode() for mark in (trace.id, trace.content_hash, canonical)]
        originals.append((line, marks))
    batch: list[bytes] = []
    for number in range(count):
        line, known = originals[number % len(originals)]
        for mark in known:
            digest = hashlib.sha256(mark + number.to_bytes(4)).hexdigest().encode()
            line = line.replace(mark, digest[: len(mark)])
        batch.append(line)
        if len(batch) == BATCH or number == count - 1:
            yield batch
            batch = []


def _write_ours(count: int, real: Path, folder: Path) -> None:
    with closing(BulkWriter(folder, "math")) as writer:
        writer.begin(_Plan(count))
        for lines in _lines(count, real):
            writer.append(lines)
        writer.finish()


def _write_theirs(count: int, real: Path, path: Path) -> None:
    with path.open("wb") as file:
        for lines in _lines(count, real):
            file.write(b"".join(lines))
            file.flush()
            os.fsync(file.fileno())


def _read_ours(count: int, folder: Path) -> None:
    assert sum(1 for _ in Dataset(folder).traces()) == count


def _read_levels(count: int, folder: Path) -> None:
    assert (
        sum(len(b.column("level").to_pylist()) for b in Dataset(folder).batches(["level", "family"])) == count
    )


def _read_theirs(count: int, path: Path) -> None:
    with path.open("rb") as file:
        assert sum(1 for _ in jsonl.read(file, Trace)) == count


def _gzipped(path: Path, lines: int) -> float:
    """Return the bytes a line takes when so many of them are compressed with gzip."""
    with path.open("rb") as file:
        part = list(islice(file, lines))
    return len(gzip.compress(b"".join(part), 6)) / len(part)
