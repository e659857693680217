"""The pages over HTTP, for this machine alone, made anew while the data set grows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rpsdg.corpora.claim import LEDGER, LOCK
from rpsdg.corpora.dataset import DatasetError, OutputError
from rpsdg.traces.errors import ExitCode, RpsdgError

from .site import AbandonedError, Site

__all__ = ["PortError", "State", "follow", "serve", "state_of"]

State = list[tuple[str, int, int]]
"""Names, sizes and times of the files of a folder."""

HOST = "127.0.0.1"
_PAUSE = 2.0
"""Seconds between two looks at the data set, at least."""
_SHARE = 5
"""So many times as long as making the pages takes, the next making waits."""


class PortError(RpsdgError):
    """Nothing can be served at a port."""

    code = ExitCode.USAGE


class _Handler(SimpleHTTPRequestHandler):
    """Files of one folder. No page elsewhere may read them by giving its own name this address."""

    server: _Server

    def send_head(self):  # type: ignore[no-untyped-def] # as the base class has it
        """Refuse requests that were meant for another host, then do as usual."""
        if self.headers.get("Host", "") not in self.server.hosts:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST, "this host name is not served here")
            return None
        return super().send_head()

    def list_directory(self, path: object) -> None:  # noqa: ARG002 - as the base class has it
        """Show no folders."""
        self.send_error(HTTPStatus.NOT_FOUND)

    def end_headers(self) -> None:
        """Say what the page says of itself, too, and that nothing is to be kept."""
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("X-Frame-Options", "DENY")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class has it
        """Say nothing: the terminal tells about the data set."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__((HOST, port), partial(_Handler, directory=str(folder)))
        names = (HOST, "localhost")
        self.hosts = {f"{name}:{self.server_port}" for name in names}
        if self.server_port == 80:
            self.hosts |= set(names)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}/"


def serve(folder: Path, port: int) -> _Server:
    """Return a server for a folder; `serve_forever` starts it.

    Args:
        folder: with the pages.
        port: to listen at; 0 for any that is free.

    Raises:
        PortError: it is taken, or not allowed.
    """
    try:
        return _Server(folder, port)
    except (OSError, OverflowError) as error:
        raise PortError(
            f"nothing can be served at port {port}: {error}",
            hint="Name another one with `--port`, or 0 for any.",
        ) from error


def follow(
    data: Path,
    seen: State,
    site: Site,
    make: Callable[[], Site],
    told: Callable[[Site], None],
    ended: threading.Event,
) -> None:
    """Make the pages anew whenever the data set has changed, until `ended`.

    Args:
        data: folder of the data set; only when and how much of it was written is looked at.
        seen: its state before the pages there are were made, so that nothing is missed that came meanwhile.
        site: the pages there are.
        make: makes them.
        told: is told of new ones.
        ended: ends this.
    """
    pause = _PAUSE
    while not ended.wait(pause):
        now = state_of(data)
        if now == seen:
            continue
        begin = time.monotonic()
        # What is being written may be looked at in between; the next look finds it whole.
        with suppress(AbandonedError, DatasetError, OutputError):
            made = make()
            if made.traces != site.traces:
                told(made)
            site, seen = made, now
        pause = max(_PAUSE, _SHARE * (time.monotonic() - begin))


def state_of(folder: Path) -> State:
    """Return what tells whether any data in a folder was written: names, sizes, times."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.name == LOCK or path.name.startswith(LEDGER):
            continue  # a run gives signs of life, whether it writes data or not
        with suppress(OSError):  # gone between the two looks
            status = path.stat()
            found.append((str(path), status.st_size, status.st_mtime_ns))
    return found
