"""Storage that several machines share: a folder behind a URL, through fsspec."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Self

from rpsdg.traces.errors import ExitCode, RpsdgError, UsageError

from .redact import redact

__all__ = ["Storage", "StorageError", "is_url"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://.+")
_OBJECT_STORES = {"s3", "s3a", "gs", "gcs", "az", "abfs", "adl"}
"""Where there are no folders to make, and asking for one may make a bucket."""


class StorageError(RpsdgError):
    """Shared storage cannot be reached, or refuses."""

    code = ExitCode.OUTPUT


def is_url(text: str) -> bool:
    """Say whether a text names shared storage, and not a folder of this machine.

    >>> is_url("s3://bucket/data"), is_url("data"), is_url("/mnt/data")
    (True, False, False)
    """
    return _URL.fullmatch(text) is not None


@dataclass(frozen=True)
class Storage:
    """A folder on shared storage."""

    url: str
    """As people may see it."""
    fs: Any
    root: str

    @classmethod
    def at(cls, url: str) -> Self:
        """Open what a URL names; nothing is asked of it yet.

        Raises:
            UsageError: it is no URL, or its kind needs a library that is not installed.
            StorageError: the library refuses, such as for want of credentials.
        """
        if not is_url(url):
            raise UsageError(
                f"a URL was expected, not `{redact(url)}`",
                hint="Such as s3://bucket/folder, gs://bucket/folder or file:///mnt/shared/folder.",
            )
        from fsspec.core import url_to_fs  # late: few commands need it

        scheme = url.partition(":")[0]
        try:
            fs, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise UsageError(
                f"`{scheme}://` cannot be reached: {redact(str(error))}",
                hint="Install the library that fsspec has for it: s3fs for s3://, gcsfs for gs://.",
            ) from error
        except Exception as error:
            raise StorageError(f"`{redact(url)}` cannot be opened: {redact(str(error))}") from error
        return cls(redact(url), fs, root.rstrip("/"))

    def sizes(self) -> dict[str, int]:
        """Return the files that are there: bytes by path."""
        with self._talking():
            self.fs.invalidate_cache()
            if not self.fs.exists(self.root):
                return {}
            found = self.fs.find(self.root, detail=True)
        return {path[len(self.root) + 1 :]: int(about["size"]) for path, about in found.items()}

    def read(self, path: str) -> bytes:
        """Return a small file."""
        with self._talking():
            data: bytes = self.fs.cat_file(self._at(path))
            return data

    def write(self, path: str, data: bytes) -> None:
        """Write a small file whole or not at all."""
        self._make_folder(path)
        with self._talking(), self.fs.transaction, self.fs.open(self._at(path), "wb") as file:
            file.write(data)

    def put(self, local: Path, path: str) -> None:
        """Send a file."""
        self._make_folder(path)
        with self._talking():
            self.fs.put_file(str(local), self._at(path))

    def get(self, path: str, local: Path) -> None:
        """Fetch a file whole or not at all."""
        local.parent.mkdir(parents=True, exist_ok=True)
        partial = local.with_name(f".{local.name}.part")
        with self._talking():
            self.fs.get_file(self._at(path), str(partial))
        partial.replace(local)

    def remove(self, path: str) -> None:
        """Remove a file."""
        with self._talking():
            self.fs.rm_file(self._at(path))

    def _at(self, path: str) -> str:
        return f"{self.root}/{path}"

    def _make_folder(self, path: str) -> None:
        kinds = {self.fs.protocol} if isinstance(self.fs.protocol, str) else set(self.fs.protocol)
        if not kinds & _OBJECT_STORES:
            with self._talking():
                self.fs.makedirs(str(PurePosixPath(self._at(path)).parent), exist_ok=True)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except RpsdgError:
            raise
        except Exception as error:  # every store has a family of its own
            said = redact(" ".join(str(error).split())) or type(error).__name__
            raise StorageError(
                f"`{self.url}`: {said}",
                hint="Look at the address, at the credentials of this store, and at the network. The same "
                "command again goes on where it stopped.",
            ) from error
