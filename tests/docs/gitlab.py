"""A stand-in for GitLab: runs the jobs of a pipeline, and answers what they ask of merge requests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import parse_qs

from .service import read_yaml

__all__ = ["GitLab", "Requests", "answering"]

TOKEN = "a-token"


@dataclass
class Requests:
    """The merge requests that the API knows, and the notes on them."""

    address: str
    notes: list[str] = field(default_factory=list)


@contextmanager
def answering() -> Iterator[Requests]:
    """Answer what the pipeline asks of the API: the open merge request, number 7, and notes on it."""
    found = Requests("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer([{"iid": 7}])

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            assert self.path.endswith("/merge_requests/7/notes")
            found.notes += parse_qs(body)["body"]
            self._answer({})

        def _answer(self, what: object) -> None:
            assert self.headers["PRIVATE-TOKEN"] == TOKEN
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(what).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class GitLab:
    """What outlives a pipeline: a repository, a cache, artifacts."""

    origin: Path
    folder: Path
    api: str
    given: Mapping[str, str] = field(default_factory=dict)
    """Variables that the tests choose in place of the file."""
    number: int = 0

    def run(self, pipeline: Path) -> dict[str, tuple[int, str]]:
        """Run the jobs of a pipeline at the tip of `main`; returns exit status and output of each."""
        about = read_yaml(pipeline)
        self.number += 1
        artifacts = self.folder / f"artifacts{self.number}"
        failed = False
        done: dict[str, tuple[int, str]] = {}
        for name in [one for one in about if isinstance(about[one], dict) and "script" in about[one]]:
            asked = about[name]
            if failed and asked.get("when") != "always":
                continue
            workspace = self.folder / f"pipeline{self.number}-{name}"
            subprocess.run(["git", "clone", "--quiet", str(self.origin), str(workspace)], check=True)
            if artifacts.exists():
                shutil.copytree(artifacts, workspace, dirs_exist_ok=True)
            kept = self.folder / "cache"
            if "cache" in asked and kept.exists():
                shutil.copytree(kept, workspace, symlinks=True, dirs_exist_ok=True)
            done[name] = self._script(asked, self._variables(about, asked, workspace), workspace)
            failed = failed or done[name][0] != 0
            if "cache" in asked:
                _copy(asked["cache"]["paths"], workspace, kept)
            _copy(asked.get("artifacts", {}).get("paths", []), workspace, artifacts)
        return done

    def _variables(self, about: Any, asked: Any, workspace: Path) -> dict[str, str]:
        head = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=workspace, check=True, capture_output=True, text=True
        )
        variables = {
            "CI_PROJECT_DIR": str(workspace),
            "CI_COMMIT_SHA": head.stdout.strip(),
            "CI_DEFAULT_BRANCH": "main",
            "CI_SERVER_HOST": "gitlab.example",
            "CI_PROJECT_PATH": "team/corpus",
            "CI_PROJECT_ID": "3",
            "CI_API_V4_URL": self.api,
            # The rest of the address that is pushed to is where the repository is here.
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{self.origin}.insteadOf",
            "GIT_CONFIG_VALUE_0": f"https://rpsdg:{TOKEN}@gitlab.example/team/corpus.git",
            "GIT_CONFIG_GLOBAL": "/dev/null",
        }
        if asked.get("environment"):  # the token's
            variables["RPSDG_TOKEN"] = TOKEN
        variables |= about["variables"] | asked.get("variables", {})
        for name, value in variables.items():
            variables[name] = Template(str(value)).safe_substitute(variables)
        return variables | {name: value for name, value in self.given.items() if name in variables}

    def _script(self, asked: Any, variables: Mapping[str, str], workspace: Path) -> tuple[int, str]:
        outside = {
            name: os.environ[name] for name in os.environ if not name.startswith(("CI", "GIT", "RPSDG"))
        }
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(asked["script"])],
            cwd=workspace,
            env={**outside, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout


def _copy(paths: list[str], source: Path, target: Path) -> None:
    for path in paths:
        if (source / path).exists():
            shutil.rmtree(target / path, ignore_errors=True)
            shutil.copytree(source / path, target / path, symlinks=True)
