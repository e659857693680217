"""Load an exported taskset with verifiers, and validate it with its own command.

Arguments: the package's folder, and a folder to work in.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import verifiers.v1 as vf
from results import tell
from verifiers.v1.cli.validate import main as validate


def main() -> None:
    """Do it."""
    folder, work = map(Path, sys.argv[1:])
    sys.path.insert(0, str(folder))
    os.chdir(work)
    tasks = list(vf.load_taskset(vf.TasksetConfig(id=folder.name)))
    options = ["--runtime.type", "subprocess", "--no-rich", "-o", "runs", "--run.name", "checked"]
    validate([folder.name, *options])
    rows = [json.loads(line) for line in Path("runs/checked/results.jsonl").read_text().splitlines()]
    tell(
        {
            "prompts": [task.data.prompt for task in tasks],
            "ids": [task.data.id for task in tasks],
            "keys": len({task.key for task in tasks}),
            "gold": [row["gold"]["valid"] for row in rows],
            "untouched": [row["noop"]["rewards"] for row in rows],
        }
    )


if __name__ == "__main__":
    main()
