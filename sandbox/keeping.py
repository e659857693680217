"""The environments that are kept: what each is, when it was last used, and which goes for want of room."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from .contract import Sandbox, SandboxBrokeError
from .environment import Environment
from .lease import Lease, is_free
from .settings import Settings

__all__ = ["About", "Kept", "Shelf", "alone", "on_shelf", "write"]

KEY_LENGTH = 24
"""Characters of a key that name an environment: in a tag, in a folder, on the shelf."""


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is written down about an environment that a sandbox keeps."""

    environment: Environment
    source: str = ""
    """What it was made for, as the user called it."""
    runner: str = ""
    size: int = 0
    """Bytes that would be free without it."""
    hints: tuple[str, ...] = ()
    """What the search for its recipe could not repair."""
    passed: int | None = None
    """Tests that passed at the end of that search; None where there was none here."""
    counted: int | None = None
    """Tests in that run, those that were skipped aside."""


@dataclass(frozen=True)
class Kept:
    """An environment on the shelf."""

    key: str
    about: About
    used: float
    """When it was last used, in seconds of the epoch."""
    in_use: bool


class Shelf:
    """The environments of one sandbox that this cache folder knows of.

    Other caches may have theirs in the same engine; they are never touched.
    """

    def __init__(self, sandbox: Sandbox, settings: Settings) -> None:
        self._sandbox, self._settings = sandbox, settings
        self._folder = settings.cache / "recipes"

    def about(self, key: str) -> About | None:
        """Return what is known of an environment, or None if it is not, or not any more, readable."""
        try:
            return msgspec.json.decode(self._path(key).read_bytes(), type=About)
        except (OSError, msgspec.DecodeError, msgspec.ValidationError):
            return None

    @contextmanager
    def building(self, key: str) -> Iterator[None]:
        """Keep other runs and threads from building, or evicting, the same environment meanwhile."""
        with alone(self._path(key)):
            yield

    def put(self, key: str, about: About) -> None:
        """Write down what is known of an environment that is there."""
        if not about.size:
            about = msgspec.structs.replace(about, size=self._sandbox.size(key))
        write(self._path(key), msgspec.json.encode(about))

    def use(self, key: str) -> Lease:
        """Note that an environment is used now, and keep it from being evicted while the lease is held."""
        lease = Lease(self._path(key).with_suffix(".lease"), key)
        with contextlib.suppress(OSError):  # a shelf that is only read still serves
            os.utime(self._path(key))
        return lease

    def kept(self) -> list[Kept]:
        """Return what this sandbox keeps, the longest unused first; what it has lost is not among them."""
        there = set(self._sandbox.kept())
        return [
            one
            for one in on_shelf(self._settings)
            if one.about.runner == self._sandbox.name and one.key in there
        ]

    def remove(self, key: str) -> bool:
        """Remove an environment; False if it is in use."""
        with alone(self._path(key)):
            if not is_free(self._path(key).with_suffix(".lease")):
                return False
            try:
                self._sandbox.remove(key)
            except SandboxBrokeError:
                return False  # the engine says that it is in use
            self._path(key).unlink(missing_ok=True)
            self._path(key).with_suffix(".lease").unlink(missing_ok=True)
        return True

    def make_room(self) -> list[Kept]:
        """Evict the longest unused environments until the others fit; returns them.

        What is in use stays, even where that is too much.
        """
        kept = self.kept()
        total = sum(one.about.size for one in kept)
        evicted = []
        for one in kept:
            if total <= self._settings.disk:
                break
            if not one.in_use and self.remove(one.key):
                total -= one.about.size
                evicted.append(one)
        return evicted

    def _path(self, key: str) -> Path:
        return self._folder / f"{key[:KEY_LENGTH]}.json"


def on_shelf(settings: Settings) -> list[Kept]:
    """Return what is written down about environments of every sandbox, the longest unused first."""
    found: list[Kept] = []
    for path in (settings.cache / "recipes").glob("*.json"):
        with contextlib.suppress(OSError, msgspec.DecodeError, msgspec.ValidationError):  # gone, or of old
            about = msgspec.json.decode(path.read_bytes(), type=About)
            in_use = not is_free(path.with_suffix(".lease"))
            found.append(Kept(path.stem, about, path.stat().st_mtime, in_use))
    return sorted(found, key=lambda kept: (kept.used, kept.key))


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Keep other runs and threads from making the same thing, which this one may already be using."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_name(f".{path.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}")
    partial.write_bytes(data)
    partial.replace(path)
