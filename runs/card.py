"""The card of a data set: a page for people, with a head that the Hugging Face Hub reads.

The head is YAML; every value in it is written as JSON, which is YAML, too.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rpsdg.corpora.contamination import known_benchmarks
from rpsdg.corpora.dataset import Dataset, DatasetError, OutputError, is_card
from rpsdg.corpora.derived import About, Origin, about
from rpsdg.corpora.index import write_file
from rpsdg.corpora.secrets import KINDS
from rpsdg.sandbox.environment import Environment

from .census import Census, take
from .origins import origins_of, reproduce

__all__ = ["as_card", "card_of_splits", "write_card"]

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "1M<n<10M"
_HUB_LICENCES = {
    "MIT": "mit",
    "Apache-2.0": "apache-2.0",
    "BSD-3-Clause": "bsd-3-clause",
    "BSD-2-Clause": "bsd-2-clause",
    "ISC": "isc",
    "MPL-2.0": "mpl-2.0",
    "GPL-3.0-only": "gpl-3.0",
    "LGPL-3.0-only": "lgpl-3.0",
}
"""Names of licences as the Hub has them; of what is a mixture it says `other`."""
_LISTED = 40
"""Lines of a table; what is rarer is added up."""


def write_card(folder: Path) -> None:
    """Write `README.md` into a data set folder, from what is in it; one that somebody else wrote stays.

    Raises:
        DatasetError: the data set is damaged.
        OutputError: the card cannot be written.
    """
    data = Dataset(folder)
    _write(folder, as_card(data, take([data])))


def card_of_splits(folder: Path, splits: Sequence[str], command: str) -> None:
    """Write the card of a folder whose parts are data sets: its splits.

    Raises:
        OutputError: it cannot be written.
    """
    parts = {name: take([Dataset(folder / name)]) for name in splits}
    whole = take(Dataset(folder / name) for name in splits)
    paths = {name: f"{name}/traces/*.parquet" for name, census in parts.items() if census.traces}
    rows = [(name, census.traces) for name, census in parts.items()]
    text = _head(whole, paths) + "\n".join(
        [
            f"# {whole.traces:,} traces in {len(splits)} splits\n",
            *_table("Splits", rows),
            f"Made with `{command}`. No two splits share a near-duplicate; each has a card of its own.\n",
        ]
    )
    _write(folder, text)


def as_card(data: Dataset, census: Census) -> str:
    """Return the card of a data set."""
    origins, said = origins_of(data, census.traces), about(data)
    code = sum(number for domain, number in census.domains.items() if domain.startswith("code/"))
    numbers = {"of code": code, "of mathematics": census.traces - code}
    kinds = " and ".join(f"{number:,} {kind}" for kind, number in numbers.items() if number) or "None"
    parts = [
        f"# {census.traces:,} worked solutions, checked step by step\n",
        f"{kinds}. Each trace is a problem, its solution step by step with the evidence for every step, and "
        "what is needed to check both. Made with rpsdg: from a solved state by moves that can be undone, "
        "handed out backwards.\n",
        *_columns(),
        *_table("Domains", census.domains.most_common()),
        *_table("Levels of difficulty", sorted(census.levels.items())),
        *_table("Families", census.families.most_common()),
        *_table("Mutators (bugs by what put them there)", census.rules.most_common()),
        *_table("Steps in a trace", sorted(census.steps.items())),
        *_table("Repositories", census.repositories.most_common()),
        *_table("Licences of the sources", census.licences.most_common()),
        *_yield(origins),
        *_contamination(census, code),
        *_environments(data),
        *_secrets(said),
        "## How to make it again\n",
        "```sh",
        *(line for origin in origins for line in reproduce(origin)),
        *(said.commands if said else ()),
        "```\n",
        "`rpsdg verify DIR` checks every claim of every trace again, from scratch.\n",
    ]
    return _head(census, {"train": "traces/*.parquet"} if census.traces else {}) + "\n".join(parts)


def _head(census: Census, paths: Mapping[str, str]) -> str:
    """Return the YAML head; `paths` are the shards of each split."""
    code = any(domain.startswith("code/") for domain in census.domains)
    mathematics = any(not domain.startswith("code/") for domain in census.domains)
    size = next((name for limit, name in _SIZES if census.traces < limit), _LARGEST)
    licences = {_HUB_LICENCES.get(licence, "other") for licence in census.licences}
    tags = ["synthetic", "process-supervision", *["code"] * code, *["mathematics"] * mathematics, "rpsdg"]
    head: dict[str, Any] = {
        "language": ["en"],
        "pretty_name": "Worked solutions, checked step by step",
        "size_categories": [size],
        "tags": tags,
        "task_categories": ["text-generation"],
    }
    if licences:
        head["license"] = licences.pop() if len(licences) == 1 else "other"
    if paths:
        files = [{"split": name, "path": path} for name, path in paths.items()]
        head["configs"] = [{"config_name": "default", "data_files": files}]
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in head.items()]
    return "\n".join(["---", *lines, "---", "", ""])


def _columns() -> Iterator[str]:
    yield "## What is where\n"
    yield (
        "Shards are Parquet files in `traces/`. `problem.statement` is what a solver reads, `steps` the way "
        "to the answer, `answer.text` the answer (for code a diff). Strings that hold JSON are states, aims "
        "and evidence, whose keys depend on the domain. `level`, `family`, `repository`, `licence`, "
        "`near_duplicates` and `contamination` are there to choose and to split by: traces that share one of "
        "`near_duplicates` belong on one side.\n"
    )


def _table(title: str, rows: Sequence[tuple[Any, int]]) -> Iterator[str]:
    if not rows:
        return
    yield f"## {title}\n"
    yield "| | number |\n| --- | ---: |"
    for name, number in rows[:_LISTED]:
        yield f"| {_plain(name)} | {number:,} |"
    if len(rows) > _LISTED:
        yield f"| {len(rows) - _LISTED} others | {sum(number for _, number in rows[_LISTED:]):,} |"
    yield ""


def _yield(origins: Iterable[Origin]) -> Iterator[str]:
    outcomes = sum((Counter(origin.outcomes) for origin in origins), Counter[str]())
    if not outcomes:
        return
    whole = outcomes.total()
    yield "## Yield\n"
    yield f"Of {whole:,} candidates that were tried, {outcomes['confirmed']:,} were confirmed by the tests.\n"
    yield "| outcome | candidates |\n| --- | ---: |"
    yield from (f"| {_plain(name)} | {number:,} |" for name, number in outcomes.most_common())
    yield ""


def _contamination(census: Census, code: int) -> Iterator[str]:
    if not code:
        return
    yield "## Benchmarks with the same repositories\n"
    yield (
        f"{census.contaminated:,} of {code:,} traces of code are of a repository that another set has tasks "
        f"from; `contamination` names the sets. Looked up were {', '.join(known_benchmarks())}.\n"
    )
    if census.contamination:
        yield "| set | traces |\n| --- | ---: |"
        yield from (f"| {_plain(name)} | {number:,} |" for name, number in census.contamination.most_common())
        yield ""


def _environments(data: Dataset) -> Iterator[str]:
    rows = []
    for path in sorted((data.folder / "environments").glob("*.json")):
        try:
            found = data.record("environments", path.stem, Environment)
        except DatasetError:
            continue  # of an older version, or damaged: `verify` says so
        rows.append(f"| `{path.stem[:12]}` | {_plain(found.python)} | {found.lock.count('==')} |")
    if rows:
        yield "## Environments\n\n| id | Python | packages, locked with hashes |\n| --- | --- | ---: |"
        yield from rows
        yield ""


def _secrets(said: About | None) -> Iterator[str]:
    yield "## Secrets\n"
    if said is None or said.secrets is None:
        yield "Not looked for yet: that happens when a data set is merged, split or exported.\n"
        return
    found = ", ".join(f"{number} {kind}" for kind, number in said.secrets.items())
    kept = f"{said.dropped} traces with hits were left out" if said.dropped else "they were allowed"
    result = f"found were {found}; {kept}" if found else "nothing was found"
    yield f"{len(KINDS)} kinds of tokens and keys were looked for in every text; {result}.\n"


def _plain(name: object) -> str:
    """Return a text that ends no cell and starts no markup."""
    text = " ".join(str(name).split())
    return "".join(f"\\{char}" if char in r"\`*_{}[]<>#|~" else char for char in text)


def _write(folder: Path, text: str) -> None:
    if not is_card(folder / "README.md"):
        return
    try:
        write_file(folder / "README.md", text.encode("utf-8", "replace"))
    except OSError as error:
        raise OutputError(f"the card in `{folder}` cannot be written: {error.strerror or error}") from error
