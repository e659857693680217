"""Data sets on shared storage: what counts in a folder is sent, its index last and in one piece.

Whoever reads meanwhile has the data set of before, or the new one, and never half of either.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path, PurePosixPath

import msgspec

from rpsdg.sandbox.keeping import alone

from .errors import DatasetError, OutputError
from .index import INDEX, KINDS, Index, leftovers, read_index, write_file
from .storage import Storage

__all__ = ["Sent", "fetch_copy", "publish"]

_PLANS = ("run.json", "math.json")
"""Files that say of what run a data set is."""
_NAMED_BY_CONTENT = {*KINDS, "trees", "environments", "baselines"}
"""Folders in which a file of the same name and size is the same file."""
_TRIES = 3
"""How often what is fetched may be replaced meanwhile."""


@dataclass(frozen=True)
class Sent:
    """What was published."""

    url: str
    files: int
    """That were sent."""
    bytes: int
    """Of those."""
    there: int
    """Files that were there already."""


def publish(folder: Path, storage: Storage) -> Sent:
    """Send a finished data set; what is there already is not sent again.

    Files that only the data set of before the last one had are removed.

    Raises:
        OutputError: the run has not ended, or something else is there.
        DatasetError: the folder is damaged.
        StorageError: the storage cannot be reached, or refuses.
    """
    if not (folder / INDEX).is_file():
        raise DatasetError(f"there is no `{INDEX}` in `{folder}`", hint="Only a finished run is published.")
    written = (folder / INDEX).read_bytes()
    index = read_index(folder)
    if index.journals:
        raise OutputError(
            f"the run in `{folder}` has not ended: not all that it made is in shards yet",
            hint="Repeat its command, which finishes it; then publish.",
        )
    ours, there = _files_of(folder, index), storage.sizes()
    before = _there_before(folder, storage, there, set(ours))
    files = size = 0
    for path, local in ours.items():
        if not _is_there(path, local, storage, there):
            if _is_named_by_content(path):
                storage.put(local, path)
            else:  # a name that others have read already
                storage.write(path, local.read_bytes())
            files, size = files + 1, size + local.stat().st_size
    if INDEX not in there or storage.read(INDEX) != written:
        storage.write(INDEX, written)
        files, size = files + 1, size + len(written)
    kept = _shards_of(index) | _shards_of(before)  # who has just read the index of before still finds its own
    for path in there.keys() - kept:
        if path.partition("/")[0] in KINDS:
            storage.remove(path)
    return Sent(storage.url, files, size, len(ours) + 1 - files)


def fetch_copy(storage: Storage, cache: Path) -> Path:
    """Return a folder of this machine with the data set that is published now; only what is new is fetched.

    Raises:
        DatasetError: there is none, or it is damaged.
        StorageError: the storage cannot be reached, or refuses.
    """
    folder = cache / "published" / sha256(storage.url.encode()).hexdigest()[:24]
    with alone(folder):
        for tries_left in reversed(range(_TRIES)):
            there = storage.sizes()
            if INDEX not in there:
                raise DatasetError(
                    f"there is no data set at `{storage.url}`", hint="`rpsdg publish` puts one there."
                )
            written = storage.read(INDEX)
            try:
                index = msgspec.json.decode(written, type=Index)
            except (msgspec.DecodeError, msgspec.ValidationError) as error:
                raise DatasetError(f"the index at `{storage.url}` is damaged: {error}") from error
            shards = _shards_of(index)
            if not shards - there.keys() or not tries_left:
                break  # otherwise it has been replaced since we looked
        wanted = [path for path in there if path.partition("/")[0] not in KINDS or path in shards]
        for path in sorted({*wanted, *shards} - {INDEX}):
            local = folder / _inside(path)
            if not _is_named_by_content(path) or not _has_size(local, there.get(path)):
                storage.get(path, local)
        _require_checksums(folder, index, storage.url)
        folder.mkdir(parents=True, exist_ok=True)
        write_file(folder / INDEX, written)
        for left in list(leftovers(folder, index)):
            left.unlink(missing_ok=True)
    return folder


def _files_of(folder: Path, index: Index) -> dict[str, Path]:
    """Return what is published besides the index, by path: all that counts, and nothing hidden."""
    shards, found = _shards_of(index), {}
    for local in sorted(folder.rglob("*")):
        path = local.relative_to(folder)
        name = path.as_posix()
        if any(part.startswith(".") for part in path.parts) or not local.is_file() or name == INDEX:
            continue
        if path.parts[0] not in KINDS or name in shards:
            found[name] = local
    missing = sorted(shards - found.keys())
    if missing:
        raise DatasetError(f"`{folder / missing[0]}` is missing, which the index names")
    return found


def _there_before(folder: Path, storage: Storage, there: dict[str, int], ours: set[str]) -> Index:
    """Return the index that is there.

    Raises:
        OutputError: what is there is something else than an earlier state of the same.
    """
    for plan in _PLANS:
        if plan in there and (plan not in ours or storage.read(plan) != (folder / plan).read_bytes()):
            raise OutputError(
                f"at `{storage.url}` is the data set of another run", hint="Name another URL for this one."
            )
    if INDEX not in there:
        foreign = sorted(path for path in there if path not in ours and path.partition("/")[0] not in KINDS)
        if foreign:
            raise OutputError(
                f"`{storage.url}` holds something else, such as `{foreign[0]}`", hint="Name another URL."
            )
        return Index()
    try:
        return msgspec.json.decode(storage.read(INDEX), type=Index)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return Index()  # it is replaced


def _shards_of(index: Index) -> set[str]:
    return {f"{kind}/{shard.name}" for kind, shards in index.shards.items() for shard in shards}


def _is_named_by_content(path: str) -> bool:
    return path.partition("/")[0] in _NAMED_BY_CONTENT


def _is_there(path: str, local: Path, storage: Storage, there: dict[str, int]) -> bool:
    if there.get(path) != local.stat().st_size:
        return False
    return _is_named_by_content(path) or storage.read(path) == local.read_bytes()


def _has_size(local: Path, size: int | None) -> bool:
    return local.is_file() and local.stat().st_size == size


def _inside(path: str) -> PurePosixPath:
    """Return a path that storage told, which must not lead out of the folder."""
    found = PurePosixPath(path)
    if found.is_absolute() or ".." in found.parts:
        raise DatasetError(f"the published path `{path}` leads out of its folder")
    return found


def _require_checksums(folder: Path, index: Index, url: str) -> None:
    for kind, shards in index.shards.items():
        for shard in shards:
            local = folder / kind / _inside(shard.name)
            with local.open("rb") as file:
                if file_digest(file, "sha256").hexdigest() != shard.sha256:
                    file.close()
                    local.unlink()
                    raise DatasetError(
                        f"`{kind}/{shard.name}` at `{url}` is damaged: its checksum is another one",
                        hint="Publish it again from the folder of the run.",
                    )
