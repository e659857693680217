"""Whether manifest, lock and data agree, without a network and without a sandbox: what CI asks."""

from __future__ import annotations

from collections.abc import Iterator

from rpsdg.corpora.dataset import Dataset, DatasetError
from rpsdg.corpora.lock import Lock, LockError, digest_of
from rpsdg.traces.errors import RpsdgError

from .assembling import lock_of
from .corpus import Corpus
from .parts import live_in
from .terms import Terms, math_plan, of_plan

__all__ = ["disagreements"]


def disagreements(corpus: Corpus) -> list[str]:
    """Return what does not agree, in words; nothing if all does.

    Raises:
        ManifestError: a word of the manifest cannot be meant.
    """
    try:
        lock = corpus.lock()
    except LockError as error:
        return [str(error)]
    if lock is None:
        return [f"there is no lock: `{corpus.lock_path}` is written by `rpsdg refresh`"]
    return [*_of_manifest(corpus, lock), *_of_parts(corpus, lock), *_of_data(corpus, lock)]


def _of_manifest(corpus: Corpus, lock: Lock) -> Iterator[str]:
    manifest = corpus.manifest
    said = len(lock.sources) + len(lock.mathematics)
    for number, table in enumerate(manifest.sources):
        locked = lock.sources.get(table.name)
        if locked is None:
            yield f"{manifest.at(f'source[{number}]')}: the lock has no source `{table.name}`"
        elif locked.terms != Terms.of(manifest, number).digest:
            yield f"{manifest.at(f'source[{number}]')}: `{table.name}` was asked for on other terms"
    for number, entry in enumerate(manifest.mathematics):
        made = lock.mathematics.get(entry.name)
        if made is None:
            yield f"{manifest.at(f'mathematics[{number}]')}: the lock has no mathematics `{entry.name}`"
        elif made.plan != of_plan(math_plan(manifest, number)):
            yield f"{manifest.at(f'mathematics[{number}]')}: `{entry.name}` was made to another plan"
    names = {*lock.sources, *lock.mathematics} - set(manifest.names)
    for name in sorted(names):
        yield f"the lock has `{name}`, which the manifest does not name any more"
    if lock.manifest != manifest.digest and said == len(manifest.names) and not names:
        yield "the manifest was changed after the lock was written"


def _of_parts(corpus: Corpus, lock: Lock) -> Iterator[str]:
    for name, locked in lock.sources.items():
        try:
            parts = corpus.parts(name, locked)
            live = live_in(parts)
        except RpsdgError as error:
            yield f"{name}: {error}"
            continue
        for part, said in zip(parts, locked.parts, strict=True):
            if digest_of(live[part.folder]) != said.traces:
                yield f"{name}: the traces in `{said.folder}` are not those of the lock"
    for name, made in lock.mathematics.items():
        try:
            batches = Dataset(corpus.parts_of(name) / made.folder).batches(["id"])
            ids = [one for batch in batches for one in batch.column("id").to_pylist()]
        except DatasetError as error:
            yield f"{name}: {error}"
            continue
        if digest_of(ids) != made.traces:
            yield f"{name}: the traces in `{made.folder}` are not those of the lock"


def _of_data(corpus: Corpus, lock: Lock) -> Iterator[str]:
    if lock.data is None:
        return
    try:
        found = lock_of(corpus.manifest.out)
    except DatasetError as error:
        yield f"the data set: {error}"
        return
    if found != lock.data:
        yield f"the data set has {found.count} traces that are not the {lock.data.count} of the lock"
