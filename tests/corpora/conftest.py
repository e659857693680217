"""What the tests of sources share: a git to make repositories with, and a package index on this machine."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import os
import subprocess
import tarfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path) -> Git:
    """Run git in a folder, free of the configuration of whoever runs the tests; return what it printed."""
    home = tmp_path / "author"
    home.mkdir()
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "A",
        "GIT_AUTHOR_EMAIL": "a@example.invalid",
        "GIT_COMMITTER_NAME": "A",
        "GIT_COMMITTER_EMAIL": "a@example.invalid",
        "GIT_ALLOW_PROTOCOL": "file",
    }

    def run(folder: Path, *arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    return run


@dataclass
class Server:
    """Answers GET requests from a table; `seen` holds the paths asked for with their Authorization."""

    address: str
    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    seen: list[tuple[str, str | None]] = field(default_factory=list)
    login: str | None = None

    def require(self, user: str, password: str) -> None:
        self.login = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A web server on this machine."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.setenv(name, "127.0.0.1")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.partition("?")[0]
            login = self.headers.get("Authorization")
            served.seen.append((path, login))
            if served.login is not None and login != served.login:
                status, kind, body = 401, "text/plain", b"who are you?"
            else:
                status, kind, body = served.answers.get(path, (404, "text/plain", b"not here"))
            self.send_response(status)
            if status == 401:
                self.send_header("WWW-Authenticate", 'Basic realm="test"')
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served = Server(f"http://127.0.0.1:{httpd.server_port}")
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    httpd.shutdown()
    httpd.server_close()
    thread.join()


@dataclass
class Index:
    """A package index; `add` puts a file on a project's page."""

    server: Server
    html: bool = False
    pages: dict[str, list[dict[str, object]]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"{self.server.address}/simple/"

    def add(
        self,
        project: str,
        filename: str,
        data: bytes = b"",
        *,
        sha256: str | None = None,
        yanked: bool = False,
    ) -> None:
        """Publish a file; `sha256` is what the index says of it, an empty text is nothing."""
        digest = hashlib.sha256(data).hexdigest() if sha256 is None else sha256
        self.server.answers[f"/files/{filename}"] = (200, "application/octet-stream", data)
        page = self.pages.setdefault(project, [])
        hashes = {"sha256": digest} if digest else {}
        page.append({"filename": filename, "url": f"/files/{filename}", "hashes": hashes, "yanked": yanked})
        self.server.answers[f"/simple/{project}/"] = (
            self._html(page) if self.html else self._json(project, page)
        )

    def downloads(self) -> int:
        return sum(path.startswith("/files/") for path, _ in self.server.seen)

    @staticmethod
    def _json(project: str, page: list[dict[str, object]]) -> tuple[int, str, bytes]:
        # A minor version of the future, which must not lead to a warning on the user's screen.
        body = {"meta": {"api-version": "1.99"}, "name": project, "files": page}
        return 200, "application/vnd.pypi.simple.v1+json", json.dumps(body).encode()

    @staticmethod
    def _html(page: list[dict[str, object]]) -> tuple[int, str, bytes]:
        links = []
        for file in page:
            hashes = file["hashes"]
            assert isinstance(hashes, dict)
            fragment = "".join(f"#{name}={value}" for name, value in hashes.items())
            yanked = ' data-yanked=""' if file["yanked"] else ""
            links.append(f'<a href="{file["url"]}{fragment}"{yanked}>{file["filename"]}</a>')
        return 200, "text/html", f"<html><body>{''.join(links)}</body></html>".encode()


@pytest.fixture
def index(server: Server) -> Index:
    """A package index on this machine, empty."""
    return Index(server)


@pytest.fixture
def sdist() -> Callable[..., bytes]:
    """Make a `.tar.gz` with the given files in one folder."""

    def build(top: str, **files: bytes) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as tar:
            for name, data in files.items():
                info = tarfile.TarInfo(f"{top}/{name}")
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
        return gzip.compress(buffer.getvalue(), mtime=0)

    return build
