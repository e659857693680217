"""Sending to the Hub, with its real client and a small Hub on this machine."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from rpsdg.corpora.dataset import Dataset, OutputError
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.pushing import HubError, files_of, push
from rpsdg.corpora.exports.registry import find_export
from rpsdg.corpora.exports.running import MARK, run_export
from rpsdg.runs.commands.exporting import push as command
from rpsdg.traces.errors import UsageError


@dataclass
class Hub:
    """Repositories with their files, and every request that came."""

    address: str
    private: dict[str, bool] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    seen: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)

    @property
    def environ(self) -> dict[str, str]:
        return {"HF_ENDPOINT": self.address, "HF_TOKEN": "hf_secret"}

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        path = path.partition("?")[0]
        repo = "/".join(path.removeprefix("/api/datasets/").split("/")[:2])
        if path == "/api/repos/create":
            asked = json.loads(body)
            name = f"{asked['organization']}/{asked['name']}"
            self.private[name] = asked.get("private", asked.get("visibility") == "private")
            return 200, {"url": f"{self.address}/datasets/{name}"}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if repo not in self.private:
            return 404, {"error": "Repository not found"}
        if "/preupload/" in path:
            files = [f["path"] for f in json.loads(body)["files"]]
            return 200, {
                "files": [{"path": f, "uploadMode": "regular", "shouldIgnore": False} for f in files]
            }
        if "/commit/" in path:
            for line in map(json.loads, body.splitlines()):
                if line["key"] == "file":
                    self.files[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
            return 200, {"commitUrl": f"{self.address}/datasets/{repo}/commit/abc", "commitOid": "abc"}
        return 200, {"id": repo, "private": self.private[repo], "sha": "abc", "siblings": []}


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    class Handler(BaseHTTPRequestHandler):
        def _reply(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            here.seen.append((self.command, self.path))
            here.tokens.add(self.headers.get("Authorization"))
            status, told = here.answer(self.command, self.path, body)
            data = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if status == 404:
                self.send_header("X-Error-Code", "RepoNotFound")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _reply  # noqa: N815 - as the server calls them

        def log_message(self, *arguments: object) -> None:
            pass

    monkeypatch.setenv("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        here = Hub(f"http://127.0.0.1:{server.server_port}")
        yield here
        server.shutdown()


@pytest.fixture
def folder(mathematics: Dataset, tmp_path: Path) -> Path:
    run_export(find_export("huggingface")(), mathematics, tmp_path / "out", Options())
    return tmp_path / "out"


def test_a_folder_is_sent_as_it_is_to_a_private_repository(hub: Hub, folder: Path) -> None:
    sent = push(folder, "me/data", environ=hub.environ)

    assert hub.private == {"me/data": True}
    assert hub.files == {path: (folder / path).read_bytes() for path in sent.files}
    assert set(sent.files) == {"README.md", "data/train-00000.parquet"}
    assert MARK not in sent.files
    assert sum("/commit/" in path for _, path in hub.seen) == 1
    assert hub.tokens == {"Bearer hf_secret"}
    assert sent.url.endswith("/datasets/me/data/commit/abc")


def test_a_public_repository_is_meant(hub: Hub, folder: Path) -> None:
    hub.private["me/data"] = False
    with pytest.raises(HubError, match="everybody can see"):
        push(folder, "me/data", environ=hub.environ)
    assert hub.files == {}

    push(folder, "me/data", public=True, environ=hub.environ)
    push(folder, "me/other", public=True, environ=hub.environ)
    assert hub.private == {"me/data": False, "me/other": False}
    assert len(hub.files) == 2


def test_what_is_not_sent_is_listed(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hub.environ.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(command, [str(folder), "me/data", "--dry-run", "--json"])

    told = json.loads(result.stdout)
    assert told["files"] == files_of(folder)
    assert told["url"] == ""
    assert hub.seen == []


def test_a_data_set_is_exported_first(hub: Hub, bugs: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in hub.environ.items():
        monkeypatch.setenv(name, value)
    result = CliRunner().invoke(command, [str(bugs.folder), "me/bugs"], standalone_mode=False)

    assert result.exception is None
    assert set(hub.files) == {"README.md", "data/train-00000.parquet"}
    assert b'pretty_name: "bugs"' in hub.files["README.md"]


def test_a_token_comes_from_the_environment_alone(hub: Hub, folder: Path) -> None:
    with pytest.raises(UsageError, match="needs a token"):
        push(folder, "me/data", environ={"HF_ENDPOINT": hub.address})
    assert hub.seen == []


def test_what_the_hub_says_is_told(hub: Hub, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Hub, "answer", lambda *_: (403, {"error": "You have no right to write here"}))
    with pytest.raises(HubError, match=r"`me/data`.*403"):
        push(folder, "me/data", environ=hub.environ)


@pytest.mark.parametrize("repo", ["data", "me/../x", "a/b/c", "me/", "--x/y"])
def test_a_name_that_is_none_is_refused(repo: str, folder: Path) -> None:
    with pytest.raises(UsageError, match="owner/name"):
        push(folder, repo, dry_run=True)


def test_only_files_are_sent(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="nothing"):
        files_of(tmp_path)
    (tmp_path / "link").symlink_to("/etc/passwd")
    with pytest.raises(OutputError, match="neither a file nor a folder"):
        files_of(tmp_path)
