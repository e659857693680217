"""What a user may set about fetching sources; nothing here ends up in a trace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from urllib.parse import urlsplit

from rpsdg.traces.errors import UsageError

__all__ = ["GitCredentials", "SourceSettings"]

GitCredentials = Literal["none", "ssh-agent", "askpass"]


@dataclass(frozen=True)
class SourceSettings:
    """How sources are reached, and how much of them is taken.

    Raises:
        UsageError: a value that cannot be meant.
    """

    index_url: str | None = None
    """Simple-API address of a package index; None is the default of the `pypi-simple` library."""
    ca_bundle: Path | None = None
    """PEM file of the certificate authorities to trust; None leaves it to the usual environment variables."""
    git_credentials: GitCredentials = "none"
    """What git may log in with, for the fetch alone: nothing, the SSH agent (`SSH_AUTH_SOCK` and the user's
    known hosts), or the program that `GIT_ASKPASS` names (run with the same bare environment as git)."""
    connect_timeout: float = 30.0
    """Seconds without a sign of life after which a package index is given up."""
    time_limit: float = 600.0
    """Seconds one download, or one git source as a whole, may take."""
    leave_out: tuple[Path, ...] = ()
    """Folders that are no part of a local source although they lie in it, such as the one that is written."""
    max_download: int = 256 * 1024 * 1024
    """Bytes that may come over the wire for one source."""

    def __post_init__(self) -> None:
        if self.git_credentials not in get_args(GitCredentials):
            allowed = ", ".join(f"`{name}`" for name in get_args(GitCredentials))
            raise UsageError(f"`git_credentials` is one of {allowed}, not `{self.git_credentials}`")
        if self.index_url is not None and not _is_web_address(self.index_url):
            raise UsageError(
                "`index_url` is the http(s) address of a package index's simple API",
                hint="a folder of packages has to be served over http first",
            )
        for name in ("connect_timeout", "time_limit", "max_download"):
            if not getattr(self, name) > 0:
                raise UsageError(f"`{name}` is a positive number, not {getattr(self, name)}")


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises ValueError where the port is not a number
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname)
