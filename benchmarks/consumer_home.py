"""Where the programs live that exports are for: environments of their own, made once and kept in a folder.

RPSDG_CONSUMERS names the folder; by default it lies beside the virtual environment of rpsdg. PyTorch comes
first, by pip and as a build for the CPU, so that nothing else can bring one of several gigabytes.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.metadata import requires
from pathlib import Path
from typing import Any

from uv import find_uv_bin

from rpsdg.sandbox.interpreters import find_interpreter

__all__ = ["HOMES", "Home", "Recipe", "make_home"]

ROOT = Path(__file__).parents[1]
OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
"""The Python that this runs on."""
NEEDS = tuple(text for text in requires("rpsdg") or () if "extra ==" not in text)
"""What rpsdg itself needs."""
TORCH = "torch==2.13.0+cpu"
_SECONDS = 1200


@dataclass(frozen=True)
class Recipe:
    """What an environment is made of."""

    python: str
    requirements: tuple[str, ...]
    torch: bool = False
    rpsdg: bool = False
    """Whether what is exported imports rpsdg."""
    aside: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Packages of other versions, each in a folder that a program is told to look into first."""
    overrides: tuple[str, ...] = ()
    """What is asked for instead, whatever a requirement says."""


HOMES = {
    "training": Recipe(
        OWN,
        ("trl==1.16.0", "datasets==5.2.0", "swebench==5.0.2"),
        torch=True,
        # The last TRL that trains on steps, and SWE-smith with the last SWE-bench that it works with.
        aside={"steps": ("trl==1.13.0",), "smith": ("swesmith==0.0.9", "swebench==4.1.0")},
    ),
    "environments": Recipe(
        OWN,
        (
            "reasoning-gym==0.1.25",
            "verifiers==0.4.0",
            "mini-swe-agent==2.4.6",
            "msgspec>=0.20",
            "python-flint>=0.8",
            "sympy>=1.13",
        ),
        rpsdg=True,
    ),
    "storage": Recipe(
        OWN,
        ("s3fs==2026.9.0", "moto[server]==5.2.5", *NEEDS),
        rpsdg=True,
    ),
    # Where `make efficacy` trains: another part of the experiments adds here what it needs.
    "experiments": Recipe(
        OWN, (*NEEDS, "matplotlib>=3.9", "numpy>=2", "scikit-learn>=1.6"), torch=True, rpsdg=True
    ),
    # It asks for certificates of the same day, which a mirror of the index may not have yet.
    "harbor": Recipe("3.12", ("harbor==0.25.0",), overrides=("certifi",)),
}


@dataclass(frozen=True)
class Home:
    """An environment that programs can be run in."""

    folder: Path

    def run(self, program: Path, *arguments: str | Path, first: str = "", seconds: float = 280) -> Any:
        """Run a program there; return what it told in its last line, as JSON.

        Args:
            program: a file.
            arguments: what it is told.
            first: the folder aside, if any, where it finds its libraries first.
            seconds: how long it may take.

        Raises:
            AssertionError: it failed; the message holds the end of what it printed.
        """
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "HF_HOME": str(self.folder / "cache"),
            "HF_HUB_OFFLINE": "1",
            "HF_DATASETS_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "MSWEA_SILENT_STARTUP": "1",
            "MSWEA_GLOBAL_CONFIG_DIR": str(self.folder / "cache"),
        }
        if first:
            environment["PYTHONPATH"] = str(self.folder / first)
        done = subprocess.run(
            [self.folder / "env/bin/python", program, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env=environment,
            timeout=seconds,
        )
        assert done.returncode == 0, f"{program.name}: {done.stdout[-4000:]}"
        return json.loads(done.stdout.splitlines()[-1])


def make_home(name: str) -> Home:
    """Return the environment of a name, made now if it is not there.

    Raises:
        LookupError: this machine lacks the Python that it needs.
        subprocess.CalledProcessError: something cannot be installed; what the installer said is its output.
    """
    recipe = HOMES[name]
    digest = hashlib.sha256(repr((recipe, ROOT if recipe.rpsdg else "", TORCH)).encode()).hexdigest()[:12]
    kept = Path(os.environ.get("RPSDG_CONSUMERS") or ROOT / ".consumers")
    folder = kept / f"{name}-{digest}"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        if not (folder / "complete").exists():
            _install(recipe, folder)
            (folder / "complete").touch()
    return Home(folder)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(recipe: Recipe, folder: Path) -> None:
    found = find_interpreter(recipe.python)
    if found is None:
        raise LookupError(f"there is no Python {recipe.python} here, which a consumer of exports needs")
    python = folder / "env/bin/python"
    _run(found[0], "-m", "venv", "--clear", folder / "env")
    constraints, overrides = folder / "constraints.txt", folder / "overrides.txt"
    constraints.write_text(f"{TORCH}\n")
    overrides.write_text("".join(f"{line}\n" for line in recipe.overrides))
    if recipe.torch:
        _run(python, "-m", "pip", "install", "--quiet", TORCH)
    install = (find_uv_bin(), "pip", "install", "--quiet", "--python", python)
    _run(*install, "--constraint", constraints, "--override", overrides, *recipe.requirements)
    for name, requirements in recipe.aside.items():
        _run(*install, "--no-deps", "--target", folder / name, *requirements)
    if recipe.rpsdg:
        _run(*install, "--no-deps", "--editable", ROOT)


def _run(*command: str | Path) -> None:
    environment = {**os.environ, "UV_PYTHON_DOWNLOADS": "never"}
    environment.pop("PYTHONPATH", None)
    subprocess.run(command, check=True, env=environment, timeout=_SECONDS)


if __name__ == "__main__":
    # For makefiles: make the environment of a name, and say where its Python is.
    print(make_home(sys.argv[1]).folder / "env/bin/python")
