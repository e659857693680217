"""Are tasks as Harbor runs them solved by the recorded fix, and by nothing else?

Run as `python -m benchmarks.harbor_trials --out FILE DIR...`: exports tasks of the data sets named, has
Harbor's own agents `oracle` and `nop` try each, and then every script of `harbor_cheats` on one of them.
Without data sets it makes a small one. Exit status 1 means that a reward was not what it has to be.

Harbor is installed into an environment of its own (Python 3.12 or newer; `--harbor` names one that is
there). It needs Docker with its plugins `compose` and `buildx`; `.ci/docker-plugins` fetches those where a
system has none.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from rpsdg.corpora.dataset import Dataset
from rpsdg.corpora.exports.base import Options
from rpsdg.corpora.exports.formats.harbor import BASE_IMAGE, Harbor
from rpsdg.corpora.exports.running import run_export
from rpsdg.runs.ending import ended
from rpsdg.sandbox.contract import EnvironmentFailedError
from rpsdg.sandbox.interpreters import find_interpreter
from rpsdg.sandbox.settings import OWN_BASE_IMAGE, Settings
from rpsdg.traces.errors import ExitCode

from .figure import machine
from .harbor_cheats import CHEATS, script

VERSION = "0.25.0"
"""Of Harbor."""
# It asks for certificates newer than some indexes have, and trusts the system's here anyhow.
OVERRIDES = "certifi>=2026.1\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.harbor_trials", description=__doc__)
    parser.add_argument("data", nargs="*", type=Path, metavar="DIR", help="data sets of code traces")
    parser.add_argument("--tasks", type=int, default=8, help="of each data set, half of them walks  [8]")
    parser.add_argument("--jobs", type=int, default=2, help="trials at once  [2]")
    parser.add_argument("--harbor", type=Path, help="the command, where it is installed already")
    parser.add_argument("--cheats", type=int, default=len(CHEATS), help="how many of them to try  [all]")
    parser.add_argument("--out", type=Path, help="write the results here, as JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="rpsdg-harbor-") as scratch:
        return _measure(options, Path(scratch))


def _measure(options: argparse.Namespace, scratch: Path) -> int:
    settings = Settings.from_environment()
    harbor = options.harbor or _installed(scratch / "venv", settings)
    tasks = scratch / "tasks"
    tasks.mkdir()
    for number, folder in enumerate(options.data or [_made(scratch / "data")]):
        for task in _exported(folder, scratch / f"export-{number}", options.tasks):
            shutil.move(task, tasks)
    result: dict[str, Any] = {"machine": machine(), "versions": {"harbor": VERSION}, "tasks": _about(tasks)}
    for agent in ("oracle", "nop"):
        result[agent] = _run(harbor, tasks, agent, scratch / "jobs" / agent, options.jobs)
        print(f"{agent}: {_summary(result[agent])}")
    cheating = scratch / "cheats"
    _plant(min(tasks.iterdir()), cheating, list(CHEATS)[: options.cheats])
    result["cheats"] = _run(harbor, cheating, "oracle", scratch / "jobs" / "cheats", options.jobs)
    for name, reward in result["cheats"].items():
        print(f"{name}: {reward}")
    if options.out is not None:
        options.out.write_text(json.dumps(result, indent=1) + "\n")
    right = all(reward == 1 for reward in result["oracle"].values())
    wrong = [*result["nop"].values(), *result["cheats"].values()]
    return ExitCode.OK if right and all(reward == 0 for reward in wrong) else ExitCode.FALSE_CLAIM


def _made(folder: Path) -> Path:
    """Make a data set of a few single bugs and a walk."""
    command = [sys.executable, "-m", "rpsdg.cli", "bugs", "pypi:toolz==1.0.0", "--out", str(folder)]
    subprocess.run(
        [*command, "--count", "6", "--walks", "1", "--seed", "5", "--confirm", "covering"], check=True
    )
    return folder


def _exported(folder: Path, out: Path, number: int) -> list[Path]:
    """Export a data set; returns so many of its tasks, up to half of them of several bugs."""
    has_own = not subprocess.run(
        ["docker", "image", "inspect", OWN_BASE_IMAGE], capture_output=True, check=False
    ).returncode
    base_image = OWN_BASE_IMAGE if has_own else BASE_IMAGE
    run_export(Harbor(), Dataset(folder), out, Options(base_image=base_image, network="none"))
    found = sorted(out.glob("*/task.toml"))
    walks = [task for task in found if _bugs(task) > 1][: number // 2]
    others = [task for task in found if _bugs(task) == 1][: number - len(walks)]
    return [task.parent for task in (*others, *walks)]


def _bugs(task: Path) -> int:
    found = re.search(r"^bugs = (\d+)", task.read_text(), re.MULTILINE)
    return int(found[1]) if found else 1


def _about(tasks: Path) -> dict[str, int]:
    """Return how many bugs each task has."""
    return {path.parent.name: _bugs(path) for path in sorted(tasks.glob("*/task.toml"))}


def _plant(task: Path, cheating: Path, cheats: Sequence[str]) -> None:
    """Make a task of each cheat, with the cheat for a solution."""
    patch = (task / "solution" / "fix.patch").read_text()
    path = re.search(r"^\+\+\+ b/(.+)$", patch, re.MULTILINE)
    assert path is not None
    for cheat in cheats:
        folder = cheating / re.sub(r"[^a-z]+", "-", cheat.lower())
        shutil.copytree(task, folder)
        (folder / "solution" / "fix.patch").unlink()
        (folder / "solution" / "solve.sh").write_text(script(cheat, path[1]))
        text = (folder / "task.toml").read_text()
        (folder / "task.toml").write_text(text.replace(f"rpsdg/{task.name}", f"rpsdg/{folder.name}"))


def _installed(folder: Path, settings: Settings) -> Path:
    """Install Harbor.

    Raises:
        EnvironmentFailedError: it cannot be installed.
    """
    found = next((one for minor in ("3.12", "3.13", "3.14") if (one := find_interpreter(minor))), None)
    if found is None:
        raise EnvironmentFailedError("Harbor needs Python 3.12 or newer, and there is none here")
    env = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    if settings.index_url is not None:
        env["UV_DEFAULT_INDEX"] = settings.index_url
    if settings.ca_bundle is not None:
        env["SSL_CERT_FILE"] = str(settings.ca_bundle)
    overrides = folder.with_name("overrides.txt")
    overrides.write_text(OVERRIDES)
    python = str(folder / "bin" / "python")
    for command in (
        ["venv", "--python", str(found[0]), str(folder)],
        ["pip", "install", "--python", python, "--override", str(overrides), f"harbor=={VERSION}"],
    ):
        done = subprocess.run(
            [find_uv_bin(), *command, "--quiet"], capture_output=True, text=True, check=False, env=env
        )
        if done.returncode:
            raise EnvironmentFailedError(f"Harbor cannot be installed: {done.stderr[-500:]}")
    return folder / "bin" / "harbor"


def _run(harbor: Path, tasks: Path, agent: str, jobs: Path, at_once: int) -> dict[str, float | None]:
    """Run an agent on tasks; returns the reward of each, None where there is none.

    Raises:
        EnvironmentFailedError: Harbor did not finish.
    """
    command = [str(harbor), "run", "-p", str(tasks), "-a", agent, "--env", "docker", "-n", str(at_once)]
    command += ["-o", str(jobs), "--job-name", "trials", "--yes", "--quiet"]
    env = {**os.environ, "HARBOR_TELEMETRY": "0"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    rewards = dict(_rewards(jobs / "trials"))
    if done.returncode or not rewards:
        raise EnvironmentFailedError(
            f"Harbor ended with status {done.returncode}: {(done.stderr or done.stdout)[-800:]}",
            hint="It needs the plugins `compose` and `buildx` of Docker's command.",
        )
    return dict(sorted(rewards.items()))


def _rewards(job: Path) -> Iterator[tuple[str, float | None]]:
    for path in sorted(job.glob("*/result.json")):
        about = json.loads(path.read_text())
        rewards = (about.get("verifier_result") or {}).get("rewards") or {}
        yield about["task_name"].rpartition("/")[2], rewards.get("reward")


def _summary(rewards: dict[str, float | None]) -> str:
    mean = sum(reward or 0.0 for reward in rewards.values()) / len(rewards)
    missing = sum(reward is None for reward in rewards.values())
    return f"mean {mean:.3f} of {len(rewards)} tasks" + (f", {missing} without a reward" if missing else "")


if __name__ == "__main__":
    sys.exit(ended(main))
