"""Load an exported data set with reasoning-gym and score answers. Arguments: the package's folder."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import reasoning_gym
from reasoning_gym.composite import DatasetSpec
from results import tell


def main() -> None:
    """Do it."""
    folder = Path(sys.argv[1])
    sys.path.insert(0, str(folder))
    importlib.import_module(folder.name)
    data = reasoning_gym.create_dataset(folder.name, size=20, seed=7)
    again = reasoning_gym.create_dataset(folder.name, size=20, seed=7)
    items = [data[number] for number in range(len(data))]
    mixed = reasoning_gym.create_dataset(
        "composite", size=8, seed=1, datasets=[DatasetSpec(name=folder.name, weight=1, config={})]
    )
    tell(
        {
            "right": [data.score_answer(item["answer"], item) for item in items],
            "wrong": [data.score_answer(answer, items[0]) for answer in (None, "", "no idea", "x = 12345")],
            "questions": [item["question"] for item in items],
            "same": items == [again[number] for number in range(len(again))],
            "mixed": [mixed.score_answer(item["answer"], item) for item in mixed],
            "metadata": items[0]["metadata"],
        }
    )


if __name__ == "__main__":
    main()
