"""A reader who follows a page: runs its commands in order, and its Python, and looks at nothing else."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#.*$", re.MULTILINE)


def blocks(page: str) -> list[tuple[str, str]]:
    """Return the blocks of a page that can be run: the language of each, and its text."""
    text = (ROOT / page).read_text()
    return [(kind, body) for kind, body in _BLOCK.findall(text) if kind in {"sh", "python"}]


def follow(page: str, folder: Path) -> list[str]:
    """Run everything on a page in a folder; returns what was run.

    Raises:
        AssertionError: something does not end with 0; the message holds what it said.
    """
    # Where rpsdg is, and nothing of this test's own about it.
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    done = []
    for kind, body in blocks(page):
        steps = commands_in(body) if kind == "sh" else [body]
        for step in steps:
            runs = ["bash", "-euo", "pipefail", "-c", step] if kind == "sh" else [sys.executable, "-c", step]
            said = subprocess.run(runs, cwd=folder, env=env, capture_output=True, text=True, check=False)
            assert said.returncode == 0, (
                f"{page}: `{step}` ends with {said.returncode}: {said.stderr[-3000:]}"
            )
            done.append(step)
    return done


def commands_in(body: str) -> list[str]:
    """Return the commands of a block, without comments."""
    lines = (_COMMENT.sub("", line).strip() for line in body.splitlines())
    return [line for line in lines if line and not line.startswith(("make ", "#"))]
