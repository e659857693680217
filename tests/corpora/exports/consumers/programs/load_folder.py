"""Open a data set folder with `datasets.load_dataset`, whole and streaming. Arguments: folder, cache."""

from __future__ import annotations

import sys
from pathlib import Path

from datasets import load_dataset
from huggingface_hub import DatasetCard
from results import tell


def main() -> None:
    """Do it."""
    folder, cache = sys.argv[1:]
    data = load_dataset(folder, split="train", cache_dir=cache)
    name = "trace_id" if "trace_id" in data.column_names else "id"  # of an export, or of a folder of our own
    streamed = [row[name] for row in load_dataset(folder, split="train", streaming=True)]
    card = DatasetCard.load(Path(folder) / "README.md")
    row = data[0]
    tell(
        {
            "columns": data.column_names,
            "ids": data[name][:],
            "streamed": streamed,
            "first": row,
            "card": card.data.to_dict(),
        }
    )


if __name__ == "__main__":
    main()
