"""A stand-in for the service that runs workflows: enough of it to run every step of ours as it is written.

What a step says in `run` is really run, by the shell the service takes, with its `env`, `if` and outputs;
local composite actions are entered. The service's own actions (checkout, caches, artifacts) are a few lines
each that do on this machine what they do there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

__all__ = ["Job", "Service", "read_yaml"]

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|(&&|\|\||!=|==|!|\(|\))|([A-Za-z_][\w.-]*))")
_OPERATORS = {"&&": " and ", "||": " or ", "!": " not "}
_SHELLS = {"bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail"], None: ["bash", "-e"]}
_GONE = ("GITHUB_", "RUNNER_", "RPSDG_CACHE_DIR", "CI", "GIT_")
_MOST_STEPS = 60


def read_yaml(path: Path) -> Any:
    """Return what a YAML file holds, read as version 1.2, in which `on` is a word."""
    return YAML(typ="safe", pure=True).load(path.read_text())


@dataclass
class Service:
    """What outlives a job: repositories, caches, artifacts, and what is put into the place of programs."""

    origin: Path
    """The bare repository that jobs check out and push to."""
    folder: Path
    """For everything else."""
    programs: Path
    """Stand-ins for programs that need the service itself; first on the PATH."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Inputs of actions that the tests choose in place of the workflow."""
    number: int = 0

    def run(self, workflow: Path, *, event: Mapping[str, Any] | None = None) -> dict[str, Job]:
        """Run the jobs of a workflow at the tip of `main`, in order; returns those that its `if` lets run."""
        about = read_yaml(workflow)
        done: dict[str, Job] = {}
        self.number += 1
        shutil.rmtree(self.folder / "artifacts", ignore_errors=True)
        for name, asked in about["jobs"].items():
            workspace = self.folder / f"run{self.number}-{name}"
            job = Job(self, workspace, dict(about.get("env", {})), dict(event or {}))
            needed = {one: {"outputs": job.outputs} for one, job in done.items()}
            job.contexts["needs"] = needed
            job.ok = all(one.ok for one in done.values())
            if not job.wanted(asked):
                continue
            job.ok = True
            job.steps(asked["steps"])
            job.outputs = {key: job.filled(text) for key, text in asked.get("outputs", {}).items()}
            done[name] = job
        return done


