"""The card of an exported data set: what is in it, for people and for the Hub."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from importlib.metadata import version

__all__ = ["card_of"]

_LICENCES = {
    "0BSD": "0bsd",
    "AFL-3.0": "afl-3.0",
    "Apache-2.0": "apache-2.0",
    "Artistic-2.0": "artistic-2.0",
    "BSD-2-Clause": "bsd-2-clause",
    "BSD-3-Clause": "bsd-3-clause",
    "BSL-1.0": "bsl-1.0",
    "EPL-2.0": "epl-2.0",
    "ISC": "isc",
    "MIT": "mit",
    "MPL-2.0": "mpl-2.0",
    "PSF-2.0": "other",
    "Unlicense": "unlicense",
    "Zlib": "zlib",
}
"""SPDX identifiers, and what the Hub calls them."""
_SIZES = ((10**3, "n<1K"), (10**4, "1K<n<10K"), (10**5, "10K<n<100K"), (10**6, "100K<n<1M"))
"""How the Hub says how many rows there are."""


def card_of(name: str, rows: int, counts: Mapping[str, Counter[str]]) -> str:
    """Return a card as the Hub reads it.

    Args:
        name: of the data set.
        rows: how many there are.
        counts: rows by value, for each of `domain`, `level` and `licence`.
    """
    head = {
        "license": _licences(counts["licence"]),
        "pretty_name": name,
        "language": ["en"],
        "task_categories": ["text-generation"],
        "tags": ["synthetic", "rpsdg", *sorted({domain.partition("/")[0] for domain in counts["domain"]})],
        "size_categories": [next((said for most, said in _SIZES if rows < most), "1M<n<10M")],
        "configs": [
            {
                "config_name": "default",
                "data_files": [{"split": "train", "path": "data/train-*.parquet"}],
            }
        ],
    }
    # JSON is YAML, and nothing in a name can end a text of it.
    front = "".join(f"{key}: {json.dumps(value)}\n" for key, value in head.items())
    tables = "\n".join(_table(column, counted) for column, counted in counts.items())
    return (
        f"---\n{front}---\n\n# {_cell(name)}\n\n"
        f"{rows} problems with worked solutions, made by rpsdg {version('rpsdg')}: each was reached from its "
        "solution by steps that can be undone, and every step back was judged.\n\n"
        "`statement` is the task; `steps` is the way to the `answer`, each step labelled `correct`, "
        "`first-error` or `after-error`; `wrong` holds wrong answers that were proved wrong; `problem`, "
        "`after` and wrong answers are formulas in LaTeX, or of programs diffs from the untouched source; "
        "`trace` is the whole record as JSON.\n\n" + tables
    )


def _licences(counted: Counter[str]) -> list[str]:
    """Return the licences by their names on the Hub; `unknown` if there is none."""
    names = {_LICENCES.get(licence, "other") for licence in counted if licence != "None"}
    return sorted(names) or ["unknown"]


def _table(column: str, counted: Counter[str]) -> str:
    lines = "".join(f"| {_cell(value)} | {number} |\n" for value, number in sorted(counted.items()))
    return f"| {column} | rows |\n|---|---|\n{lines}"


def _cell(text: str) -> str:
    """Return text that no Markdown or HTML can begin in."""
    return re.sub(r"([\\`*_\[\]<>|#&!])", r"\\\1", " ".join(text.split()))