@dataclass
class Job:
    """One job on a machine of its own: a workspace, outputs of its steps, and what they printed."""

    service: Service
    workspace: Path
    env: dict[str, str]
    event: dict[str, Any]
    ok: bool = True
    outputs: dict[str, str] = field(default_factory=dict)
    said: str = ""
    summary: str = ""
    seconds: dict[str, float] = field(default_factory=dict)
    """That each step took."""
    contexts: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.temp = self.workspace / "_temp"
        self.temp.mkdir(parents=True)
        head = subprocess.run(
            ["git", "rev-parse", "main"], cwd=self.service.origin, check=True, capture_output=True, text=True
        )
        self.contexts |= {
            "github": {
                "sha": head.stdout.strip(),
                "ref_name": "main",
                "token": "a token",
                "event": self.event,
            },
            "runner": {"temp": str(self.temp), "os": "Linux", "arch": "X64"},
            "steps": {},
        }

    @property
    def checkout(self) -> Path:
        """Where the repository is."""
        return self.workspace / "repository"

    def wanted(self, asked: Mapping[str, Any]) -> bool:
        """Return whether the `if` of a job or step holds; without a word on failure, none may have been."""
        text = str(asked.get("if", "")).strip()
        found = _EXPRESSION.fullmatch(text)
        text = found[1] if found else text
        speaks = re.search(r"\b(always|cancelled|failure)\(\)", text)
        return (self.ok or bool(speaks)) and (not text or bool(self.value(text)))

    def value(self, text: str) -> Any:
        """Return the value of an expression."""
        python, at = "", 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise ValueError(f"an expression that this service does not know: {text}")
            literal, operator, name = found.groups()
            if literal:
                python += repr(literal[1:-1].replace("''", "'"))
            elif operator:
                python += _OPERATORS.get(operator, operator)
            else:
                python += f"look({name!r})" if text[found.end() :][:1] != "(" else f"call({name!r})"
            at = found.end()
        calls = {"always": True, "cancelled": False, "success": self.ok, "failure": not self.ok}
        return eval(python.replace(")()", ")"), {"look": self._look, "call": calls.__getitem__})

    def filled(self, text: object) -> str:
        """Return a text with its expressions replaced by their values."""
        return _EXPRESSION.sub(lambda found: str(self.value(found[1])), str(text))

    def steps(self, steps: list[dict[str, Any]]) -> None:
        """Run steps in order; after one that failed, only those that say so."""
        assert len(steps) < _MOST_STEPS
        for step in steps:
            if not self.wanted(step):
                continue
            outputs: dict[str, str] = {}
            if "run" in step:
                outputs = self._run(step)
            else:
                given = {name: self.filled(value) for name, value in step.get("with", {}).items()}
                outputs = self._use(step["uses"].partition("@")[0], given)
            if "id" in step:
                self.contexts["steps"][step["id"]] = {"outputs": outputs}

    def _run(self, step: Mapping[str, Any]) -> dict[str, str]:
        files = {name: self.temp / name for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for path in files.values():
            path.write_text("")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(_GONE)}
        env = {
            **kept,
            **{name: str(path) for name, path in files.items()},
            "PATH": f"{self.service.programs}:{os.environ['PATH']}",
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_WORKSPACE": str(self.checkout),
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "RUNNER_TEMP": str(self.temp),
            "RUNNER_OS": "Linux",
            "RUNNER_ARCH": "X64",
            "RPSDG_CACHE_DIR": str(self.workspace / "cache"),
            **self.env,
            **{name: self.filled(value) for name, value in step.get("env", {}).items()},
        }
        assert not _EXPRESSION.search(step["run"]), "what is put into a script is run by it"
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        started = time.monotonic()
        done = subprocess.run(
            [*_SHELLS[step.get("shell")], str(script)],
            cwd=self.checkout,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        name = step.get("name", "a step")
        self.seconds[name] = time.monotonic() - started
        self.said += f"== {name}\n{done.stdout}"
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.ok = self.ok and done.returncode == 0
        lines = files["GITHUB_OUTPUT"].read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def _use(self, action: str, given: dict[str, str]) -> dict[str, str]:
        if action.startswith("./"):
            return self._enter(self.checkout / action / "action.yml", given)
        caches, artifacts = self.service.folder / "caches", self.service.folder / "artifacts"
        if action == "actions/checkout":
            _git(self.workspace, "clone", "--quiet", str(self.service.origin), str(self.checkout))
        elif action == "actions/setup-python":
            version = ".".join(map(str, sys.version_info[:3]))
            return {"python-path": sys.executable, "python-version": version}
        elif action == "actions/cache/restore":
            kept = sorted(caches.glob(f"{given['restore-keys']}*"), key=lambda path: path.stat().st_mtime_ns)
            exact = [path for path in kept if path.name == given["key"]]
            for path in exact or kept[-1:]:
                shutil.copytree(path, given["path"], symlinks=True)
                return {"cache-matched-key": path.name}
            return {"cache-matched-key": ""}
        elif action == "actions/cache/save":
            if not (caches / given["key"]).exists() and Path(given["path"]).exists():
                shutil.copytree(given["path"], caches / given["key"], symlinks=True)
        elif action == "actions/upload-artifact":
            source, target = Path(given["path"]), artifacts / given["name"]
            target.mkdir(parents=True)
            for path in source.iterdir() if source.is_dir() else [source]:
                shutil.copy(path, target)
        elif action == "actions/download-artifact":
            shutil.copytree(artifacts / given["name"], given["path"], dirs_exist_ok=True)
        else:
            raise ValueError(f"an action that this service does not know: {action}")
        return {}

    def _enter(self, path: Path, given: dict[str, str]) -> dict[str, str]:
        about = read_yaml(path)
        outer = {name: self.contexts.get(name) for name in ("inputs", "steps")}
        inputs = {name: str(one.get("default", "")) for name, one in about["inputs"].items()}
        assert set(given) <= set(inputs)
        chosen = {name: value for name, value in self.service.given.items() if name in inputs}
        self.contexts |= {"inputs": inputs | given | chosen, "steps": {}}
        self.steps(about["runs"]["steps"])
        outputs = {name: self.filled(one["value"]) for name, one in about["outputs"].items()}
        self.contexts |= outer
        return outputs

    def _look(self, name: str) -> Any:
        if name in {"true", "false"}:
            return name == "true"
        value: Any = self.contexts
        for part in name.split("."):
            value = value.get(part, "") if isinstance(value, dict) else ""
        return value


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
